"""An ε that is out of all proportion, as the stage writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import explorer
from explorer.lenses import LENSES
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
PROGRAM = "torch.manual_seed(0)\nx = torch.randn(3, 4, 3, 3)\ny = nn.BatchNorm2d(4, eps=float('inf'))(x)\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with one scene."""
    drawn = LENSES["normalization"](explorer.run(PROGRAM))
    with serving(tmp_path_factory.mktemp("site"), {"infinite": drawn}) as address:
        yield address


def test_an_infinite_eps_is_written_with_one_sign(open_stage: Opener) -> None:
    page = open_stage("s=infinite")
    expect(page.get_by_test_id("norm-way")).to_contain_text(" + inf) = 0")
    expect(page.get_by_test_id("stage")).to_contain_text("ε inf · momentum 0.1")
    expect(page.get_by_test_id("stage")).not_to_contain_text("+ +inf")
