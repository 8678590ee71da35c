"""Programs with functions, modules and loops: where a step stood, what it called inside, which tensors are drawn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import NETWORK, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator

    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser
GRIDS = re.compile(r"^grid-\d+$")
# Net(), torch.ones, then four passes of conv, relu, flatten, head
STEPS = 4


@pytest.fixture(scope="module")
def tab(lasting_tabs: Tabs) -> App:
    return lasting_tabs.open().open(NETWORK)


@pytest.fixture
def network(tab: App) -> Iterator[App]:
    """A network at its last step, for tests that only look."""
    yield tab
    tab.rest()


def drawn(app: App) -> Locator:
    return app.page.get_by_test_id(GRIDS).locator("visible=true")


def where(app: App) -> Locator:
    # invisible copies of the longest sentences keep the place from jumping
    return app.page.locator(".te-sentence:not(.te-shadow)").get_by_test_id("where")


def to_convolution_of_the_second_pass(app: App) -> None:
    app.page.keyboard.press("End")
    for _ in range(3 * STEPS - 1):
        app.page.keyboard.press("ArrowLeft")


def test_a_step_says_where_it_stood_and_what_it_called_inside(network: App) -> None:
    to_convolution_of_the_second_pass(network)
    expect(where(network)).to_have_text("Net.forward, called on line 17 · pass 2 of the loop on line 16")
    inside = network.page.get_by_test_id("inside")
    expect(inside.locator("summary")).to_have_text("Inside: 1 call of torch")
    expect(inside.locator("li")).to_be_hidden()
    inside.locator("summary").press("Enter")
    expect(inside.locator("li")).to_have_text(["conv (Conv2d): conv2d (1, 1, 4, 4), (2, 1, 3, 3), (2,) → (1, 2, 2, 2)"])
    network.page.get_by_test_id("step-next").click()
    expect(inside).to_be_hidden()
    expect(where(network)).to_contain_text("pass 2")


def test_a_step_at_the_top_level_says_nothing_of_the_kind(app: App) -> None:
    app.open(SHORT)
    expect(where(app)).to_have_count(0)
    expect(app.page.get_by_test_id("inside")).to_be_hidden()
    expect(app.page.get_by_test_id("tensors-all")).to_be_hidden()


def test_a_long_program_draws_the_tensors_of_the_step_or_all(network: App) -> None:
    of_this_step, everything = network.page.get_by_test_id("tensors-step"), network.page.get_by_test_id("tensors-all")
    expect(of_this_step).to_have_attribute("aria-pressed", "true")
    total = network.page.get_by_test_id(GRIDS).count()
    expect(everything).to_have_text(f"all {total}")
    few = drawn(network).count()
    assert 0 < few < total
    everything.press("Enter")
    expect(everything).to_have_attribute("aria-pressed", "true")
    expect(of_this_step).to_have_attribute("aria-pressed", "false")
    expect(drawn(network)).to_have_count(total)
    of_this_step.press("Space")
    expect(of_this_step).to_have_attribute("aria-pressed", "true")
    expect(drawn(network)).to_have_count(few)


def test_what_a_loop_prints_grows_with_the_steps(network: App) -> None:
    lines = [f"epoch {epoch} (1, 3)" for epoch in range(4)]
    output = network.page.locator(".te-output")
    expect(output).to_contain_text(lines[-1])
    to_convolution_of_the_second_pass(network)
    for _ in range(STEPS - 1):  # to the last call of the pass, which is the step before the print
        network.page.keyboard.press("ArrowRight")
    expect(output.locator("mark")).to_have_text(lines[1])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_long_program_fits_on_a_telephone(tabs: Tabs, *, dark: bool) -> None:
    app = tabs.open(dark=dark, width=390).open(NETWORK)
    app.page.get_by_test_id("tensors-all").click()
    assert app.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
