"""Packed sequences by the field of their lengths."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, lengths
from explorer.program.builders.recurrent_beside import can_stand_beside, set_beside
from tests.builders.recurrent_programs import PLAIN, became, index, run, with_fields


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
