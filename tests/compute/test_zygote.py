"""What the process that forks has done before the first program: each lens has looked at something."""

from __future__ import annotations

import pytest

from explorer.compute.environment import environment
from explorer.compute.zygote import _SEEN
from explorer.lenses import LENSES
from explorer.program.run import run


def test_each_lens_is_warm() -> None:
    assert {lens for lens, _ in _SEEN} | {"shapes"} == set(LENSES)


@pytest.mark.parametrize(("lens", "source"), _SEEN)
def test_what_a_lens_is_warmed_up_with_runs_and_shows_something(lens: str, source: str) -> None:
    trace = run(source)
    assert trace.error is None
    scene = LENSES[lens](trace)
    shown = {
        "autograd": scene.graph,
        "convolution": scene.layers,
        "normalization": scene.norms,
        "recurrent": scene.recurrent,
    }
    assert shown[lens] is not None


def test_only_processes_that_fork_put_large_tensors_on_large_pages() -> None:
    assert environment(accelerators=False)["GLIBC_TUNABLES"] == "glibc.malloc.hugetlb=1"
    assert "GLIBC_TUNABLES" not in environment(accelerators=True)
