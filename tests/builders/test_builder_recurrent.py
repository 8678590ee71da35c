"""Recurrent layers as chips: what follows their sizes, another kind in their place, gates by hand, packing, losses."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, gates, lengths, losses
from explorer.program.builders.gates import GateOf
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.pictured import changed
from explorer.program.builders.recurrent_beside import beside, can_stand_beside, set_beside

PLAIN = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
"""
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


def run(source: str) -> dict[str, Any]:
    """Run a program as it is."""
    names: dict[str, Any] = {}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


def index(source: str, path: str = "lstm") -> int:
    """Return the chip of a layer."""
    return next(chip.index for chip in chain.chips(source) if chip.path == path)


def with_fields(source: str, path: str = "lstm", **fields: str) -> str:
    """Return a program with other fields of a layer."""
    place = index(source, path)
    return chain.set_fields(source, place, chain.chips(source)[place].name, fields)


def became(source: str, name: str, path: str = "lstm") -> str:
    """Return a program with another kind of layer in the place of one, as the page asks for it."""
    place = index(source, path)
    fields = LAYERS[name].taken_over((5, 2, 4), chain.chips(source)[place].fields)
    return chain.set_fields(source, place, name, fields)


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


GATES = st.sampled_from([(layer, gate) for layer, known in gates.GATES.items() for gate in known])


@settings(max_examples=60, deadline=None)
@given(
    GATES, st.integers(1, 7), st.booleans(), st.integers(1, 2), st.floats(-9, 9).map(lambda number: round(number, 3))
)
def test_a_bias_is_added_to_all_units_of_its_gate_alone(
    known: tuple[str, str], hidden: int, bidirectional: bool, layers: int, number: float
) -> None:
    layer, name = known
    source = PLAIN.replace("output, (h_n, c_n)", "result").replace(
        "LSTM(4, 6)", f"{layer}(4, {hidden}, num_layers={layers}, bidirectional={bidirectional})"
    )
    chip = chain.chips(source)[index(source)]
    before = run(source)["lstm"].state_dict()
    for end in gates.ends(chip):
        gate = gates.gate_of(chip, name, end)
        set_so = gates.set_bias(source, gate, str(number))
        assert float(gates.bias_of(set_so, gate)) == pytest.approx(number, rel=1e-5)
        place = gates.gates(layer).index(name)
        rows = slice(place * hidden, (place + 1) * hidden)
        after = run(set_so)["lstm"].state_dict()
        wanted = {key: value.clone() for key, value in before.items()}
        wanted[f"bias_ih{end}"][rows], wanted[f"bias_hh{end}"][rows] = number, 0
        assert all(torch.equal(after[key], wanted[key]) for key in wanted)
        assert gates.set_bias(set_so, gate, "") == source
        other = gates.set_bias(set_so, gate, "1")
        assert gates.bias_of(other, gate) == "1"
        assert gates.reset(other, "lstm") == source


@settings(max_examples=40, deadline=None)
@given(GATES, st.data())
def test_a_gate_that_is_held_has_one_value_whatever_comes_in(known: tuple[str, str], data: st.DataObject) -> None:
    layer, name = known
    source = PLAIN.replace("output, (h_n, c_n)", "result").replace("LSTM(", f"{layer}(")
    gate = gates.gate_of(chain.chips(source)[index(source)], name, "_l0")
    hold = data.draw(st.sampled_from(gates.holds(gate)))
    held = gates.set_hold(source, gate, hold)
    assert gates.hold_of(held, gate) == hold
    assert gates.set_hold(held, gate, gates.AS_MADE) == source
    if hold == gates.AS_MADE:
        assert held == source
        return
    module = run(held)["lstm"]
    rows = slice(gates.gates(layer).index(name) * 6, (gates.gates(layer).index(name) + 1) * 6)
    summed = module.weight_ih_l0[rows] @ torch.randn(4) + module.weight_hh_l0[rows] @ torch.randn(6)
    summed = summed + module.bias_ih_l0[rows] + module.bias_hh_l0[rows]
    assert torch.equal(summed, torch.full((6,), {gates.ZERO: 0.0, gates.OPEN: 20.0, gates.SHUT: -20.0}[hold]))


@settings(max_examples=40, deadline=None)
@given(GATES, st.sampled_from(["-2", "0", "20", "3.5"]), st.data())
def test_a_bias_that_was_typed_is_there_again_once_nothing_holds_its_gate(
    known: tuple[str, str], typed: str, data: st.DataObject
) -> None:
    layer, name = known
    source = PLAIN.replace("output, (h_n, c_n)", "result").replace("LSTM(", f"{layer}(")
    gate = gates.gate_of(chain.chips(source)[index(source)], name, "_l0")
    typed_in = gates.set_bias(source, gate, typed)
    holds = st.lists(st.sampled_from(gates.holds(gate)[1:]), min_size=1, max_size=3)
    held = typed_in
    for hold in data.draw(holds):
        held = gates.set_hold(held, gate, hold)
        assert gates.hold_of(held, gate) == hold
    rows = slice(gates.gates(layer).index(name) * 6, (gates.gates(layer).index(name) + 1) * 6)
    module = run(held)["lstm"]
    bias = {gates.ZERO: 0.0, gates.OPEN: 20.0, gates.SHUT: -20.0}[hold]
    assert torch.equal((module.bias_ih_l0 + module.bias_hh_l0)[rows], torch.full((6,), bias))
    assert not module.weight_ih_l0[rows].any()
    assert gates.set_hold(held, gate, gates.AS_MADE) == typed_in
    assert gates.set_bias(gates.set_hold(held, gate, gates.AS_MADE), gate, "") == source


def test_a_bias_that_is_typed_into_a_held_gate_stays_without_the_hold() -> None:
    forget = GateOf("lstm", "LSTM", "f", "6")
    held = gates.set_bias(gates.set_hold(PLAIN, forget, gates.OPEN), forget, "3")
    free = gates.set_hold(held, forget, gates.AS_MADE)
    assert (gates.hold_of(free, forget), gates.bias_of(free, forget)) == (gates.AS_MADE, "3")
    assert gates.set_hold(free, forget, gates.AS_MADE) == free


def test_weights_that_were_typed_are_there_again_once_nothing_holds_their_gate() -> None:
    forget = GateOf("lstm", "LSTM", "f", "6")
    typed = PLAIN.replace("output", "with torch.no_grad():\n    lstm.weight_ih_l0[6:12] = 0.5\noutput", 1)
    held = gates.set_hold(typed, forget, gates.SHUT)
    assert gates.hold_of(held, forget) == gates.SHUT
    assert gates.set_hold(held, forget, gates.AS_MADE) == typed
    # a line further down has the last word: it is the one that is changed
    later = PLAIN + "lstm.bias_ih_l0.data[6:12] = 3\n"
    assert gates.hold_of(gates.set_hold(later, forget, gates.OPEN), forget) == gates.OPEN


def test_gates_are_read_from_lines_as_people_write_them() -> None:
    forget = GateOf("lstm", "LSTM", "f", "H")
    named = PLAIN.replace("lstm = nn.LSTM(4, 6)", "H = 6\nlstm = nn.LSTM(4, H)")
    for line in ("lstm.bias_ih_l0.data[H:2 * H] = 3", "with torch.no_grad():\n    lstm.bias_ih_l0[6:12] = 3.0"):
        assert gates.bias_of(named.replace("output", f"{line}\noutput", 1), forget) == "3"
    assert "lstm.bias_ih_l0[H:2 * H] = 2.0" in gates.set_bias(named, forget, "2")
    several = named.replace("output", "lstm.bias_ih_l0.data[6:12] = torch.arange(6)\noutput", 1)
    assert gates.bias_of(several, forget) == gates.OTHER
    assert gates.bias_of(gates.set_bias(several, forget, "2"), forget) == "2"
    half = named.replace("output", "lstm.weight_ih_l0.data[6:12] = 0\noutput", 1)
    assert gates.hold_of(half, forget) == gates.OTHER


def test_a_gate_without_a_bias_or_a_size_says_why_it_stays() -> None:
    bare = PLAIN.replace("6)", "6, bias=False)")
    gate = gates.gate_of(chain.chips(bare)[index(bare)], "f", "_l0")
    with pytest.raises(EditProblem, match="no bias"):
        gates.set_bias(bare, gate, "2")
    with pytest.raises(EditProblem, match="no bias"):
        gates.set_hold(bare, gate, gates.OPEN)
    assert gates.hold_of(gates.set_hold(bare, gate, gates.ZERO), gate) == gates.ZERO
    with pytest.raises(EditProblem, match="hidden_size is len"):
        gates.set_bias(PLAIN, GateOf("lstm", "LSTM", "f", "len(x)"), "2")


@pytest.mark.parametrize("typed", ["two", "inf", "nan", "1j", "1e999", "[1]", "2; import os", "1,2"])
def test_what_is_no_bias_is_said(typed: str) -> None:
    with pytest.raises(ArgumentProblem, match="number"):
        gates.set_bias(PLAIN, GateOf("lstm", "LSTM", "f", "6"), typed)


def test_a_cell_changed_in_the_picture_holds_whatever_a_gate_is_set_to() -> None:
    forget = GateOf("lstm", "LSTM", "f", "6")
    held = gates.set_hold(PLAIN, forget, gates.SHUT)
    cell = changed(held, {"kind": "weight", "weight": "lstm.weight_ih_l0", "index": [7, 1], "value": "0.5"})
    assert run(cell)["lstm"].weight_ih_l0[7, 1] == 0.5
    later = gates.set_bias(cell, GateOf("lstm", "LSTM", "i", "6"), "1")
    names = run(later)
    assert names["lstm"].weight_ih_l0[7, 1] == 0.5
    assert gates.is_written(later, "lstm")
    assert gates.reset(later, "lstm") == PLAIN


@settings(max_examples=40, deadline=None)
@given(st.booleans(), st.sampled_from(["LSTM", "GRU", "RNN"]), st.data())
def test_packed_sequences_give_what_each_gives_alone(batch_first: bool, kind: str, data: st.DataObject) -> None:
    source = became(with_fields(PLAIN, batch_first=str(batch_first)), kind)
    counts = data.draw(st.lists(st.integers(1, 5), min_size=2, max_size=2).filter(lambda found: max(found) == 5))
    typed = ", ".join(map(str, counts))
    packed = lengths.set_lengths(source, "lstm", typed)
    assert lengths.lengths_of(packed, "lstm") == typed
    names = run(packed)
    batch = names["x"] if batch_first else names["x"].transpose(0, 1)
    result = names["output"] if batch_first else names["output"].transpose(0, 1)
    for item, count in enumerate(counts):
        alone = batch[item, :count].unsqueeze(0 if batch_first else 1)
        assert torch.allclose(result[item, :count], names["lstm"](alone)[0].reshape(count, -1), atol=1e-6)
        assert not result[item, count:].any()
    assert lengths.set_lengths(packed, "lstm", "") == source
    both = set_beside(packed, index(packed), tuple(can_stand_beside(packed, index(packed))))
    run(both)
    assert lengths.set_lengths(packed, "lstm", "4, 1") == packed.replace(f"[{typed}]", "[4, 1]")


@pytest.mark.parametrize("typed", ["five", "5, x", "1.5", "5,,3"])
def test_what_is_no_list_of_lengths_is_said(typed: str) -> None:
    with pytest.raises(ArgumentProblem, match="is not a list of lengths"):
        lengths.set_lengths(PLAIN, "lstm", typed)


@pytest.mark.parametrize("typed", ["-3, 2", "99999999999, 5"])
def test_what_is_no_length_is_said(typed: str) -> None:
    with pytest.raises(ArgumentProblem, match="time steps are no length of a sequence"):
        lengths.set_lengths(PLAIN, "lstm", typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("6", "1 length for 2 sequences: x has a batch of 2. Type 2 numbers, for example 6, 6."),
        ("6, 3, 2", "3 lengths for 2 sequences: x has a batch of 2. Type 2 numbers, for example 6, 3."),
    ],
)
@pytest.mark.parametrize("batch_first", ["False", "True"])
def test_lengths_that_are_not_one_for_each_sequence_are_said(typed: str, words: str, batch_first: str) -> None:
    source = with_fields(PLAIN.replace("5, 2, 4", "6, 2, 4"), batch_first=batch_first)
    packed = lengths.set_lengths(source, "lstm", "6, 4")
    for before in (source, packed, packed.replace("torch.tensor([6, 4])", "torch.tensor([6])")):
        with pytest.raises(ArgumentProblem) as caught:
            lengths.set_lengths(before, "lstm", typed)
        assert caught.value.message == words


def test_more_sequences_than_lengths_that_can_be_typed_are_said() -> None:
    many = PLAIN.replace("5, 2, 4", f"5, {lengths.MOST + 1}, 4")
    with pytest.raises(ArgumentProblem, match=r"x has a batch of 65\. Only 64 can be typed here"):
        lengths.set_lengths(many, "lstm", "5, 3")
    unknown = PLAIN.replace("5, 2, 4", "*sizes")
    assert "[5, 3, 1]" in lengths.set_lengths(unknown, "lstm", "5, 3, 1")


def test_packing_that_lines_need_stays() -> None:
    packed = lengths.set_lengths(PLAIN, "lstm", "5, 3") + "print(output_lengths)\n"
    with pytest.raises(EditProblem, match="output_lengths is still used on line 9"):
        lengths.set_lengths(packed, "lstm", "")
    computed = packed.replace("[5, 3]", "[5, 3]").replace("torch.tensor([5, 3])", "x.new_tensor([5, 3]).long()")
    assert lengths.lengths_of(computed, "lstm") == lengths.OTHER


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
