"""Making a recorded call again, with other values in its tensor arguments, and without leaving a trace."""

from __future__ import annotations

import copy
import random
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch._C import _functorch as functorch
from torch.func import functional_call

from explorer.trace.calls import Call, replace_tensors, tensors_in
from explorer.trace.values import has_values

if TYPE_CHECKING:
    from explorer.trace.model import Step, TensorState


class CannotReplayError(ValueError):
    """The recorded call cannot be made again as it was."""


def as_it_was(tensor: torch.Tensor, state: TensorState) -> torch.Tensor | None:
    """Return a copy of the tensor's values at the time of the call, on the CPU; None when they are gone.

    What was recorded comes first: a write through `.data` or NumPy leaves the live tensor's version as it was. On
    `meta` and in sparse layouts there never were any values.
    """
    if not has_values(tensor):
        return None
    if state.values is not None and state.window == state.shape:
        return torch.from_numpy(state.values.copy()).to(tensor.dtype)
    version = 0 if tensor.is_inference() else tensor._version
    if version == state.version:
        return tensor.detach().resolve_conj().resolve_neg().to("cpu", copy=True)
    return None


@contextmanager
def undisturbed(*, plain: bool = True) -> Iterator[None]:
    """Leave random generators, modes and settings as they were, and keep torch to its plainest kernels.

    NNPACK and oneDNN may compute a convolution in tiles (Winograd), where a NaN reaches outputs that do not depend
    on it.

    Args:
        plain: Whether to keep torch to its plainest kernels; else it takes those that the program's own calls take.
    """
    torch_state, python_state, numpy_state = torch.get_rng_state(), random.getstate(), np.random.get_state()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(torch.inference_mode(mode=False))
        if plain:
            stack.enter_context(torch.backends.nnpack.flags(enabled=False))
            stack.enter_context(torch.backends.mkldnn.flags(enabled=False))
        try:
            yield
        finally:
            torch.set_rng_state(torch_state)
            random.setstate(python_state)
            np.random.set_state(numpy_state)


@dataclass(frozen=True, eq=False)
class Replay:
    """A recorded call as a pure function of the values of its tensors.

    Attributes:
        call: The call; what it is bound to (a module, a distribution) is a copy.
        values: What its tensors held: the arguments in the order of `Step.inputs`, then the module's parameters.
        names: Names of the parameters, which are the last `len(names)` of `values`.
        output: Which of the results is meant.
        written: The argument that is the result when the call returns no tensor (`x[0] = 1`); None: not known.
    """

    call: Call
    values: tuple[torch.Tensor, ...]
    names: tuple[str, ...]
    output: int
    written: int | None

    def __call__(self, values: Sequence[torch.Tensor]) -> torch.Tensor:
        """Make the call with these values (shaped like `self.values`), which it does not change.

        The random generator starts from the same state each time.

        Raises:
            CannotReplayError: It returned no such tensor.
        """
        results = self.results([value.clone() for value in values])
        if self.output >= len(results):
            raise CannotReplayError("made again, the call returns something else")
        return results[self.output]

    def results(self, values: Sequence[torch.Tensor], generator: torch.Tensor | None = None) -> list[torch.Tensor]:
        """Make the call with these very tensors, which it may write to; return all of its results.

        What a call without a result wrote to takes its place.

        Args:
            values: Shaped like `self.values`.
            generator: The state that the random generator starts from; None for the same each time.
        """
        if generator is None:
            torch.default_generator.manual_seed(0)
        else:
            torch.set_rng_state(generator)
        arguments = list(values[: len(values) - len(self.names)])
        positional, keywords = self._with(arguments)
        result = self._function(list(values[len(arguments) :]))(*positional, **keywords)
        results = list(tensors_in(result))
        if not results and self.written is not None:
            return [arguments[self.written]]
        return results

    def _with(self, arguments: list[torch.Tensor]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Put tensors in the places of the call's own, in order, so that a tensor given twice may differ."""
        supply = iter(arguments)
        positional, keywords = replace_tensors([self.call.arguments, self.call.keywords], lambda _: next(supply))
        if next(supply, None) is not None:
            raise CannotReplayError("its tensors are inside an object that is not a plain list, tuple or dict")
        if "device" in keywords:
            keywords = {**keywords, "device": "cpu"}
        # autograd refuses `out=`; without it the call returns the same
        return positional, {key: value for key, value in keywords.items() if key != "out" or value is None}

    def _function(self, parameters: list[torch.Tensor]) -> Callable[..., Any]:
        module = self.call.function
        if not isinstance(module, torch.nn.Module):
            return module
        state = {name: buffer.clone() for name, buffer in self._buffers.items()}
        state |= dict(zip(self.names, parameters, strict=True))
        return lambda *arguments, **keywords: functional_call(module, state, arguments, keywords)

    @cached_property
    def _buffers(self) -> dict[str, torch.Tensor]:
        return {name: buffer.detach().cpu() for name, buffer in self.call.function.named_buffers()}  # type: ignore[attr-defined]

    @cached_property
    def draws(self) -> bool:
        """Whether the call takes random numbers."""
        torch.default_generator.manual_seed(0)
        before = torch.get_rng_state()
        with torch.no_grad():
            self(self.values)
        return not torch.equal(before, torch.get_rng_state())


def replay_of(step: Step, call: Call, output: int) -> Replay:
    """Prepare a step's call to be made again.

    Raises:
        CannotReplayError: The values of its tensors at the time are gone, or what it is bound to cannot be copied.
    """
    tensors = tuple(tensors_in([call.arguments, call.keywords]))
    if len(tensors) != len(step.inputs):
        raise CannotReplayError("its tensors were not all recorded")
    values = [_value(tensor, state, "a tensor argument") for tensor, state in zip(tensors, step.inputs, strict=True)]
    names: tuple[str, ...] = ()
    if isinstance(call.function, torch.nn.Module):
        parameters = dict(call.function.named_parameters())
        states = _states_in_details(step)
        names = tuple(parameters)
        values += [
            _value(parameter, states.get(id(parameter)), f"parameter {name}") for name, parameter in parameters.items()
        ]
    state = step.outputs[output] if step.outputs else None
    written = next((n for n, given in enumerate(step.inputs) if state and given.tensor == state.tensor), None)
    return Replay(replace(call, function=private(call.function)), tuple(values), names, output, written)


def _value(tensor: torch.Tensor, state: TensorState | None, what: str) -> torch.Tensor:
    value = tensor.detach().to("cpu", copy=True) if state is None else as_it_was(tensor, state)
    if value is None or not has_values(value):
        gone = "belongs to torch.func" if functorch.is_functorch_wrapped_tensor(tensor) else "has no values"
        reason = "has changed since" if has_values(tensor) else gone
        raise CannotReplayError(f"{what} of shape {tuple(tensor.shape)} {reason}")
    return value.contiguous()


def _states_in_details(step: Step) -> dict[int, TensorState]:
    """Return the states of the tensors that library code used, the earliest of each, by the tensor's id."""
    states: dict[int, TensorState] = {}
    for detail in step.details:
        for state in detail.inputs:
            if state._live is not None:
                states.setdefault(id(state._live), state)
    return states


def private(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that cannot change what it is bound to: bound to a copy.

    Raises:
        CannotReplayError: What it is bound to cannot be copied.
    """
    if isinstance(function, torch.nn.Module):
        copied: torch.nn.Module = _copy(function, list(function.modules()))
        return copied
    if isinstance(function, types.MethodType) and not isinstance(function.__self__, type):
        return types.MethodType(function.__func__, _copy(function.__self__, [function.__self__]))
    return function


def _copy(owner: Any, holders: list[Any]) -> Any:  # noqa: ANN401 - any object
    # torch refuses to copy tensors that are not leaves: a hidden state kept between calls
    kept = tensors_in([dict(getattr(holder, "__dict__", {})) for holder in holders])
    memo = {id(tensor): tensor.detach().clone() for tensor in kept if not tensor.is_leaf}
    try:
        return copy.deepcopy(owner, memo)
    except Exception as error:  # copying runs code of the object's own class
        raise CannotReplayError(f"{type(owner).__name__} cannot be copied") from error
