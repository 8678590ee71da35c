"""A fault of the explorer's own is none of the program's."""

from __future__ import annotations

from explorer.compute.conversation import _failure
from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped, stopped_trace


def test_it_has_a_kind_of_its_own_and_other_ends_are_limits() -> None:
    fault = _failure({"reason": "internal", "message": "KeyError: 3"}, Limits())
    assert isinstance(fault, Stopped)
    error = stopped_trace(fault, "x = 1", "cpu", 0).error
    assert error is not None
    assert (error.kind, error.message) == (
        "internal", "This is a fault of the explorer, not of the program (KeyError: 3).",
    )  # fmt: skip
    other = stopped_trace(Stopped("It took too long.", line=1), "x = 1", "cpu", 0).error
    assert other is not None
    assert other.kind == "limit"
