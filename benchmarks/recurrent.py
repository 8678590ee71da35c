"""The page of recurrent layers: a changed parameter against an empty Streamlit app; scrubbing t and gates; bytes.

An LSTM of two layers in both directions reads 128 steps with 64 units. From the keystroke in the field *hidden_size* to
the end of painting the new picture, by turns with the button of an empty app; what torch needs for the layer itself,
and what the first picture costs up to the bytes that are sent, are measured beside it. Then the exported page's
timeline is moved over every gate of every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np
import torch
from playwright.sync_api import Browser
from torch import nn

import explorer
from benchmarks.common import Row, at_most, machine, median, show, timings
from benchmarks.interaction import Subject
from benchmarks.layers import field_page, interactions, times, torch_alone
from benchmarks.scrub import scrub
from explorer.scene import Scene
from explorer.ui.permalink import encode_program

STEPS, SIZE = 128, 64
PROGRAM = f"""\
x = torch.randn({STEPS}, 1, {SIZE})
lstm = nn.LSTM({SIZE}, {SIZE}, num_layers=2, bidirectional=True)
output, (h_n, c_n) = lstm(x)
"""
UNITS = ("63", "64")
FACTOR = 1.5
ALLOWANCE = 20_000
_READY = "() => document.querySelector('[data-testid=recurrent-readout]') !== null"
_SHOWN = "document.querySelector('[data-testid=recurrent-readout]').textContent"
_ITEM_BYTES = 4  # of float32, whatever is sent


def layer_page(browser: Browser, url: str) -> Subject:
    """Open the page on the program; an interaction gives its layer another number of units."""
    address = f"{url}/recurrent?program={encode_program(PROGRAM)}"
    return field_page(browser, address, "hidden_size", UNITS, f"nn.LSTM({SIZE}, {{}},")


def scene() -> Scene:
    """Record the program and look at it."""
    return explorer.scene(explorer.run(PROGRAM), lens="recurrent")


def arrays(part: object) -> Iterator[np.ndarray]:
    """Yield all arrays of a part of a scene."""
    if isinstance(part, np.ndarray):
        yield part
    elif isinstance(part, (tuple, list)):
        for one in part:
            yield from arrays(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from arrays(getattr(part, field.name))


def raw_bytes(shown: Scene) -> int:
    """Return the bytes that the numbers of a scene have as float32: each gate, state, product, gradient and weight."""
    values = [version.values for buffer in shown.buffers for version in buffer.versions]
    return _ITEM_BYTES * sum(array.size for array in arrays([shown.recurrent, values]))


def main() -> None:
    """Measure and print."""
    before = machine()
    layer, given = nn.LSTM(SIZE, SIZE, num_layers=2, bidirectional=True), torch.randn(STEPS, 1, SIZE)
    taken, alone = interactions({"layer": layer_page}), torch_alone(layer, given)
    (first,) = timings([lambda: scene().encode()], 15, warm_up=3)
    shown = scene()
    empty = median(taken["empty"])
    rows = [
        times("empty app, button → text, median / p90", taken["empty"]),
        Row("torch's own time for that layer", f"{alone:.1f} ms"),
        times("first picture: run, lens, bytes", first),
        at_most("ratio to the empty app and torch together", median(first) / (empty + alone), 2.0),
        times("hidden_size changed → new picture", taken["layer"]),
        at_most("ratio to the empty app and torch together", median(taken["layer"]) / (empty + alone), 2.0),
        at_most("bytes of the scene", len(shown.encode()), FACTOR * raw_bytes(shown) + ALLOWANCE, " B", 0),
        *scrub(shown, _READY, _SHOWN).rows,
    ]
    title = f"recurrent: {STEPS} steps, {SIZE} units, 2 layers, 2 directions"
    show(f"{title}; medians of {len(taken['empty'])} each; at the start {before}", rows)


if __name__ == "__main__":
    main()
