"""The part of a program between its leaves and a root, as a function in double precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.chain import Chain, Leaf, Link, chain_to, value_of
from explorer.trace.replay import CannotReplayError, undisturbed
from explorer.trace.revival import close

if TYPE_CHECKING:
    from explorer.trace.calls import Call
    from explorer.trace.model import TensorState, Trace

_ROUNDED = frozenset({torch.float32, torch.float16, torch.bfloat16})
_ENGINE = frozenset({"backward", "grad"})
_CASTS = frozenset({"float", "half", "bfloat16"})


@dataclass(frozen=True, eq=False)
class Function:
    """What the program computes from its leaves, as autograd sees it.

    Attributes:
        leaves: Its arguments, in the order in which they are used.
        start: Their values at the time, in float64.
        value: Its value there, in float64.
        differentiates: Whether it computes gradients itself (`create_graph`).
    """

    leaves: tuple[Leaf, ...]
    start: tuple[torch.Tensor, ...]
    value: torch.Tensor
    differentiates: bool
    _chain: Chain

    def __call__(self, values: Sequence[torch.Tensor]) -> torch.Tensor:
        """Return the root for other values of the leaves, shaped as `start`, which are not written to.

        It is to be called under `in_double()`.

        Raises:
            CannotReplayError: A call on the way does not run with them.
        """
        given = [
            value.detach().requires_grad_() if self.differentiates and not value.requires_grad else value
            for value in values
        ]
        with torch.set_grad_enabled(torch.is_grad_enabled() or self.differentiates):
            return self._chain.run({leaf.tensor: value for leaf, value in zip(self.leaves, given, strict=True)})


def function_of(trace: Trace, root: TensorState, clock: int) -> Function:
    """Return the function from the leaves that require grad to `root`.

    Args:
        trace: The run, with its live calls.
        root: The tensor that backward started from.
        clock: How many steps had ended then.

    Raises:
        CannotReplayError: A call on the way cannot be made again, or gives something else then.
    """
    chain = chain_to(trace, root, clock)
    if any(leaf.state.dtype.is_complex for leaf in chain.leaves):
        raise CannotReplayError("it is a function of complex numbers")
    doubled = replace(chain, links=tuple(_doubled(link) for link in chain.links))
    start = tuple(value_of(leaf).double() for leaf in chain.leaves)
    differentiates = any(link.step.op in _ENGINE for link in chain.links)
    function = Function(chain.leaves, start, torch.zeros(()), differentiates, doubled)
    with in_double(), torch.no_grad():
        value = function(start).detach().clone()
    _check(value, root)
    return replace(function, value=value)


@contextmanager
def in_double() -> Iterator[None]:
    """Compute in double precision where nothing else is said; leave no trace."""
    default = torch.get_default_dtype()
    with undisturbed():
        torch.set_default_dtype(torch.float64)
        try:
            yield
        finally:
            torch.set_default_dtype(default)


def _doubled(link: Link) -> Link:
    """Return a call of the chain in double precision: its constants, its dtypes, and a module's buffers."""
    call = link.replay.call
    function: Callable[..., Any] = call.function
    if isinstance(function, torch.nn.Module):
        function = function.double()
    elif link.step.op in _CASTS:
        function = torch.Tensor.double
    changed: Call = replace(call, function=function, arguments=_wide(call.arguments), keywords=_wide(call.keywords))
    values = tuple(value.double() if value.dtype in _ROUNDED else value for value in link.replay.values)
    return replace(link, replay=replace(link.replay, call=changed, values=values))


def _wide(value: Any) -> Any:  # noqa: ANN401 - arguments are of any type
    """Return arguments with float64 in place of narrower floating-point dtypes."""
    if isinstance(value, torch.dtype):
        return torch.float64 if value in _ROUNDED else value
    if type(value) in {list, tuple}:
        return type(value)(_wide(item) for item in value)
    if isinstance(value, dict):
        return {key: _wide(item) for key, item in value.items()}
    return value


def _check(value: torch.Tensor, root: TensorState) -> None:
    if tuple(value.shape) != root.shape:
        raise CannotReplayError("made again, the calls give something of another shape")
    if root.values is None:
        return
    recorded = torch.from_numpy(root.values.copy()).to(root.dtype)
    window = tuple(slice(0, size) for size in root.window)
    if not close(value[window].to(root.dtype), recorded):
        raise CannotReplayError(
            "made again, the calls give other values: one draws random numbers, or a leaf was written to in between"
        )
