"""The empty app behind a launcher that keeps what was imported out of garbage collection, as ours does."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st


@asynccontextmanager
async def freeze(_app: object) -> AsyncIterator[dict[str, object]]:
    """Exempt everything that is alive at the start from garbage collection."""
    gc.collect()
    gc.freeze()
    yield {}


app = st.App("empty.py", lifespan=freeze)
