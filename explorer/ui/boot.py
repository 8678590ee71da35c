"""What the server does once, before the first visitor comes."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import explorer
from explorer.program.limits import max_bytes_from_environment

# the sum matters: the first arithmetic that anybody does makes torch import 78,000 objects more
_FIRST_PROGRAM = "x = torch.arange(6).view(2, 3).t().reshape(6) + 1"


@asynccontextmanager
async def warm(_app: object) -> AsyncIterator[dict[str, object]]:
    """Import and run once what every visitor needs, then exempt it from garbage collection.

    Streamlit collects garbage after each rerun, before the last messages go out. With torch imported that costs
    about 130 ms a click; frozen objects are left out of it.

    Raises:
        ValueError: An environment variable is wrong; better at the start than in a visitor's face.
    """
    max_bytes_from_environment()
    explorer.scene(explorer.run(_FIRST_PROGRAM)).encode()
    gc.collect()
    gc.freeze()
    yield {}
