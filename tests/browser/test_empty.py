"""A stage without tensors offers a line of which its page has something to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import explorer
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorer.scene import Scene
    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

LENSES = ("shapes", "convolution", "normalization", "recurrent")


def _scene(source: str, lens: str) -> Scene:
    trace = explorer.run(source)
    assert trace.error is None
    return explorer.scene(trace, lens=lens)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with an empty page for each lens."""
    with serving(tmp_path_factory.mktemp("site"), {lens: _scene("n = 1\n", lens) for lens in LENSES}) as address:
        yield address


@pytest.mark.parametrize("lens", LENSES)
def test_the_line_that_is_offered_shows_what_the_page_is_for(open_stage: Opener, lens: str) -> None:
    line = open_stage(f"s={lens}").locator(".te-empty code").inner_text()
    scene = _scene(line, lens)
    assert scene.grids
    shown = {
        "convolution": scene.layers is not None and scene.layers.windows is not None,
        "normalization": scene.norms is not None,
        "recurrent": scene.recurrent is not None and scene.recurrent.unrolled is not None,
    }
    assert shown.get(lens, True)
