"""Tensor Explorer: run a small PyTorch program, record everything that it does, look at it.

>>> import explorer
>>> trace = explorer.run("x = torch.arange(6).view(2, 3).t()")
>>> trace.names["x"].stride
(1, 3)
"""

from __future__ import annotations

from explorer import compute
from explorer.lenses import LENSES
from explorer.program.recording import Recording
from explorer.program.run import run
from explorer.scene import Scene
from explorer.trace import Contributors, Origins, Trace, contributors, contributors_of_all, origins

__all__ = [
    "LENSES",
    "Contributors",
    "Origins",
    "Recording",
    "Scene",
    "Trace",
    "compute",
    "contributors",
    "contributors_of_all",
    "origins",
    "record",
    "run",
    "scene",
]


def scene(trace: Trace, lens: str = "shapes", **options: object) -> Scene:
    """Look at a trace through a lens.

    Args:
        trace: What `run` returned.
        lens: Name of the lens; `LENSES` has them all.
        options: The lens's own options.

    Raises:
        ValueError: There is no such lens.
    """
    if lens not in LENSES:
        raise ValueError(f"no lens {lens!r}; there are: {', '.join(LENSES)}")
    return LENSES[lens](trace, **options)


def record() -> Recording:
    """Record ordinary Python, without the limits that programs of others have.

    Example:
        >>> with record() as recording:
        ...     x = torch.arange(6).view(2, 3)
        >>> recording.steps[-1].op
        'view'

    Returns:
        A recording, to be used in a `with` statement. Afterwards it has the attributes of a Trace, and shows itself
        in a notebook as a scene that can be stepped through. What the block raises is in its `error`, and raised.
    """
    return Recording(lambda trace: scene(trace).to_html())
