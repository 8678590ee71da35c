"""Bounds on what plain Python values may grow to, and iterators that end where the bound is."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from explorer.program.limits import LimitError

MAX_BITS = 100_000
MAX_ITEMS = 10_000_000
MAX_TEXT = 10_000_000


def too_many(what: str, count: float, limit: int = MAX_ITEMS) -> NoReturn:
    """Refuse a value of `count` items.

    Raises:
        LimitError: Always.
    """
    raise LimitError(f"{what} of {count:,} items is over the limit of {limit:,} items.")


def check_count(what: str, count: float) -> None:
    """Refuse counts over the limit.

    Raises:
        LimitError: `count` is over `MAX_ITEMS`.
    """
    if count > MAX_ITEMS:
        too_many(what, count)


def check_text(length: int) -> None:
    """Refuse text over the limit.

    Raises:
        LimitError: `length` is over `MAX_TEXT` characters.
    """
    if length > MAX_TEXT:
        raise LimitError(f"a text of {length:,} characters is over the limit of {MAX_TEXT:,}.")


def check_bits(what: str, bits: float) -> None:
    """Refuse whole numbers over the limit.

    Raises:
        LimitError: `bits` is over `MAX_BITS`.
    """
    if bits > MAX_BITS:
        raise LimitError(f"{what} would have about {bits:,.0f} bits; the limit is {MAX_BITS:,}.")


def bounded(items: Iterable[Any]) -> Iterator[Any]:
    """Return the items one by one, up to the limit; C code all the way, so it costs nothing to speak of."""
    source = iter(items)
    return itertools.chain(itertools.islice(source, MAX_ITEMS), _end(source))


def _end(rest: Iterator[Any]) -> Iterator[Any]:
    for _ in rest:
        too_many("an iterator", MAX_ITEMS + 1)
    yield from ()


def spread(items: Any) -> Any:  # noqa: ANN401
    """Return what stands behind a star: as it is when its length is known to be small, else bounded.

    Raises:
        LimitError: There are more than `MAX_ITEMS`.
    """
    if type(items) in (list, tuple, set, dict, str, range):
        check_count("an unpacked sequence", len(items))
        return items
    return bounded(items)
