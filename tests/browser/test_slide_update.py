"""A new picture of a layer that slides a window: made quickly, or later, it says the same as made at length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
