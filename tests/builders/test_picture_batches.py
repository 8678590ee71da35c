"""Several pictures as one array, and the layouts in which layers take them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.program.builders.inputs import LAYOUTS, layout_of, with_layout
from explorer.program.picture_batches import LARGEST_SIDE, picture_batch
from explorer.program.uploads import UploadProblem

SIZES = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30), st.sampled_from([0, 3, 4])), min_size=1, max_size=4)


@given(SIZES, st.integers(0, 255))
def test_even_pictures_stay_even_in_the_side_of_the_smallest(sizes: list[tuple[int, int, int]], grey: int) -> None:
    pictures = [np.full((h, w, c) if c else (h, w), grey, dtype=np.uint8) for h, w, c in sizes]
    side = min(min(h, w) for h, w, _ in sizes)
    batch = picture_batch(pictures)
    assert batch.dtype == np.uint8
    assert np.array_equal(batch, np.full((len(sizes), side, side, 3), grey))


def test_of_a_wide_picture_its_middle_is_taken() -> None:
    picture = np.arange(3 * 9, dtype=np.uint8).reshape(3, 9)
    batch = picture_batch([picture, picture[:, 3:6]])
    assert np.array_equal(batch[0], batch[1])
    assert np.array_equal(batch[0, :, :, 2], picture[:, 3:6])
    large = np.zeros((LARGEST_SIDE + 5, LARGEST_SIDE + 9, 4), dtype=np.uint8)
    assert picture_batch([large]).shape == (1, LARGEST_SIDE, LARGEST_SIDE, 3)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4)),
        np.zeros(4, dtype=np.uint8),
        np.zeros((4, 4, 2), dtype=np.uint8),
        np.zeros((0, 4), dtype=np.uint8),
        np.zeros((2, 4, 4, 3), dtype=np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    with pytest.raises(UploadProblem):
        picture_batch([np.zeros((4, 4), dtype=np.uint8), array])


@pytest.mark.parametrize(
    ("name", "shape", "wanted"),
    [
        ("colour, N × 3 × H × W", (2, 5, 5, 3), (2, 3, 5, 5)),
        ("grey, N × 1 × H × W", (2, 5, 5, 3), (2, 1, 5, 5)),
        ("a table, N × features", (6, 3), (6, 3)),
    ],
)
def test_a_layout_is_written_and_read_back(name: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    source = "import torch\nx = torch.tensor(data)\n"
    written = with_layout(source, 0, LAYOUTS[len(shape)][name])
    assert layout_of(written, 0, len(shape)) == name
    names: dict[str, object] = {"data": np.full(shape, 51, dtype=np.uint8)}
    exec(written, names)  # noqa: S102 - the test's own program
    x = names["x"]
    assert isinstance(x, torch.Tensor)
    assert x.shape == wanted
    assert x.dtype == torch.float32
    assert with_layout(written, 0, "") == source
