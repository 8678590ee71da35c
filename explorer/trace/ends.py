"""Where the graph ended behind tensors that require no gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.trace.graph import Origin
    from explorer.trace.tensor_state import TensorState


def takes_shape_only(op: str) -> bool:
    """Tell whether a call reads the shape and the dtype of a tensor, and none of its values."""
    return op.endswith("_like") or op.startswith("new_")


class Ends:
    """The calls that took a tensor which requires a gradient and gave one which requires none, by what came of them."""

    def __init__(self) -> None:
        self._behind: dict[int, Origin] = {}

    def behind(self, given: Iterable[TensorState]) -> Origin | None:
        """Return the call at which the graph ended behind the first of the inputs of a call where it did."""
        if not self._behind:
            return None
        found = (self._behind.get(state.tensor) for state in given if not state.requires_grad)
        return next((origin for origin in found if origin is not None), None)

    def note(self, origin: Origin, made: Iterable[TensorState]) -> None:
        """Note what a call has made: at it the graph ends, or it goes on with what came after an end."""
        if takes_shape_only(origin.op):
            return
        end = origin if origin.tracked else origin.end
        for state in made:
            if end is not None and not state.requires_grad:
                self._behind[state.tensor] = end
