"""What stays in the picture while a program fails: what was edited, and nothing of what was shown before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser

_START = "import torch\nfrom torch import nn\n"
# a page, a program with a size that it draws and one that fails, what belongs to the picture, an example that fails
CASES = [
    (
        "convolution",
        _START + "x = torch.randn(1, 1, 4, 4)\nconv = nn.Conv2d(1, 2, {})\ny = conv(x)\n",
        ("3", "9"),
        ".te-slide-picture",
        "A kernel larger than the padded input",
    ),
    (
        "normalization",
        _START + "x = torch.randn(4, 6)\nnorm = nn.LayerNorm({})\ny = norm(x)\n",
        ("6", "5"),
        ".te-norm-panels",
        "LayerNorm over sizes that are not the last ones",
    ),
    (
        "recurrent",
        _START + "x = torch.randn(5, 1, 3)\nrnn = nn.GRU({}, 4)\ny, h = rnn(x)\n",
        ("3", "7"),
        ".te-rec-picture",
        "h_0 of the wrong shape",
    ),
]


@pytest.mark.parametrize(("page", "program", "sizes", "picture", "example"), CASES, ids=[case[0] for case in CASES])
def test_a_failing_program_keeps_what_was_edited_and_an_example_keeps_nothing(
    app: App, page: str, program: str, sizes: tuple[str, str], picture: str, example: str
) -> None:
    good, failing = (program.format(size) for size in sizes)
    shown, own = app.page.locator(picture), app.page.get_by_test_id("grid-0")
    app.open(good, page)
    expect(shown).to_be_visible()
    app.run(failing)
    expect(app.error).to_be_visible()
    expect(shown).to_have_css("opacity", "0.45")
    app.settled()
    examples = app.field("Examples")
    examples.click()
    examples.fill(example)  # the list draws only those that are in sight
    examples.press("Enter")
    expect(shown).to_have_count(0)
    expect(app.error).to_be_visible()
    expect(own).to_be_visible()  # what the example itself made before it failed
    app.settled()
    app.run(failing)
    expect(app.error).to_be_visible()
    expect(own.locator(".te-title")).to_have_text(failing.split("\n")[2])
    app.settled()
    app.run(good)
    expect(shown).to_have_css("opacity", "1")
