"""Gradients through time of recurrent layers, beside autograd on the same layers unrolled with torch's own cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.lenses.recurrent.arrived import arrived_at, last_events
from explorer.lenses.recurrent.calls import recurrent_calls
from explorer.lenses.recurrent.gradients import of_cells
from explorer.lenses.recurrent.sequences import sequences_of
from explorer.lenses.recurrent.tensors import tensors_of
from tests.effort import COSTLY
from tests.lenses.recurrent_cases import TOLERANCE, Case, cases, cell_of, found_in, numbers, opened, plain, scene_of

LOSSES = (
    "output.sum()",
    "output[-1].square().sum()",
    "h_n.sum()",
    "(output.sin().sum() + h_n.square().sum())",
    "output.mean() * 1e-3",
)
States = dict[tuple[int, int, int], tuple[torch.Tensor, torch.Tensor | None]]


def unrolled_cells(case: Case, names: dict[str, Any], item: int) -> tuple[States, torch.Tensor, torch.Tensor]:
    """Run one item through torch's own cells with the layer's weights.

    Returns:
        h and c by (layer, direction, time), the output (T, D·H) and h_n (layers · D, H).
    """
    module, x, steps = names["layer"], names["x"], case.length(item)
    below = x if not case.batched else x[item] if case.batch_first else x[:, item]
    below, states, ends = below[:steps], {}, []
    for layer in range(case.layers):
        rows = []
        for direction in range(case.directions):
            cell = _cell(case, module, f"_l{layer}{'_reverse' * direction}", below.shape[-1])
            own = _run(
                cell, below, _start(case, names, layer * case.directions + direction, item), reverse=direction > 0
            )
            states.update({(layer, direction, t): one for t, one in enumerate(own)})
            rows.append(torch.cat([h for h, _ in own]))
            ends.append(own[0 if direction else -1][0][0])
        below = torch.cat(rows, -1)
    return states, below, torch.stack(ends)


def _cell(case: Case, module: torch.nn.Module, suffix: str, given: int) -> torch.nn.Module:
    kind, options = cell_of(case.kind)
    cell = kind(given, case.hidden, bias=case.bias, **options).to(getattr(torch, case.dtype))
    with torch.no_grad():
        for name, parameter in cell.named_parameters():
            parameter.copy_(getattr(module, name + suffix))
    return cell


def _start(case: Case, names: dict[str, Any], place: int, item: int) -> tuple[torch.Tensor, torch.Tensor]:
    zeros = torch.zeros(case.hidden, dtype=getattr(torch, case.dtype))
    found = [names[name][place] if name in names else None for name in ("h_0", "c_0")]
    h, c = (zeros if one is None else one[item] if case.batched else one for one in found)
    return h, c


def _run(
    cell: torch.nn.Module, below: torch.Tensor, start: tuple[torch.Tensor, torch.Tensor], *, reverse: bool
) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    is_lstm = isinstance(cell, torch.nn.LSTMCell)
    made, state = {}, tuple(one[None] for one in start) if is_lstm else start[0][None]
    for t in reversed(range(len(below))) if reverse else range(len(below)):
        state = cell(below[t][None], state)  # with a batch: without one, c comes as a view that tanh does not see
        for one in state if is_lstm else (state,):
            one.retain_grad()
        made[t] = state if is_lstm else (state, None)
    return [made[t] for t in range(len(below))]


def _gradient(tensor: torch.Tensor | None) -> np.ndarray | None:
    if tensor is None:
        return None
    return (torch.zeros_like(tensor) if tensor.grad is None else tensor.grad).numpy()


def assert_felt(case: Case, found: Any, states: States, place: tuple[int, int], steps: int) -> None:
    """Assert that a gradient through time is autograd's."""
    hidden = np.concatenate([_gradient(states[(*place, t)][0]) for t in range(steps)])
    tolerance = 1e-9 * max(1.0, np.abs(hidden).max())
    np.testing.assert_allclose(numbers(found.unit_hidden), hidden, atol=tolerance)
    np.testing.assert_allclose(numbers(found.hidden), np.linalg.norm(hidden, axis=1), atol=tolerance)
    if case.kind == "LSTM":
        cell = np.concatenate([_gradient(states[(*place, t)][1]) for t in range(steps)])
        np.testing.assert_allclose(numbers(found.unit_cell), cell, atol=1e-9 * max(1.0, np.abs(cell).max()))
        np.testing.assert_allclose(
            numbers(found.cell), np.linalg.norm(cell, axis=1), atol=1e-9 * max(1.0, np.abs(cell).max())
        )
    else:
        assert found.cell is None
        assert found.unit_cell is None


def whole(case: Case) -> Case:
    """Return a case without what torch's cells have not: projections."""
    return replace(case, proj=0)


@COSTLY
@given(cases(("float64",)).map(whole), st.data())
def test_the_gradient_of_a_chosen_step_is_autograds(case: Case, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, case.layers - 1)), data.draw(st.integers(0, case.directions - 1))
    item = data.draw(st.integers(0, case.batch - 1))
    step = data.draw(st.integers(0, case.length(item) - 1))
    _, found = opened(case.program, depth=place[0], reverse=place[1], item=item, root=step)
    assert found.gradient is not None
    assert found.gradient.step == step
    states, output, _ = unrolled_cells(case, plain(case.program), item)
    torch.autograd.backward(output[step].sum())
    assert_felt(case, found.gradient, states, place, case.length(item))


@given(cases(("float64",), packed=False).map(whole), st.sampled_from(LOSSES), st.data())
def test_the_programs_own_gradient_is_autograds(case: Case, loss: str, data: st.DataObject) -> None:
    alone = replace(case, batch=1, lengths=())
    place = data.draw(st.integers(0, case.layers - 1)), data.draw(st.integers(0, case.directions - 1))
    loss = loss.replace("[-1]", "[:, -1]") if case.batch_first and alone.batched else loss
    scene, found = opened(f"{alone.program}loss = {loss}\nloss.backward()\n", depth=place[0], reverse=place[1])
    assert found.gradient is not None
    assert (found.gradient.root, found.gradient.step) == ("loss", -1)
    names = plain(alone.program)
    states, output, h_n = unrolled_cells(alone, names, 0)
    if alone.batched:
        output, h_n = output[None] if alone.batch_first else output[:, None], h_n[:, None]
    eval(loss, {"output": output, "h_n": h_n}).backward()  # noqa: S307 - a loss of these tests
    assert_felt(alone, found.gradient, states, place, alone.steps)
    assert any(check.what == "gradients of the parameters" for check in found_in(scene).checks)


@COSTLY
@given(cases(("float64",)), st.sampled_from(LOSSES[:4]))
def test_gradients_of_the_parameters_are_those_of_the_engine(case: Case, loss: str) -> None:
    """Projections, padding and batches included: what came to the results goes on as in torch's own backward."""
    loss = loss.replace("[-1]", "[:, -1]") if case.batch_first and case.batched else loss
    checks = found_in(scene_of(f"{case.program}{loss}.backward()\n")).checks
    [check] = [one for one in checks if one.what == "gradients of the parameters"]
    assert check.difference <= 1e-9 * max(check.largest, 1), check


def test_parameters_that_the_loss_reaches_directly_are_not_compared() -> None:
    program = Case().program + "(output.sum() + layer.weight_hh_l0.square().sum()).backward()\n"
    [check] = [one for one in found_in(scene_of(program)).checks if "parameters" in one.what]
    assert check.note.startswith("3 parameters")
    assert check.difference < 1e-6


LOOP = """
import torch
from torch import nn
torch.manual_seed(3)
x = torch.randn(6, 2, 3, dtype=torch.float64)
layer = nn.{kind}Cell(3, 4, dtype=torch.float64)
state = None
states = []
for t, x_t in enumerate(x):
    state = layer(x_t, state)
    states.append(state{first})
    if t == {cut}:
        state = {detached}
"""


def loop(kind: str, cut: int) -> str:
    """Return a loop of calls of a cell, whose history is cut after a step; -1: nowhere."""
    detached = "tuple(one.detach() for one in state)" if kind == "LSTM" else "state.detach()"
    return LOOP.format(kind=kind, cut=cut, first="[0]" if kind == "LSTM" else "", detached=detached)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("cut", [-1, 2])
@pytest.mark.parametrize("root", [-1, 4])
def test_a_loop_of_calls_of_a_cell_is_one_sequence_whose_gradient_ends_at_detach(
    kind: str, cut: int, root: int
) -> None:
    program = loop(kind, cut)
    ending = "sum(state.square().sum() for state in states[3:]).backward()\n"
    scene, found = opened(program + (ending if root < 0 else ""), item=1, root=root)
    assert [(stop.steps, stop.batch) for stop in found_in(scene).stops] == [(6, 2)]
    assert found.gradient is not None
    names = plain(
        program.replace(
            "    states.append",
            "    [one.retain_grad() for one in (state if type(state) is tuple else [state])]\n    states.append",
        )
    )
    if root < 0:
        exec(ending, names)  # noqa: S102 - a program of these tests
    else:
        names["states"][root][1].sum().backward()
    made = np.stack([_gradient(one)[1] for one in names["states"]])  # type: ignore[index]
    np.testing.assert_allclose(numbers(found.gradient.unit_hidden), made, atol=1e-12)
    assert (numbers(found.gradient.hidden)[: cut + 1] == 0).all()
    assert (numbers(found.gradient.hidden)[3:5] > 0).all()
    if cut >= 0:
        assert any(f"before t = {cut + 1} (detach)" in remark for remark in found_in(scene).remarks)
    assert found_in(scene).checks[0].difference < 1e-12


def test_where_one_node_made_h_and_c_the_part_through_h_is_added() -> None:
    """As on accelerators: what their node is told of c is without its part through h of the same call."""
    trace = explorer.run(loop("LSTM", -1) + "sum(state.square().sum() for state in states).backward()\n")
    [sequence] = sequences_of(recurrent_calls(trace))
    tensors, events = tensors_of(sequence), last_events(trace)
    arrived = [arrived_at(events, call) for call in sequence.calls]
    whole = of_cells(sequence, tensors, 1, arrived)
    assert whole.cell is not None
    parts = []
    for place, call in enumerate(sequence.calls):
        came_h, came_c = arrived[place].output, arrived[place].cell
        assert came_h is not None
        assert came_c is not None
        c = torch.tensor(call.last_cell.values, requires_grad=True)  # type: ignore[union-attr]
        o = torch.tensor(call.output.values) / c.detach().tanh()
        through = torch.autograd.grad((o * c.tanh() * came_h).sum(), c)[0]
        parts.append(replace(arrived[place], cell=came_c - through, fused=True))
    again = of_cells(sequence, tensors, 1, parts).cell
    torch.testing.assert_close(again, whole.cell)


CHUNKS = """
import torch
from torch import nn
x = torch.randn(6, 1, 3, dtype=torch.float64)
layer = nn.LSTM(3, 4, num_layers=2, dtype=torch.float64)
state = None
for chunk in x.split(2):
    output, state = layer(chunk, state)
    {inside}
    state = {after}
{behind}
"""
DETACHED = "tuple(one.detach() for one in state)"


def _norms(inside: str, after: str, behind: str, **options: int) -> np.ndarray:
    scene, found = opened(CHUNKS.format(inside=inside, after=after, behind=behind), **options)
    assert [stop.steps for stop in found_in(scene).stops] == [6]
    assert all(check.difference < 1e-12 for check in found_in(scene).checks)
    assert found.gradient is not None
    return numbers(found.gradient.hidden)


def test_chunks_of_one_sequence_are_one_stop_and_detach_cuts_the_gradient() -> None:
    names = plain(CHUNKS.format(inside="pass", after="state", behind="").replace("x = ", "torch.manual_seed(0)\nx = "))
    assert names["output"].shape == (2, 1, 4)
    cut = _norms("pass", DETACHED, "output.sum().backward()")
    assert (cut[:4] == 0).all()
    assert (cut[4:] > 0).all()
    assert (_norms("pass", "state", "output.sum().backward()") > 0).all()
    each = _norms("output.sum().backward()", DETACHED, "")
    np.testing.assert_allclose(each[4:], cut[4:])
    assert (each > 0).all()
    chosen = _norms("pass", DETACHED, "", root=4)
    assert (chosen[:4] == 0).all()
    assert chosen[4] > 0
    assert (_norms("pass", "state", "", root=4)[:5] > 0).all()


def test_chunks_without_detach_feel_the_gradient_as_one_call_does() -> None:
    def norms(program: str) -> np.ndarray:
        found = opened(program)[1].gradient
        assert found is not None
        return numbers(found.hidden)

    several = CHUNKS.format(inside="pass", after="state", behind="output.sum().backward()")
    once = several[: several.index("state = None")] + "output, state = layer(x)\noutput[-2:].sum().backward()\n"
    np.testing.assert_allclose(norms(several), norms(once), atol=1e-12)


def test_a_large_gradient_of_the_programs_own_is_followed() -> None:
    scene, found = opened(Case(steps=300, batch=30, hidden=8).program + "output.sum().backward()\n")
    assert found.gradient is not None
    assert found.gradient.hidden[-1] == pytest.approx(8**0.5)  # nothing but the output feels the last state
    [check] = [one for one in found_in(scene).checks if one.what == "gradients of the parameters"]
    assert check.difference <= 1e-5 * check.largest


def test_without_backward_there_is_no_gradient_and_too_large_ones_are_said() -> None:
    assert opened(Case().program)[1].gradient is None
    large = Case(steps=300, batch=60, hidden=40).program + "output.sum().backward()\n"
    scene, found = opened(large)
    assert found.gradient is None
    assert any("too large to be followed" in remark for remark in found_in(scene).remarks)
    assert opened(large, root=299)[1].gradient is not None


SIDE_BY_SIDE = """
import torch
from torch import nn
x = torch.randn(20, 1, 3)
rnn = nn.RNN(3, 4)
lstm = nn.LSTM(3, 4)
gru = nn.GRUCell(3, 4)
rnn_output, _ = rnn(x)
lstm_output, _ = lstm(x)
state = None
for x_t in x:
    state = gru(x_t, state)
other = nn.RNN(3, 4)(torch.randn(20, 1, 3))
loss = rnn_output[-1].sum() + lstm_output[-1].sum() + state.sum()
loss.backward()
"""


def test_layers_that_took_the_same_sequence_stand_side_by_side() -> None:
    scene = scene_of(SIDE_BY_SIDE)
    hidden, cell = scene.charts
    assert [series.name.partition(":")[0] for series in hidden.series] == ["rnn", "lstm", "gru"]
    assert [series.name for series in cell.series] == ["lstm: LSTM(3, 4)"]
    assert hidden.log
    for number, series in enumerate(hidden.series):
        own = found_in(scene_of(SIDE_BY_SIDE, layer=number)).unrolled
        assert own is not None
        assert own.gradient is not None
        np.testing.assert_array_equal(series.values, own.gradient.hidden)
    chosen = scene_of(SIDE_BY_SIDE, root=10)
    assert np.isnan(np.asarray(chosen.charts[0].series[0].values)[11:]).all()


@pytest.mark.parametrize("limit", [1.0, 1e9])
def test_clipping_is_told_with_the_norms_before_and_after(limit: float) -> None:
    program = Case().program + "(1000 * output.sum()).backward()\n"
    program += f"norm = nn.utils.clip_grad_norm_(layer.parameters(), {limit})\n"
    said = [remark for remark in found_in(scene_of(program)).remarks if "clip_grad_norm_" in remark]
    norm = float(plain(program)["norm"])
    assert len(said) == 1
    assert f"{norm:.4g}".replace("-", "−") in said[0]
    assert ("left 1:" in said[0]) == (limit == 1.0)


def test_tolerances_are_those_of_the_dtype() -> None:
    scene = scene_of(Case(dtype="bfloat16").program + "output.sum().backward()\n")
    for check in found_in(scene).checks:
        assert check.difference <= TOLERANCE["bfloat16"] * max(check.largest, 1)
