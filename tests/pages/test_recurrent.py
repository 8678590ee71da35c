"""The page of recurrent layers, without a browser: fields and the lines that they write, errors, links."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.options import chosen, kept, misread, written
from tests.pages.opened import PAGES, check, chips, field, linked, menu, open_page, scene, source

PAGE = next(page for page in PAGES if page.key == "recurrent")
PLAIN = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
"""
INSIDE = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 6)
    def forward(self, x):
        return self.gru(x)[0]
y = Net()(torch.randn(5, 2, 4))
"""
HELD = """\
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = 2.0
    lstm.bias_hh_l0[6:12] = 0.0
"""


def unrolled(app: AppTest) -> dict[str, Any]:
    """Return what the page's scene has opened."""
    found = scene(app)["recurrent"]["unrolled"]
    assert found is not None, scene(app)["recurrent"]["reason"]
    return dict(found)


def typed(app: AppTest, label: str, text: str) -> AppTest:
    """Type into a list of choices that takes other words, too, which AppTest does not know."""
    widget = field(app, label)
    widget.options.append(text)
    return check(widget.set_value(text).run())


def says(app: AppTest, words: str) -> bool:
    """Tell whether the page says something below its fields."""
    return any(words in markdown.value.replace("\\", "") for markdown in app.markdown)


def test_the_fields_of_the_layer_stand_there_without_a_click() -> None:
    app = open_page(PLAIN, PAGE)
    labels = (
        "Layer",
        "input_size",
        "hidden_size",
        "num_layers",
        "bidirectional",
        "input",
        "gate",
        "bias of f",
        "lengths",
    )
    assert [field(app, label).value for label in labels] == [
        "LSTM", "4", "6", "1", "False", "random", "f", "unchanged", "",
    ]  # fmt: skip
    assert set(field(app, "Layer").options) == {"LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"}
    check(field(app, "hidden_size").set_value("3").run())
    check(field(app, "bidirectional").set_value("True").run())
    check(field(app, "batch_first").set_value("True").run())
    assert "x = torch.randn(2, 5, 4)\nlstm = nn.LSTM(4, 3, batch_first=True, bidirectional=True)\n" in source(app, PAGE)
    assert linked(app) == source(app, PAGE)
    stop = scene(app)["recurrent"]["stops"][0]
    assert (stop["steps"], stop["batch"], stop["directions"], stop["hidden_size"]) == (5, 2, 2, 3)
    check(field(app, "Layer").set_value("GRU").run())
    assert unrolled(app)["cell"] == "gru"
    assert field(app, "gate").value == "z"


def test_a_gate_is_set_by_lines_of_the_program_and_reset() -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "bias of f").set_value("2").run())
    assert source(app, PAGE) == PLAIN.replace("output,", f"{HELD}output,")
    app = typed(app, "bias of f", "-3.5")
    assert "lstm.bias_ih_l0[6:12] = -3.5\n" in source(app, PAGE)
    assert field(app, "bias of f").value == "-3.5"
    check(field(app, "the gate is").set_value("held open").run())
    assert "lstm.weight_hh_l0[6:12] = 0.0\n" in source(app, PAGE)
    assert field(app, "bias of f").value == "20"
    check(field(app, "gate").set_value("i").run())
    assert field(app, "the gate is").value == field(app, "bias of i").value == "unchanged"
    check(next(button for button in app.button if button.label == "Reset").click().run())
    assert source(app, PAGE) == PLAIN
    assert not any(button.label == "Reset" for button in app.button)


def test_lines_that_a_person_wrote_are_read_into_the_fields() -> None:
    app = open_page(PLAIN.replace("output,", f"{HELD}output,"), PAGE)
    assert field(app, "bias of f").value == "2"
    assert field(app, "the gate is").value == "unchanged"
    app = open_page(PLAIN.replace("output,", "lstm.bias_ih_l0.data[6:12] = torch.arange(6)\noutput,"), PAGE)
    assert field(app, "bias of f").value == "as written"


def test_another_layer_and_direction_is_opened_and_set_by_hand() -> None:
    app = open_page(PLAIN.replace("(4, 6)", "(4, 6, num_layers=2, bidirectional=True)"), PAGE)
    check(field(app, "parameters").set_value("_l1_reverse").run())
    assert (unrolled(app)["layer"], unrolled(app)["reverse"]) == (1, True)
    check(field(app, "bias of f").set_value("-2").run())
    assert "lstm.bias_ih_l1_reverse[6:12] = -2.0\n" in source(app, PAGE)
    assert (unrolled(app)["layer"], unrolled(app)["reverse"]) == (1, True)
    assert app.query_params["depth"] in ("1", ["1"])


def test_lengths_pack_the_batch_and_none_do_not() -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "lengths").set_value("5, 3").run())
    assert "pack_padded_sequence(x, lengths, enforce_sorted=False)" in source(app, PAGE)
    assert scene(app)["recurrent"]["stops"][0]["lengths"] == [5, 3]
    check(field(app, "lengths").set_value("").run())
    assert source(app, PAGE) == PLAIN


def test_layers_side_by_side_and_a_loss() -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "backward from").set_value("last output").run())
    assert source(app, PAGE) == PLAIN + "output[-1].sum().backward()\n"
    check(field(app, "compare with").set_value(["GRU", "RNN"]).run())
    assert "(output[-1].sum() + gru_output[-1].sum() + rnn_output[-1].sum()).backward()\n" in source(app, PAGE)
    assert [stop["cell"] for stop in scene(app)["recurrent"]["stops"]] == ["lstm", "gru", "rnn_tanh"]
    assert unrolled(app)["gradient"] is not None
    check(field(app, "detach every").set_value("2").run())
    assert source(app, PAGE).count("in x.split(2):") == 3
    assert [stop["steps"] for stop in scene(app)["recurrent"]["stops"]] == [5, 5, 5]
    assert field(app, "backward from").value == "last output"
    check(field(app, "detach every").set_value("").run())
    check(field(app, "compare with").set_value([]).run())
    check(field(app, "backward from").set_value("none").run())
    assert source(app, PAGE) == PLAIN


def test_gradients_are_clipped_where_there_is_a_backward_pass() -> None:
    app = open_page(PLAIN, PAGE)
    assert not [one for one in app.text_input if one.label == "clip at"]
    check(field(app, "backward from").set_value("all outputs").run())
    check(field(app, "clip at").set_value("0.01").run())
    assert source(app, PAGE).endswith("output.sum().backward()\nnn.utils.clip_grad_norm_(lstm.parameters(), 0.01)\n")
    assert any("clip_grad_norm_ found a norm of" in remark for remark in scene(app)["recurrent"]["remarks"])
    check(field(app, "clip at").set_value("-3").run())
    assert says(app, "is no norm that gradients can have")
    check(field(app, "clip at").set_value("2").run())
    check(field(app, "backward from").set_value("none").run())
    assert source(app, PAGE) == PLAIN


def test_the_learners_own_text_goes_through_the_layer() -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "input").set_value("characters").run())
    check(field(app, "text").set_value("grüße").run())
    assert 'text = "grüße"\n' in source(app, PAGE)
    assert unrolled(app)["tokens"] == list("grüße")
    check(field(app, "input").set_value("one-hot symbols").run())
    assert field(app, "input_size").value == "len(vocab)"
    check(field(app, "input").set_value("sentences, packed").run())
    assert scene(app)["error"] is None
    check(field(app, "Sentences, one a line").set_value("one two\nthree").run())
    assert scene(app)["recurrent"]["stops"][0]["lengths"] == [2, 1]
    check(field(app, "input").set_value("sine").run())
    check(field(app, "steps").set_value("9").run())
    assert unrolled(app)["steps"] == 9


def test_several_series_are_typed_and_what_they_are_is_chosen() -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "input").set_value("typed numbers").run())
    check(field(app, "numbers").set_value("1 2 3; 4 5 6").run())
    assert "x = torch.tensor([[1, 2, 3], [4, 5, 6]]).float().T[..., None]" in source(app, PAGE)
    assert (unrolled(app)["steps"], field(app, "series are").value) == (3, "items of the batch")
    check(field(app, "series are").set_value("features of a step").run())
    assert field(app, "input_size").value == "2"
    assert scene(app)["error"] is None
    before = source(app, PAGE)
    check(field(app, "numbers").set_value("1 2 3; 4 5").run())
    assert says(app, "Row 2 has 2 values, but row 1 has 3 values")
    assert (field(app, "numbers").value, source(app, PAGE)) == ("1 2 3; 4 5", before)


def test_a_table_that_is_not_there_is_asked_for() -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "input").set_value("table (CSV)").run())
    assert any("upload it behind File, beside the field input" in info.value for info in app.info)
    assert "An uploaded file has this name" in scene(app)["error"]["hint"]
    assert field(app, "input_size").value == "x.shape[-1]"


def test_dropout_has_a_mode() -> None:
    app = open_page(PLAIN.replace("(4, 6)", "(4, 6, num_layers=2, dropout=0.5)"), PAGE)
    check(field(app, "mode").set_value("eval").run())
    assert "lstm.eval()\n" in source(app, PAGE)
    assert not scene(app)["recurrent"]["stops"][0]["training"]


@pytest.mark.parametrize(
    ("label", "text", "words"),
    [
        ("input_size", "four", "is not a whole number"),
        ("hidden_size", "1.5", "is not a whole number"),
        ("hidden_size", "0", "hidden_size cannot be 0"),
        ("dropout", "half", "is not a number"),
        ("lengths", "5 and 3", "is not a list of lengths"),
        ("lengths", "5", "1 length for 2 sequences: x has a batch of 2. Type 2 numbers, for example 5, 5."),
        ("lengths", "5, 3, 2", "3 lengths for 2 sequences"),
        ("bias of f", "much", "is not a number"),
        ("detach every", "0", "cannot be cut every 0 steps"),
        ("detach every", "50", "x has 5 steps: chunks of 50 cut nothing. Type a number from 1 to 4, or nothing."),
    ],
)
def test_what_makes_no_program_is_said_at_its_field(label: str, text: str, words: str) -> None:
    app = open_page(PLAIN, PAGE)
    app = typed(app, label, text) if label == "bias of f" else check(field(app, label).set_value(text).run())
    assert says(app, words)
    assert field(app, label).value == text
    assert source(app, PAGE) == PLAIN


@pytest.mark.parametrize(
    ("kind", "label", "text", "words"),
    [
        ("words", "text", "   ", "There is no text"),
        ("sine", "steps", "0", "0 time steps cannot be shown"),
        ("typed numbers", "numbers", "1; 2; x", "is not a list of numbers"),
    ],
)
def test_what_makes_no_sequence_is_said_at_its_field(kind: str, label: str, text: str, words: str) -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, "input").set_value(kind).run())
    before = source(app, PAGE)
    check(field(app, label).set_value(text).run())
    assert says(app, words)
    assert field(app, label).value == text
    assert source(app, PAGE) == before


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("proj_size", "6"),
        ("dropout", "1.5"),
        ("lengths", "9, 1"),
        ("lengths", "5, 0"),
    ],
)
def test_what_torch_refuses_is_explained_beside_the_last_program(label: str, text: str) -> None:
    app = open_page(PLAIN, PAGE)
    check(field(app, label).set_value(text).run())
    error = scene(app)["error"]
    assert error is not None
    assert len(error["message"]) > 40
    assert field(app, label).value == text


def test_what_is_used_is_kept_with_a_word_why() -> None:
    app = open_page(PLAIN + "print(c_n)\n", PAGE)
    check(field(app, "Layer").set_value("GRU").run())
    assert any("c_n is still used on line 6" in warning.value.replace("\\", "") for warning in app.warning)
    assert field(app, "Layer").value == "LSTM"


def test_layers_made_inside_of_a_class_have_the_fields_of_their_constructor() -> None:
    app = open_page(INSIDE, PAGE)
    assert field(app, "Layer").options == ["GRU · line 6, class Net"]
    assert (field(app, "input_size").value, field(app, "hidden_size").value) == ("4", "6")
    check(field(app, "hidden_size").set_value("3").run())
    check(field(app, "bidirectional").set_value("True").run())
    assert source(app, PAGE) == INSIDE.replace("nn.GRU(4, 6)", "nn.GRU(4, 3, bidirectional=True)")
    assert (unrolled(app)["cell"], unrolled(app)["hidden_size"]) == ("gru", 3)
    check(field(app, "num_layers").set_value("two").run())
    assert says(app, "is not a whole number")
    assert field(app, "num_layers").value == "two"
    check(field(app, "num_layers").set_value("2").run())
    assert "nn.GRU(4, 3, num_layers=2, bidirectional=True)" in source(app, PAGE)


def test_of_several_layers_inside_of_classes_one_is_chosen() -> None:
    program = INSIDE.replace("self.gru = nn.GRU(4, 6)", "self.gru = nn.GRU(4, 6)\n        self.top = nn.LSTM(6, 5)")
    assert program != INSIDE
    app = open_page(program, PAGE)
    check(field(app, "Layer").set_value(1).run())
    check(field(app, "hidden_size").set_value("2").run())
    assert source(app, PAGE) == program.replace("nn.LSTM(6, 5)", "nn.LSTM(6, 2)")


def test_arguments_that_are_not_written_one_by_one_have_no_fields() -> None:
    app = open_page(INSIDE.replace("nn.GRU(4, 6)", "nn.GRU(*(4, 6))"), PAGE)
    [said] = [caption.value for caption in app.caption if "have no fields" in caption.value]
    assert "`nn.GRU(*(4, 6))` on line 6, in class Net" in said
    assert unrolled(app)["cell"] == "gru"


def test_what_is_open_comes_with_the_link_and_stays_in_it() -> None:
    asked = {"layer": "0", "depth": "1", "reverse": "1", "item": "1", "unit": "4"}
    program = PLAIN.replace("(4, 6)", "(4, 6, num_layers=2, bidirectional=True)")
    app = open_page(program, PAGE, **asked)
    shown = unrolled(app)
    assert [shown[name] for name in ("layer", "reverse", "item", "unit")] == [1, True, 1, 4]
    assert all(app.query_params[name] in (value, [value]) for name, value in asked.items() if name != "layer")
    beyond = open_page(program, PAGE, depth="9", item="99", unit="99")
    shown = unrolled(beyond)
    assert [shown[name] for name in ("layer", "item", "unit")] == [1, 1, 5]
    assert beyond.query_params["unit"] in ("5", ["5"])


def test_options_of_the_lens_as_a_link_has_them() -> None:
    values = chosen("recurrent", {"layer": "2", "depth": 1, "reverse": "1", "unit": "7", "root": "0", "channel": "1"})
    assert values == {"layer": 2, "depth": 1, "reverse": 1, "unit": 7, "root": 0}
    assert written("recurrent", values)["root"] == "0"
    assert kept("recurrent", values) == {}
    assert "unit in this link is not a whole number" in misread("recurrent", {"unit": "one"})


def test_the_menu_begins_with_recurrent_layers_and_chips_say_shapes() -> None:
    app = open_page(PLAIN, PAGE)
    assert [entry["name"] for entry in menu(app)[:3]] == ["LSTM", "GRU", "RNN"]
    assert chips(app)[0]["detail"] == "float32 · (5, 2, 4)"


def test_a_program_without_recurrent_layers_has_a_page_all_the_same() -> None:
    for program in (
        "",
        "import torch\nx = torch.randn(6, 3)\n",
        "import torch\nfrom torch import nn\nlstm = nn.LSTM(2, 3)\n",
    ):
        assert scene(open_page(program, PAGE))["error"] is None
