"""What happened to a tensor, as far as it explains its gradient."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.trace.peeking import is_leaf

if TYPE_CHECKING:
    import torch

    from explorer.trace.graph import Origin
    from explorer.trace.reasons import Pass


class Passes:
    """The runs of the backward engine that were started from outside of it; the newest ones are kept."""

    KEPT = 8

    def __init__(self) -> None:
        self.count = 0
        self._newest: list[Pass] = []

    def add(self, done: Pass) -> None:
        """Note a run that has ended."""
        self.count += 1
        self._newest = [*self._newest, done][-self.KEPT :]

    def since(self, count: int) -> tuple[Pass, ...]:
        """Return the runs after the first `count`, as far as they are kept."""
        new = min(self.count - count, len(self._newest))
        return tuple(self._newest[-new:]) if new > 0 else ()


@dataclass(slots=True)
class Life:
    """What happened to a tensor since it was first seen.

    Attributes:
        origin: The call that made it, or that changed whether it requires a gradient.
        grad_enabled: Whether autograd was switched on then.
        born: How many runs of the engine had ended before.
        cleared: The call that set its gradient to None, or None.
    """

    origin: Origin
    grad_enabled: bool
    born: int
    cleared: Origin | None = None
    _had_grad: bool = False
    _before_retaining: tuple[Pass, ...] | None = field(default=None)

    def look_at_grad(self, tensor: torch.Tensor, current: Origin) -> None:
        """Note whether there is a gradient now; when there was one before, `current` has taken it away."""
        if not is_leaf(tensor) and not tensor.retains_grad:
            return
        has_grad = tensor.grad is not None
        if self._had_grad and not has_grad:
            self.cleared = current
        elif has_grad:
            self.cleared = None
        self._had_grad = has_grad

    def retain(self, passes: Passes) -> None:
        """Note that the tensor was found to retain its gradient."""
        if self._before_retaining is None:
            self._before_retaining = passes.since(self.born)

    def retained_late(self, node: int) -> Pass | None:
        """Return the last run that went through the tensor's node before `retain_grad()` was called."""
        return next((done for done in reversed(self._before_retaining or ()) if node in done.nodes), None)
