"""Tables that teach: shapes aligned, the arithmetic of -1, indices part by part, what a dimension turns into."""

from __future__ import annotations

from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import Moment
from explorer.lenses.tables.broadcasting import alignment
from explorer.lenses.tables.operation import operation_of
from explorer.scene.tables import Table
from explorer.trace import Trace


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
    tables = (alignment(operation),)
    return tuple(table for table in tables if table is not None)
