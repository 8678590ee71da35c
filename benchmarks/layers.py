"""What the benchmarks of pages about one layer share: changes on them by turns with the empty app, and torch alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

import torch
from playwright.sync_api import Browser
from torch import nn

from benchmarks.common import APPS, Row, Server, chromium, median, our_app, percentile, timings
from benchmarks.interaction import Subject, empty_app

WARM_UP = 3
BLOCKS = 5
PER_BLOCK = 5


def interactions(pages: Mapping[str, Callable[[Browser, str], Subject]]) -> dict[str, list[float]]:
    """Return the milliseconds of changes on some pages and of the empty app's button, measured by turns.

    Args:
        pages: What opens each, by a name, from a browser and our app's address. `empty` is the empty app.
    """
    with ExitStack() as stack:
        servers = [our_app(), Server(APPS / "empty.py", APPS)]
        ours, empty = (stack.enter_context(server).url for server in servers)
        browser = stack.enter_context(chromium())
        subjects = {name: opened(browser, ours) for name, opened in pages.items()}
        subjects["empty"] = empty_app(browser, empty)
        for subject in subjects.values():
            subject.block(0, WARM_UP)
        for block in range(BLOCKS):
            for subject in subjects.values():
                subject.taken += subject.block(WARM_UP + block * PER_BLOCK, PER_BLOCK)
        return {name: subject.taken for name, subject in subjects.items()}


def torch_alone(layer: nn.Module, given: torch.Tensor) -> float:
    """Return the milliseconds that torch needs for a layer, with the one thread that programs have."""
    torch.set_num_threads(1)
    (taken,) = timings([partial(layer, given)], 15, warm_up=3)
    return median(taken)


def times(what: str, taken: list[float]) -> Row:
    """Return a row with median and 90th percentile of milliseconds."""
    return Row(what, f"{median(taken):.1f} / {percentile(taken, 90):.1f} ms")
