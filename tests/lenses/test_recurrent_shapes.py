"""The table of shapes, the count of parameters, and what output and h_n share, beside real modules."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from torch import nn

from tests.lenses.recurrent_cases import KINDS, Case, cases, found_in, plain, scene_of, values

GRID = [
    Case(kind=kind, layers=layers, both=both, bias=bias, batch_first=first, proj=proj, batched=batched, steps=7)
    for kind, layers, both, bias, first, proj, batched in itertools.product(
        KINDS, (1, 2, 3), (False, True), (True, False), (False, True), (0, 3), (True, False)
    )
    if (kind == "LSTM" or not proj) and (batched or layers == 2)
]


def _sizes(case: Case) -> dict[str, int]:
    return {
        "L": case.steps,
        "N": case.batch,
        "H_in": case.given,
        "H_out": case.shown,
        "H": case.hidden,
        "D": case.directions,
        "num_layers": case.layers,
        "steps": sum(case.lengths),
    }


def _number(product: str, sizes: dict[str, int]) -> int:
    return math.prod(int(part) if part.isdigit() else sizes[part] for part in product.split("·"))


def _results(case: Case, *, first: bool) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a real module with one or the other batch_first, for the same data."""
    module: Any = eval(replace(case, batch_first=first).layer, {"nn": nn})  # noqa: S307 - a layer of these tests
    sizes = (case.batch, case.steps) if first else (case.steps, case.batch)
    x = torch.randn((*sizes, case.given) if case.batched else (case.steps, case.given))
    output, state = module(x)
    states = state if isinstance(state, tuple) else (state,)
    found = {"input": x, "output": output, **dict(zip(("h_n", "c_n"), states, strict=False))}
    found |= {f"{name[0]}_0": one for name, one in list(found.items()) if name.endswith("_n")}
    found |= dict(module.named_parameters())
    return {name: tuple(one.shape) for name, one in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_are_those_of_real_modules_over_the_whole_grid_of_parameters(kind: str) -> None:
    for case in GRID:
        if case.kind != kind:
            continue
        found = found_in(scene_of(case.program))
        own, other = _results(case, first=case.batch_first), _results(case, first=not case.batch_first)
        assert {row.name: row.shape for row in found.shapes} == own, case
        assert {row.name: row.flipped for row in found.shapes} == (other if case.batched else own), case
        sizes = _sizes(case)
        for row in found.shapes:
            assert tuple(_number(axis, sizes) for axis in row.axes) == row.shape, (case, row)
            assert len(row.meanings) == len(row.axes)
        assert_counts(found.parameters, case)


def assert_counts(text: str, case: Case) -> None:
    """Assert that a count is torch's, in letters, in numbers, and with as many of each."""
    letters, numbers, total = text.split(" = ")
    module = eval(case.layer, {"nn": nn})  # noqa: S307 - a layer of these tests
    real = sum(parameter.numel() for parameter in module.parameters())
    in_python = [one.replace("·", "*").replace("−", "-") for one in (letters, numbers)]
    assert int(total.replace(",", "")) == real
    assert eval(in_python[0], _sizes(case)) == real  # noqa: S307 - a formula of these tests
    assert eval(in_python[1]) == real  # noqa: S307
    words = [re.findall(r"\w+", one) for one in (letters, numbers)]
    assert len(words[0]) == len(words[1])


def test_the_example_of_embedding_100_24_words_batch_10_hidden_16() -> None:
    case = Case(steps=24, batch=10, given=100, hidden=16, both=True)
    found = found_in(scene_of(case.program))
    rows = {row.name: row for row in found.shapes}
    assert found.parameters == "D·4·H·(H_in + H + 2) = 2·4·16·(100 + 16 + 2) = 15,104"
    assert (rows["input"].shape, rows["input"].flipped) == ((24, 10, 100), (10, 24, 100))
    assert (rows["output"].shape, rows["output"].flipped) == ((24, 10, 32), (10, 24, 32))
    assert (rows["h_n"].shape, rows["h_n"].flipped) == ((2, 10, 16), (2, 10, 16))
    assert rows["h_n"].axes == ("D·num_layers", "N", "H_out")
    assert rows["weight_ih_l0"].blocks == ("i", "f", "g", "o")
    assert found_in(scene_of(Case(kind="GRU").program)).shapes[-1].blocks == ("r", "z", "n")


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("batch", ["2, ", ""])
def test_cells_have_the_shapes_of_one_call(kind: str, batch: str) -> None:
    program = f"import torch\nfrom torch import nn\nlayer = nn.{kind}Cell(3, 4)\nstate = layer(torch.randn({batch}3))\n"
    found = found_in(scene_of(program))
    names = plain(program)
    states = names["state"] if kind == "LSTM" else (names["state"],)
    shapes = {row.name: row.shape for row in found.shapes}
    assert shapes["h_1"] == tuple(states[0].shape)
    assert shapes["h_0"] == shapes["h_1"]
    assert ("c_1" in shapes) == (kind == "LSTM")
    for name, parameter in names["layer"].named_parameters():
        assert shapes[name] == tuple(parameter.shape)
    assert f"{sum(p.numel() for p in names['layer'].parameters()):,}" == found.parameters.rpartition(" = ")[2]


def test_rows_know_the_grids_of_tensors_that_the_program_names() -> None:
    scene = scene_of(Case().program)
    names = plain(Case().program)
    for row in found_in(scene).shapes:
        if row.name in ("input", "output", "h_n", "c_n") or row.part == "owns":
            real = {"input": names["x"], **names}.get(row.name)
            real = getattr(names["layer"], row.name) if real is None else real
            np.testing.assert_allclose(values(scene, row.grid), real.detach().numpy(), atol=1e-6)


@given(cases(("float64",)))
def test_what_output_and_h_n_share_is_told_with_their_real_difference(case: Case) -> None:
    scene, names = scene_of(case.program), plain(case.program)
    output, h_n = names["output"].detach(), names["h_n"].detach()
    if case.batched and case.batch_first:
        output = output.transpose(0, 1)
    if not case.batched:
        output, h_n = output[:, None], h_n[:, None]
    [number] = found_in(scene).tables
    table = scene.tables[number]
    parts = [(output[-1][:, : case.shown], h_n[-case.directions])]
    if case.lengths:
        ends = torch.tensor(case.lengths) - 1
        parts.append((output[ends, torch.arange(case.batch)][:, : case.shown], h_n[-case.directions]))
    if case.both:
        parts += [(output[step][:, case.shown :], h_n[-1]) for step in (-1, 0)]
    assert len(parts) == len(table.rows)
    for place, ((one, other), row) in enumerate(zip(parts, table.rows, strict=True)):
        gap = float((one - other).abs().max())
        assert (row[2] == "0: equal") == (gap == 0)
        assert ((place, 2) in table.marks) == (gap != 0)
        if gap:
            assert row[2] == f"{gap:.4g}".replace("-", "−")


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("lengths", [(), (2, 5)])
def test_what_the_table_writes_is_python_that_gives_the_difference(lengths: tuple[int, ...], *, first: bool) -> None:
    case = Case(both=True, batch_first=first, lengths=lengths)
    scene, names = scene_of(case.program), plain(case.program)
    names |= {"lengths": torch.tensor(lengths or (5, 5)), "items": torch.arange(2)}
    for row in scene.tables[found_in(scene).tables[0]].rows:
        one, other = (eval(cell.strip("`"), names) for cell in row[:2])  # noqa: S307 - what a table says
        gap = float((one - other).detach().abs().max())
        assert row[2] == ("0: equal" if not gap else f"{gap:.4g}")
