"""What recurrent layers go through: numbers, texts, symbols, sentences, each as lines that the program runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, gates, losses
from explorer.program.builders.feeders import feeders, own_feeders
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.lengths import set_lengths
from explorer.program.builders.links import read
from explorer.program.builders.recurrent_beside import can_stand_beside, set_beside
from explorer.program.builders.sequence_parts import (
    numbers_of,
    set_steps,
    set_text,
    steps_of,
    text_of,
)
from explorer.program.builders.sequence_sizes import layer_size
from explorer.program.builders.sequences import (
    CHARACTERS,
    FEATURES,
    ITEMS,
    OTHER,
    RANDOM,
    SENTENCES,
    SEQUENCES,
    SINE,
    SYMBOLS,
    TABLE,
    TYPED,
    WORDS,
    sequence_of,
    set_sequence,
)
from explorer.program.builders.typed_series import meaning_of, set_meaning, set_numbers
from explorer.program.builders.weights import read_program
from explorer.ui.examples.example import Example
from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES

GRU = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
gru = nn.GRU(4, 6)
output, h_n = gru(x)
"""
CELL = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
gru = nn.GRUCell(4, 6)
state = None
for x_t in x:
    state = gru(x_t, state)
"""


def run(source: str) -> dict[str, Any]:
    """Run a program as it is, with an uploaded table."""
    names: dict[str, Any] = {"data": np.arange(21.0).reshape(7, 3)}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(SEQUENCES), min_size=1, max_size=3), st.sampled_from(["cell", "plain", "first", "beside"])
)
def test_each_kind_of_sequence_runs_and_is_known_again(kinds: list[str], how: str) -> None:
    source = CELL if how == "cell" else GRU
    if how == "first":
        source = chain.set_fields(source, 1, "GRU", {"batch_first": "True"})
    if how == "beside":
        source = set_beside(source, 1, ("LSTM",))
    for kind in kinds:
        source = set_sequence(source, "gru", kind)
        assert sequence_of(source, "gru") == kind
    names = run(source)
    given = names["x"].transpose(0, 1) if how == "first" else names["x"]
    assert given.ndim == 3
    assert given.shape[2] == names["gru"].input_size
    assert names["tokens"] if kinds[-1] in (CHARACTERS, WORDS, SYMBOLS, SENTENCES) else True
    if kinds[-1] in (CHARACTERS, WORDS, SYMBOLS):
        assert len(names["tokens"]) == len(given)
    if how == "plain":
        # nothing of the one before is left behind
        assert len(source.splitlines()) <= len(set_sequence(GRU, "gru", kinds[-1]).splitlines()) + ("F." not in source)


def test_other_lines_keep_what_they_need() -> None:
    source = GRU + "print(x.mean())\n"
    words = set_sequence(source, "gru", WORDS)
    assert "x = torch.randn(5, 2, 4)\n" in words
    assert "output, h_n = gru(x1)\n" in words
    run(words)
    seeded = GRU.replace("x =", "torch.manual_seed(3)\nx =")
    assert "manual_seed" not in set_sequence(seeded, "gru", SINE)


def test_a_sequence_that_is_written_into_is_made_by_those_lines_too() -> None:
    source = GRU.replace("gru =", "x[2] = 0\nx *= 2\ny = 3\ngru =")
    program = read(source)
    assert program is not None
    assert [program.body[place].lineno for place in feeders(program, "gru")] == [3, 4, 5]
    assert feeders(program, "gru") == own_feeders(program, "gru")
    run(set_sequence(source, "gru", SINE))


TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and text.isprintable())
READ_AS_TEXT = st.sampled_from([CHARACTERS, WORDS, SYMBOLS])


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.lists(READ_AS_TEXT, min_size=2, max_size=4, unique=True))
def test_a_text_that_was_typed_stays_when_it_is_read_in_another_way(text: str, kinds: list[str]) -> None:
    source = set_text(set_sequence(GRU, "gru", kinds[0]), "gru", text)
    if source == set_sequence(GRU, "gru", kinds[0]):
        return
    for kind in kinds[1:]:
        source = set_sequence(source, "gru", kind)
        assert text_of(source, "gru") == text
        assert run(source)["tokens"] == (text.split() if kind == WORDS else list(text))


def test_a_text_that_was_typed_stays_where_its_name_is_taken() -> None:
    kept = set_text(set_sequence(GRU, "gru", WORDS), "gru", "the text of x") + "print(text, x)\n"
    source = set_sequence(kept, "gru", CHARACTERS)
    assert 'text1 = "the text of x"\n' in source
    assert run(source)["tokens1"] == list("the text of x")


def test_a_text_that_nobody_typed_gives_way() -> None:
    words = set_sequence(set_sequence(GRU, "gru", CHARACTERS), "gru", WORDS)
    assert text_of(words, "gru") == "the cat saw the other cat"


def test_the_brackets_of_the_example_stay_brackets() -> None:
    example = next(one for one in RECURRENT_EXAMPLES if one.title == "By hand: count open brackets")
    words = set_sequence(set_text(example.source, "lstm", "))))"), "lstm", WORDS)
    assert text_of(words, "lstm") == "))))"
    assert text_of(set_sequence(words, "lstm", CHARACTERS), "lstm") == "))))"


def test_names_that_the_layer_needs_stay() -> None:
    source = GRU.replace("x = torch.randn(5, 2, 4)", "H = 4\nx = torch.randn(5, 2, H)").replace("(4, 6)", "(H, H)")
    words = set_sequence(source, "gru", WORDS)
    assert "H = 4\n" in words
    assert "gru = nn.GRU(4, H)\n" in words
    run(words)


def test_lengths_do_not_say_what_goes_through_the_layer() -> None:
    packed = set_lengths(GRU, "gru", "5, 3")
    assert sequence_of(packed, "gru") == RANDOM
    assert numbers_of(packed, "gru") is None


def test_lengths_written_in_the_call_are_no_numbers_of_the_series() -> None:
    packed = "lengths = torch.tensor([5, 3])\n" + GRU.replace(
        "gru(x)", "gru(nn.utils.rnn.pack_padded_sequence(x, lengths))"
    )
    assert packed != "lengths = torch.tensor([5, 3])\n" + GRU
    assert sequence_of(packed, "gru") == RANDOM
    assert numbers_of(packed, "gru") is None


def test_numbers_may_have_a_name_before_they_are_a_tensor() -> None:
    bits = GRU.replace("x = torch.randn(5, 2, 4)", "bits = [1, 0, -1]\nx = torch.tensor(bits).float().view(-1, 1, 1)")
    assert sequence_of(bits, "gru") == TYPED
    assert numbers_of(bits, "gru") == "1, 0, -1"
    assert "bits = [3, 4]\n" in set_numbers(bits, "gru", "3 4")
    symbols = bits.replace("[1, 0, -1]", '["a", "b"]')
    assert numbers_of(symbols, "gru") is None


def test_what_is_packed_is_unpacked_first_and_sentences_are_packed() -> None:
    sentences = set_sequence(GRU, "gru", SENTENCES)
    names = run(sentences)
    assert names["lengths"].tolist() == [3, 6, 2]
    assert "pack_padded_sequence" not in set_sequence(sentences, "gru", SINE)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from([CHARACTERS, WORDS, SYMBOLS]))
def test_any_text_stands_in_the_program(text: str, kind: str) -> None:
    source = set_text(set_sequence(GRU, "gru", kind), "gru", text)
    assert text_of(source, "gru") == text
    names = run(source)
    assert names["tokens"] == (text.split() if kind == WORDS else list(text))
    assert names["output"].shape[0] == len(names["tokens"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-99, 99) | st.floats(-9, 9), min_size=1, max_size=20))
def test_any_numbers_stand_in_the_program(numbers: list[float]) -> None:
    source = set_numbers(set_sequence(GRU, "gru", TYPED), "gru", " ".join(map(str, numbers)))
    assert torch.allclose(run(source)["x"].flatten(), torch.tensor(numbers).float())
    assert numbers_of(source, "gru") is not None


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("program", [GRU, CELL], ids=["layer", "cell"])
def test_several_series_are_items_of_a_batch_or_features(program: str, batch_first: bool) -> None:
    if batch_first and program == CELL:
        return  # a cell has no batch_first
    one = set_sequence(program.replace("GRU(4, 6)", f"GRU(4, 6, batch_first={batch_first})"), "gru", TYPED)
    assert meaning_of(one, "gru") == ""
    items = set_numbers(one, "gru", "1 2 3; 4 5 6")
    typed = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    assert (sequence_of(items, "gru"), numbers_of(items, "gru")) == (TYPED, "1, 2, 3; 4, 5, 6")
    assert meaning_of(items, "gru") == ITEMS
    assert torch.equal(run(items)["x"][..., 0], typed if batch_first else typed.T)
    longer = set_numbers(items, "gru", "1 2; 3 4; 5 6")
    assert run(longer)["x"].shape == ((3, 2, 1) if batch_first else (2, 3, 1))
    features = set_meaning(items, "gru", FEATURES)
    assert meaning_of(features, "gru") == FEATURES
    assert torch.equal(run(features)["x"].flatten(0, 1), typed.T)
    assert run(features)["gru"].input_size == 2
    three = set_numbers(features, "gru", "1 2; 3 4; 5 nan")
    assert run(three)["gru"].input_size == 3
    assert numbers_of(three, "gru") == "1, 2; 3, 4; 5, nan"
    assert set_numbers(three, "gru", "0, 1, 0, 0, 1, 1, 0, 1") == one


def test_series_are_what_the_layer_takes() -> None:
    pairs = set_sequence(GRU, "gru", TYPED).replace("GRU(1, 6)", "GRU(2, 6)")
    assert meaning_of(set_numbers(pairs, "gru", "1 2 3; 4 5 6"), "gru") == FEATURES
    # rows that a person wrote stay what their own line makes of them
    table = GRU.replace("torch.randn(5, 2, 4)", "torch.tensor([[1, 2], [3, 4], [5, 6.]])[:, None]").replace(
        "4, 6", "2, 6"
    )
    assert numbers_of(table, "gru") == "1, 2; 3, 4; 5, 6.0"
    assert run(set_numbers(table, "gru", "9 8; 7 6"))["x"].tolist() == [[[9.0, 8.0]], [[7.0, 6.0]]]
    lists = "a = torch.tensor([1, 2])\nb = torch.tensor([3, 4])\nx = (a + b).float().view(-1, 1, 1)"
    two = GRU.replace("x = torch.randn(5, 2, 4)", lists)
    with pytest.raises(EditProblem, match="several lists"):
        set_numbers(two, "gru", "1 2; 3 4")


def test_steps_are_a_number_of_the_program() -> None:
    source = set_steps(set_sequence(GRU, "gru", SINE), "gru", "7")
    assert steps_of(source, "gru") == "7"
    assert run(source)["output"].shape[0] == 7
    assert steps_of(GRU, "gru") is None


@pytest.mark.parametrize(
    ("kind", "change", "typed", "words"),
    [
        (WORDS, set_text, "  ", "There is no text"),
        (WORDS, set_text, "a" * 401, "401 characters are too many"),
        (SINE, set_steps, "0", "0 time steps cannot be shown"),
        (SINE, set_steps, "99999", "99999 time steps cannot be shown"),
        (SINE, set_steps, "many", "is not a number of time steps"),
        (TYPED, set_numbers, "", "is not a list of numbers"),
        (TYPED, set_numbers, "1 2 3; 4 5", "Row 2 has 2 values, but row 1 has 3 values. .* Fill the shorter ones"),
        (TYPED, set_numbers, "[[[1]], [[2]]]", "lists within the rows"),
        (TYPED, set_numbers, "[[], []]", "There is no number"),
        (TYPED, set_numbers, "1 2j", "2j is a complex number"),
        (TYPED, set_numbers, "1, x", "is not a list of numbers"),
    ],
)
def test_what_makes_no_sequence_is_said(kind: str, change: Any, typed: str, words: str) -> None:
    with pytest.raises(ArgumentProblem, match=words):
        change(set_sequence(GRU, "gru", kind), "gru", typed)


def test_programs_without_a_call_have_no_sequence_to_change() -> None:
    for source in ("", "gru = 3\n", GRU.partition("output")[0]):
        assert sequence_of(source, "gru") == OTHER
        with pytest.raises(EditProblem):
            set_sequence(source, "gru", TABLE)
    with pytest.raises(EditProblem):
        set_text(GRU, "gru", "hello")


@pytest.mark.parametrize("example", RECURRENT_EXAMPLES, ids=lambda example: example.title)
def test_every_field_takes_the_pages_own_examples(example: Example) -> None:
    source = example.source
    program = read_program(source)
    for chip in chain.chips(source):
        if chip.role != "layer" or not LAYERS[chip.name].is_recurrent or not chip.path:
            continue
        count = layer_size(program, chip.path).batch or 2
        path, gate = chip.path, gates.gate_of(chip, gates.gates(chip.name)[-1], gates.ends(chip)[-1])
        changes: list[Callable[[], str]] = [
            *(partial(set_sequence, source, path, kind) for kind in SEQUENCES),
            *(partial(gates.set_hold, source, gate, hold) for hold in gates.holds(gate)),
            *(partial(losses.set_loss, source, path, loss) for loss in losses.losses(source, path)),
            partial(gates.set_bias, source, gate, "2"),
            partial(gates.reset, source, path),
            partial(set_lengths, source, path, ", ".join(["2", *["1"] * (count - 1)])),
            partial(set_beside, source, chip.index, can_stand_beside(source, chip.index)),
            *(partial(chain.set_fields, source, chip.index, chip.name, {"hidden_size": size}) for size in ("3", "9")),
        ]
        assert sequence_of(source, path) in (*SEQUENCES, OTHER)
        assert gates.hold_of(source, gate) in (*gates.holds(gate), gates.OTHER)
        for change in changes:
            with suppress(EditProblem):
                changed = change()
                compile(changed, "", "exec")
                assert any(other.path == path for other in chain.chips(changed))
