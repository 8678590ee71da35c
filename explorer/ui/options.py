"""Options of lenses that a link carries: switches, and whole numbers such as which layer is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | int
ON = "1"
MOST = 999_999
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")


@dataclass(frozen=True)
class Option:
    """An option of a lens.

    Attributes:
        name: The lens's keyword, and the link's parameter.
        default: What it is when the link says nothing; False for a switch.
        least: The smallest whole number that it takes.
    """

    name: str
    default: Value = False
    least: int = 0

    def accepts(self, value: object) -> bool:
        """Tell whether a link, or the stage, says a value that there is; any word but `1` turns a switch off."""
        return isinstance(self.default, bool) or _WHOLE.fullmatch(_text(value)) is not None

    def read(self, value: object) -> Value:
        """Return the value that a link or the stage asks for: the nearest that there is, else the default."""
        if isinstance(self.default, bool):
            return _text(value) == ON
        return min(max(int(_text(value)), self.least), MOST) if self.accepts(value) else self.default

    def write(self, value: Value) -> str:
        """Return the value as the link carries it."""
        return str(int(value))


OPTIONS: Mapping[str, tuple[Option, ...]] = {
    "autograd": (Option("check"),),
    "convolution": (
        Option("layer", -1, -1),
        *(Option(name, 0) for name in ("channel", "item", "slab", "row", "column")),
        Option("flip"),
    ),
    "normalization": (
        Option("layer", -1, -1),
        Option("beside", -1, -3),
        *(Option(name, 0) for name in ("group", "focus", "between")),
    ),
    "recurrent": (
        Option("layer", -1, -1),
        *(Option(name, 0) for name in ("depth", "reverse", "item", "unit")),
        Option("root", -1, -1),
    ),
}
"""By the name of the lens."""


def chosen(lens: str, asked: Mapping[str, object]) -> dict[str, Value]:
    """Return the options of a lens that are not what they are by themselves, in the order of the table."""
    values = {option: option.read(asked[option.name]) for option in OPTIONS.get(lens, ()) if option.name in asked}
    return {option.name: value for option, value in values.items() if value != option.default}


def kept(lens: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the switches: what a number means belongs to one program."""
    switches = {option.name for option in OPTIONS.get(lens, ()) if isinstance(option.default, bool)}
    return {name: value for name, value in values.items() if name in switches}


def written(lens: str, values: Mapping[str, Value]) -> dict[str, str | None]:
    """Return the parameters of a link for all options of a lens; None for what needs none."""
    return {
        option.name: option.write(values[option.name]) if option.name in values else None
        for option in OPTIONS.get(lens, ())
    }


def misread(lens: str, asked: Mapping[str, object]) -> str:
    """Say which options of a link are no numbers, or ""."""
    wrong = [o for o in OPTIONS.get(lens, ()) if o.name in asked and not o.accepts(asked[o.name])]
    return " ".join(f"{option.name} in this link is not a whole number: it is {option.default}." for option in wrong)


def _text(value: object) -> str:
    if isinstance(value, bool | int):
        return str(int(value))
    return value if isinstance(value, str) else ""
