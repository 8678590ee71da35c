"""Tables and charts that stand beside the calls that are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.lenses.normalization.batches import spread
from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.distributions import distributions
from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.history import history
from explorer.lenses.normalization.layer_gradients import layer_gradients
from explorer.lenses.normalization.momentum import momentum_table
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.tables import results_table
from explorer.lenses.normalization.training import layer_inputs
from explorer.scene.charts import Chart
from explorer.scene.tables import Table
from explorer.trace import Trace


@dataclass(frozen=True)
class Beside:
    """What stands beside the calls that are open: the tables of each, and charts of the one in focus."""

    tables: tuple[tuple[Table, ...], ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Looked:
    """How the open calls are looked at: as the parameters of `normalization`."""

    group: int
    focus: int
    between: bool
    charts: bool


def beside_of(trace: Trace, calls: Sequence[NormCall], shown: Sequence[Opened], looked: Looked) -> Beside:
    """Return tables and charts.

    Args:
        trace: The run, with its live tensors.
        calls: All calls that normalise.
        shown: Those that are open; one at least.
        looked: How they are looked at; of a focus out of range the nearest open call is meant.
    """
    group = looked.group
    own = shown[min(max(looked.focus, 0), len(shown) - 1)]
    tables = tuple(_tables(layer, group if layer is own else 0) for layer in shown)
    return Beside(tables, _charts(trace, calls, own, group) if looked.charts else ())


def _charts(trace: Trace, calls: Sequence[NormCall], own: Opened, group: int) -> tuple[Chart, ...]:
    return (
        *_distributions(own, group),
        *history(calls, own.call, group),
        *spread(calls, own.call, group),
        *layer_inputs(trace),
        *layer_gradients(trace),
    )


def _tables(layer: Opened, group: int) -> tuple[Table, ...]:
    found = (results_table(layer), momentum_table(layer.call, _inside(layer, group), layer.values))
    return tuple(table for table in found if table is not None)


def _distributions(layer: Opened, group: int) -> tuple[Chart, ...]:
    """Return the charts of the group in focus; none of a layer without groups."""
    given, made, blocks = layer.values.input, layer.values.output, layer.call.settings.blocks
    if given is None or not blocks or not layer.moments.mean.numel():
        return ()
    number = _inside(layer, group)
    name = layer.names[number] if number < len(layer.names) else f"group {number}"
    if layer.way is not None and any(blocks[place] > 1 for place in layer.call.settings.affine):
        made = layer.way.normalised  # γ and β differ from cell to cell of the group
    after = None if made is None else by_group(made, blocks)[number]
    return distributions(by_group(given, blocks)[number], after, name)


def _inside(layer: Opened, group: int) -> int:
    """Return the number of the group in focus, brought inside."""
    return min(max(group, 0), max(layer.moments.mean.shape[0] - 1, 0))
