"""Small words and numbers: how shapes, products and lists are written in messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import torch

_LONGEST = 500
_NOISE = tuple(
    re.compile(pattern)
    for pattern in (
        r"\s*(Exception raised from|frame #\d+:|\(Triggered internally|Hint: enable anomaly detection).*",
        r"\s*(CUDA kernel errors might|For debugging consider passing|Compile with `?TORCH_USE_CUDA_DSA).*",
        r",? ?[Pp]lease (report|file|submit) (a bug|an issue).*",
        r"\s*(\(?([Ss]ee|[Rr]efer to|[Mm]ore info:?|at|For more \w+,? see)\s*)?https?://\S+",
        r"\s*(at|in|from) \"?(/[\w.+-]+){2,}\S*|(?<![\w/.])\"?(/[\w.+-]+){2,}(:\d+)?\"?",
        r"\s*(at )?0x[0-9a-fA-F]{4,}",
    )
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_DIMENSION_IN_WORDS = re.compile(r"(?<!\w)\[(-?\d+(?:, -?\d+)*)\]")


def shape_text(shape: Iterable[int]) -> str:
    """Write a shape as torch users do: `(4, 6)`, `(5,)`, `()`."""
    return str(tuple(int(size) for size in shape))


def dtype_text(tensor: torch.Tensor) -> str:
    """Write a tensor's dtype without its module: `float32`."""
    return str(tensor.dtype).removeprefix("torch.")


def product_text(sizes: Sequence[int]) -> str:
    """Write a product with its value: `5 × 5 = 25`; a single size stands alone."""
    total = 1
    for size in sizes:
        total *= size
    if len(sizes) == 1:
        return str(total)
    return f"{' × '.join(str(size) for size in sizes)} = {total}" if sizes else "1"


def count_text(count: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 element`, `24 elements`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def list_text(items: Sequence[object], joint: str = "and") -> str:
    """Write `a`, `a and b`, `a, b and c`."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def ordinal(index: int) -> str:
    """Write a place in words: 0 is `first`."""
    return _ORDINALS[index] if index < len(_ORDINALS) else f"{index + 1}th"


# `a` may be a tensor's name, which keeps its case
_FIRST_WORD = re.compile(
    r"(the|an|a(?! (has|is|was|and|comes|lies|holds|needs|requires|meets|on|in)\b)(?= )"
    r"|only|entry|dimensions?|sizes?|both)\b"
)


def sentence(text: str) -> str:
    """Start with a capital when the first word is an article; names keep their own case."""
    return text[0].upper() + text[1:] if _FIRST_WORD.match(text) else text


def inside(title: str) -> str:
    """Write what a sentence may begin with in the middle of one: `the layer Conv2d(1, 1, 3)`."""
    return f"the {title[4:]}" if title.startswith("The ") else title


def article(noun: str) -> str:
    """Write a noun with its article: `a list`, `an int`, `an LSTM`."""
    # two capitals are spelt: "an ell", "an ar"
    vowels = "AEFHILMNORSX" if noun[:2].isupper() else "aeiouAEIOU"
    return f"{'an' if noun[:1] in vowels else 'a'} {noun}"


def words_of(error: BaseException) -> str:
    """Return `str(error)`, or "" where the exception's own `__str__`, which the program may have written, fails."""
    try:
        return str(error)
    except BaseException as other:  # noqa: BLE001, RUF100 - limits are no `Exception`
        if isinstance(other, KeyboardInterrupt):
            raise
        return ""


def plain_words(error: BaseException) -> str:
    """Return the error's own words: without what C++ adds, hints for debugging torch, paths and addresses.

    Shapes are written as Python writes them.
    """
    said = words_of(error)
    if "INTERNAL ASSERT" in said:
        return "torch stopped inside of this call, with an error of its own."
    lines = [line.strip() for line in said.splitlines()]
    # unflatten wraps the real message into "got an unexpected error:" and a second line
    kept = [line for line in lines if line and not line.endswith("got an unexpected error:")]
    words = kept[0] if kept else type(error).__name__
    if words.endswith(":") and len(kept) > 1:
        words = f"{words} {kept[1]}"
    for noise in _NOISE:
        words = noise.sub("", words)
    words = re.sub(r"\s+([.,;:])", r"\1", words).strip(" ,;:")
    words = _DIMENSION_IN_WORDS.sub(lambda found: shape_text(map(int, found[1].split(","))), words)
    words = (words or type(error).__name__)[:_LONGEST]
    return words if words.endswith((".", "!", "?")) else f"{words}."
