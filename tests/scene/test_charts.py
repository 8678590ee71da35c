"""Charts are sent apart from the scene that they belong to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.lenses import LENSES
from explorer.scene import Scene
from explorer.scene.apart import apart, charts_in
from explorer.scene.charts import Chart, Series
from explorer.scene.decoding import DecodingError, decode
from tests.lenses.normalization_cases import trace_of

TEXTS = st.sampled_from(["", "loss", ',"charts":[1]', "ä"])
NET = """
net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
net(torch.randn(4, 2)).sum().backward()
"""
BESIDE = """
x = torch.randn(4, 1, 2)
lstm, gru = nn.LSTM(2, 3), nn.GRU(2, 3)
(lstm(x)[0].sum() + gru(x)[0].sum()).backward()
"""


@given(TEXTS, TEXTS, st.lists(st.lists(st.floats(), max_size=3), max_size=3))
def test_both_parts_together_are_the_scene(source: str, title: str, numbers: list[list[float]]) -> None:
    charts = tuple(
        Chart(title, "bars", tuple("a" * len(values)), (Series(title, np.array(values)),), note=source)
        for values in numbers
    )
    whole = Scene("autograd", title, source, source, charts=charts, notes=(title,))
    scene, behind = apart(whole)
    assert scene == replace(whole, charts=()).encode()
    assert replace(decode(scene), charts=charts_in(behind)).encode() == whole.encode()


@pytest.mark.parametrize(
    "encoded", [b"{}", b"TXS1", b"TXC1", b"TXC1\x08\0\0\0{}      ", apart(Scene("shapes", "", "", ""))[0]]
)
def test_what_are_no_charts_is_refused(encoded: bytes) -> None:
    with pytest.raises(DecodingError):
        charts_in(encoded)


@pytest.mark.parametrize(("lens", "source"), [("autograd", NET), ("normalization", NET), ("recurrent", BESIDE)])
def test_a_lens_that_is_spared_its_charts_shows_the_same_picture(lens: str, source: str) -> None:
    trace = trace_of(source)
    scene, charts = apart(LENSES[lens](trace))
    assert charts_in(charts)
    assert apart(LENSES[lens](trace, charts=False)) == (scene, b"")
