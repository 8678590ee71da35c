"""What the picture shows of recurrent layers, beside plain torch: inputs, gates, states, checks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.lenses import recurrent
from explorer.scene import Scene, encode
from explorer.scene.decoding import decode
from explorer.scene.recurrent import Unrolled
from tests.effort import COSTLY
from tests.lenses.recurrent_cases import (
    TOLERANCE,
    Case,
    cases,
    found_in,
    numbers,
    opened,
    plain,
    scene_of,
    state,
    values,
)

_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
}


def _own_bias(scene: Scene, unrolled: Unrolled, grid: int, gate: int) -> np.ndarray | float:
    size = unrolled.hidden_size
    return values(scene, grid)[gate * size : (gate + 1) * size] if grid >= 0 else 0.0


def _previous(states: np.ndarray, first: np.ndarray, *, reverse: bool) -> np.ndarray:
    return np.concatenate((states[1:], first[None]) if reverse else (first[None], states[:-1]))


def assert_gates_follow(scene: Scene, unrolled: Unrolled, tolerance: float) -> None:
    """Assert that every gate follows from the shown input, weights, biases and states of the step before."""
    x, size = values(scene, unrolled.input), unrolled.hidden_size
    h = _previous(state(unrolled, "h"), values(scene, unrolled.first_hidden), reverse=unrolled.reverse)
    weight_ih, weight_hh = values(scene, unrolled.weight_ih), values(scene, unrolled.weight_hh)
    for number, gate in enumerate(unrolled.gates):
        rows = slice(number * size, (number + 1) * size)
        from_input, from_hidden = x @ weight_ih[rows].T, h @ weight_hh[rows].T
        np.testing.assert_allclose(numbers(gate.from_input), from_input, atol=tolerance, rtol=tolerance)
        np.testing.assert_allclose(numbers(gate.from_hidden), from_hidden, atol=tolerance, rtol=tolerance)
        own = from_hidden + _own_bias(scene, unrolled, unrolled.bias_hh, number)
        if gate.name == "n":
            np.testing.assert_allclose(state(unrolled, "hn"), own, atol=tolerance, rtol=tolerance)
            own = numbers(unrolled.gates[0].values) * own
        before = from_input + _own_bias(scene, unrolled, unrolled.bias_ih, number) + own
        np.testing.assert_allclose(numbers(gate.before), before, atol=tolerance, rtol=tolerance)
        made = _FUNCTIONS[gate.function](numbers(gate.before))
        np.testing.assert_allclose(numbers(gate.values), made, atol=tolerance, rtol=tolerance)


def assert_states_follow(scene: Scene, unrolled: Unrolled, tolerance: float) -> None:
    """Assert that every state follows from the shown gates and the state before."""
    gates = {gate.name: numbers(gate.values) for gate in unrolled.gates}
    h = state(unrolled, "h")
    if unrolled.cell == "lstm":
        c = state(unrolled, "c")
        before = _previous(c, values(scene, unrolled.first_cell), reverse=unrolled.reverse)
        np.testing.assert_allclose(c, gates["f"] * before + gates["i"] * gates["g"], atol=tolerance)
        np.testing.assert_allclose(state(unrolled, "tanh c"), np.tanh(c), atol=tolerance)
        made = gates["o"] * np.tanh(c)
        if unrolled.weight_hr >= 0:
            np.testing.assert_allclose(state(unrolled, "o·tanh c"), made, atol=tolerance)
            made = made @ values(scene, unrolled.weight_hr).T
    elif unrolled.cell == "gru":
        before = _previous(h, values(scene, unrolled.first_hidden), reverse=unrolled.reverse)
        made = (1 - gates["z"]) * gates["n"] + gates["z"] * before
    else:
        made = gates["h"]
    np.testing.assert_allclose(h, made, atol=4 * tolerance)


@given(cases(), st.data())
def test_gates_and_states_follow_from_what_is_shown_and_end_in_what_torch_returned(
    case: Case, data: st.DataObject
) -> None:
    depth, reverse = data.draw(st.integers(0, case.layers - 1)), data.draw(st.integers(0, case.directions - 1))
    item = data.draw(st.integers(0, case.batch - 1))
    scene, unrolled = opened(case.program, depth=depth, reverse=reverse, item=item)
    tolerance = TOLERANCE[case.dtype] * (100 if case.kind == "relu" else 1)
    assert (unrolled.layer, unrolled.reverse, unrolled.item) == (depth, bool(reverse), item)
    assert (unrolled.steps, unrolled.padded) == (case.length(item), case.steps)
    assert_gates_follow(scene, unrolled, tolerance)
    assert_states_follow(scene, unrolled, tolerance)
    for check in found_in(scene).checks:
        assert check.difference <= tolerance * max(check.largest, 1), check


@COSTLY
@given(cases(("float64",)), st.data())
def test_layers_stand_on_one_another_between_the_input_and_the_output_of_torch(case: Case, data: st.DataObject) -> None:
    item = data.draw(st.integers(0, case.batch - 1))
    names, steps = plain(case.program), case.length(item)
    trace = explorer.run(case.program)

    def of(tensor: np.ndarray) -> np.ndarray:
        if not case.batched:
            return tensor[:steps]
        return tensor[item, :steps] if case.batch_first else tensor[:steps, item]

    below = of(names["x"].numpy())
    for depth in range(case.layers):
        made = []
        for direction in range(case.directions):
            scene = recurrent(trace, depth=depth, reverse=direction, item=item)
            unrolled = found_in(scene).unrolled
            assert unrolled is not None
            np.testing.assert_allclose(values(scene, unrolled.input), below, atol=1e-12, rtol=1e-9)
            made.append(state(unrolled, "h"))
            for part, name in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), unrolled.names, strict=False):
                if name:
                    own = getattr(names["layer"], name).detach().numpy()
                    np.testing.assert_array_equal(values(scene, getattr(unrolled, part)), own)
            last = names["h_n"][depth * case.directions + direction].detach().numpy()
            end = 0 if direction else steps - 1
            np.testing.assert_allclose(made[-1][end], last[item] if case.batched else last, atol=1e-12, rtol=1e-9)
        below = np.concatenate(made, -1)
    np.testing.assert_allclose(below, of(names["output"].detach().numpy()), atol=1e-12, rtol=1e-9)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_half_precisions_are_gone_through_in_their_own_dtype(kind: str, dtype: str) -> None:
    case = Case(kind=kind, dtype=dtype, both=True, steps=7)
    scene, unrolled = opened(case.program)
    assert found_in(scene).checks[0].difference <= TOLERANCE[dtype]
    assert_gates_follow(scene, unrolled, TOLERANCE[dtype])


@COSTLY
@given(cases(("float64",)), st.floats(0.0, 1.0))
def test_dropout_between_layers_is_what_it_was(case: Case, dropout: float) -> None:
    dropped = Case(**{**vars(case), "dropout": dropout})
    for check in found_in(scene_of(dropped.program)).checks:
        assert check.difference <= 1e-9 * max(check.largest, 1), (dropped, check)


def test_dropout_inside_of_another_module_is_not_known() -> None:
    program = (
        "import torch\nfrom torch import nn\nx = torch.randn(5, 2, 3)\n"
        "net = nn.Sequential(nn.Dropout(0.5), nn.LSTM(3, 4, num_layers=2, dropout=0.5))\noutput, state = net(x)\n"
    )
    found = found_in(scene_of(program))
    assert found.unrolled is None
    assert "p = 0.5" in found.reason
    program += "net.eval()\noutput, state = net(x)\n"
    assert found_in(scene_of(program, layer=1)).checks[0].difference < 1e-6


@COSTLY
@given(cases(), st.tuples(*(st.integers(-3, 99) for _ in range(5))))
def test_numbers_that_are_not_there_are_brought_inside(case: Case, asked: tuple[int, ...]) -> None:
    depth, reverse, item, unit, layer = asked
    scene = scene_of(case.program, depth=depth, reverse=reverse, item=item, unit=unit, layer=layer, root=item)
    found = found_in(scene).unrolled
    assert found is not None
    assert 0 <= found.layer < case.layers
    assert 0 <= found.item < case.batch
    assert 0 <= found.unit < case.hidden
    assert found.gradient is None or -1 <= found.gradient.step < found.steps
    assert found_in(scene).opened == 0


@COSTLY
@given(cases(("float32",)))
def test_a_scene_survives_its_encoding(case: Case) -> None:
    scene = scene_of(case.program + "output.sum().backward()\n")
    assert encode(decode(encode(scene))) == encode(scene)


@pytest.mark.parametrize(
    "case", [Case(), Case(layers=2, both=True, steps=60, hidden=32, batch=1), Case(kind="GRU", steps=40)]
)
def test_a_scene_is_little_more_than_its_numbers(case: Case) -> None:
    scene = scene_of(case.program + "output.sum().backward()\n")
    buffers = [version.values for buffer in scene.buffers for version in buffer.versions if version.values is not None]
    unrolled = found_in(scene).unrolled
    assert unrolled is not None
    arrays = [
        *(getattr(gate, name) for gate in unrolled.gates for name in ("from_input", "from_hidden", "before", "values")),
        *(one.values for one in unrolled.states),
        unrolled.retention,
        *unrolled.singular,
        *(vars(unrolled.gradient).values() if unrolled.gradient else ()),
    ]
    raw = sum(one.nbytes for one in (*buffers, *arrays) if isinstance(one, np.ndarray))
    assert len(encode(scene)) <= 1.5 * raw + 20_000


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN", "relu"])
def test_on_meta_there_are_sizes_and_no_numbers(kind: str) -> None:
    program = Case(kind=kind, layers=2, both=True, proj=2 if kind == "LSTM" else 0).program
    program = program.replace("torch.float32", "torch.device('meta')")
    scene, unrolled = opened(program, depth=1, reverse=1)
    real = opened(Case(kind=kind, layers=2, both=True, proj=2 if kind == "LSTM" else 0).program, depth=1, reverse=1)
    assert [one.name for one in unrolled.gates] == [one.name for one in real[1].gates]
    assert [(one.name, one.units) for one in unrolled.states] == [(one.name, one.units) for one in real[1].states]
    for part in ("input", "weight_ih", "weight_hh", "bias_ih", "first_hidden"):
        assert scene.grids[getattr(unrolled, part)].shape == real[0].grids[getattr(real[1], part)].shape
    assert all(gate.values is None and gate.before is None for gate in unrolled.gates)
    assert found_in(scene).shapes == tuple(
        type(row)(**{**vars(row), "grid": own.grid})
        for row, own in zip(found_in(real[0]).shapes, found_in(scene).shapes, strict=True)
    )


def test_a_batch_without_items_has_shapes_only() -> None:
    found = found_in(scene_of(Case(batch=0).program))
    assert found.unrolled is None
    assert "no items" in found.reason
    assert next(row.shape for row in found.shapes if row.name == "h_n") == (1, 0, 4)


def test_a_program_without_recurrent_layers_has_no_stops() -> None:
    assert found_in(scene_of("import torch\nx = torch.randn(3)\n")).stops == ()


def test_weights_that_were_trained_since_are_those_of_the_call() -> None:
    program = Case().program + "with torch.no_grad():\n    layer.weight_ih_l0.zero_()\n"
    scene, unrolled = opened(program)
    assert found_in(scene).checks[0].difference < 1e-6
    assert np.abs(values(scene, unrolled.weight_ih)).max() > 0


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN", "relu"])
@pytest.mark.parametrize("number", ["nan", "inf", "1e30", "0.0"])
@pytest.mark.parametrize("behind", ["", "output.sum().backward()\n"])
def test_numbers_that_are_none_or_huge_go_their_way(kind: str, number: str, behind: str) -> None:
    case = Case(kind=kind, layers=2, both=True)
    program = case.program.replace("layer =", f"x[2] = float('{number}')\nlayer =") + behind
    scene, unrolled = opened(program, reverse=1)
    h = state(unrolled, "h")
    assert h.shape == (5, 4)
    assert number != "nan" or np.isnan(h[:3]).all()
    output = next(check for check in found_in(scene).checks if check.what == "output")
    assert output.difference <= 1e-5 * max(output.largest, 1)
    assert encode(decode(encode(scene))) == encode(scene)


def test_one_step_of_one_unit_is_opened() -> None:
    _, unrolled = opened(Case(steps=1, batch=1, given=1, hidden=1).program + "output.sum().backward()\n", root=0)
    assert unrolled.retention is not None
    assert np.asarray(unrolled.retention).reshape(-1).tolist() == [1.0]
    assert unrolled.gradient is not None
    assert numbers(unrolled.gradient.hidden).tolist() == [1.0]
