"""The page of convolutions: a changed parameter against the button of an empty Streamlit app; walking the positions.

From the keystroke in the field of a layer to the end of painting the new picture, for a digit's size and for a
picture of 512 × 512; what torch needs for the layer itself is measured beside it. Then the exported page's timeline is
moved over all positions of the result.
"""

from __future__ import annotations

import torch
from playwright.sync_api import Browser
from torch import nn

import explorer
from benchmarks.common import Row, at_most, machine, median, open_tab, show, wait_until_idle
from benchmarks.interaction import Subject
from benchmarks.keystroke import type_into
from benchmarks.layers import interactions, times, torch_alone
from benchmarks.scrub import scrub
from explorer.ui.permalink import encode_program

SMALL = "x = torch.randn(1, 1, 28, 28)\nconv = nn.Conv2d(1, 8, 3)\ny = conv(x)\n"
LARGE = "x = torch.rand(1, 3, 512, 512)\nconv = nn.Conv2d(3, 16, 5)\ny = conv(x)\n"
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


def main() -> None:
    """Measure and print."""
    before = machine()
    pages = {
        "small": lambda browser, url: layer_page(browser, url, SMALL, ("5", "3")),
        "large": lambda browser, url: layer_page(browser, url, LARGE, ("3", "5")),
    }
    taken, alone = interactions(pages), torch_alone(nn.Conv2d(3, 16, 5), torch.rand(1, 3, 512, 512))
    empty = median(taken["empty"])
    walked = scrub(explorer.scene(explorer.run(SMALL), lens="convolution"), _READY, _SHOWN)
    rows = [
        times("empty app, button → text, median / p90", taken["empty"]),
        times("28 × 28 × 1 → 8 channels: kernel changed → new picture", taken["small"]),
        at_most("ratio to the empty app", median(taken["small"]) / empty, 1.5),
        times("512 × 512 × 3 → 16 channels, 5 × 5: the same", taken["large"]),
        Row("torch's own time for that layer", f"{alone:.1f} ms"),
        at_most("ratio to the empty app and torch together", median(taken["large"]) / (empty + alone), 2.0),
        *walked.rows,
    ]
    show(f"convolution: medians of {len(taken['empty'])} each; at the start {before}", rows)


if __name__ == "__main__":
    main()
