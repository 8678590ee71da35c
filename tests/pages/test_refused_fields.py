"""What is typed into a field and makes no program: it stays there, with a word why."""

from __future__ import annotations

import pytest

from tests.pages.opened import PAGES, check, field, open_form, open_page, source

PAGE = next(page for page in PAGES if page.key == "autograd")
PROGRAM = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x * 2\ny.backward(torch.ones(3))\n"
LABEL = "Gradient to start from"


@pytest.mark.parametrize("junk", ["[1,2", "'; drop"])
def test_a_gradient_that_is_none_is_refused_at_its_field(junk: str) -> None:
    app = open_form(open_page(PROGRAM, PAGE), 2, PAGE)
    check(field(app, LABEL).set_value(junk).run())
    assert field(app, LABEL).value == junk
    assert source(app, PAGE) == PROGRAM
    assert any(f":red[**{LABEL}**" in markdown.value for markdown in app.markdown)
    check(field(app, LABEL).set_value("2 * torch.ones(3)").run())
    assert not any(":red[" in markdown.value for markdown in app.markdown)
