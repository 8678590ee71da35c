"""A new picture of a layer that slides a window: made quickly, or later, it says the same as made at length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from tests.browser import slide_scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

_LENGTHS = """async ([numbers, digits]) => {
  const { longestOf } = await import("/stage/slide-data.js");
  const { slideText } = await import("/stage/slide-values.js");
  const written = numbers.map((number) => slideText(number, digits).length);
  return [longestOf(Float64Array.from(numbers), digits), Math.max(1, ...written)];
}"""
_finite = st.floats(allow_nan=False, allow_infinity=False)
_short = st.decimals(-20_000, 20_000, places=2).map(float)
_numbers = st.lists(st.one_of(_finite, st.floats(-2, 2, width=32), _short, st.integers(-(10**8), 10**8)), max_size=40)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {name: slide_scenes.scene(name) for name in slide_scenes.PROGRAMS}
    with serving(tmp_path_factory.mktemp("site"), drawn) as address:
        yield address


@pytest.fixture
def measure(open_stage: Opener) -> Callable[[list[float], int], list[int]]:
    """What is found, and the length of the longest of all numbers as they are written."""
    page = open_stage("s=strided")
    return lambda numbers, digits: page.evaluate(_LENGTHS, [numbers, digits])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=_numbers, digits=st.sampled_from([2, 3, 4]))
def test_the_longest_number_is_found_without_writing_all(
    measure: Callable[[list[float], int], list[int]], numbers: list[float], digits: int
) -> None:
    found, written = measure(numbers, digits)
    assert written - 1 <= found <= written  # a half may be rounded to either side


def test_a_new_picture_asks_for_the_styles_of_the_page_a_few_times(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    page.get_by_test_id("program").wait_for()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def count() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "RecalcStyleCount")

    page.evaluate("window.show('reflected')")
    before = count()
    page.evaluate("window.show('strided')")
    assert count() - before <= 9  # a style for each canvas would be 18 and more


@pytest.mark.parametrize("name", ["strided", "large"])
def test_nothing_moves_while_one_steps(open_stage: Opener, name: str) -> None:
    page = open_stage(f"s={name}", width=1024)
    heights = page.evaluate(
        """() => Array.from({ length: 40 }, (_, k) => {
          const { timeline, scene } = window.stage;
          timeline.go(Math.floor((k * (scene.frames.length - 1)) / 39));
          return document.querySelector(".te-slide > .te-head").offsetHeight;
        })"""
    )
    assert len(set(heights)) == 1


def test_numbers_below_zero_have_a_minus_sign(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    page.get_by_test_id("slide-kernel-0").locator(".te-cells").focus()
    page.keyboard.press("ArrowRight")
    readout = page.get_by_test_id("slide-readout")
    expect(readout).to_contain_text("conv.weight[0, 0, 0, 1] = −1")
    page.get_by_test_id("slide-terms-0").locator(".te-cells").focus()
    page.keyboard.press("End")
    assert "-" not in (readout.text_content() or "")
