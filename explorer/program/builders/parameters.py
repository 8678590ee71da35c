"""One argument of a call, as a field: its text is checked, and written as Python.

>>> Parameter("shape", "Shape", "sizes", "The new sizes", inferred="once").parse("(4,6)")
'4, 6'
>>> Parameter("dim", "Dimension", "dim", "Which one").accepts("rows")
False
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from explorer.program.builders import expressions, numerals, values
from explorer.program.builders.problems import ArgumentProblem

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DTYPES", "ArgumentProblem", "Kind", "Parameter"]

Kind = Literal[
    "sizes", "dim", "dims", "int", "ints", "number", "bool", "index",
    "tensor", "operand", "tensors", "values", "dtype", "choice", "expression", "equation", "name",
    "extents", "padding", "word",
]  # fmt: skip
LISTS = frozenset({"sizes", "dims", "ints", "extents", "padding"})
# Kinds whose text stands between quotation marks in a program.
QUOTED = frozenset({"equation", "word"})

FLOATS = ("float32", "float64", "float16", "bfloat16")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8")
COMPLEX = ("complex64", "complex128")
DTYPES = ("default", *FLOATS, *INTEGERS, "bool", *COMPLEX)
# How torch also calls them.
_DTYPE_ALIASES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
    "cfloat": "complex64",
    "cdouble": "complex128",
}
_BOOLS = {"true": "True", "yes": "True", "1": "True", "false": "False", "no": "False", "0": "False"}


@dataclass(frozen=True)
class Parameter:
    """One argument of an operation or a creation.

    Attributes:
        name: torch's keyword, and the key in a chip's fields.
        label: What stands above the field.
        kind: What may be typed.
        help: One sentence for the person who types.
        default: Text that the field has when nothing else is known; for an optional argument torch's own
            default ("": left out).
        required: Whether it is always written into the text; others are left out when equal to `default`.
        inferred: How often -1 may stand among sizes.
        choices: For `choice`, `dtype` and `word`; of `padding`, the words that may stand for numbers.
        keyword: Whether it is written as `name=…`.
        spread: Whether a method takes the list as separate arguments: `view(4, 6)`.
        aliases: Other keywords that torch accepts for it.
        count: For `extents` and `padding`: how many numbers there are where there is more than one; 0: any.
        none: Whether None is a value of its own, not another word for the default.
    """

    name: str
    label: str
    kind: Kind
    help: str
    default: str = ""
    required: bool = True
    inferred: Literal["never", "once", "any"] = "never"
    choices: tuple[str, ...] = ()
    keyword: bool = False
    spread: bool = False
    aliases: tuple[str, ...] = ()
    count: int = 1
    none: bool = False

    def parse(self, text: str) -> str:
        """Return the normalised text; raise ArgumentProblem for what makes no argument.

        Nothing typed into an optional field gives its default.
        """
        typed = text.strip()
        if not typed and not self.required:
            return self.default
        if self.none and typed.lower() == "none":
            return "None"
        try:
            if not typed:
                raise ArgumentProblem(f"{self.label} is empty. {self._advice()}")
            return _READERS[self.kind](self, typed)
        except ArgumentProblem as problem:
            raise ArgumentProblem(problem.message, self.name) from None

    def accepts(self, text: str) -> bool:
        """Tell whether `parse` takes the text."""
        try:
            self.parse(text)
        except ArgumentProblem:
            return False
        return True

    def python(self, text: str, *, spread: bool = False) -> str:
        """Return normalised text as it stands in a call: `4, 6` is `(4, 6)` where a tuple is wanted."""
        if self.kind == "dtype":
            return f"torch.{text}"
        if self.kind == "tensors" and not self.spread:
            return f"[{text}]"
        if self.kind in QUOTED or (self.kind == "padding" and text in self.choices):
            return f'"{text}"'
        if self.kind not in LISTS or text == "()" or spread:
            return text
        if len(ast.parse(f"f({text})", mode="eval").body.args) > 1:  # type: ignore[attr-defined]
            return f"({text})"
        # torch takes one number in place of some lists of dimensions, but not in place of a list of sizes
        return text if self.kind != "sizes" and not self.spread else f"({text},)"

    def _advice(self) -> str:
        return _ADVICE[self.kind]


_ADVICE: dict[Kind, str] = {
    "sizes": "Type sizes separated by commas, for example 4, 6.",
    "dim": "Type one whole number, for example 0, or -1 for the last dimension.",
    "dims": "Type dimensions separated by commas, for example 1, 0.",
    "int": "Type one whole number, for example 2.",
    "ints": "Type whole numbers separated by commas, for example 1, -2.",
    "number": "Type one number, for example 0.5.",
    "bool": "Type True or False.",
    "index": "Type what stands between the brackets, for example 0, 1:3 or ..., None.",
    "tensor": "Type the name of a tensor, or one that is made there, for example torch.tensor([2, 0]).",
    "operand": "Type a number, the name of a tensor, or one that is made there, for example torch.ones(3).",
    "tensors": "Type tensors separated by commas, for example a, b.",
    "values": "Type or paste numbers, for example [[1, 2], [3, 4]], or one row a line.",
    "dtype": "Choose one of the list.",
    "choice": "Choose one of the list.",
    "expression": "Type a NumPy expression, for example np.arange(24).reshape(4, 6).",
    "equation": "Type letters for the dimensions, for example ij,jk->ik.",
    "name": "Type one name, for example data.",
    "extents": "Type one whole number, or one for each dimension, for example 3 or 3, 5.",
    "padding": "Type one whole number, or one for each dimension, for example 1 or 0, 2.",
    "word": "Choose one of the list.",
}
_EQUATION = re.compile(r"[A-Za-z., ]*(->[A-Za-z. ]*)?")


def _sizes(parameter: Parameter, text: str) -> str:
    items = numerals.whole_numbers(text, "a list of sizes", _ADVICE["sizes"])
    if any(int(item) < -1 or (item == "-1" and parameter.inferred == "never") for item in items):
        allowed = " (only -1 has a meaning)" if parameter.inferred != "never" else ""
        raise ArgumentProblem(
            f"'{text}' is not a list of sizes: a size cannot be negative{allowed}. {_ADVICE['sizes']}"
        )
    if parameter.inferred == "once" and items.count("-1") > 1:
        raise ArgumentProblem(f"'{text}' has -1 twice: only one size can be worked out from the others.")
    return numerals.joined(items)


def _dims(_parameter: Parameter, text: str) -> str:
    items = numerals.whole_numbers(text, "a list of dimensions", _ADVICE["dims"])
    twice = next((item for item in items if items.count(item) > 1), None)
    if twice is not None:
        raise ArgumentProblem(f"'{text}' names dimension {twice} twice. Every dimension may stand only once.")
    return numerals.joined(items)


def _ints(_parameter: Parameter, text: str) -> str:
    return numerals.joined(numerals.whole_numbers(text, "a list of whole numbers", _ADVICE["ints"]))


def _extents(parameter: Parameter, text: str) -> str:
    items = numerals.whole_numbers(text, "a list of whole numbers", _ADVICE[parameter.kind])
    if any(int(item) < 0 for item in items):
        raise ArgumentProblem(f"'{text}' has a number below 0. {_ADVICE[parameter.kind]}")
    if parameter.count and len(items) not in (1, parameter.count):
        wanted = "one number" if parameter.count == 1 else f"one number, or {parameter.count}: one for each dimension"
        raise ArgumentProblem(f"'{text}' has {len(items)} numbers; {parameter.label} takes {wanted}.")
    return numerals.joined(items)


def _padding(parameter: Parameter, text: str) -> str:
    word = _unquoted(text)
    return word if word in parameter.choices else _extents(parameter, text)


def _dim(_parameter: Parameter, text: str) -> str:
    return numerals.whole_number(text, "a dimension", _ADVICE["dim"])


def _int(_parameter: Parameter, text: str) -> str:
    return numerals.whole_number(text, "a whole number", _ADVICE["int"])


def _bool(_parameter: Parameter, text: str) -> str:
    if text.lower() not in _BOOLS:
        raise ArgumentProblem(f"'{text}' is neither True nor False.")
    return _BOOLS[text.lower()]


def _dtype(parameter: Parameter, text: str) -> str:
    name = text.removeprefix("torch.")
    name = _DTYPE_ALIASES.get(name, name)
    choices = parameter.choices or DTYPES
    if name not in choices:
        known = ", ".join(choices)
        raise ArgumentProblem(f"'{text}' is not a dtype that can be chosen here. Choose one of {known}.")
    return name


def _choice(parameter: Parameter, text: str) -> str:
    if text not in parameter.choices:
        raise ArgumentProblem(f"'{text}' is not a choice. Choose one of {', '.join(parameter.choices)}.")
    return text


def _unquoted(text: str) -> str:
    return text.strip("\"'").strip()


def _equation(_parameter: Parameter, text: str) -> str:
    bare = _unquoted(text)
    if not _EQUATION.fullmatch(bare) or not re.search("[A-Za-z.,]", bare):
        raise ArgumentProblem(f"{numerals.shown(text)} is not an equation. {_ADVICE['equation']}")
    return bare


_READERS: dict[Kind, Callable[[Parameter, str], str]] = {
    "sizes": _sizes,
    "dim": _dim,
    "dims": _dims,
    "int": _int,
    "ints": _ints,
    "number": lambda _, text: numerals.number(text, _ADVICE["number"]),
    "bool": _bool,
    "index": lambda _, text: expressions.index(text, _ADVICE["index"]),
    "tensor": lambda _, text: expressions.tensor(text, _ADVICE["tensor"]),
    "operand": lambda _, text: expressions.operand(text, _ADVICE["operand"]),
    "tensors": lambda _, text: expressions.tensors(text, _ADVICE["tensors"]),
    "values": lambda _, text: values.nested_list(text, _ADVICE["values"]),
    "dtype": _dtype,
    "choice": _choice,
    "equation": _equation,
    "expression": lambda _, text: expressions.expression(text, _ADVICE["expression"]),
    "name": lambda _, text: expressions.name(text, _ADVICE["name"]),
    "extents": _extents,
    "padding": _padding,
    "word": lambda parameter, text: _choice(parameter, _unquoted(text)),
}
