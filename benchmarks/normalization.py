"""The page of normalisation: a changed parameter against the button of an empty Streamlit app; hovering its groups.

From the keystroke in the field of a layer to the end of painting the new picture, for a digit's size and for
8 × 16 × 32 × 32; what torch needs for the layer itself is measured beside it. Then the mouse moves over the large
tensor, whose groups light up in both panels.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

import torch
from playwright.sync_api import Browser
from torch import nn

from benchmarks.common import (
    APPS,
    Row,
    Server,
    at_most,
    chromium,
    machine,
    median,
    open_tab,
    our_app,
    percentile,
    show,
    timings,
    wait_until_idle,
)
from benchmarks.hover import POSITIONS, measure
from benchmarks.interaction import Subject, empty_app
from benchmarks.keystroke import type_into
from explorer.ui.permalink import encode_program

SMALL = "x = torch.randn(3, 4, 3, 3)\nbn = nn.BatchNorm2d(4)\ny = bn(x)\n"
LARGE = "x = torch.randn(8, 16, 32, 32)\nbn = nn.BatchNorm2d(16)\ny = bn(x)\n"
EPS = ("0.01", "0.002")
WARM_UP = 3
BLOCKS = 5
PER_BLOCK = 5
PANELS = ("norm-input", "norm-result-0")
_LIT = "(figures) => figures.map((figure) => figure.dataset.cell || '')"
_LEAST_LIT = 0.5  # between the slabs there are no cells


def layer_page(browser: Browser, url: str, program: str) -> Subject:
    """Open the page on a program; an interaction gives its layer another ε."""
    page = open_tab(browser, f"{url}/normalization?program={encode_program(program)}")
    page.get_by_label("eps", exact=True).wait_for()
    page.get_by_test_id("program").wait_for()
    wait_until_idle(page)

    def change(number: int) -> float:
        value = EPS[number % 2]
        return type_into(page, "eps", value, f"eps={value})")

    return Subject(page, change)


def _opened(stack: ExitStack) -> dict[str, Subject]:
    servers = [our_app(), Server(APPS / "empty.py", APPS)]
    ours, empty = (stack.enter_context(server).url for server in servers)
    browser = stack.enter_context(chromium())
    return {
        "small": layer_page(browser, ours, SMALL),
        "large": layer_page(browser, ours, LARGE),
        "empty": empty_app(browser, empty),
    }


def interactions() -> dict[str, list[float]]:
    """Return the milliseconds of changes on both pages and of the empty app's button, measured by turns."""
    with ExitStack() as stack:
        subjects = _opened(stack)
        for subject in subjects.values():
            subject.block(0, WARM_UP)
        for block in range(BLOCKS):
            for subject in subjects.values():
                subject.taken += subject.block(WARM_UP + block * PER_BLOCK, PER_BLOCK)
        return {name: subject.taken for name, subject in subjects.items()}


def torch_alone() -> float:
    """Return the milliseconds that torch needs for the large layer, with the one thread that programs have."""
    torch.set_num_threads(1)
    norm, x = nn.BatchNorm2d(16), torch.randn(8, 16, 32, 32)
    (taken,) = timings([partial(norm, x)], 15, warm_up=3)
    return median(taken)


def _times(what: str, taken: list[float]) -> Row:
    return Row(what, f"{median(taken):.1f} / {percentile(taken, 90):.1f} ms")


def main() -> None:
    """Measure and print.

    Raises:
        RuntimeError: The groups did not light up, so that nothing was measured.
    """
    before = machine()
    taken, alone = interactions(), torch_alone()
    hovered = measure(f"normalization?program={encode_program(LARGE)}", PANELS, _LIT)
    if hovered.lit < POSITIONS * _LEAST_LIT:
        raise RuntimeError(f"{hovered.lit} of {POSITIONS} positions lit a group")
    empty = median(taken["empty"])
    rows = [
        _times("empty app, button → text, median / p90", taken["empty"]),
        _times("3 × 4 × 3 × 3: ε changed → new picture", taken["small"]),
        at_most("ratio to the empty app", median(taken["small"]) / empty, 1.5),
        _times("8 × 16 × 32 × 32: the same", taken["large"]),
        at_most("ratio to the empty app", median(taken["large"]) / empty, 1.5),
        Row("torch's own time for that layer", f"{alone:.1f} ms"),
        Row("positions over it that lit a group", f"{hovered.lit} of {POSITIONS}"),
        *hovered.rows,
    ]
    show(f"normalisation: medians of {len(taken['empty'])} each; at the start {before}", rows)


if __name__ == "__main__":
    main()
