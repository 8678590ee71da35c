"""Weights set by hand: on all short inputs the layer does what its example says, by a rule in plain Python."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it
from torch import nn

from tests.lessons.lesson import plainly

SHOWN = math.tanh(1)  # h of a cell that holds 1 behind an open output gate


@cache
def layer(title: str, name: str) -> nn.RNNBase:
    """Return the layer of an example, with its weights as the program set them."""
    names, error = plainly(f"By hand: {title}")
    assert error is None
    module = names[name]
    assert isinstance(module, nn.RNNBase)
    return module


def sequences(symbols: int, longest: int) -> Iterator[tuple[list[tuple[int, ...]], torch.Tensor]]:
    """Yield all sequences of each length, as tuples and as a batch (L, N)."""
    for length in range(1, longest + 1):
        rows = list(itertools.product(range(symbols), repeat=length))
        yield rows, torch.tensor(rows).T


def depths(brackets: Sequence[int]) -> list[float]:
    """Return how many brackets are open after each of them; 0 opens, 1 closes."""
    return list(itertools.accumulate(1.0 if bracket == 0 else -1.0 for bracket in brackets))


def latched(moves: Sequence[int]) -> list[float]:
    """Return the state of a switch after each move: bit 1 sets it, bit 0 resets it, and setting is stronger."""
    states, state = [], 0.0
    for move in moves:
        state = 1.0 if move & 2 else 0.0 if move & 1 else state
        states.append(state)
    return states


def held(symbols: Sequence[int]) -> list[int]:
    """Return the last symbol other than 0 after each step; 0 as long as there was none."""
    seen = [0]
    for symbol in symbols:
        seen.append(symbol or seen[-1])
    return seen[1:]


@torch.no_grad()
def test_the_first_symbol_is_remembered() -> None:
    lstm = layer("keep the first symbol", "lstm")
    for rows, ids in sequences(3, 6):
        output, _ = lstm(F.one_hot(ids, 3).float())
        wanted = F.one_hot(torch.tensor([row[0] for row in rows]), 3) * SHOWN
        torch.testing.assert_close(output, wanted.expand_as(output), atol=1e-4, rtol=0)


@torch.no_grad()
def test_brackets_are_counted_in_the_cell_state() -> None:
    lstm = layer("count open brackets", "lstm")
    for rows, ids in sequences(2, 9):
        output, (_, c_n) = lstm(F.one_hot(ids, 2).float())
        wanted = torch.tensor([depths(row) for row in rows])
        torch.testing.assert_close(c_n[0, :, 0], wanted[:, -1], atol=1e-5, rtol=0)
        torch.testing.assert_close(output[..., 0].T, wanted.tanh(), atol=1e-5, rtol=0)


@torch.no_grad()
def test_parity_is_exact() -> None:
    rnn = layer("parity of the ones", "rnn")
    for rows, bits in sequences(2, 10):
        output, _ = rnn(bits[..., None].float())
        parity = output[..., 0] - 2 * output[..., 1]
        wanted = torch.tensor([[sum(row[: t + 1]) % 2 for t in range(len(row))] for row in rows])
        assert torch.equal(parity.T, wanted.float())


@torch.no_grad()
def test_each_unit_is_one_step_later_than_the_one_before() -> None:
    rnn = layer("a delay of three steps", "rnn")
    for rows, numbers in sequences(4, 6):
        output, _ = rnn(numbers[..., None].float())
        for late in range(4):
            wanted = [([0] * late + list(row))[: len(row)] for row in rows]
            assert torch.equal(output[..., late].T, torch.tensor(wanted).float())


@torch.no_grad()
def test_the_latch_holds_until_it_is_reset() -> None:
    lstm = layer("a latch, set and reset", "lstm")
    for rows, moves in sequences(4, 5):
        output, _ = lstm(torch.stack([moves >> 1, moves & 1], dim=-1).float())
        wanted = torch.tensor([latched(row) for row in rows]) * SHOWN
        torch.testing.assert_close(output[..., 0].T, wanted, atol=1e-5, rtol=0)


@torch.no_grad()
def test_the_gru_holds_what_is_not_blank() -> None:
    gru = layer("hold the last symbol", "gru")
    for rows, ids in sequences(3, 6):
        output, _ = gru(F.one_hot(ids, 3).float())
        wanted = F.one_hot(torch.tensor([held(row) for row in rows]), 3)[..., 1:].float()
        torch.testing.assert_close(output.transpose(0, 1), wanted, atol=1e-5, rtol=0)
