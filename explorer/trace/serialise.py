"""A Trace as plain values for JSON: numbers, strings, lists and objects, under the names of the fields."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from explorer.trace.model import (
    BackwardEvent,
    EngineRun,
    Graph,
    GraphNode,
    ProgramError,
    SavedTensor,
    Step,
    TensorState,
    Trace,
)
from explorer.trace.values import Array


def to_plain(trace: Trace) -> dict[str, Any]:
    """Return `trace` as an object with the keys output, error, steps, names, graph, backward and engine_runs.

    Values are nested lists (the recorded window of a large tensor), dtypes and devices as torch prints them; of the
    tensors that nodes keep there are shapes and bytes, no values. JSON has no NaN or infinities: they become the
    strings "nan", "inf" and "-inf". A complex number becomes [real, imaginary].
    """
    return {
        "output": trace.output,
        "error": None if trace.error is None else _error(trace.error),
        "steps": [_step(step) for step in trace.steps],
        "names": {name: _state(state) for name, state in trace.names.items()},
        "graph": _graph(trace.graph),
        "backward": [_event(event) for event in trace.backward],
        "engine_runs": [_run(run) for run in trace.engine_runs],
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
        " storage_nbytes itemsize version window node output_nr retains_grad hooks is_inference"
    )
    plain: dict[str, Any] = {name: getattr(state, name) for name in names.split()}
    plain["dtype"], plain["device"] = str(state.dtype), str(state.device)
    plain["values"], plain["grad"] = array_to_plain(state.values), array_to_plain(state.grad)
    return plain


def _error(error: ProgramError) -> dict[str, Any]:
    names = "kind message line column hint end_line end_column detail op dimensions node"
    plain: dict[str, Any] = {name: getattr(error, name) for name in names.split()}
    plain["fixes"] = [asdict(fix) for fix in error.fixes]
    plain["operands"] = [_state(state) for state in error.operands]
    return plain


def _graph(graph: Graph) -> dict[str, Any]:
    return {
        "nodes": [_node(node) for node in graph.nodes],
        "edges": graph.edges,
        "slots": graph.slots,
        "leaves": graph.leaves,
        "omitted": graph.omitted,
    }


def _node(node: GraphNode) -> dict[str, Any]:
    names = "name op line step run module tensor shapes inputs constants custom"
    plain: dict[str, Any] = {name: getattr(node, name) for name in names.split()}
    plain["saved"] = [_saved(saved) for saved in node.saved]
    return plain


def _saved(saved: SavedTensor) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(saved, name) for name in ("name", "shape", "nbytes", "storage", "version")}
    plain["dtype"] = str(saved.dtype)
    return plain


def _event(event: BackwardEvent) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: getattr(event, name)
        for name in ("node", "accumulated", "index", "run", "clock", "shapes_in", "shapes_out")
    }
    plain["gradients_in"] = [array_to_plain(gradient) for gradient in event.gradients_in]
    plain["gradients_out"] = [array_to_plain(gradient) for gradient in event.gradients_out]
    plain["grad_before"], plain["grad_after"] = array_to_plain(event.grad_before), array_to_plain(event.grad_after)
    return plain


def _run(run: EngineRun) -> dict[str, Any]:
    names = "clock line roots inputs retain_graph create_graph parent error"
    plain: dict[str, Any] = {name: getattr(run, name) for name in names.split()}
    plain["gradients"] = [array_to_plain(gradient) for gradient in run.gradients]
    return plain


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
