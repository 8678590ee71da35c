"""The charts of an encoded scene, read without the rest of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.scene import Scene
from explorer.scene.charts import Chart, Series
from explorer.scene.decoding import DecodingError, charts_of, decode

TEXTS = st.sampled_from(["", "loss", ',"charts":[1]', '"charts":', "ä", ',"arrays":7'])


@given(TEXTS, TEXTS, st.lists(st.lists(st.floats(), max_size=3), max_size=3))
def test_they_are_those_of_the_scene(source: str, title: str, numbers: list[list[float]]) -> None:
    charts = tuple(
        Chart(title, "bars", tuple("a" * len(values)), (Series(title, np.array(values)),), note=source)
        for values in numbers
    )
    encoded = Scene("autograd", title, source, source, charts=charts, notes=(title,)).encode()
    read = charts_of(encoded)
    assert [chart.title for chart in read] == [title] * len(numbers)
    for chart, values in zip(read, numbers, strict=True):
        np.testing.assert_array_equal(chart.series[0].values, np.array(values))
    assert len(decode(encoded).charts) == len(read)


@pytest.mark.parametrize(
    "text", [b"", b'{"charts":[]}', b'{"a":0,"charts":7,"arrays":[]}', b'{"a":0,"charts":[,"arrays":[]}', b"\xff" * 9]
)
def test_what_is_no_scene_is_refused(text: bytes) -> None:
    padded = text + b" " * (-(len(text) + 8) % 8)
    with pytest.raises(DecodingError):
        charts_of(b"TXS1" + len(padded).to_bytes(4, "little") + padded)
    with pytest.raises(DecodingError):
        charts_of(text)
