"""The page of convolutions: a changed parameter against the button of an empty Streamlit app; walking the positions.

From the keystroke in the field of a layer to the end of painting the new picture, for a digit's size and for a
picture of 512 × 512; what torch needs for the layer itself is measured beside it. Then the exported page's timeline is
moved over all positions of the result.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

import torch
from playwright.sync_api import Browser
from torch import nn

import explorer
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
from benchmarks.interaction import Subject, empty_app
from benchmarks.keystroke import type_into
from benchmarks.scrub import scrub
from explorer.ui.permalink import encode_program

SMALL = "x = torch.randn(1, 1, 28, 28)\nconv = nn.Conv2d(1, 8, 3)\ny = conv(x)\n"
LARGE = "x = torch.rand(1, 3, 512, 512)\nconv = nn.Conv2d(3, 16, 5)\ny = conv(x)\n"
WARM_UP = 3
BLOCKS = 5
PER_BLOCK = 5
_READY = "() => document.querySelector('[data-testid=slide-result]') !== null"
_SHOWN = "document.querySelector('[data-testid=slide-result]').closest('section').textContent"


def layer_page(browser: Browser, url: str, program: str, kernels: tuple[str, str]) -> Subject:
    """Open the page on a program, with the form of its layer open; an interaction gives it another kernel."""
    page = open_tab(browser, f"{url}/convolution?program={encode_program(program)}")
    page.get_by_test_id("chip-2").wait_for()
    kernel = page.get_by_label("kernel", exact=True)
    wait_until_idle(page)
    if not kernel.is_visible():
        page.get_by_test_id("chip-1").click()
    kernel.wait_for()
    page.get_by_test_id("program").wait_for()
    wait_until_idle(page)
    layer = program.splitlines()[1].rpartition(" ")[0]

    def change(number: int) -> float:
        value = kernels[number % 2]
        return type_into(page, "kernel", value, f"{layer} {value})")

    return Subject(page, change)


def _opened(stack: ExitStack) -> dict[str, Subject]:
    servers = [our_app(), Server(APPS / "empty.py", APPS)]
    ours, empty = (stack.enter_context(server).url for server in servers)
    browser = stack.enter_context(chromium())
    return {
        "small": layer_page(browser, ours, SMALL, ("5", "3")),
        "large": layer_page(browser, ours, LARGE, ("3", "5")),
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
    conv, x = nn.Conv2d(3, 16, 5), torch.rand(1, 3, 512, 512)
    (taken,) = timings([partial(conv, x)], 15, warm_up=3)
    return median(taken)


def _times(what: str, taken: list[float]) -> Row:
    return Row(what, f"{median(taken):.1f} / {percentile(taken, 90):.1f} ms")


def main() -> None:
    """Measure and print."""
    before = machine()
    taken, alone = interactions(), torch_alone()
    empty = median(taken["empty"])
    walked = scrub(explorer.scene(explorer.run(SMALL), lens="convolution"), _READY, _SHOWN)
    rows = [
        _times("empty app, button → text, median / p90", taken["empty"]),
        _times("28 × 28 × 1 → 8 channels: kernel changed → new picture", taken["small"]),
        at_most("ratio to the empty app", median(taken["small"]) / empty, 1.5),
        _times("512 × 512 × 3 → 16 channels, 5 × 5: the same", taken["large"]),
        Row("torch's own time for that layer", f"{alone:.1f} ms"),
        at_most("ratio to the empty app and torch together", median(taken["large"]) / (empty + alone), 2.0),
        *walked.rows,
    ]
    show(f"convolution: medians of {len(taken['empty'])} each; at the start {before}", rows)


if __name__ == "__main__":
    main()
