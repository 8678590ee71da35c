"""What the tests of tables share: the tables beside the last moment of a program, and running what they propose."""

from __future__ import annotations

from collections.abc import Sequence

import explorer
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import moments
from explorer.lenses.tables import tables_of
from explorer.scene.tables import Table
from explorer.trace import Trace


def tables_beside(trace: Trace) -> tuple[Table, ...]:
    """Return the tables of a run's last moment."""
    return tables_of_moments(trace)[-1]


def tables_of_moments(trace: Trace) -> tuple[tuple[Table, ...], ...]:
    """Return the tables of each of a run's moments."""
    every = moments(trace)
    panels = Panels(every, 60)
    return tuple(tables_of(moment, panels, trace) for moment in every)


def titled(source: str, title: str) -> Table | None:
    """Return the table of that title beside a program's last moment; None when there is none."""
    tables = tables_beside(explorer.run(source))
    for table in tables:
        assert all(len(row) == len(table.header) for row in table.rows)
        assert all(0 <= row < len(table.rows) and 0 <= column < len(table.header) for row, column in table.marks)
    return next((table for table in tables if table.title == title), None)


def made(shape: Sequence[int], start: int = 0) -> str:
    """Return the code of a float64 tensor of this shape with different values."""
    count = 1
    for size in shape:
        count *= size
    return f"torch.arange({start}., {start + count}., dtype=torch.float64).reshape({tuple(shape)})"
