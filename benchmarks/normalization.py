"""The page of normalisation: a changed parameter against the button of an empty Streamlit app; hovering its groups.

From the keystroke in the field of a layer to the end of painting the new picture, for a digit's size and for
8 × 16 × 32 × 32; what torch needs for the layer itself is measured beside it. Then the mouse moves over the large
tensor, whose groups light up in both panels.
"""

from __future__ import annotations

import torch
from playwright.sync_api import Browser
from torch import nn

from benchmarks.common import Row, at_most, machine, median, show
from benchmarks.hover import POSITIONS, measure
from benchmarks.interaction import Subject
from benchmarks.layers import field_page, interactions, times, torch_alone
from explorer.ui.permalink import encode_program

SMALL = "x = torch.randn(3, 4, 3, 3)\nbn = nn.BatchNorm2d(4)\ny = bn(x)\n"
LARGE = "x = torch.randn(8, 16, 32, 32)\nbn = nn.BatchNorm2d(16)\ny = bn(x)\n"
EPS = ("0.01", "0.002")
PANELS = ("norm-input", "norm-result-0")
_LIT = "(figures) => figures.map((figure) => figure.dataset.cell || '')"
_LEAST_LIT = 0.5  # between the slabs there are no cells


def layer_page(browser: Browser, url: str, program: str) -> Subject:
    """Open the page on a program; an interaction gives its layer another ε."""
    address = f"{url}/normalization?program={encode_program(program)}"
    return field_page(browser, address, "eps", EPS, "eps={})")


def main() -> None:
    """Measure and print.

    Raises:
        RuntimeError: The groups did not light up, so that nothing was measured.
    """
    before = machine()
    pages = {
        "small": lambda browser, url: layer_page(browser, url, SMALL),
        "large": lambda browser, url: layer_page(browser, url, LARGE),
    }
    taken, alone = interactions(pages), torch_alone(nn.BatchNorm2d(16), torch.randn(8, 16, 32, 32))
    hovered = measure(f"normalization?program={encode_program(LARGE)}", PANELS, _LIT)
    if hovered.lit < POSITIONS * _LEAST_LIT:
        raise RuntimeError(f"{hovered.lit} of {POSITIONS} positions lit a group")
    empty = median(taken["empty"])
    rows = [
        times("empty app, button → text, median / p90", taken["empty"]),
        times("3 × 4 × 3 × 3: ε changed → new picture", taken["small"]),
        at_most("ratio to the empty app", median(taken["small"]) / empty, 1.5),
        times("8 × 16 × 32 × 32: the same", taken["large"]),
        at_most("ratio to the empty app", median(taken["large"]) / empty, 1.5),
        Row("torch's own time for that layer", f"{alone:.1f} ms"),
        Row("positions over it that lit a group", f"{hovered.lit} of {POSITIONS}"),
        *hovered.rows,
    ]
    show(f"normalisation: medians of {len(taken['empty'])} each; at the start {before}", rows)


if __name__ == "__main__":
    main()
