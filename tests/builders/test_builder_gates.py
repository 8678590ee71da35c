"""Gates by hand: a bias for all units of one, one that is held, and what lines of the program say of them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, gates
from explorer.program.builders.gates import GateOf
from explorer.program.builders.pictured import changed
from tests.builders.recurrent_programs import PLAIN, index, run

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
