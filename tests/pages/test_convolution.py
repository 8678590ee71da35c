"""The page of convolution, without a browser: the fields of a layer, kernels, options in the link, the solver."""

from __future__ import annotations

import pytest
from streamlit.testing.v1.element_tree import Markdown, Selectbox, TextInput

from explorer.program.builders import inputs, kernels
from explorer.ui.options import chosen, kept, misread, written
from tests.pages.opened import PAGES, check, field, linked, menu, open_form, open_page, scene, source

PAGE = next(page for page in PAGES if page.key == "convolution")
CONV = """\
import torch
from torch import nn
x = torch.randn(2, 2, 5, 5)
conv = nn.Conv2d(2, 4, 3, stride=2)
y = conv(x)
"""


def test_the_fields_of_the_layer_stand_there_without_a_click() -> None:
    app = open_page(CONV, PAGE)
    assert (field(app, "Layer").value, field(app, "in").value, field(app, "out").value) == ("Conv2d", "2", "4")
    check(field(app, "kernel").set_value("3, 5").run())
    check(field(app, "padding").set_value("same").run())
    assert 'nn.Conv2d(2, 4, (3, 5), stride=2, padding="same")' in source(app, PAGE) == linked(app)
    assert "padding='same' and stride 2" in scene(app)["error"]["message"]
    check(field(app, "stride").set_value("").run())
    assert scene(app)["error"] is None
    check(field(app, "padding_mode").set_value("reflect").run())
    assert 'padding_mode="reflect"' in source(app, PAGE)


def test_another_layer_keeps_what_it_also_has() -> None:
    app = open_page(CONV, PAGE)
    check(field(app, "Layer").set_value("MaxPool2d").run())
    assert "conv = nn.MaxPool2d(3, stride=2)" in source(app, PAGE)
    assert scene(app)["layers"]["windows"]["operation"] == "max"


def test_a_number_too_many_is_explained_at_its_field() -> None:
    app = open_page(CONV, PAGE)
    check(field(app, "kernel").set_value("3, 3, 3").run())
    assert field(app, "kernel").value == "3, 3, 3"
    assert source(app, PAGE) == CONV
    assert any("one number, or 2" in markdown.value for markdown in app.markdown)


def test_a_kernel_is_chosen_typed_and_given_up() -> None:
    app = open_page(CONV, PAGE)
    assert field(app, "kernel values").value == "as torch makes it"
    check(field(app, "kernel values").set_value("Sobel x").run())
    assert f"conv.weight.data[:] = {kernels.written('Sobel x', (3, 3))}\n" in source(app, PAGE)
    assert field(app, "kernel values").value == "Sobel x"
    check(field(app, "kernel values").set_value("typed").run())
    check(field(app, "values").set_value("0 1 0\n1 -4 1\n0 1 0").run())
    # typed or chosen, the same numbers are the same kernel
    assert field(app, "kernel values").value == "Laplacian"
    check(field(app, "kernel values").set_value("as torch makes it").run())
    assert source(app, PAGE) == CONV


def test_a_kernel_that_the_program_computes_is_not_shown_as_typed() -> None:
    program = CONV.replace("y = conv", "conv.weight.data[:] = torch.ones(3, 3)\ny = conv")
    app = open_page(program, PAGE)
    assert field(app, "kernel values").value == "see the program"
    check(field(app, "kernel values").set_value("typed").run())
    assert field(app, "values").value == str([[1.0] * 3] * 3)
    random = open_page(program.replace("ones", "rand"), PAGE)
    check(field(random, "kernel values").set_value("typed").run())
    assert source(random, PAGE) == program.replace("ones", "rand")
    assert any("The program computes this kernel" in markdown.value for markdown in random.markdown)


def test_groups_stand_in_the_row_where_they_were_changed() -> None:
    app = open_page(CONV, PAGE)

    def labels() -> list[str]:
        return [one.label for one in app.main if isinstance(one, TextInput | Selectbox)]

    assert labels().index("groups") > labels().index("kernel values")
    check(field(app, "groups").set_value("2").run())
    assert "groups=2" in source(app, PAGE)
    assert labels().index("groups") < labels().index("kernel values")


def test_typed_values_of_another_size_are_explained() -> None:
    app = open_page(CONV, PAGE)
    check(field(app, "kernel values").set_value("typed").run())
    before = source(app, PAGE)
    check(field(app, "values").set_value("1 2; 3 4").run())
    assert source(app, PAGE) == before
    assert field(app, "values").value == "1 2; 3 4"
    assert any("2 × 2; the kernel is 3 × 3" in markdown.value for markdown in app.markdown)


def test_a_layer_chip_shows_its_fields_above_and_others_their_own_below() -> None:
    stack = CONV.replace("conv = nn.Conv2d(2, 4, 3, stride=2)", "conv = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU())")
    app = open_form(open_page(stack, PAGE), 2, PAGE)
    assert field(app, "Layer").value == "ReLU"
    app = open_form(app, 0, PAGE)
    assert (field(app, "Layer").value, field(app, "Made by").value) == ("Conv2d", "randn")


def test_the_layer_that_a_link_opens_shows_its_fields() -> None:
    stack = CONV.replace("nn.Conv2d(2, 4, 3, stride=2)", "nn.Sequential(nn.Conv2d(2, 4, 3), nn.MaxPool2d(2))")
    app = open_page(stack, PAGE, layer="1")
    assert field(app, "Layer").value == "MaxPool2d"


def test_the_menu_begins_with_layers() -> None:
    offered = menu(open_page(CONV, PAGE))
    assert [entry["name"] for entry in offered[:3]] == ["Conv1d", "Conv2d", "Conv3d"]
    assert list(dict.fromkeys(entry["group"] for entry in offered))[:3] == ["Convolution", "Pooling", "Layer"]


def test_a_pattern_fills_typed_values() -> None:
    program = CONV.replace("torch.randn(2, 2, 5, 5)", "torch.tensor([[[[1.0, 2.0]]]])").replace("(2, 4, 3", "(1, 4, 3")
    app = open_form(open_page(program, PAGE), 0, PAGE)
    check(field(app, "Pattern").set_value("checkerboard").run())
    assert f"x = torch.tensor({inputs.pattern('checkerboard', 8)}, dtype=torch.float32)" in source(app, PAGE)
    assert scene(app)["error"] is None
    check(app.number_input(key="convolution/pattern_size").set_value(3).run())
    assert "x = torch.tensor([[[[0, 1, 0], [1, 0, 1], [0, 1, 0]]]], dtype=torch.float32)" in source(app, PAGE)


@pytest.mark.parametrize("name", inputs.PATTERNS)
def test_every_pattern_is_a_picture_or_a_series_of_one_channel(name: str) -> None:
    for size in (2, 8, 28, inputs.LARGEST):
        values = eval(inputs.pattern(name, size))  # noqa: S307 - a list of numbers
        rows = values[0][0]
        assert len(values) == len(values[0]) == 1
        assert len(rows) == size
        assert name.startswith("series") or {len(row) for row in rows} == {size}


def opened(app: object) -> tuple[int, int, int]:
    """Return which layer, channel and item a page's scene shows."""
    layers = scene(app)["layers"]  # type: ignore[arg-type]
    return layers["opened"], layers["windows"]["channel"], layers["windows"]["item"]


def test_layer_channel_and_item_come_with_the_link_and_stay_in_it() -> None:
    app = open_page(CONV, PAGE, channel="3", item="1")
    assert opened(app) == (0, 3, 1)
    check(field(app, "kernel").set_value("2").run())
    assert opened(app) == (0, 3, 1)
    assert app.query_params["channel"] in ("3", ["3"])
    other = PAGE.examples[1]
    check(field(app, "Examples").set_value(other.title).run())
    assert opened(app) == (0, 0, 0)
    assert "channel" not in app.query_params


@pytest.mark.parametrize(
    ("asked", "shown"), [("99", 3), ("-5", 0), ("9999999999999", 0), ("x", 0), ("", 0), ("1.5", 0)]
)
def test_a_channel_that_there_is_not(asked: str, shown: int) -> None:
    app = open_page(CONV, PAGE, channel=asked)
    assert opened(app)[1] == shown
    notices = [warning.value for warning in app.warning]
    # the address says what was opened
    assert app.query_params.get("channel", ["0"]) in (str(shown), [str(shown)])
    check(field(app, "out").set_value("5").run())
    assert app.query_params.get("channel", ["0"]) in (str(shown), [str(shown)])
    assert bool(notices) == (not asked.lstrip("-").isdigit() or len(asked) > 12)


def test_options_of_lenses_as_a_link_has_them() -> None:
    asked = {"layer": "2", "channel": 1, "flip": True, "item": "0", "check": "1", "other": "3"}
    values = chosen("convolution", asked)
    assert values == {"layer": 2, "channel": 1, "flip": True}
    assert written("convolution", values) == {"layer": "2", "channel": "1", "flip": "1"} | dict.fromkeys(
        ("item", "slab", "row", "column")
    )
    assert kept("convolution", values) == {"flip": True}
    assert chosen("shapes", asked) == {}
    assert chosen("autograd", asked) == {"check": True}
    assert misread("convolution", {"layer": "two", "flip": "yes"}) == (
        "layer in this link is not a whole number: it is -1."
    )


def test_the_kernel_is_flipped_by_a_switch() -> None:
    app = open_page(CONV, PAGE)
    assert scene(app)["layers"]["windows"]["flipped"] == -1
    check(app.toggle[0].set_value(True).run())
    assert scene(app)["layers"]["windows"]["flipped"] >= 0
    assert app.query_params["flip"] in ("1", ["1"])


def test_parameters_that_give_a_size_are_found_and_taken_over() -> None:
    app = open_page(CONV, PAGE)
    check(app.number_input(key="convolution/solver/output").set_value(5).run())
    choice = app.selectbox(key="convolution/solver/choice")
    assert "kernel 3, stride 1, padding 1, dilation 1" in choice.options
    assert "kernel 5, stride 1, padding 2, dilation 1" in choice.options
    check(choice.set_value((5, 1, 2, 1)).run())
    check(app.button[-1].click().run())
    assert "conv = nn.Conv2d(2, 4, 5, padding=2)" in source(app, PAGE)
    assert scene(app)["error"] is None


def test_a_size_that_nothing_gives_is_said() -> None:
    app = open_page(CONV, PAGE)
    check(app.number_input(key="convolution/solver/output").set_value(500).run())
    assert any("None in these ranges makes 500 of 5" in info.value for info in app.info)


def test_a_step_that_is_no_number_leaves_the_address() -> None:
    app = open_page(CONV, PAGE, step="zz")
    assert "step" not in app.query_params
    check(field(app, "kernel").set_value("2").run())
    assert "step" not in app.query_params
    assert open_page(CONV, PAGE, step="2").query_params["step"] in ("2", ["2"])


def test_the_kernel_is_flipped_only_where_there_is_one() -> None:
    app = open_page(CONV, PAGE)
    assert [toggle.label for toggle in app.toggle] == ["Flip the kernel"]
    check(field(app, "Layer").set_value("MaxPool2d").run())
    assert not app.toggle


def test_what_is_wrong_with_a_field_stands_below_all_of_them() -> None:
    app = open_page(CONV, PAGE)
    check(field(app, "stride").set_value("3 x").run())
    shown = [one for one in app.main if isinstance(one, Markdown | TextInput)]
    said = next(n for n, one in enumerate(shown) if isinstance(one, Markdown) and ":red[**stride**" in one.value)
    assert not any(isinstance(one, TextInput) for one in shown[said:])


def test_heading_and_menu_say_the_same_name() -> None:
    app = open_page(CONV, PAGE)
    assert any(
        "<h1>Convolution &amp; pooling</h1>" in block.body for block in app.get("html") if hasattr(block, "body")
    )
