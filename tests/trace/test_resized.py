"""Storages that were resized: the memory that they left belongs to others then."""

from __future__ import annotations

import pytest

import explorer


@pytest.mark.parametrize("size", [3, 1000])
def test_memory_that_a_resize_left_is_another_storage(size: int) -> None:
    others = f"w = torch.ones({size})\nv = torch.ones({size})"
    source = f"x = torch.zeros({size})\ny = x.view(-1)\nx.resize_({4 * size})\n{others}"
    for _ in range(30):  # torch's allocator decides whether the memory is given out again
        names = explorer.run(source).names
        assert len({names[name].storage for name in "xwv"}) == 3
        assert names["x"].storage == names["y"].storage
