"""Charts of a network: the gradient of each parameter, what flows back through the layers, what a step changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.wording import norm_of
from explorer.scene.charts import Chart, Series
from explorer.scene.relations import Array
from explorer.trace import Step, TensorState
from explorer.trace.model import BackwardEvent

# Fewer parameters are not worth a chart.
FEWEST = 2
MOST_BARS = 80
# Of tensors without a bar, how many are named.
MOST_NAMED = 8
# A gradient that is so many times smaller or larger at the first layer than at the last has vanished or exploded.
VANISHED = 100.0


@dataclass(frozen=True, eq=False)
class Charts:
    """Makes the charts of a run."""

    naming: Naming

    def all(self) -> tuple[Chart, ...]:
        """Return the charts; none for programs without parameters of modules."""
        events = self._last_run()
        found = [self._norms(events), self._layers(events), self._steps()]
        return tuple(chart for chart in found if chart is not None)

    def _last_run(self) -> list[BackwardEvent]:
        """Return the events of the last run of the engine that reached parameters."""
        events = self.naming.sources.trace.backward
        reached = [event.run for event in events if event.accumulated is not None and self._path(event.accumulated)]
        return [event for event in events if reached and event.run == reached[-1]]

    def _path(self, leaf: int) -> str:
        name = self.naming.sources.leaf_names.get(leaf, "")
        return name if "." in name else ""

    def _norms(self, events: list[BackwardEvent]) -> Chart | None:
        """Return the norm of each parameter's gradient, in the order of the parameters."""
        norms = {
            event.accumulated: grad_norm(event)
            for event in events
            if event.accumulated is not None and event.accumulated >= 0
        }
        paths = {self._path(leaf): norms[leaf] for leaf in sorted(norms) if self._path(leaf)}
        known = {path: norm for path, norm in paths.items() if norm is not None}
        if len(paths) < FEWEST or not known:
            return None
        labels = tuple(known)[:MOST_BARS]
        values = np.array([known[label] for label in labels])
        return Chart(
            title="Norm of the gradient of each parameter",
            kind="bars",
            labels=labels,
            series=(Series("‖grad‖", values),),
            x="parameter",
            y="‖grad‖",
            log=spans_decades(values),
            note=" ".join(filter(None, (_trend(labels, values), _left_out([p for p in paths if p not in known])))),
        )

    def _layers(self, events: list[BackwardEvent]) -> Chart | None:
        """Return the norm of the gradient that reached each layer's output, in the order of backward."""
        labels, values, unknown = [], [], []
        for event in events:
            node = self.naming.sources.trace.graph.nodes[event.index]
            if not node.module or not node.saved or not event.gradients_in or event.gradients_in[0] is None:
                continue
            label = f"{node.module} · {self.naming.draft(event).label.rpartition(' · ')[2]}"
            norm = norm_in(event)
            if norm is None:
                unknown.append(label)
            else:
                labels.append(label)
                values.append(norm)
        if len(values) < FEWEST:
            return None
        shown = np.array(values[:MOST_BARS])
        return Chart(
            title="Norm of the gradient on its way back",
            kind="lines",
            labels=tuple(labels[:MOST_BARS]),
            series=(Series("‖gradient in‖", shown),),
            x="layer, in the order of backward",
            y="‖gradient in‖",
            log=spans_decades(shown),
            note=_left_out(unknown),
        )

    def _steps(self) -> Chart | None:
        """Return the norms of the parameters before and after the last step of an optimiser."""
        steps = [step for step in self.naming.sources.trace.steps if _is_optimiser(step)]
        if not steps:
            return None
        last = steps[-1]
        before = self._before(last)
        written = [s for s in last.outputs if s.tensor in before and self._path(s.tensor)]
        norms = {self._path(s.tensor): (_norm(before[s.tensor]), _norm(s)) for s in written}
        shown = [path for path, pair in norms.items() if None not in pair][:MOST_BARS]
        if len(norms) < FEWEST or not shown:
            return None
        return Chart(
            title=f"Parameters before and after {last.expression}",
            kind="bars",
            labels=tuple(shown),
            series=tuple(
                Series(name, np.array([norms[path][when] for path in shown], np.float64))
                for when, name in enumerate(("‖before‖", "‖after‖"))
            ),
            x="parameter",
            y="norm",
            note=_left_out([path for path, pair in norms.items() if None in pair]),
        )

    def _before(self, last: Step) -> dict[int, TensorState]:
        """Return the states of the tensors that a step wrote, as they were seen last before it."""
        wanted = {state.tensor for state in last.outputs}
        found: dict[int, TensorState] = {}
        for step in self.naming.sources.trace.steps[: last.index]:
            inner = (state for detail in step.details for state in detail.inputs)
            for state in (*inner, *step.outputs):
                if state.tensor in wanted:
                    found[state.tensor] = state
        return found


def grad_norm(event: BackwardEvent) -> float | None:
    """Return the norm of a leaf's whole gradient after an event; None where it is not known."""
    if event.grad_after is None or not _is_whole(event.grad_after, event.shapes_in):
        return event.norm_after
    return norm_of(event.grad_after)


def norm_in(event: BackwardEvent) -> float | None:
    """Return the norm of the whole gradient of a node's first result; None where there is none, or it is not known."""
    incoming = event.gradients_in[0] if event.gradients_in else None
    if incoming is None:
        return None
    if _is_whole(incoming, event.shapes_in):
        return norm_of(incoming)
    return event.norms_in[0] if event.norms_in else None


def _is_whole(values: Array, shapes: tuple[tuple[int, ...] | None, ...]) -> bool:
    return bool(shapes) and shapes[0] == tuple(values.shape)


def _norm(state: TensorState) -> float | None:
    """Return the norm of a tensor's values; None where only a window of them is known."""
    return norm_of(state.whole) if state.whole is not None else None


def _left_out(names: list[str]) -> str:
    """Say of which tensors a chart has no number, and why; "" when it has all."""
    if not names:
        return ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"Left out: {', '.join(names[:MOST_NAMED])}{more}: so large that only a corner was recorded."


def _is_optimiser(step: Step) -> bool:
    return step.op == "step" and step.kind == "inplace"


def spans_decades(values: Array) -> bool:
    """Tell whether a logarithmic axis is needed to see all of the numbers."""
    positive = torch.from_numpy(np.asarray(values, np.float64))
    positive = positive[torch.isfinite(positive) & (positive > 0)]
    return bool(positive.numel()) and bool(positive.max() > 30 * positive.min())


def _trend(labels: Iterable[str], values: Array) -> str:
    """Say whether the gradient of the first parameters is far smaller or larger than that of the last."""
    known = [(label, float(value)) for label, value in zip(labels, values, strict=True) if np.isfinite(value)]
    weights = [(label, value) for label, value in known if label.endswith("weight") and value > 0]
    if len(weights) < 2:
        return ""
    (first, one), (last, other) = weights[0], weights[-1]
    if other > VANISHED * one:
        return f"The gradient vanishes on its way back: {last} has {other:.3g}, {first} only {one:.3g}."
    if one > VANISHED * other:
        return f"The gradient explodes on its way back: {last} has {other:.3g}, {first} {one:.3g}."
    return ""
