"""Shape & memory: what a chain of operations does to shape, strides and storage."""

from __future__ import annotations

import streamlit as st

from explorer.program.builders import chain
from explorer.ui.chain_row import chain_row
from explorer.ui.chip_form import chip_form
from explorer.ui.components import stage, trigger
from explorer.ui.device import adopt_device, chosen_device
from explorer.ui.examples import SHAPE_EXAMPLES
from explorer.ui.header import header
from explorer.ui.text import plain
from explorer.ui.upload import missing_upload
from explorer.ui.workspace import Workspace

STAGE = "shape_stage"
SUBTITLE = "Hover a cell: the same element lights up everywhere it lives."

workspace = Workspace("shape", default=SHAPE_EXAMPLES[0].source, lens="shapes")


def run_edited() -> None:
    """Take the text that was edited in the stage."""
    source = trigger(STAGE, "run")
    if isinstance(source, str):
        workspace.change(source)


def navigate() -> None:
    """Follow the browser's back and forward buttons."""
    parameters = trigger(STAGE, "navigate")
    if isinstance(parameters, dict):
        workspace.adopt(parameters)
        adopt_device(parameters.get("device"))


@st.fragment
def explore() -> None:
    """Draw all that follows the program; a change of it draws nothing else anew."""
    header(workspace, "Shape & memory", SUBTITLE, SHAPE_EXAMPLES)
    evaluation = workspace.evaluate(chosen_device())
    if workspace.notice:
        st.warning(plain(workspace.notice))
    row = chain.chips(workspace.source)
    chain_row(workspace, evaluation)
    missing_upload(workspace, row)
    chip_form(workspace, row)
    stage(evaluation.scene, STAGE, run_edited, navigate)
    workspace.write_link()


explore()
