"""Several uploaded pictures as one array: a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from explorer.program.builders.arrays import Array, UploadProblem

LARGEST_SIDE = 256
_PLANE = 2
_COLOURS = 3


def picture_batch(pictures: Sequence[Array]) -> Array:
    """Return pictures as one uint8 array (count, side, side, 3).

    Of each its middle square is taken, resized to the side of the smallest; grey ones get three equal colours, and
    transparency is left out.

    Args:
        pictures: uint8 arrays (height, width) or (height, width, 3 or 4), as they are read from files.

    Raises:
        UploadProblem: One of them is no picture.
    """
    for picture in pictures:
        if picture.dtype != np.uint8 or picture.ndim not in (_PLANE, 3) or picture.shape[2:] not in ((), (3,), (4,)):
            raise UploadProblem("Several files make a batch only where all of them are pictures.")
        if not picture.size:
            raise UploadProblem("A picture has no pixels.")
    side = min(LARGEST_SIDE, *(min(picture.shape[:2]) for picture in pictures))
    return np.stack([_square(picture, side) for picture in pictures])


def _square(picture: Array, side: int) -> Array:
    """Return the middle square of a picture in three colours."""
    edge = min(picture.shape[:2])
    top, left = ((size - edge) // 2 for size in picture.shape[:2])
    middle = picture[top : top + edge, left : left + edge]
    coloured = np.repeat(middle[..., None], _COLOURS, axis=2) if middle.ndim == _PLANE else middle[..., :_COLOURS]
    image = Image.fromarray(np.ascontiguousarray(coloured))
    return np.array(image.resize((side, side), Image.Resampling.LANCZOS))
