"""The page of normalisation, without a browser: fields, modes, a second layer, batch sizes, spreads, errors, links."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.options import chosen, kept, misread, written
from tests.pages.opened import PAGES, check, chips, field, linked, menu, open_form, open_page, scene, source

PAGE = next(page for page in PAGES if page.key == "normalization")
BATCH = """\
import torch
from torch import nn
x = torch.randn(3, 4, 3, 3)
bn = nn.BatchNorm2d(4)
y = bn(x)
"""
LOOP = """\
import torch
from torch import nn
bn = nn.BatchNorm1d(2)
for batch in torch.randn(5, 8, 2):
    bn(batch)
ln = nn.LayerNorm(2)
z = ln(batch)
"""


def opened(app: AppTest) -> list[dict[str, Any]]:
    """Return what the page's scene shows: one layer, or two."""
    norms = scene(app)["norms"]
    return [] if norms is None else list(norms["opened"])


def slider(app: AppTest) -> Any:
    """Return the slider of the batch size."""
    return next(one for one in app.slider if one.label == "batch size")


def test_the_fields_of_the_layer_stand_there_without_a_click() -> None:
    app = open_page(BATCH, PAGE)
    shown = {label: field(app, label).value for label in ("Layer", "channels", "eps", "momentum", "affine", "mode")}
    assert shown == {
        "Layer": "BatchNorm2d", "channels": "4", "eps": "1e-05", "momentum": "0.1", "affine": "True", "mode": "train",
    }  # fmt: skip
    check(field(app, "momentum").set_value("none").run())
    check(field(app, "track_running_stats").set_value("False").run())
    assert "bn = nn.BatchNorm2d(4, momentum=None, track_running_stats=False)\n" in source(app, PAGE) == linked(app)
    assert opened(app)[0]["momentum"] is None
    # without running statistics, eval mode would change nothing
    assert not any(one.label == "mode" for one in app.selectbox)


def test_train_and_eval_are_lines_of_the_program() -> None:
    app = open_page(BATCH, PAGE)
    assert opened(app)[0]["uses"] == "batch"
    check(field(app, "mode").set_value("eval").run())
    assert source(app, PAGE) == BATCH.replace("y = bn", "bn.eval()\ny = bn")
    assert (opened(app)[0]["uses"], opened(app)[0]["training"]) == ("running", False)
    assert field(app, "mode").value == "eval"
    check(field(app, "mode").set_value("train").run())
    assert source(app, PAGE) == BATCH


INSIDE = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm1d(4)
    def forward(self, x):
        return self.bn(x)
net = Net()
x = torch.randn(8, 4)
y = net(x)
"""
STACKED = (
    INSIDE[: INSIDE.index("class")]
    + """\
net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
x = torch.randn(8, 4)
y = net(x)
"""
)


@pytest.mark.parametrize(("program", "path"), [(INSIDE, "net.bn"), (STACKED, "net[1]")])
def test_the_mode_of_a_layer_inside_of_another_module(program: str, path: str) -> None:
    app = open_page(program, PAGE)
    assert len([one for one in app.selectbox if one.label == "mode"]) == 1
    check(field(app, "mode").set_value("eval").run())
    assert source(app, PAGE) == program.replace("y = net", f"{path}.eval()\ny = net")
    assert opened(app)[0]["uses"] == "running"
    check(field(app, "mode").set_value("train").run())
    assert source(app, PAGE) == program


def test_an_uploaded_table_is_standardised_by_one_click() -> None:
    from explorer.program.uploads import to_link

    program = "import torch\nx = torch.tensor(data)\n"
    table = np.random.default_rng(0).normal(3, 2, (6, 3))
    app = open_form(open_page(program, PAGE, data=to_link(table)), 0, PAGE)
    switch = next(one for one in app.toggle if one.label == "Standardise the columns")
    assert not switch.value
    check(switch.set_value(True).run())
    assert source(app, PAGE) == f"{program[:-1]}.float()\nz = (x - x.mean(0)) / x.std(0)\n"
    assert [one["kind"] for one in opened(app)] == ["standard"]
    switch = next(one for one in app.toggle if one.label == "Standardise the columns")
    check(switch.set_value(False).run())
    assert source(app, PAGE) == f"{program[:-1]}.float()\n"


@pytest.mark.parametrize("path", ["lin", "net[0]"])
def test_the_weight_of_a_layer_is_taken_apart_and_put_together_again(path: str) -> None:
    program = (
        BATCH.replace("bn = nn.BatchNorm2d(4)", "lin = nn.Linear(3, 2)").replace("bn(x)", "lin(x)")
        if path == "lin"
        else STACKED
    )
    app = open_page(program, PAGE)
    app = open_form(app, [chip["text"].startswith(f"{path} =") for chip in chips(app)].index(True), PAGE)
    assert field(app, "weight_norm").value == "off"
    check(field(app, "weight_norm").set_value("on").run())
    assert f"\nnn.utils.parametrizations.weight_norm({path})\n" in source(app, PAGE)
    assert scene(app)["error"] is None
    assert "weight" in [one["kind"] for one in opened(app)]
    check(field(app, "weight_norm").set_value("off").run())
    assert source(app, PAGE) == program


def test_weight_norm_around_a_layer_is_taken_off() -> None:
    app = open_page(next(one.source for one in PAGE.examples if "weight_norm(nn" in one.source), PAGE)
    assert field(app, "weight_norm").value == "on"
    check(field(app, "weight_norm").set_value("off").run())
    assert "lin = nn.Linear(4, 3)\n" in source(app, PAGE)


def test_a_layer_without_a_name_or_without_modes_has_no_field_of_the_mode() -> None:
    unnamed = BATCH.replace("bn = nn.BatchNorm2d(4)\ny = bn(x)", "y = nn.Sequential(nn.BatchNorm2d(4))(x)")
    for program in (unnamed, STACKED.replace("BatchNorm1d", "LayerNorm")):
        assert not any(one.label == "mode" for one in open_page(program, PAGE).selectbox)


def test_a_second_layer_is_laid_beside_the_first() -> None:
    app = open_page(BATCH, PAGE)
    compare = field(app, "compare with")
    assert compare.value == []
    assert "LayerNorm" in compare.options
    assert "BatchNorm1d" not in compare.options
    check(compare.set_value(["LayerNorm"]).run())
    assert source(app, PAGE) == BATCH + "ln = nn.LayerNorm((4, 3, 3))\nz = ln(x)\n"
    assert [one["kind"] for one in opened(app)] == ["batch", "layer"]
    check(field(app, "compare with").set_value(["LayerNorm", "GroupNorm", "RMSNorm"]).run())
    assert [one["kind"] for one in opened(app)] == ["batch", "layer", "group", "rms"]
    check(field(app, "compare with").set_value(["GroupNorm"]).run())
    assert [one["kind"] for one in opened(app)] == ["batch", "group"]
    check(field(app, "compare with").set_value([]).run())
    assert source(app, PAGE) == BATCH
    assert [one["kind"] for one in opened(app)] == ["batch"]


def test_a_second_layer_is_found_by_the_tensor_whatever_it_is_called() -> None:
    both = BATCH + "same = x\nln = nn.LayerNorm(3)\nz = ln(same)\n"
    app = open_page(both, PAGE)
    assert field(app, "compare with").value == ["LayerNorm"]
    check(field(app, "compare with").set_value([]).run())
    assert source(app, PAGE) == BATCH + "same = x\n"
    view = BATCH + "ln = nn.LayerNorm(4)\nz = ln(x.movedim(1, -1))\n"
    app = open_page(view, PAGE)
    assert field(app, "compare with").value == ["LayerNorm"]
    assert [one["kind"] for one in opened(app)] == ["batch", "layer"]
    check(field(app, "compare with").set_value(["RMSNorm"]).run())
    assert source(app, PAGE) == BATCH + "rms = nn.RMSNorm((4, 3, 3))\nz = rms(x)\n"
    other = BATCH + "ln = nn.LayerNorm(3)\nz = ln(x + 1)\n"
    assert field(open_page(other, PAGE), "compare with").value == []


def test_a_second_layer_that_is_needed_stays_with_a_word_why() -> None:
    app = open_page(BATCH + "ln = nn.LayerNorm(3)\nz = ln(x)\nprint(ln.weight)\n", PAGE)
    check(field(app, "compare with").set_value([]).run())
    assert any("ln is still used on line" in warning.value.replace("\\", "") for warning in app.warning)
    assert field(app, "compare with").value == ["LayerNorm"]


def test_another_layer_keeps_what_it_also_has() -> None:
    app = open_page(BATCH.replace("(4)", "(4, eps=0.25)"), PAGE)
    check(field(app, "Layer").set_value("GroupNorm").run())
    assert "bn = nn.GroupNorm(2, 4, eps=0.25)\n" in source(app, PAGE)
    assert opened(app)[0]["kind"] == "group"


def test_the_batch_size_is_slid() -> None:
    app = open_page(BATCH, PAGE)
    assert slider(app).value == 3
    check(slider(app).set_value(5).run())
    assert "x = torch.randn(5, 4, 3, 3)\n" in source(app, PAGE)
    assert opened(app)[0]["statistics"] is not None
    named = open_page(BATCH.replace("x = torch.randn(3", "B = 6\nx = torch.randn(B"), PAGE)
    check(slider(named).set_value(2).run())
    assert "B = 2\nx = torch.randn(B, 4, 3, 3)\n" in source(named, PAGE)


def test_channels_and_samples_get_means_of_their_own() -> None:
    app = open_form(open_page(BATCH, PAGE), 0, PAGE)
    check(field(app, "Mean and scale").set_value("by sample").run())
    assert "torch.randn(3, 4, 3, 3) * torch.linspace(0.5, 2, 3).view(-1, 1, 1, 1) +" in source(app, PAGE)
    check(slider(app).set_value(4).run())
    assert scene(app)["error"] is None
    assert "torch.linspace(0.5, 2, 4)" in source(app, PAGE)
    app = open_form(app, 0, PAGE)
    assert field(app, "Mean and scale").value == "by sample"
    check(field(app, "Mean and scale").set_value("the same everywhere").run())
    assert source(app, PAGE) == BATCH.replace("randn(3", "randn(4")


def test_sentences_are_edited_below_the_picture() -> None:
    example = next(example for example in PAGE.examples if "sentences" in example.source)
    app = open_page(example.source, PAGE)
    check(field(app, "Sentences, one a line").set_value("one two three\nfour").run())
    assert 'sentences = ["one two three", "four"]\n' in source(app, PAGE)
    assert scene(app)["error"] is None
    check(field(app, "Sentences, one a line").set_value(" \n").run())
    assert 'sentences = ["one two three", "four"]\n' in source(app, PAGE)
    assert any("no sentence" in markdown.value for markdown in app.markdown)
    assert field(app, "Sentences, one a line").value.strip() == ""


@pytest.mark.parametrize(
    ("label", "typed", "words"),
    [("eps", "tiny", "is not a number"), ("momentum", "1e", "is not a number"), ("channels", "4.5", "whole number")],
)
def test_what_makes_no_argument_is_said_at_its_field(label: str, typed: str, words: str) -> None:
    app = open_page(BATCH, PAGE)
    check(field(app, label).set_value(typed).run())
    assert field(app, label).value == typed
    assert source(app, PAGE) == BATCH
    assert any(words in markdown.value.replace("\\", "") for markdown in app.markdown)


@pytest.mark.parametrize(
    ("label", "typed", "words"),
    [
        ("channels", "5", "keeps a mean and a variance for 5 channels"),
        ("channels", "0", "for 0 channels"),
        ("channels", "10000000000", "more than a program may hold"),
        ("eps", "0", "it must be a number above 0"),
        ("eps", "-1", "it must be a number above 0"),
    ],
)
def test_what_torch_refuses_is_explained_beside_the_last_program(label: str, typed: str, words: str) -> None:
    app = open_page(BATCH, PAGE)
    check(field(app, label).set_value(typed).run())
    error = scene(app)["error"]
    assert words in error["message"]
    assert field(app, label).value == typed
    check(field(app, label).set_value({"channels": "4", "eps": "1e-3"}[label]).run())
    assert scene(app)["error"] is None
    assert opened(app)[0]["kind"] == "batch"


def test_what_was_typed_into_one_field_outlives_another_one() -> None:
    app = open_page(BATCH, PAGE)
    check(field(app, "momentum").set_value("abc").run())
    check(field(app, "eps").set_value("0.5").run())
    assert source(app, PAGE) == BATCH.replace("(4)", "(4, eps=0.5)")
    assert field(app, "momentum").value == "abc"
    assert any("'abc' is not a number" in markdown.value for markdown in app.markdown)
    check(field(app, "momentum").set_value("0.2").run())
    assert source(app, PAGE) == BATCH.replace("(4)", "(4, eps=0.5, momentum=0.2)")
    assert not any("is not a number" in markdown.value for markdown in app.markdown)


def test_what_is_offered_to_mend_a_program_mends_it() -> None:
    app = open_page(BATCH.replace("BatchNorm2d(4)", "GroupNorm(3, 4)"), PAGE)
    error = scene(app)["error"]
    assert "4 channels cannot be divided into 3 groups" in error["message"]
    assert [label for label, _ in error["fixes"]] == ["num_groups=2", "num_groups=4"]
    for _, mended in error["fixes"]:
        assert scene(open_page(mended, PAGE))["error"] is None


def test_layer_and_neighbour_come_with_the_link_and_stay_in_it() -> None:
    app = open_page(LOOP, PAGE, layer="2", group="1")
    assert opened(app)[0]["stop"] == 2
    check(field(app, "eps").set_value("0.5").run())
    assert opened(app)[0]["stop"] == 2
    assert app.query_params["layer"] in ("2", ["2"])
    assert app.query_params["group"] in ("1", ["1"])
    check(field(app, "Examples").set_value(PAGE.examples[1].title).run())
    assert "layer" not in app.query_params


@pytest.mark.parametrize(("asked", "shown"), [("99", 5), ("0", 0), ("5", 5)])
def test_a_layer_that_there_is_not_is_the_nearest_one(asked: str, shown: int) -> None:
    app = open_page(LOOP, PAGE, layer=asked)
    assert opened(app)[0]["stop"] == shown
    assert app.query_params["layer"] in (str(shown), [str(shown)])


def test_the_layer_that_is_open_shows_its_fields() -> None:
    assert field(open_page(LOOP, PAGE, layer="5"), "Layer").value == "LayerNorm"
    assert field(open_page(LOOP, PAGE, layer="0"), "Layer").value == "BatchNorm1d"


def test_all_layers_on_one_tensor_stay_in_the_link() -> None:
    several = BATCH + "ln = nn.LayerNorm(3)\nz = ln(x)\ngn = nn.GroupNorm(2, 4)\nw = gn(x)\n"
    app = open_page(several, PAGE, beside="-3")
    assert [one["kind"] for one in opened(app)] == ["batch", "layer", "group"]
    check(field(app, "eps").set_value("0.5").run())
    assert [one["kind"] for one in opened(app)] == ["batch", "layer", "group"]
    assert app.query_params["beside"] in ("-3", ["-3"])


def test_nothing_is_laid_beside_when_the_link_says_so() -> None:
    both = BATCH + "ln = nn.LayerNorm(3)\nz = ln(x)\n"
    assert len(opened(open_page(both, PAGE))) == 2
    app = open_page(both, PAGE, beside="-2")
    assert len(opened(app)) == 1
    assert app.query_params["beside"] in ("-2", ["-2"])


def test_options_of_the_lens_as_a_link_has_them() -> None:
    asked = {"layer": "2", "beside": -2, "group": "7", "channel": "1"}
    values = chosen("normalization", asked)
    assert values == {"layer": 2, "beside": -2, "group": 7}
    without = {"focus": None, "between": None}
    assert written("normalization", values) == {"layer": "2", "beside": "-2", "group": "7", **without}
    assert kept("normalization", values) == {}
    assert chosen("normalization", {"beside": "-9", "group": "-1"}) == {"beside": -3}
    assert "group in this link is not a whole number" in misread("normalization", {"group": "one"})


def test_the_menu_begins_with_layers_that_normalise() -> None:
    offered = menu(open_page(BATCH, PAGE))
    assert [entry["name"] for entry in offered[:4]] == ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm"]


def test_a_program_without_layers_has_a_page_all_the_same() -> None:
    app = open_page("import torch\nx = torch.randn(6, 3)\ny = (x - x.mean(0)) / x.std(0)\n", PAGE)
    assert scene(app)["error"] is None
    assert slider(app).value == 6
    empty = open_page("", PAGE)
    assert not any(one.label == "batch size" for one in empty.slider)


def test_a_neighbour_that_there_is_not_leaves_the_address() -> None:
    app = open_page(BATCH, PAGE, beside="7")
    assert len(opened(app)) == 1
    assert "beside" not in app.query_params


def test_rubbish_in_a_link_is_told_or_brought_inside() -> None:
    app = open_page(
        BATCH + "ln = nn.LayerNorm(3)\nz = ln(x)\n", PAGE, focus="99", between="x", group="-5", beside="nan"
    )
    assert scene(app)["error"] is None
    assert [one["kind"] for one in opened(app)] == ["batch", "layer"]
    told = " ".join(warning.value.replace("\\", "") for warning in app.warning)
    assert "between in this link is not a whole number" in told
    assert "beside in this link is not a whole number" in told
