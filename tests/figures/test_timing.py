"""The figure of times on devices: what it draws is what was measured."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.theme import DARK, LIGHT
from explorer.figures.timing import timing_figure
from explorer.figures.units import seconds_text
from explorer.program.timing import Timing

TIMES = st.lists(st.floats(1e-8, 1e3), min_size=1, max_size=30).map(tuple)


@given(st.lists(TIMES, min_size=1, max_size=4), st.booleans())
def test_every_repeat_is_a_dot_and_every_median_a_label(rows: list[tuple[float, ...]], dark: bool) -> None:
    timings = [Timing(f"cuda:{number}", seconds) for number, seconds in enumerate(rows)]
    figure = timing_figure(timings, dark=dark)
    medians = [statistics.median(seconds) for seconds in rows]
    log = max(map(max, rows)) > 20 * min(map(min, rows))
    assert figure.layout.xaxis.type == ("log" if log else "linear")
    assert [label.text for label in figure.layout.annotations] == [f"<b>{seconds_text(m)}</b>" for m in medians]
    ratio = medians[0] / statistics.median(figure.data[0].x)
    for box, label, seconds in zip(figure.data, figure.layout.annotations, rows, strict=True):
        assert [x * ratio for x in box.x] == pytest.approx(list(seconds))
        place = 10**label.x if log else label.x
        assert math.isclose(place * ratio, statistics.median(seconds), rel_tol=1e-9)


def test_rows_stand_in_the_given_order_and_untimed_ones_are_left_out() -> None:
    figure = timing_figure([Timing("cpu", (2.0,)), Timing("meta", (), "no"), Timing("mps", (1.0, 3.0))])
    assert [set(box.y) for box in figure.data] == [{"cpu"}, {"mps"}]
    assert figure.layout.yaxis.range == (1.5, -0.5)


def test_nothing_timed_is_an_empty_figure() -> None:
    assert len(timing_figure([]).data) == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.0, "1.00 s"), (83.27, "83.3 s"), (0.01234, "12.3 ms"), (0.0009996, "1,000 µs"), (5e-8, "50.0 ns")],
)
def test_times_have_three_digits(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@given(st.floats(1e-9, 1e4))
def test_a_written_time_is_the_time(seconds: float) -> None:
    number, unit = seconds_text(seconds).split(" ")
    scale = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]
    assert math.isclose(float(number.replace(",", "")) * scale, seconds, rel_tol=0.006)


@pytest.mark.parametrize(("colours", "ground"), [(LIGHT, "#ffffff"), (DARK, "#0f1218")])
def test_what_must_be_read_has_contrast(colours: object, ground: str) -> None:
    for name in ("text", "mark", "emphasis"):
        assert contrast(getattr(colours, name), ground) >= 4.5, name


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
