"""Tables that teach: shapes aligned, the arithmetic of -1, indices part by part, what a dimension turns into."""

from __future__ import annotations

from collections.abc import Callable

from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import Moment
from explorer.lenses.tables.broadcasting import alignment
from explorer.lenses.tables.einsum import einsum
from explorer.lenses.tables.indexing import indexed
from explorer.lenses.tables.operation import Operation, operation_of
from explorer.lenses.tables.orders import normalised, ties, unravelled
from explorer.lenses.tables.products import product
from explorer.lenses.tables.reductions import reduced
from explorer.lenses.tables.reshapes import missing_size
from explorer.lenses.tables.spreads import corrected
from explorer.lenses.tables.transposes import transposed
from explorer.scene.tables import Table
from explorer.trace import Trace


def _one(make: Callable[[Operation], Table | None]) -> Callable[[Operation], tuple[Table, ...]]:
    """Return a function that gives a tuple of one table, or of none."""

    def tuple_of(operation: Operation) -> tuple[Table, ...]:
        table = make(operation)
        return () if table is None else (table,)

    return tuple_of


_KINDS: tuple[Callable[[Operation], tuple[Table, ...]], ...] = (
    *map(_one, (alignment, product)),
    einsum,
    *map(_one, (missing_size, reduced, corrected, normalised, unravelled, ties, transposed)),
)


def tables_of(moment: Moment, panels: Panels, trace: Trace) -> tuple[Table, ...]:
    """Return the tables that belong beside a moment.

    Args:
        moment: A step, or the failure that ended the program.
        panels: What is drawn, for the letters of storages.
        trace: The whole run, with its live calls.
    """
    operation = operation_of(moment, trace)
    if operation is None:
        return ()
    found = (table for make in _KINDS for table in make(operation))
    return (*found, *indexed(operation, panels))
