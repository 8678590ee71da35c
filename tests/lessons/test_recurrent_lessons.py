"""Lessons on recurrent layers: what each example of their page is there to show, by torch and by the lens."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.scene import Scene
from explorer.scene.recurrent import NamedShape, Recurrent, Unrolled
from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES
from explorer.ui.options import OPTIONS
from tests.lessons.lesson import plainly, stopped, trace_of

RUN = [example.title for example in RECURRENT_EXAMPLES if not example.stops]
FLOAT32 = float(torch.finfo(torch.float32).eps)
MANY_STEPS = 100
"""Roundings that may add up over all steps of an example."""


@cache
def scene_of(title: str, **options: int) -> Scene:
    return explorer.scene(trace_of(title), "recurrent", **options)


def shown(title: str, **options: int) -> Recurrent:
    """Return what the lens shows of an example."""
    recurrent = scene_of(title, **options).recurrent
    assert recurrent is not None
    return recurrent


def opened(title: str, **options: int) -> Unrolled:
    """Return the layer that is open."""
    unrolled = shown(title, **options).unrolled
    assert unrolled is not None
    return unrolled


def gate(title: str, name: str, **options: int) -> np.ndarray[Any, Any]:
    """Return a gate of the layer that is open, (T, H)."""
    unrolled = opened(title, **options)
    values = next(one.values for one in unrolled.gates if one.name == name)
    assert values is not None
    return np.asarray(values, dtype=float).reshape(unrolled.steps, unrolled.hidden_size)


def state(title: str, name: str, **options: int) -> np.ndarray[Any, Any]:
    """Return a state of the layer that is open, (T, units)."""
    unrolled = opened(title, **options)
    found = next(one for one in unrolled.states if one.name == name)
    assert found.values is not None
    return np.asarray(found.values, dtype=float).reshape(unrolled.steps, found.units)


def lengths(title: str, **options: int) -> np.ndarray[Any, Any]:
    """Return how long ∂L/∂h_t is, for each t."""
    gradient = opened(title, **options).gradient
    assert gradient is not None
    return np.asarray(gradient.hidden, dtype=float)


def names_of(title: str) -> dict[str, Any]:
    """Return the names of an example that runs to its end as ordinary Python."""
    names, error = plainly(title)
    assert error is None
    return names


def row(title: str, name: str) -> NamedShape:
    """Return a row of the table of shapes."""
    return next(one for one in shown(title).shapes if one.name == name)


def test_there_are_enough_examples_with_names_of_their_own() -> None:
    assert len({example.title for example in RECURRENT_EXAMPLES}) == len(RECURRENT_EXAMPLES) >= 20
    assert not RECURRENT_EXAMPLES[0].opens


@pytest.mark.parametrize("title", RUN)
def test_every_layer_is_opened_and_is_what_torch_returned(title: str) -> None:
    recurrent = shown(title)
    assert recurrent.unrolled is not None
    assert recurrent.reason == ""
    assert recurrent.checks
    for check in recurrent.checks:
        assert not check.difference > MANY_STEPS * FLOAT32 * max(1.0, check.largest), check


@pytest.mark.parametrize("example", [e for e in RECURRENT_EXAMPLES if e.opens], ids=lambda example: example.title)
def test_what_an_example_opens_on_is_there(example: Any) -> None:
    opens = dict(example.opens)
    assert set(opens) <= {option.name for option in OPTIONS["recurrent"]}
    recurrent = shown(example.title, **opens)
    unrolled = opened(example.title, **opens)
    is_open = {
        "layer": recurrent.opened,
        "depth": unrolled.layer,
        "reverse": int(unrolled.reverse),
        "item": unrolled.item,
        "unit": unrolled.unit,
    }
    assert opens == {name: is_open[name] for name in opens}


def test_units_of_the_first_example_forget_at_different_speeds() -> None:
    mean = gate(RUN[0], "f").mean(0)
    assert (np.diff(mean) < 0).all()
    assert mean[0] > 0.95
    assert mean[-1] < 0.1


def test_retention_is_the_product_of_the_forget_gate() -> None:
    title = "Forget bias +2 or −2"
    for stop, typical in ((0, 0.88), (1, 0.12)):
        kept = gate(title, "f", layer=stop)
        assert abs(np.median(kept) - typical) < 0.03
        unrolled = opened(title, layer=stop)
        assert unrolled.retention is not None
        table = np.asarray(unrolled.retention, dtype=float).reshape(24, 24)
        np.testing.assert_allclose(table[20, 15], kept[16:21, unrolled.unit].prod(), rtol=1e-5)
        np.testing.assert_allclose(np.diag(table), 1)
    names = names_of(title)
    assert names["long"].bias_ih_l0[6:12].tolist() == [2.0] * 6
    long, short = lengths(title, layer=0), lengths(title, layer=1)
    assert long[12] > 100 * short[12]


def test_equal_letters_meet_different_states() -> None:
    title = "A word, letter by letter"
    assert opened(title).tokens == tuple("hello world")
    names = names_of(title)
    assert torch.equal(names["x"][2], names["x"][3])
    assert (names["output"][2] - names["output"][3]).abs().max() > 0.01


def test_parameters_are_counted_by_formula() -> None:
    title = "Shapes: 24 words, a batch of 10"
    lstm = names_of(title)["lstm"]
    assert sum(one.numel() for one in lstm.parameters()) == 4 * 16 * (100 + 16 + 2)
    assert shown(title).parameters.endswith("= 4·16·(100 + 16 + 2) = 7,552")


def test_batch_first_moves_all_but_the_states() -> None:
    title = "batch_first never moves h_n"
    names = names_of(title)
    torch.testing.assert_close(names["y"].transpose(0, 1), names["output"])
    torch.testing.assert_close(names["h"], names["h_n"])
    for name, tensor in (("output", names["output"]), ("h_n", names["h_n"]), ("c_n", names["c_n"])):
        assert row(title, name).shape == tuple(tensor.shape)
    assert row(title, "output").flipped == tuple(names["y"].shape)
    assert row(title, "h_n").flipped == row(title, "h_n").shape == (2, 10, 16)


def test_the_last_output_is_the_last_state_of_the_last_layer() -> None:
    names = names_of("Words: output[-1] is h_n[-1]")
    assert torch.equal(names["output"][-1], names["h_n"][-1])
    assert not torch.allclose(names["output"][-1], names["h_n"][0], atol=1e-3)


def test_the_reverse_direction_ends_at_the_first_word() -> None:
    title = "Both directions: what h_n[-1] is"
    names = names_of(title)
    output, h_n = names["output"], names["h_n"]
    assert torch.equal(output[0, :, 4:], h_n[1])
    assert torch.equal(output[-1, :, :4], h_n[0])
    assert (output[-1, :, 4:] - h_n[1]).abs().max() > 0.05
    np.testing.assert_allclose(state(title, "h", reverse=1)[0], h_n[1, 0].detach(), atol=1e-6)


def test_the_last_valid_state_of_a_packed_item_stands_before_its_padding() -> None:
    title = "Packed: sentences of any length"
    names = names_of(title)
    output, h_n = names["output"].detach(), names["h_n"].detach()
    for item, length in enumerate([4, 2, 6, 1]):
        unrolled = opened(title, item=item)
        assert (unrolled.steps, unrolled.padded) == (length, 6)
        assert torch.equal(output[length - 1, item], h_n[0, item])
        assert not output[length:, item].any()
        np.testing.assert_allclose(state(title, "h", item=item)[-1], h_n[0, item], atol=1e-6)


def test_without_packing_the_padding_is_read() -> None:
    names = names_of("Padding unpacked: h_n reads it")
    far = (names["h_n"] - names["h"]).abs().amax(-1)[0]
    assert far[0] < 1e-6
    assert far[1] > 0.05
    torch.testing.assert_close(names["output"][3, 1], names["h"][0, 1])


def test_the_update_gate_keeps_what_was() -> None:
    title = "GRU: z keeps, 1 − z takes"
    z, n, h = gate(title, "z"), gate(title, "n"), state(title, "h")
    np.testing.assert_allclose(h[1:], (1 - z[1:]) * n[1:] + z[1:] * h[:-1], atol=1e-6)
    changes = np.abs(np.diff(h, axis=0)).mean(0)
    assert (np.diff(z.mean(0)) < 0).all()
    assert changes[0] < changes[-1]


def test_torchs_gru_is_not_the_papers() -> None:
    title = "torch's GRU beside the paper's"
    names = names_of(title)
    torch.testing.assert_close(names["a"], names["h_n"][0])
    assert (names["b"] - names["h_n"][0]).abs().max() > 0.1
    assert any("the paper" in remark for remark in shown(title).remarks)


def test_a_one_hot_symbol_chooses_a_column_of_the_weight() -> None:
    names = names_of("One-hot: a column for each symbol")
    torch.testing.assert_close(names["output"][0, 0], names["first"])


def test_dropout_acts_between_layers_and_in_training_only() -> None:
    names = names_of("Dropout between two layers")
    assert (names["a"] - names["b"]).abs().max() > 0.01
    assert torch.equal(names["c"], names["d"])
    [example] = [example for example in RECURRENT_EXAMPLES if example.title == "Dropout between two layers"]
    assert any("Dropout set" in remark for remark in shown(example.title, **dict(example.opens)).remarks)
    title = "dropout with one layer: a warning"
    alone = names_of(title)
    assert torch.equal(alone["a"], alone["b"])
    assert any("dropout=0.5 does nothing" in remark for remark in shown(title).remarks)


def test_a_projection_shortens_h_alone() -> None:
    title = "proj_size: h is shorter than c"
    names = names_of(title)
    assert (names["h_n"].shape[-1], names["c_n"].shape[-1]) == (3, 8)
    assert (state(title, "h").shape[1], state(title, "c").shape[1]) == (3, 8)


def test_a_loop_over_the_cell_is_the_layer() -> None:
    title = "A loop over LSTMCell is LSTM"
    names = names_of(title)
    torch.testing.assert_close(names["y"], names["output"])
    assert [stop.steps for stop in shown(title).stops] == [16, 16]


def test_the_gradient_lives_longest_where_gates_are_open() -> None:
    title = "One loss in RNN, LSTM and GRU"
    rnn, lstm, gru = (lengths(title, layer=stop) for stop in range(3))
    assert lstm[0] / lstm[-1] > 100 * rnn[0] / rnn[-1]
    assert gru[0] / gru[-1] > 100 * rnn[0] / rnn[-1]
    chart = scene_of(title).charts[0]
    assert "∂L/∂h_t" in chart.title
    assert len(chart.series) == 3


def test_small_singular_values_make_the_gradient_vanish() -> None:
    title = "Vanishing: singular values 0.5"
    np.testing.assert_allclose(np.asarray(opened(title).singular[0], dtype=float), 0.5, rtol=1e-5)
    length = lengths(title)
    assert (length[:-1] <= 0.5 * length[1:] * (1 + 1e-5)).all()


def test_large_singular_values_make_it_explode() -> None:
    title = "Exploding: singular values 1.5"
    np.testing.assert_allclose(np.asarray(opened(title).singular[0], dtype=float), 1.5, rtol=1e-5)
    length = lengths(title)
    assert length[0] > 1000 * length[-1]
    assert (length[:-1] <= 1.5 * length[1:] * (1 + 1e-5)).all()


def test_the_identity_neither_shrinks_nor_stretches() -> None:
    title = "W_hh = identity: an RNN remembers"
    gradient = opened(title).gradient
    assert gradient is not None
    units = np.asarray(gradient.unit_hidden, dtype=float)
    assert set(units.flat) <= {0.0, 1.0}
    assert units.reshape(24, 6)[0].any()


def test_an_open_forget_gate_adds_up() -> None:
    title = "Forget gate open: a running sum"
    np.testing.assert_allclose(gate(title, "f"), 1, atol=1e-6)
    written = (gate(title, "i") * gate(title, "g")).cumsum(0)
    np.testing.assert_allclose(state(title, "c"), written, atol=1e-5)


def test_a_shut_output_gate_hides_the_cell() -> None:
    title = "Output gate shut: h is 0"
    assert np.abs(state(title, "h")).max() < 1e-8
    assert np.abs(state(title, "c")).max() > 0.1


def test_detach_stops_the_gradient_and_not_the_state() -> None:
    title = "detach: the gradient stops"
    length = lengths(title)
    assert not length[:16].any()
    assert (length[16:] > 0).all()
    steps = np.abs(np.diff(state(title, "c"), axis=0)).max(1)
    assert steps[15] < 10 * np.median(steps)  # nothing jumps where it is cut


def test_chunks_learn_one_after_the_other() -> None:
    title = "Chunks, an optimizer step each"
    assert [stop.steps for stop in shown(title).stops] == [8] * 4
    assert names_of(title)["h"].grad_fn is not None


def test_clipping_keeps_the_direction() -> None:
    names = names_of("Clipping keeps the direction")
    rnn, norm = names["rnn"], names["norm"]
    assert norm > 1000
    total = torch.cat([one.grad.flatten() for one in rnn.parameters()]).norm()
    torch.testing.assert_close(total, torch.tensor(1.0), atol=1e-4, rtol=0)
    torch.testing.assert_close(names["after"] * norm, names["before"], rtol=1e-4, atol=1e-2)


def test_a_sequence_without_a_length_is_left_out() -> None:
    names = names_of("A sequence lost without a word")
    assert names["x"].shape[1] == 3
    assert names["h_n"].shape[1] == 2
    alone, _ = names["lstm"](names["x"][:4, :1])
    torch.testing.assert_close(names["output"][:4, :1], alone)


def test_without_batch_first_one_sentence_leaks_into_the_next() -> None:
    names = names_of("batch_first forgotten: no error")
    others = names["a"][1:]
    assert (others[:, 4] - others[:, 0]).abs().max() > 0.05
    right = names["b"]
    assert torch.equal(right[1], right[2])
    assert torch.equal(right[0, :4], right[1, :4])


@pytest.mark.parametrize(
    ("title", "steps"),
    [
        ("Training: a sine's next value", 24),
        ("Training: echo two steps later", 12),
        ("Training: add two marked numbers", 4),
    ],
)
def test_after_training_the_test_sequence_is_open(title: str, steps: int) -> None:
    recurrent = shown(title)
    assert recurrent.opened == len(recurrent.stops) - 1
    assert opened(title).steps == steps
    losses = [float(loss) for loss in re.findall(r"^\d+ (\S+)$", trace_of(title).output, re.MULTILINE)]
    assert losses[-1] < losses[0] / 10


def test_what_was_learned_holds_on_the_test_sequence() -> None:
    sine = names_of("Training: a sine's next value")
    assert (sine["predicted"][:-1] - sine["test"][1:]).square().mean() < 0.03
    echo = names_of("Training: echo two steps later")
    assert torch.equal(echo["echo"][2:], echo["test"][:-2])
    adding = names_of("Training: add two marked numbers")
    assert abs(adding["head"](adding["output"][-1]).item() - 1.1) < 0.15


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("h_0 of the wrong shape", "(D·num_layers, N, H_out) = (2, 10, 16)"),
        ("Words without an embedding", "5 features for each time step"),
    ],
)
def test_what_stops_is_explained_with_its_numbers(title: str, words: str) -> None:
    trace, said = stopped(title)
    assert words in said
    assert trace.error is not None
    assert trace.error.fixes
