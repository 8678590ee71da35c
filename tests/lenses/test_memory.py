"""The table of who shares memory says what plain torch says, and each write is seen through the names that see it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.memory import tables_of
from explorer.lenses.memory.sharing import sharing_of
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import moments
from explorer.scene import Table
from explorer.trace import Trace

MADE = (
    "{a} + 1", "{a}.clone()", "{a}.detach()", "{a}.data", "{a}[1:]", "{a}[[0, 1]]", "{a}[0]", "{a}.view(-1)",
    "{a}.reshape(-1)", "{a}", "{a}.t()", "{a}.flip(0)", "{a}.unsqueeze(0)", "{a}.expand(2, *{a}.shape)",
    "torch.tensor({a}.tolist())", "{a}.contiguous()", "{a}.float()", "{a} * {b}",
)  # fmt: skip
WRITES = ("{a} += 1", "{a}[0] = 7", "{a}.add_(2)", "{a}.zero_()", "{a}[...] = 3", "{a}.copy_({a})", "{a}[-1:] *= 2")


def tables(source: str) -> tuple[Trace, list[tuple[Table, ...]]]:
    """Return the run of a program, and the tables of each of its moments."""
    trace = explorer.run(source)
    found = moments(trace)
    panels = Panels(found, 60)
    return trace, [tables_of(moment, panels, trace) for moment in found]


@st.composite
def programs(draw: st.DrawFn) -> list[str]:
    """Draw lines that make names from names, and write through some of them."""
    lines, names = ["a = torch.arange(6.).view(3, 2)"], ["a"]
    for _ in range(draw(st.integers(1, 6))):
        one, other = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        if draw(st.booleans()):
            name = draw(st.sampled_from("bcdef"))
            lines.append(f"{name} = {draw(st.sampled_from(MADE)).format(a=one, b=other)}")
            names = list(dict.fromkeys([*names, name]))
        else:
            lines.append(draw(st.sampled_from(WRITES)).format(a=one))
    return lines


def plain_names(lines: list[str]) -> dict[str, torch.Tensor]:
    """Return the tensors that the names hold after the lines that plain Python runs."""
    names: dict[str, Any] = {"torch": torch}
    for line in lines:
        try:
            exec(line, names)  # noqa: S102 - the lines are this module's own
        except (RuntimeError, IndexError, ValueError, TypeError):
            break
    return {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}


@settings(max_examples=100)
@given(programs())
def test_rows_say_what_plain_torch_says(lines: list[str]) -> None:
    expected = plain_names(lines)
    trace, found = tables("\n".join(lines))
    table = next(iter(found[-1]), None)
    if table is None:
        assert not any(step.kind == "inplace" or step.op in ("clone", "detach", "data") for step in trace.steps)
        return
    rows = {row[0].strip("`"): row for row in table.rows}
    assert set(rows) == set(expected)
    for name, tensor in expected.items():
        assert rows[name][3:5] == (str(tensor.storage_offset()), str(tuple(tensor.stride())))
        assert str(tensor.untyped_storage().nbytes()) in rows[name][5].split(", ")[0].split(" ")
        for other, second in expected.items():
            assert (rows[name][1] == rows[other][1]) == (tensor is second)
            shares = tensor.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
            assert (rows[name][2] == rows[other][2]) == shares


@settings(max_examples=100)
@given(programs())
def test_names_that_see_a_write_are_those_whose_values_change(lines: list[str]) -> None:
    trace = explorer.run("\n".join(lines))
    for step in trace.steps[1:]:
        if step.kind != "inplace":
            continue
        sharing = sharing_of(step, trace.bindings[step.index])
        before = {b.name: b.state for b in trace.bindings[step.index - 1]}
        for binding in trace.bindings[step.index]:
            old, new = before.get(binding.name), binding.state
            if old is None or old.tensor != new.tensor or old.values is None or new.values is None:
                continue
            changed = old.values.tobytes() != new.values.tobytes()
            assert (binding.name in sharing.seen) == changed


NOTES = {
    "a view sees": (
        "x = torch.zeros(6)\ny = x.view(2, 3)\nz = x[:3]\nz[0] = 1",
        "`x`, `y` and `z` see the write, since all three read storage A.",
    ),
    "two": ("x = torch.zeros(3)\ny = x\ny += 1", "`x` and `y` see the write, since both read storage A."),
    "other elements": ("x = torch.zeros(2, 2)\na = x[0]\nb = x[1]\na[0] = 1", "`b` looks at storage A too, but"),
    "a copy does not": ("x = torch.zeros(3)\nc = x.clone()\nx += 1", "`c` keeps its values: it reads storage B."),
    "another object": (
        "x = torch.zeros(3)\nz = x\nx += 1\nx = x + 1",
        "`x` is another object now, #1 in storage B; nothing was written to #0, which `z` still holds.",
    ),
    "detach": ("x = torch.zeros(3)\nd = x.detach()", "`d` reads storage A, as `x` does: each sees what"),
    "clone": ("x = torch.zeros(3)\nc = x.clone()", "`c` has memory of its own, storage B"),
    "one object": ("x = torch.zeros(3)\nx += 1\ny = x.contiguous()", "`x` and `y` are names of one object, #0."),
    "out": ("x = torch.zeros(3)\ny = x.clone()\ntorch.add(x, 1, out=y)", "only `y` reads what was written to storage"),
    "nothing new": ("x = torch.zeros(3)\nx.zero_()", "Every value that was written to storage A is the one"),
    "bytes": ("x = torch.zeros(4)\ny = x + 1\ny += x", "torch has allocated 32 bytes so far, the names hold 32."),
    "arrays": ("x = torch.zeros(3)\na = x.numpy()\na[0] = 1", "The NumPy array `a` looks at this memory too."),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTES)
def test_notes_say_who_sees_what(case: str) -> None:
    source, expected = NOTES[case]
    _, found = tables(source)
    assert expected in found[-1][0].note


def test_programs_that_only_compute_have_no_table() -> None:
    _, found = tables("x = torch.arange(6).view(2, 3)\ny = x.t() @ x\nz = y.sum(0)")
    assert not any(found)


def test_marks_are_on_the_storages_of_the_names_that_saw_the_write() -> None:
    _, found = tables("x = torch.zeros(3)\nc = x.clone()\nv = x[:2]\nv += 1")
    assert found[-1][0].marks == ((0, 2), (2, 2))


def test_arrays_have_rows() -> None:
    _, found = tables("x = torch.zeros(3)\na = x.numpy()\nb = a.copy()\ny = torch.tensor(b)\ny += 1")
    rows = {row[0]: row for row in found[-1][0].rows}
    assert rows["`a`"][1:3] == ("NumPy", rows["`x`"][2])
    assert rows["`b`"][1:3] == ("NumPy", "its own")
    assert rows["`y`"][2] not in (rows["`x`"][2], "its own")
