"""Index letters and the formulas that are written with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_POOL = "ijklmnpqrstuvwabcdefgh"
_BATCH = "bcdefgh"
_LOWERED = dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


class NoLettersError(ValueError):
    """There are more dimensions than letters."""


def letters_for(count: int, taken: Iterable[str] = (), *, batch: bool = False) -> tuple[str, ...]:
    """Return index letters for `count` dimensions, none of which is in `taken` (names of tensors, other letters).

    Raises:
        NoLettersError: There are not so many.
    """
    avoided = set(taken)
    pool = dict.fromkeys((_BATCH if batch else "") + _POOL)
    free = [letter for letter in pool if letter not in avoided]
    if len(free) < count:
        raise NoLettersError(f"{count} dimensions")
    return tuple(free[:count])


def at(name: str, letters: Sequence[str], *, nested: bool = False) -> str:
    """Write an element of a tensor: `x[i, j]`; nested as torch's documentation does: `x[i][j]`."""
    if not letters:
        return name
    return f"{name}[{('][' if nested else ', ').join(letters)}]"


def summed(letters: Sequence[str]) -> str:
    """Write the sum over some letters: `Σₖ `; "" over none."""
    if not letters:
        return ""
    if all(letter in _LOWERED for letter in letters):
        return f"Σ{''.join(_LOWERED[letter] for letter in letters)} "
    return f"Σ({', '.join(letters)}) "


def aligned(shape: Sequence[int], letters: Sequence[str], sizes: Sequence[int]) -> tuple[str, ...]:
    """Return the letters of a tensor that is broadcast: "0" in its dimensions that are stretched.

    Args:
        shape: Of the tensor.
        letters: Of the dimensions that it is broadcast to.
        sizes: Of those dimensions.
    """
    skipped = len(letters) - len(shape)
    pairs = zip(shape, letters[skipped:], sizes[skipped:], strict=True)
    return tuple("0" if size == 1 and full != 1 else letter for size, letter, full in pairs)
