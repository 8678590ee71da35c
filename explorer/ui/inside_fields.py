"""Fields of a recurrent layer that is made inside of a class or a function: those of its constructor's call."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.program.builders import chain
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.made_inside import Inside, made_inside, set_inside
from explorer.program.builders.parameters import Parameter
from explorer.ui.changes import Field, chosen_field, problems_of, typed_field
from explorer.ui.recurrent_fields import is_subject
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

_BOOLS = ("True", "False")
_WIDTH = 104


def inside_fields(workspace: Workspace) -> None:
    """Draw the fields of a recurrent layer inside of a class or a function, where none at the top level has any."""
    found = made_inside(workspace.source)
    if not found or any(is_subject(chip) for chip in chain.chips(workspace.source)):
        return
    number = _which(workspace, found)
    one = found[number]
    if one.fields is None:
        where = f"`{one.layer}` on line {one.line}, in {one.owner}"
        st.caption(f"The arguments of {where} have no fields: they are not written one by one. Change the program.")
        return
    layer = LAYERS[one.name]
    for parameter in layer.parameters:
        if parameter.name not in layer.minor:
            _field(workspace, number, one, parameter)
    minor = [parameter for parameter in layer.parameters if parameter.name in layer.minor]
    with st.popover("More", help=", ".join(parameter.label for parameter in minor)):
        for parameter in minor:
            _field(workspace, number, one, parameter)
    labels = {_name(number, parameter): parameter.label for parameter in layer.parameters}
    problems_of(workspace, labels)


def _which(workspace: Workspace, found: tuple[Inside, ...]) -> int:
    """Draw the choice between the layers, which says where the one stands whose fields follow."""
    chosen = st.selectbox(
        "Layer", range(len(found)), key=workspace.key(f"inside/{len(found)}"), width=230,
        format_func=lambda number: f"{found[number].name} · line {found[number].line}, {found[number].owner}",
        help="It is made inside of a class or a function: its fields change the call of its constructor there, and "
        "the layers of that class or function that plainly read its results, such as a Linear after it.",
    )  # fmt: skip
    return int(chosen or 0)


def _field(workspace: Workspace, number: int, one: Inside, parameter: Parameter) -> None:
    shown = (one.fields or {}).get(parameter.name, parameter.default)
    field = Field(_name(number, parameter), parameter.label, _WIDTH, plain(parameter.help))
    change = partial(set_inside, workspace.source, number, parameter.name)
    if parameter.kind in ("bool", "word", "choice"):
        options = _BOOLS if parameter.kind == "bool" else parameter.choices
        chosen_field(workspace, field, options, shown, change)
    else:
        typed_field(workspace, field, shown, change)


def _name(number: int, parameter: Parameter) -> str:
    return f"inside/{number}/{parameter.name}"
