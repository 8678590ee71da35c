"""Names close to one that does not exist."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from explorer.program.explain.text import list_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHER_NAMES = {
    "astype": "to",
    "copy": "clone",
    "concatenate": "cat",
    "concat": "cat",
    "length": "numel",
    "len": "numel",
    "rank": "dim",
    "power": "pow",
    "product": "prod",
    "average": "mean",
    "array": "tensor",
}


def close_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known names that are close to `name`, best first."""
    names = sorted({one for one in known if not one.startswith("_")})
    lowered: dict[str, str] = {}
    for one in names:
        lowered.setdefault(one.lower(), one)
    # a name two letters longer or shorter is another word: floor is not meant by foo
    lowered = {low: one for low, one in lowered.items() if abs(len(low) - len(name)) < 2}
    found = difflib.get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.7)
    other = [_OTHER_NAMES[name]] if _OTHER_NAMES.get(name) in names else []
    return tuple(dict.fromkeys([*other, *(lowered[one] for one in found)]))[:3]


def did_you_mean(names: Iterable[str]) -> str:
    """Return the names as a question, or ""."""
    return f"Did you mean {list_text([f'`{name}`' for name in names], 'or')}?" if names else ""
