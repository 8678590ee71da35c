"""The page Shape & memory: what its widgets do to the program, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import prod
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.compute.runs import Terms
from explorer.program.builders import chain
from explorer.program.builders.operations import OPERATIONS
from explorer.ui.evaluation import Start, evaluate
from explorer.ui.examples.shape import SHAPE_EXAMPLES
from explorer.ui.permalink import encode_program
from tests.pages.opened import (
    PROGRAM,
    check,
    field,
    linked,
    open_form,
    open_link,
    open_page,
    scene,
    scene_bytes,
    source,
)


def row_page() -> None:
    """A page with nothing but the row of chips, to which the session hands one action."""
    import streamlit as st

    from explorer.ui.chain_row import apply
    from explorer.ui.workspace import Workspace

    workspace = Workspace("shape", default="", lens="shapes")
    action = st.session_state.get("next_action")
    if action:
        st.session_state["next_action"] = None
        apply(workspace, workspace.evaluate("cpu"), action)
    st.session_state["failed"] = any(chip.kind == "error" for chip in workspace.evaluate("cpu").chips)
    if workspace.notice:
        st.warning(workspace.notice)


def open_row(program: str = PROGRAM) -> AppTest:
    app = AppTest.from_function(row_page, default_timeout=300)
    app.query_params["program"] = encode_program(program)
    return check(app.run())


def act(app: AppTest, **action: Any) -> AppTest:
    """Do what a click in the row of chips does."""
    app.session_state["next_action"] = action
    return check(app.run())


@pytest.mark.parametrize(
    "text", ["", "rubbish", "%%%", "AAAA", encode_program("x = 1")[:-3], encode_program("a" * 30_000)]
)
def test_a_broken_link_says_so_and_opens_the_first_example(text: str) -> None:
    app = open_link({"program": text})
    assert source(app) == SHAPE_EXAMPLES[0].source
    assert "link cannot be read" in app.warning[0].value or "cut off" in app.warning[0].value


def test_a_changed_field_changes_the_program() -> None:
    app = open_form(open_page(), 1)
    check(field(app, "Shape").set_value("2,12").run())
    assert "a = x.view(2, 12)" in source(app)
    assert field(app, "Shape").value == "2, 12"
    assert linked(app) == source(app)


def test_rubbish_in_a_field_is_explained_there_and_kept() -> None:
    app = open_form(open_page(), 1)
    check(field(app, "Shape").set_value("4, x").run())
    assert source(app) == PROGRAM
    assert field(app, "Shape").value == "4, x"
    assert any("'x'" in markdown.value for markdown in app.markdown)
    check(field(app, "Shape").set_value("6, 4").run())
    assert "x.view(6, 4)" in source(app)
    assert not any(":red" in markdown.value for markdown in app.markdown)


def test_an_operation_that_torch_refuses_is_explained_with_fixes() -> None:
    app = open_page(PROGRAM + "c = b.view(3, 8)\n")
    error = scene(app)["error"]
    assert "4 × 6 = 24" in error["message"]
    fixes = dict(error["fixes"])
    assert list(fixes) == [".contiguous().view(3, 8)", ".reshape(3, 8)"]
    assert fixes[".reshape(3, 8)"] == PROGRAM + "c = b.reshape(3, 8)\n"
    assert scene(open_page(fixes[".reshape(3, 8)"]))["error"] is None


def test_an_operation_can_become_another() -> None:
    app = open_form(open_page(), 2)
    check(field(app, "Operation").set_value("flatten").run())
    assert "b = a.flatten()" in source(app)
    check(field(app, "Operation").set_value("stack").run())
    assert "torch.stack([a, a]" in source(app)


def test_the_tensor_can_be_made_in_every_way() -> None:
    from explorer.program.builders.creations import CREATIONS

    app = open_form(open_page("x = torch.arange(24)\n"), 0)
    for name in CREATIONS:
        check(field(app, "Made by").set_value(name).run())
        assert scene(app)["error"] is None or name == "upload", (name, source(app))


def test_values_can_be_pasted() -> None:
    app = open_form(open_page("x = torch.tensor([1, 2])\n"), 0)
    check(field(app, "Values").set_value("1 2 3\n4 5 6").run())
    assert "[[1, 2, 3], [4, 5, 6]]" in source(app)
    check(field(app, "Values").set_value("[[1, 2], [3]]").run())
    assert "[[1, 2, 3], [4, 5, 6]]" in source(app)
    assert any(":red" in markdown.value for markdown in app.markdown)


def test_chips_can_be_added_moved_and_removed() -> None:
    app = act(open_row(), type="add", op="reshape")
    assert source(app).startswith(PROGRAM)
    assert "c = b.reshape(" in source(app)
    assert not app.session_state["failed"]
    app = act(app, type="move", index=3, to=2)
    assert "b = a.reshape(" in source(app)
    assert "c = b.t()" in source(app)
    app = act(app, type="remove", index=2)
    assert ".reshape(" not in source(app)
    assert "c = a.t()" in source(app)
    app = act(app, type="select", index=1)
    assert app.session_state["shape/selected"] == 1


@pytest.mark.parametrize(
    "name", ["assign", "cat", "elementwise", "index", "mean", "pad", "repeat", "split", "stack", "topk"]
)
def test_an_added_operation_runs(name: str) -> None:
    app = act(open_row(), type="add", op=name)
    assert not app.session_state["failed"], source(app)
    assert not app.warning


@pytest.mark.parametrize("dtype", ["int64", "float32"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_runs_as_it_is_added(name: str, dtype: str) -> None:
    shapes = ((4, 6), (2, 3, 3), (4, 2, 2), (6,))
    shape = next(shape for shape in shapes if not OPERATIONS[name].refuses(shape))
    program = f"import torch\nx = torch.arange({prod(shape)}, dtype=torch.{dtype}).reshape({shape})\n"
    # torch does these to tensors that autograd follows, and the last one not to views
    if name in ("backward", "grad", "retain_grad", "detach_"):
        program = f"import torch\nx = torch.ones({shape}, requires_grad=True)\n"
    changed, index = chain.add(program, name, None, shape, dtype)
    evaluation = evaluate(Start(changed, "cpu", {}), "shapes", {}, Terms())
    assert [chip.kind for chip in evaluation.chips].count("error") == 0, changed
    assert (evaluation.shapes[index] is None) == OPERATIONS[name].silent


def test_removing_what_others_need_is_refused_with_a_reason() -> None:
    app = act(open_row("x = torch.arange(24)\ny = x.view(4, 6)\n"), type="remove", index=0)
    assert "torch.arange(24)" in source(app)
    assert app.warning


def test_stack_takes_other_tensors_and_new_ones() -> None:
    app = open_form(open_page("x = torch.zeros(2)\ny = torch.ones(2)\ns = torch.stack([x, y])\n"), 2)
    assert field(app, "Tensors").value == ["x", "y"]
    check(field(app, "Tensors").set_value(["y", "x", "torch.full((2,), 7.0)"]).run())
    assert "torch.stack([y, x, torch.full((2,), 7.0)]" in source(app)
    assert scene(app)["error"] is None


def test_meta_is_a_device() -> None:
    app = open_page(device="meta")
    assert app.radio[0].value == "meta"
    assert b'"device":"meta"' in scene_bytes(app)


def test_a_device_that_is_not_here_is_said() -> None:
    app = open_page(device="cuda:7")
    # the text is Markdown, in which signs are escaped
    assert "cuda:7" in app.sidebar.warning[0].value.replace("\\", "")


@pytest.mark.parametrize(
    "program", ["", "# nothing", "x = (", "print(1)", "import os", "x = torch.zeros(0, 3)", "x = torch.tensor(3)"]
)
def test_odd_programs_never_break_the_page(program: str) -> None:
    app = open_page(program)
    assert source(app) == program


def test_an_upload_is_kept_in_the_link_when_it_is_small() -> None:
    import numpy as np

    from explorer.program.uploads import to_link

    app = open_page("x = torch.tensor(data)\n", data=to_link(np.eye(3)))
    assert scene(app)["error"] is None
    assert b"(3, 3)" in scene_bytes(app) or b"[3,3]" in scene_bytes(app)


def test_a_program_whose_upload_is_missing_asks_for_it() -> None:
    app = open_page("x = torch.tensor(data)\n")
    assert "upload it" in app.info[0].value
    assert open_form(app, 0).get("file_uploader")


def test_the_session_holds_no_tensors() -> None:
    import torch

    app = open_page(PROGRAM + "c = b.view(3, 8)\n")
    for key in ("evaluation", "source", "inputs", "problems"):
        for value in everything_in(app.session_state[f"shape/{key}"]):
            assert not isinstance(value, torch.Tensor), key


def everything_in(value: Any) -> Iterator[Any]:
    """Yield a value and all that it holds."""
    yield value
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from everything_in(item)


def test_a_click_in_a_row_that_is_out_of_date_changes_nothing() -> None:
    app = open_row()
    edition = app.session_state["shape/edition"]
    moved = source(act(app, type="move", index=1, to=2, edition=edition))
    assert moved == "import torch\nx = torch.arange(24)\na = x.t()\nb = a.view(4, 6)\n"
    for late in ({"type": "move", "to": 2}, {"type": "remove"}, {"type": "select"}):
        assert source(act(app, index=1, edition=edition, **late)) == moved
    assert "reshape" in source(act(app, type="add", op="reshape", edition=edition))


def test_the_fields_of_a_chip_that_moved_change_nothing_when_they_come_once_more() -> None:
    app = open_form(open_page(), 1)
    late = app._tree.get_widget_states()  # what a slow browser sends: it still holds the form
    moved = "import torch\nx = torch.arange(24)\na = x.t()\nb = a.view(4, 6)\n"
    app.session_state["shape/source"] = moved
    app.session_state["shape/edition"] = app.session_state["shape/edition"] + 1
    app = open_form(app, 2)
    check(app._run(late))
    assert source(app) == moved
