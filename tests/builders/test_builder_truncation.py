"""Truncated backpropagation through time, as lines of a program: the state goes on, its history is cut."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, losses
from explorer.program.builders.gates import GateOf, set_bias
from explorer.program.builders.lengths import set_lengths
from explorer.program.builders.recurrent_beside import beside, can_stand_beside, set_beside
from explorer.program.builders.sequences import SINE, TYPED, WORDS, sequence_of, set_sequence
from explorer.program.builders.truncation import MOST_STEPS, can_detach, detach_of, set_detach
from tests.builders.recurrent_programs import index, run

KINDS = ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")
START = """\
import torch
from torch import nn
torch.manual_seed(1)
x = torch.randn(7, 2, 4, requires_grad=True)
lstm = nn.LSTM(4, 3)
output, (h_n, c_n) = lstm(x)
"""


def became(source: str, kind: str, **fields: str) -> str:
    chip = chain.chips(source)[index(source)]
    known = {"input_size": chip.fields["input_size"], "hidden_size": chip.fields["hidden_size"]}
    return chain.set_fields(source, chip.index, kind, {**(chip.fields if kind == chip.name else known), **fields})


def last_state(names: dict[str, Any]) -> torch.Tensor:
    state = names["h_n"] if "h_n" in names else names["state"]
    hidden: torch.Tensor = state[0] if isinstance(state, tuple) else state
    return hidden


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(1, 8), st.booleans(), st.integers(1, 2), st.booleans())
def test_the_state_goes_on_and_the_gradient_stops_at_the_last_cut(
    kind: str, every: int, batch_first: bool, layers: int, with_start: bool
) -> None:
    source = became(START, kind)
    if not kind.endswith("Cell"):
        source = became(source, kind, batch_first=str(batch_first), num_layers=str(layers))
        state = f"torch.ones({layers}, 2, 3)"
        given_state = f"({state}, {state})" if kind == "LSTM" else state
        source = source.replace("lstm(x)", f"lstm(x, {given_state})") if with_start else source
    if every >= 7:
        with pytest.raises(ArgumentProblem, match=f"x has 7 steps: chunks of {every} cut nothing"):
            set_detach(source, "lstm", str(every))
        return
    cut = set_detach(source, "lstm", str(every))
    assert detach_of(cut, "lstm") == str(every)
    assert set_detach(cut, "lstm", "") == source
    before, after = run(source), run(cut)
    torch.testing.assert_close(last_state(after), last_state(before))
    torch.autograd.backward(last_state(after).sum())
    moved = after["x"].grad.movedim(1, 0) if batch_first and not kind.endswith("Cell") else after["x"].grad
    first = (7 - 1) // every * every
    felt = moved.abs().sum((1, 2)) > 0
    assert felt.tolist() == [t >= first for t in range(7)]


@pytest.mark.parametrize("kind", KINDS)
def test_another_number_of_steps_is_written_in_place(kind: str) -> None:
    cut = set_detach(became(START, kind), "lstm", "3")
    assert set_detach(cut, "lstm", " 5 ") == cut.replace("split(3)", "split(5)").replace("% 3", "% 5")


def test_a_cut_that_somebody_wrote_is_known() -> None:
    own = (
        "import torch\nfrom torch import nn\nx = torch.randn(9, 1, 2)\nlstm = nn.LSTMCell(2, 3)\n"
        "h, c = torch.zeros(1, 3), torch.zeros(1, 3)\nfor t in range(9):\n    if t % 4 == 0:\n"
        "        h, c = h.detach(), c.detach()\n    h, c = lstm(x[t], (h, c))\n"
    )
    assert detach_of(own, "lstm") == "4"
    assert set_detach(own, "lstm", "2") == own.replace("% 4", "% 2")
    without = set_detach(own, "lstm", "")
    assert "detach" not in without
    again = set_detach(without, "lstm", "4")
    assert last_state({"h_n": run(again)["h"]}).equal(run(own)["h"])


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from(["GRU", "RNN"])), st.data())
def test_other_edits_know_the_calls_in_chunks(kinds: set[str], data: st.DataObject) -> None:
    cut = set_detach(START, "lstm", "3")
    assert set(can_stand_beside(cut, index(cut))) == {"GRU", "RNN"}
    loss = data.draw(st.sampled_from(losses.losses(cut, "lstm")))
    both = set_beside(losses.set_loss(cut, "lstm", loss), index(cut), kinds)
    paths = ["lstm", *map(str.lower, kinds)]
    assert {detach_of(both, path) for path in paths} == {"3"}
    assert set(beside(both, index(both))) == kinds
    assert losses.loss_of(both, "lstm") == loss
    other = set_sequence(both, "lstm", data.draw(st.sampled_from([SINE, WORDS])))
    assert sequence_of(other, "lstm") in (SINE, WORDS)
    wider = became(other, "LSTM", hidden_size="5", batch_first="True")
    held = set_bias(wider, GateOf("lstm", "LSTM", "f", "5"), "2")
    names = run(held)
    assert all(names[path].weight_hh_l0.grad is not None for path in paths) == (loss != losses.NONE)
    assert {detach_of(held, path) for path in paths} == {"3"}
    alone = set_beside(held, index(held), ())
    assert detach_of(alone, "lstm") == "3"
    whole = set_detach(losses.set_loss(alone, "lstm", losses.NONE), "lstm", "")
    assert "split(" not in whole.replace("text.split()", "")


def test_a_layer_goes_away_with_its_chunks_and_leaves_the_others_theirs() -> None:
    both = set_beside(set_detach(START, "lstm", "3"), index(START), ("GRU",))
    alone = chain.remove(both, index(both))
    assert "lstm" not in alone
    assert detach_of(alone, "gru") == "3"
    run(alone)
    gone = chain.remove(alone, next(chip.index for chip in chain.chips(alone) if chip.path == "gru"))
    assert "split" not in gone


def test_what_cannot_be_cut_is_said() -> None:
    both = became(START, "LSTM", bidirectional="True")
    assert not can_detach(both, "lstm")
    with pytest.raises(EditProblem, match="both directions"):
        set_detach(both, "lstm", "3")
    with pytest.raises(EditProblem, match="both directions"):
        became(set_detach(START, "lstm", "3"), "LSTM", bidirectional="True")
    packed = set_lengths(START, "lstm", "7, 2")
    assert not can_detach(packed, "lstm")
    with pytest.raises(EditProblem, match="packed"):
        set_detach(packed, "lstm", "3")
    with pytest.raises(EditProblem, match="does not stand alone"):
        set_detach(START.replace("output,", "y = 1; output,"), "lstm", "3")
    trained = START.replace("output, (h_n, c_n) = lstm(x)", "for _ in range(2):\n    output, _ = lstm(x)")
    assert not can_detach(trained, "lstm")


@pytest.mark.parametrize("typed", ["0", "-3", "2.5", "all", str(MOST_STEPS + 1), "1, 2", "9" * 40])
def test_what_is_no_number_of_steps_is_said(typed: str) -> None:
    with pytest.raises(ArgumentProblem, match=r"cut every|not a number|numbers end"):
        set_detach(START, "lstm", typed)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("7, 2, 4", "6, 2, 4", "x has 6 steps: chunks of 50 cut nothing. Type a number from 1 to 5, or nothing."),
        ("7, 2, 4", "2, 2, 4", "x has 2 steps: chunks of 50 cut nothing. Type 1, or nothing."),
        ("7, 2, 4", "1, 2, 4", "x has 1 step: there is nothing to cut. Leave the field empty."),
        ("lstm(x)", "lstm(x[:, :1] + torch.zeros(7, 1, 4))", "The sequence has 7 steps: chunks of 50 cut nothing."),
    ],
)
def test_chunks_that_cut_nothing_are_said(old: str, new: str, words: str) -> None:
    source = START.replace(old, new)
    with pytest.raises(ArgumentProblem) as caught:
        set_detach(source, "lstm", "50")
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("head", "given"),
    [("for x_t in x:", "x_t"), ("for t, x_t in enumerate(x):", "x_t"), ("for t in range(7):", "x[t]"),
     ("for t in range(len(x)):", "x[t]")],
)  # fmt: skip
def test_passes_of_a_loop_over_a_cell_are_counted(head: str, given: str) -> None:
    looped = f"h = None\n{head}\n    h = gru({given}, h)\n"
    source = START.partition("lstm")[0] + f"gru = nn.GRUCell(4, 3)\n{looped}"
    assert "% 6 == 0" in set_detach(source, "gru", "6")
    for before in (source, set_detach(source, "gru", "6")):
        with pytest.raises(ArgumentProblem, match="has 7 steps: chunks of 7 cut nothing"):
            set_detach(before, "gru", "7")


def test_a_shorter_sequence_keeps_the_lines_that_cut() -> None:
    longer = set_detach(set_sequence(START, "lstm", SINE), "lstm", "12")
    assert detach_of(set_sequence(longer, "lstm", TYPED), "lstm") == "12"
    both = set_beside(longer, index(longer), ("GRU",)).replace("T = 24", "T = 9")
    assert detach_of(chain.remove(both, index(both)), "gru") == "12"


@pytest.mark.parametrize("source", ["", "x = (\n", "import torch\n", "lstm = nn.LSTM(4, 6)\n"])
def test_programs_that_call_no_layer_cut_nothing(source: str) -> None:
    assert detach_of(source, "lstm") == ""
    assert not can_detach(source, "lstm")
