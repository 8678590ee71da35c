"""The form of the selected chip: one typed field for each argument, each with its own explanation and error."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.layers import LAYERS, LayerType
from explorer.program.builders.operations import OPERATIONS
from explorer.program.builders.parameters import Parameter
from explorer.ui import field_widths
from explorer.ui.input_fields import layout_field, pattern_fields, standardise_field
from explorer.ui.kernel_fields import kernel_fields, typed_kernel
from explorer.ui.norm_fields import norm_fields, spread_field
from explorer.ui.recurrent_fields import hands_on_row, input_fields
from explorer.ui.renewal import renewed
from explorer.ui.text import plain
from explorer.ui.upload import upload_fields
from explorer.ui.workspace import Workspace

_NAMES = {"creation": "Made by", "operation": "Operation", "layer": "Layer"}
_CHOICES = ("choice", "dtype", "bool", "word")
_SUBJECTS: Mapping[str, Callable[[LayerType], bool]] = {
    "convolution": lambda layer: layer.is_window,
    "normalization": lambda layer: layer.is_norm,
    "recurrent": lambda layer: layer.is_recurrent,
}


def layer_form(
    workspace: Workspace, row: tuple[chain.Chip, ...], beside: Sequence[Callable[[Workspace], None]] = ()
) -> None:
    """Draw the fields of the selected layer, else of the one that is open, else of the first that the page is about.

    Args:
        workspace: The page's program.
        row: Its chips.
        beside: Fields that stand in the same row.
    """
    layers = [chip for chip in row if chip.role == "layer"]
    subjects = [chip for chip in layers if _SUBJECTS.get(workspace.lens, _is_any)(LAYERS[chip.name])]
    selected = [chip for chip in layers if chip.index == workspace.selected]
    path = workspace.opened_path
    opened = [chip for chip in layers if path and chip.path == path]
    shown = [*selected, *opened, *subjects, *layers][:1]
    if not shown and not beside:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key=workspace.key("layer")):
        for chip in shown:
            _fields(workspace, chip)
        for draw in beside:
            draw(workspace)
        for chip in shown:
            _minor_fields(workspace, chip)
    for chip in shown:
        typed_kernel(workspace, chip)
        if workspace.lens == "recurrent":
            hands_on_row(workspace, chip)
        _problems(workspace, chip)


def chip_form(workspace: Workspace, row: tuple[chain.Chip, ...], *, layers: bool = True) -> None:
    """Draw the form of the workspace's selected chip, if one is selected; without `layers`, if it is no layer."""
    index = workspace.selected
    if index is None or index >= len(row) or (row[index].role == "layer" and not layers):
        return
    chip = row[index]
    with st.container(border=True, key=workspace.key("form")):
        if chip.role == "raw":
            st.caption("This line has no form: edit it in the program below.")
            return
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            _fields(workspace, chip)
            _minor_fields(workspace, chip)
        typed_kernel(workspace, chip)
        _problems(workspace, chip)
        st.caption(plain(chain.table(chip)[chip.name].summary))
        if chip.name == "upload":
            upload_fields(workspace)
            if workspace.lens in _SUBJECTS:
                layout_field(workspace, chip)
            if workspace.lens == "normalization":
                standardise_field(workspace, chip)


def _is_any(_layer: LayerType) -> bool:
    return True


def _fields(workspace: Workspace, chip: chain.Chip) -> None:
    _name_field(workspace, chip)
    for parameter in chain.parameters(chip):
        if parameter.name not in _minor(chip):
            _field(workspace, chip, parameter)
    kernel_fields(workspace, chip)
    if workspace.lens == "normalization":
        norm_fields(workspace, chip)
        spread_field(workspace, chip)
    if workspace.lens == "recurrent":
        input_fields(workspace, chip)
    if chip.name == "values" and workspace.lens == "convolution":
        pattern_fields(workspace, chip)


def _minor(chip: chain.Chip) -> tuple[str, ...]:
    """Return the names of the seldom changed parameters, but for a window's number that was changed: it is the point.

    A depthwise layer is one by its groups.
    """
    if chip.role != "layer":
        return ()
    layer = LAYERS[chip.name]
    changed = [
        parameter.name
        for parameter in layer.parameters
        if layer.is_window and parameter.kind == "int" and chip.fields.get(parameter.name) != parameter.default
    ]
    return tuple(name for name in layer.minor if name not in changed)


def _minor_fields(workspace: Workspace, chip: chain.Chip) -> None:
    """Draw the fields that are seldom changed, behind a button."""
    minor = [parameter for parameter in chain.parameters(chip) if parameter.name in _minor(chip)]
    if minor:
        with st.container(width=field_widths.MORE), st.popover("More", help=", ".join(one.label for one in minor)):
            for parameter in minor:
                _field(workspace, chip, parameter)


def _name_field(workspace: Workspace, chip: chain.Chip) -> None:
    key = renewed(workspace.key(f"name/{chip.index}/{chip.role}"), chip.name)
    st.selectbox(
        _NAMES[chip.role],
        _alternatives(chip),
        key=key,
        on_change=_rename,
        args=(workspace, chip, key, workspace.edition),
        width=field_widths.name_width(chip),
    )


def _alternatives(chip: chain.Chip) -> list[str]:
    """Return the names that a chip can take: a line that writes stays one, and so does one without a result.

    A recurrent layer is called in a way of its own, so it can only become another one.
    """
    if chip.role == "layer":
        return [name for name, other in LAYERS.items() if other.is_recurrent == LAYERS[chip.name].is_recurrent]
    if chip.role != "operation":
        return list(chain.table(chip))
    own = OPERATIONS[chip.name]
    kind = (own.form == "write", own.silent)
    return [name for name, other in OPERATIONS.items() if (other.form == "write", other.silent) == kind]


def _rename(workspace: Workspace, chip: chain.Chip, key: str, edition: int) -> None:
    if edition != workspace.edition:
        return
    name = st.session_state[key]
    if name == chip.name:  # Streamlit forgot the form between two quick clicks: nobody chose, and the fields stay
        return
    shape = workspace.input_shape(chip.index)
    if chip.role == "creation":
        fields = CREATIONS[name].defaults(shape)
    elif chip.role == "layer":
        fields = LAYERS[name].taken_over(shape, chip.fields)
    else:
        fields = OPERATIONS[name].defaults(shape, chain.receiver(workspace.source, chip.index))
    try:
        workspace.change(chain.set_fields(workspace.source, chip.index, name, fields))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse(problem.message)


def _field(workspace: Workspace, chip: chain.Chip, parameter: Parameter) -> None:
    key = _key(workspace, chip, parameter)
    shown = chip.fields.get(parameter.name, parameter.default)
    args = (workspace, chip, parameter, key, workspace.edition)
    with st.container(width=field_widths.width(chip, parameter), gap="xxsmall"):
        problem = workspace.problems.get(key)
        _show(key, parameter, problem.typed if problem else shown)
        if parameter.kind in _CHOICES:
            options = ("True", "False") if parameter.kind == "bool" else parameter.choices
            st.selectbox(parameter.label, options, key=key, help=parameter.help, on_change=_typed, args=args)
        elif parameter.kind == "values":
            st.text_area(parameter.label, key=key, help=parameter.help, height=90, on_change=_typed, args=args)
        elif parameter.kind == "tensors":
            names = chain.tensor_names(workspace.source, chip.index)
            offered = list(dict.fromkeys([*st.session_state[key], *names]))
            st.multiselect(
                parameter.label,
                offered,
                key=key,
                help=f"{parameter.help} Type to add a new one, such as torch.zeros(4, 6).",
                accept_new_options=True,
                on_change=_typed,
                args=args,
            )
        else:
            st.text_input(parameter.label, key=key, help=parameter.help, on_change=_typed, args=args)


def _problems(workspace: Workspace, chip: chain.Chip) -> None:
    """Say below the row of fields what is wrong with them: a field is too narrow for a sentence."""
    for parameter in chain.parameters(chip):
        problem = workspace.problems.get(_key(workspace, chip, parameter))
        if problem:
            st.markdown(f":small[:red[**{plain(parameter.label)}**: {plain(problem.message)}]]")


def _key(workspace: Workspace, chip: chain.Chip, parameter: Parameter) -> str:
    # a new key when the program's lines change: what a slow browser still shows then is not taken for a person's wish
    return workspace.key(f"field/{chip.index}/{chip.name}/{parameter.name}/{workspace.edition}")


def _show(key: str, parameter: Parameter, text: str) -> None:
    """Put the program's text into the field, unless it stands there already."""
    value: str | list[str] = _split(text) if parameter.kind == "tensors" else text
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _split(text: str) -> list[str]:
    """Return the expressions of a list of tensors.

    The same tensor may stand in it twice; a list of choices holds each only once, so a repetition is numbered by
    a trailing space that the program does not see.
    """
    try:
        items = ast.parse(f"[{text}]", mode="eval").body.elts  # type: ignore[attr-defined]
    except SyntaxError:
        return [text]
    parts: list[str] = []
    for item in items:
        part = ast.unparse(item)
        while part in parts:
            part += " "
        parts.append(part)
    return parts


def _typed(workspace: Workspace, chip: chain.Chip, parameter: Parameter, key: str, edition: int) -> None:
    # A browser that has not yet taken away the form of a chip that was moved or removed sends its fields once more.
    if edition != workspace.edition:
        return
    value = st.session_state[key]
    text = ", ".join(part.strip() for part in value) if isinstance(value, list) else str(value)
    try:
        wanted = parameter.parse(text)
    except ArgumentProblem as problem:
        workspace.refuse_field(key, text, problem.message)
        return
    workspace.accept_field(key)
    try:
        workspace.amend(chain.set_fields(workspace.source, chip.index, chip.name, {parameter.name: wanted}))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse_field(key, text, problem.message)
