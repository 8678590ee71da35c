"""What the server does once, before the first visitor comes."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from explorer.compute.settings import limits_from_environment
from explorer.compute.workers import workers


@asynccontextmanager
async def warm(_app: object) -> AsyncIterator[dict[str, object]]:
    """Start what runs the programs, and exempt from garbage collection what every visitor needs.

    Streamlit collects garbage after each rerun, before the last messages go out. With torch imported that costs
    about 130 ms a click; frozen objects are left out of it.

    Raises:
        ValueError: An environment variable is wrong; better at the start than in a visitor's face.
        RuntimeError: No programs can be run here; the log says why.
    """
    limits_from_environment()
    workers().start()
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        workers().close()
