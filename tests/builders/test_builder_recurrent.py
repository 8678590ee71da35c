"""Recurrent layers as chips: what follows their sizes, another kind in their place, layers side by side, losses."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, gates, lengths, losses
from explorer.program.builders.gates import GateOf
from explorer.program.builders.recurrent_beside import beside, set_beside
from tests.builders.recurrent_programs import PLAIN, became, index, run, with_fields

WHOLE = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
h_0 = torch.zeros(1, 2, 6)
c_0 = torch.zeros(1, 2, 6)
lstm = nn.LSTM(4, 6)
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = 2.0
output, (h_n, c_n) = lstm(x, (h_0, c_0))
last = output[-1]
first = nn.Linear(6, 3)
y = first(last)
second = nn.Linear(6, 3)
z = second(h_n[-1])
"""
ENDS = {"LSTM": "", "GRU": "", "RNN": ""}


SIZES = st.fixed_dictionaries(
    {
        "input_size": st.integers(1, 9).map(str),
        "hidden_size": st.integers(3, 9).map(str),
        "num_layers": st.integers(1, 3).map(str),
        "batch_first": st.sampled_from(["True", "False"]),
        "bidirectional": st.sampled_from(["True", "False"]),
        "proj_size": st.integers(0, 2).map(str),
    }
)


@settings(max_examples=60, deadline=None)
@given(SIZES)
def test_input_states_readers_and_gates_follow_the_sizes_and_come_back(fields: dict[str, str]) -> None:
    source = with_fields(WHOLE, **fields)
    names = run(source)
    module, batch_first = names["lstm"], fields["batch_first"] == "True"
    shown = {name: str(getattr(module, name)) for name in fields}
    assert shown == fields
    assert names["x"].shape == ((2, 5) if batch_first else (5, 2)) + (int(fields["input_size"]),)
    assert torch.equal(names["last"], names["output"][:, -1] if batch_first else names["output"][-1])
    assert names["y"].shape == names["z"].shape == (2, 3)
    hidden = module.hidden_size
    assert (module.bias_ih_l0[hidden : 2 * hidden] == 2).all()
    own = chain.chips(WHOLE)[index(WHOLE)].fields
    assert with_fields(source, **{name: own[name] for name in fields}) == WHOLE


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"]), min_size=1, max_size=4))
def test_any_recurrent_layer_can_take_the_place_of_another(kinds: list[str]) -> None:
    source = PLAIN
    for kind in kinds:
        source = became(source, kind)
        module = run(source)["lstm"]
        assert type(module).__name__ == kind
        assert (module.input_size, module.hidden_size) == (4, 6)


def test_another_kind_takes_the_lines_of_gates_with_it_and_keeps_the_first_state() -> None:
    gru = became(WHOLE, "GRU")
    assert "output, h_n = lstm(x, h_0)" in gru
    assert "no_grad" not in gru
    assert "output, (h_n, c_n) = lstm(x, (h_0, torch.zeros_like(h_0)))" in became(gru, "LSTM")
    run(became(gru, "LSTM"))


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        (PLAIN + "print(c_n)\n", "GRU", "c_n is still used on line 6"),
        (PLAIN + "print(output)\n", "LSTMCell", "output is still used on line 6"),
        (WHOLE, "LSTMCell", "is still used on line"),
        (PLAIN, "Linear", "LSTM cannot become Linear"),
    ],
)
def test_what_lines_still_need_stays(source: str, kind: str, words: str) -> None:
    with pytest.raises(EditProblem, match=words):
        became(source, kind)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"])
@pytest.mark.parametrize(("made", "shape", "dtype"), [
    ("torch.randn(5, 2, 4)", (5, 2, 4), "float32"), ("torch.arange(7)", (7,), "int64"), ("torch.tensor(1.5)", (), ""),
])  # fmt: skip
def test_a_layer_that_is_added_runs_and_goes_again(kind: str, made: str, shape: tuple[int, ...], dtype: str) -> None:
    program = f"import torch\nfrom torch import nn\nx = {made}\n"
    source, new = chain.add(program, kind, 0, shape, dtype)
    assert chain.chips(source)[new].name == kind
    run(source)
    assert chain.remove(source, new) == program


def test_a_layer_whose_results_are_used_is_not_removed() -> None:
    with pytest.raises(EditProblem, match="output is still used on line 10"):
        chain.remove(WHOLE, index(WHOLE))
    by_hand = gates.set_bias(PLAIN, GateOf("lstm", "LSTM", "f", "6"), "2")
    assert chain.remove(by_hand, index(by_hand)) == PLAIN.partition("lstm")[0]


@pytest.mark.parametrize("kind", [losses.LAST, losses.ALL, losses.STATE])
@pytest.mark.parametrize(("made", "name"), [("LSTM", "LSTMCell"), ("LSTMCell", "LSTM")])
def test_a_backward_pass_that_a_field_wrote_is_told_with_the_field(kind: str, made: str, name: str) -> None:
    plain = chain.set_fields(PLAIN, index(PLAIN), made, {})
    if kind not in losses.losses(plain, "lstm"):
        return
    source = losses.set_loss(plain, "lstm", kind)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if text.endswith(".backward()"))
    match = f'still used on line {line}, where the backward pass starts. Choose none for "backward from" first'
    with pytest.raises(EditProblem, match=match):
        chain.set_fields(source, index(source), name, {})
    with pytest.raises(EditProblem, match=match):
        chain.remove(source, index(source))
    # what it says to do is what lets it through, and the pass can be chosen again
    again = chain.set_fields(losses.set_loss(source, "lstm", losses.NONE), index(source), name, {})
    assert ".backward()" in losses.set_loss(again, "lstm", losses.LAST)
    # a line that uses a result besides is told as before
    used = f"{source}print({'state' if made == 'LSTMCell' else 'output'})\n"
    with pytest.raises(EditProblem, match=r"still used on line \d+\. Change or remove that first"):
        chain.set_fields(used, index(used), name, {})


@settings(max_examples=40, deadline=None)
@given(st.booleans(), st.sets(st.sampled_from(["GRU", "RNN"])), st.sampled_from(["", "5, 3"]), st.data())
def test_layers_side_by_side_share_a_sequence_and_a_loss(
    batch_first: bool, kinds: set[str], packed: str, data: st.DataObject
) -> None:
    source = lengths.set_lengths(with_fields(PLAIN, batch_first=str(batch_first)), "lstm", packed)
    with_loss = losses.set_loss(source, "lstm", data.draw(st.sampled_from(losses.losses(source, "lstm"))))
    loss = losses.loss_of(with_loss, "lstm")
    both = set_beside(with_loss, index(with_loss), kinds)
    assert set(beside(both, index(both))) == kinds
    assert losses.loss_of(both, "lstm") == loss
    names = run(both)
    layers = [names[name] for name in ("lstm", *(kind.lower() for kind in kinds))]
    assert all((layer.weight_hh_l0.grad is not None) == (loss != losses.NONE) for layer in layers)
    wider = with_fields(both, input_size="3", batch_first=str(not batch_first), hidden_size="5")
    assert {layer.input_size for layer in (run(wider)[name] for name in ("lstm", *map(str.lower, kinds)))} == {3}
    back = set_beside(both, index(both), ())
    assert losses.set_loss(back, "lstm", losses.NONE) == source


@pytest.mark.parametrize("kind", ["LSTMCell", "GRUCell", "RNNCell"])
def test_a_backward_pass_can_start_from_the_state_of_a_cell(kind: str) -> None:
    source = became(PLAIN, kind)
    assert losses.losses(source, "lstm") == (losses.NONE, losses.LAST)
    with_loss = losses.set_loss(source, "lstm", losses.LAST)
    assert run(with_loss)["lstm"].weight_hh.grad is not None
    assert losses.loss_of(with_loss, "lstm") == losses.LAST


def test_backward_passes_of_the_programs_own_stay() -> None:
    own = PLAIN + "loss = (output ** 2).mean()\nloss.backward()\n"
    assert losses.loss_of(own, "lstm") == losses.OTHER
    looped = PLAIN + "for _ in range(2):\n    output.sum().backward(retain_graph=True)\n"
    with pytest.raises(EditProblem, match="backward passes of its own"):
        losses.set_loss(looped, "lstm", losses.LAST)


@pytest.mark.parametrize("source", ["", "import torch\n", "lstm = nn.LSTM(4, 6)\n", "x = (\n"])
def test_programs_that_call_no_layer_have_nothing_to_choose(source: str) -> None:
    assert losses.losses(source, "lstm") == ()
    assert losses.loss_of(source, "lstm") == losses.NONE
    assert lengths.lengths_of(source, "lstm") == ""
    assert not lengths.can_pack(source, "lstm")


def test_a_slip_in_the_number_of_layers_is_said_and_no_list_of_them() -> None:
    source = PLAIN.replace("(4, 6)", "(4, 6, num_layers=99999999999)")
    assert len(gates.ends(chain.chips(source)[index(source)])) == gates.MOST_LAYERS
    assert gates.ends(chain.chips(PLAIN)[index(PLAIN)]) == ("_l0",)
    with pytest.raises(ArgumentProblem, match="99999999999 layers are too many"):
        with_fields(PLAIN, num_layers="99999999999")
    assert "(4, 5, num_layers=99999999999)" in with_fields(source, hidden_size="5")  # what a person wrote stays


@pytest.mark.parametrize("field", ["input_size", "hidden_size", "num_layers", "proj_size"])
def test_a_size_that_no_layer_has_is_refused_in_the_words_of_its_field(field: str) -> None:
    wrong = ["-3", "-99999999999"] if field == "proj_size" else ["-3", "0", "00"]
    for typed in wrong:
        with pytest.raises(ArgumentProblem, match=f"{field} cannot be {typed}. Type a whole number") as raised:
            with_fields(PLAIN, **{field: typed})
        assert raised.value.field == field
    assert run(with_fields(PLAIN.replace("(4, 6)", "(4, 6, proj_size=2)"), proj_size="0"))["h_n"].shape == (1, 2, 6)
    already = PLAIN.replace("nn.LSTM(4, 6)", "nn.LSTM(4, -6)")
    assert "nn.LSTM(4, -6, batch_first=True)" in with_fields(already, batch_first="True")


@pytest.mark.parametrize("end", ["", ".float()"])
def test_typed_series_are_laid_out_anew_where_time_and_batch_change_places(end: str) -> None:
    typed = f"torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, 8], [0, 0, 0, 1]]){end}"
    source = PLAIN.replace("torch.randn(5, 2, 4)", f"{typed}.T[..., None]").replace("(4, 6)", "(1, 6)")
    turned = with_fields(source + "last = output[-1]\n", batch_first="True")
    assert f"x = {typed}[..., None]\n" in turned
    assert "lstm(x)\nlast = output[:, -1]\n" in turned
    assert with_fields(turned, batch_first="False") == source + "last = output[-1]\n"
    assert torch.equal(run(source)["h_n"], run(turned)["h_n"])
