"""Tables of broadcasting: the sizes are torch's, what does not fit is marked, accidents have fixes that run."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import BroadcastableShapes, mutually_broadcastable_shapes

import explorer
from explorer.scene.tables import Table
from tests.lenses.table_programs import made, tables_beside, tables_of_moments, titled

TITLE = "Shapes lined up from the right"
SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


def sizes(row: tuple[str, ...]) -> tuple[int, ...]:
    """Return the sizes of a row, without those that were added."""
    return tuple(int(cell) for cell in row[1:] if cell != "1 (added)")


@settings(max_examples=60)
@given(mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=4, max_dims=4))
def test_rows_are_the_shapes_and_the_result_is_torchs(drawn: BroadcastableShapes) -> None:
    first, second = drawn.input_shapes
    table = titled(f"a = torch.ones({first})\nb = torch.ones({second})\nc = a * b", TITLE)
    if first == second:
        assert table is None
        return
    result = torch.ones(first) * torch.ones(second)
    assert table is not None
    assert [sizes(row) for row in table.rows] == [first, second, tuple(result.shape)]
    assert [row[0] for row in table.rows] == ["`a`", "`b`", "result"]
    expanded = [torch.ones(shape).expand(result.shape).shape for shape in (first, second)]
    padded = [(1,) * (result.dim() - len(shape)) + tuple(shape) for shape in (first, second)]
    stretched = {
        (row, 1 + dim)
        for row, dim in itertools.product(range(2), range(result.dim()))
        if padded[row][dim] != expanded[row][dim]
    }
    assert set(table.marks) == stretched
    for shape in (first, second):
        real = torch.ones(shape).expand(result.shape).contiguous()
        if 0 < torch.ones(shape).numel() < real.numel():
            assert f"{real.nbytes:,} bytes" in table.note


@settings(max_examples=60)
@given(SHAPES, SHAPES)
def test_what_does_not_fit_is_marked(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    try:
        torch.broadcast_shapes(first, second)  # type: ignore[no-untyped-call]
    except RuntimeError:
        pass
    else:
        return
    table = titled(f"a = torch.ones({first})\nb = torch.ones({second})\nc = a + b", TITLE)
    assert table is not None
    assert table.tone == "error"
    rank = max(len(first), len(second))
    bad = set()
    for back in range(1, min(len(first), len(second)) + 1):
        try:
            torch.ones(first[-back]) + torch.ones(second[-back])
        except RuntimeError:
            bad.add(1 + rank - back)
    assert {column for _, column in table.marks} == bad
    assert {row for row, _ in table.marks} == {0, 1}
    assert [column for column, cell in enumerate(table.rows[2]) if cell == "does not fit"] == sorted(bad)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("torch.where(a > 1, a, b)", ["`a > 1`", "`a`", "`b`"]),
        ("torch.clamp(a, min=b)", ["`a`", "`b`"]),
        ("a.clamp(b, b + 1)", ["`a`", "`b`", "`b + 1`"]),
        ("torch.lerp(a, b, 0.5)", ["`a`", "`b`"]),
        ("a <= b", ["`a`", "`b`"]),
        ("b.maximum(a)", ["`b`", "`a`"]),
        ("torch.add(a, b, out=torch.empty(2, 3, dtype=torch.float64))", ["`a`", "`b`"]),
        ("a.expand(2, 3).clone().mul_(b)", ["`a.expand(2, 3).clone()`", "`b`"]),
        ("torch.addcmul(a, a + 1, b)", ["`a`", "`a + 1`", "`b`"]),
        ("a ** b", ["`a`", "`b`"]),
    ],
)
def test_operations_of_every_kind_are_lined_up(code: str, names: list[str]) -> None:
    table = titled(f"a = {made((2, 1))}\nb = {made((3,))}\nc = {code}", TITLE)
    assert table is not None
    assert [row[0] for row in table.rows] == [*names, "result"]
    assert sizes(table.rows[-1]) == (2, 3)


def test_names_are_told_in_functions_and_for_names_of_the_same_line() -> None:
    table = titled("def f(p, q):\n    return p * q\nx = torch.ones(2, 1)\nf(x, torch.ones(3))", TITLE)
    assert table is not None
    assert [row[0] for row in table.rows] == ["`p`", "`q`", "result"]
    table = titled("x = torch.ones(2, 3); x += torch.ones(3)", TITLE)
    assert table is not None
    assert [row[0] for row in table.rows] == ["`x`", "`torch.ones(3)`", "result"]


def test_a_write_in_place_cannot_grow() -> None:
    table = titled("a = torch.ones(3)\na += torch.ones(2, 3)", TITLE)
    assert table is not None
    assert (table.tone, table.marks) == ("error", ((2, 1),))
    assert "keeps its shape (3,)" in table.note


def warning(source: str) -> Table:
    """Return the table of a program's last step, which must be a warning."""
    table = titled(source, TITLE)
    assert table is not None
    assert table.tone == "warning"
    return table


@pytest.mark.parametrize(
    "call",
    [
        "pred - target",
        "target - pred",
        "pred == target",
        "target != pred",
        "F.mse_loss(pred, target)",
        "F.l1_loss(pred, target, reduction='none')",
        "nn.SmoothL1Loss()(pred, target)",
        "F.huber_loss(input=pred, target=target)",
        "(pred * 2) - target",
        "torch.sub(pred, target)",
    ],
)
@pytest.mark.parametrize("shape", [(4,), (3, 3)])
def test_a_column_with_a_row_is_suspicious_and_each_fix_pairs_value_by_value(call: str, shape: tuple[int, ...]) -> None:
    start = f"pred = {made((*shape, 1))}\ntarget = {made(shape, 1)}\n"
    table = warning(f"{start}out = {call}")
    assert len(table.fixes) == 2
    plain: dict[str, Any] = {"torch": torch, "F": torch.nn.functional, "nn": torch.nn}
    exec(f"{start}pred = pred.squeeze(-1)\nwanted = {call}", plain)  # noqa: S102 - the same program in plain torch
    for _, source in table.fixes:
        trace = explorer.run(source)
        assert trace.error is None
        got = torch.tensor(trace.names["out"].values)
        assert got.numel() == plain["wanted"].numel()
        torch.testing.assert_close(got.reshape(plain["wanted"].shape), plain["wanted"])
        assert all(table.tone == "plain" for table in tables_beside(trace))


def test_a_loss_of_different_shapes_is_viewed_as_the_prediction() -> None:
    table = warning("pred = torch.rand(4, 1)\ntarget = torch.rand(1, 4)\nout = F.mse_loss(pred, target)")
    ((label, source),) = table.fixes
    assert label == "F.mse_loss(pred, target.view_as(pred))"
    trace = explorer.run(source)
    assert trace.error is None
    pred, target = (torch.tensor(trace.names[name].values) for name in ("pred", "target"))
    torch.testing.assert_close(torch.tensor(trace.names["out"].values), ((pred - target.T) ** 2).mean())


def test_a_loss_that_cannot_be_mended_has_no_fix() -> None:
    assert warning("out = F.mse_loss(torch.rand(4, 2), torch.rand(2))").fixes == ()


@pytest.mark.parametrize("operator", ["+", "-", "*", "/"])
def test_a_vector_with_a_square_says_which_way_it_runs(operator: str) -> None:
    start = f"a = {made((3, 3))}\nb = {made((3,), 1)}\n"
    table = warning(f"{start}c = a {operator} b")
    assert "runs along dim -1" in table.note
    ((_, source),) = table.fixes
    changed = explorer.run(source).names["c"].values
    plain: dict[str, Any] = {"torch": torch}
    exec(f"{start}c = (a.T {operator} b).T", plain)  # noqa: S102 - along the other dimension, in plain torch
    assert torch.equal(torch.tensor(changed), plain["c"])


@pytest.mark.parametrize(
    "call",
    [
        "x[:, None] - x",
        "x.unsqueeze(1) - x",
        "x.view(4, 1) * x",
        "x.view(4, 1) + x",
        "torch.rand(3, 4) - x",
        "F.mse_loss(x, x)",
        "x - 1",
        "torch.rand(1, 1) - torch.rand(1)",
    ],
)
def test_what_is_meant_is_no_accident(call: str) -> None:
    tables = tables_beside(explorer.run(f"x = torch.rand(4)\nout = {call}"))
    assert all(table.tone == "plain" for table in tables)


def test_a_fix_keeps_the_rest_of_the_program() -> None:
    source = "# é\na = torch.rand(3, 1)  # a column\nb = torch.rand(3); c = (a *\n  2 - b)  # é\nprint(c.shape)\n"
    trace = explorer.run(source)
    (table,) = (table for tables in tables_of_moments(trace) for table in tables if table.tone == "warning")
    for _, changed in table.fixes:
        assert changed.startswith("# é\na = torch.rand(3, 1)  # a column\nb = torch.rand(3); c = (")
        assert changed.endswith(")  # é\nprint(c.shape)\n")
        assert explorer.run(changed).error is None


def test_losses_that_do_not_broadcast_mark_the_difference() -> None:
    table = titled("F.binary_cross_entropy(torch.rand(3), torch.rand(3, 1))", TITLE)
    assert table is not None
    assert (table.tone, set(table.marks)) == ("error", {(0, 1), (1, 1), (0, 2), (1, 2)})


def test_a_warning_of_an_earlier_step_is_said_at_the_last_one_too() -> None:
    source = "a = torch.ones(3, 1)\nb = torch.ones(3)\nfor i in range(3):\n    loss = ((a - b) ** 2).mean()"
    (note,) = explorer.scene(explorer.run(source)).notes
    assert note.startswith("Line 4, step 3: Probably an accident: (3, 1) with (3,)")
    assert explorer.scene(explorer.run("a = torch.ones(3, 1)\nb = torch.ones(3)\nc = a - b")).notes == ()


def test_tables_that_say_the_same_are_sent_once() -> None:
    trace = explorer.run("a = torch.ones(3, 1)\nb = torch.ones(4)\nfor i in range(3):\n    c = a + b\nd = a * b")
    scene = explorer.scene(trace)
    assert len(set(scene.tables)) == len(scene.tables)
    assert [len(frame.tables) for frame in scene.frames] == [0, 0, 1, 1, 1, 1]
    for frame, own in zip(scene.frames, tables_of_moments(trace), strict=True):
        assert [scene.tables[number] for number in frame.tables] == list(own)
