"""A Trace as plain values for JSON: numbers, strings, lists and objects, under the names of the fields."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from explorer.trace.model import BackwardEvent, ProgramError, Step, TensorState, Trace
from explorer.trace.values import Array


def to_plain(trace: Trace) -> dict[str, Any]:
    """Return `trace` as an object with the keys output, error, steps, names, graph and backward.

    Values are nested lists (the recorded window of a large tensor), dtypes and devices as torch prints them. JSON
    has no NaN or infinities: they become the strings "nan", "inf" and "-inf". A complex number becomes
    [real, imaginary].
    """
    return {
        "output": trace.output,
        "error": None if trace.error is None else _error(trace.error),
        "steps": [_step(step) for step in trace.steps],
        "names": {name: _state(state) for name, state in trace.names.items()},
        "graph": asdict(trace.graph),
        "backward": [_event(event) for event in trace.backward],
    }


def _step(step: Step) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: getattr(step, name)
        for name in (
            "index",
            "line",
            "column",
            "end_line",
            "end_column",
            "op",
            "kind",
            "expression",
            "bytes_new",
            "module",
            "module_class",
            "seconds",
        )
    }
    plain["stack"] = [asdict(site) for site in step.stack]
    plain["inputs"] = [_state(state) for state in step.inputs]
    plain["outputs"] = [_state(state) for state in step.outputs]
    return plain


def _state(state: TensorState) -> dict[str, Any]:
    names = (
        "tensor shape stride storage_offset requires_grad is_leaf grad_fn is_contiguous grad_reason storage"
        " storage_nbytes itemsize version window"
    )
    plain: dict[str, Any] = {name: getattr(state, name) for name in names.split()}
    plain["dtype"], plain["device"] = str(state.dtype), str(state.device)
    plain["values"], plain["grad"] = array_to_plain(state.values), array_to_plain(state.grad)
    return plain


def _error(error: ProgramError) -> dict[str, Any]:
    names = "kind message line column hint end_line end_column detail op dimensions"
    plain: dict[str, Any] = {name: getattr(error, name) for name in names.split()}
    plain["fixes"] = [asdict(fix) for fix in error.fixes]
    plain["operands"] = [_state(state) for state in error.operands]
    return plain


def _event(event: BackwardEvent) -> dict[str, Any]:
    return {
        "node": event.node,
        "gradients_in": [array_to_plain(gradient) for gradient in event.gradients_in],
        "gradients_out": [array_to_plain(gradient) for gradient in event.gradients_out],
        "accumulated": event.accumulated,
    }


def array_to_plain(array: Array | None) -> Any:  # noqa: ANN401 - a number, or lists of any depth
    """Return an array as nested lists that JSON can carry."""
    return None if array is None else _number(array.tolist())


def _number(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [_number(item) for item in value]
    if isinstance(value, complex):
        return [_number(value.real), _number(value.imag)]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value
