"""What the benchmarks of pages about one layer share: changes on them by turns with the empty app, and torch alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

import torch
from playwright.sync_api import Browser
from torch import nn

from benchmarks.common import (
    APPS,
    Row,
    Server,
    chromium,
    median,
    open_tab,
    our_app,
    percentile,
    timings,
    wait_until_idle,
)
from benchmarks.interaction import Subject, empty_app
from benchmarks.keystroke import type_into

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


def field_page(browser: Browser, address: str, field: str, values: tuple[str, str], written: str) -> Subject:
    """Open the page of a layer; an interaction types the other one of two values into a field.

    Args:
        browser: Where.
        address: Of the page, with its program.
        field: Label of the field.
        values: What is typed, by turns.
        written: What the program then holds, with `{}` in the place of the value.
    """
    page = open_tab(browser, address)
    page.get_by_label(field, exact=True).wait_for()
    page.get_by_test_id("program").wait_for()
    wait_until_idle(page)

    def change(number: int) -> float:
        value = values[number % 2]
        return type_into(page, field, value, written.format(value))

    return Subject(page, change)
