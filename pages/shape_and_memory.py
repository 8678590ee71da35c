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
from explorer.ui.workspace import Workspace

STAGE = "shape_stage"

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


header(workspace, "Shape & memory", "Hover a cell: the same element lights up everywhere it lives.", SHAPE_EXAMPLES)
evaluation = workspace.evaluate(chosen_device())
if workspace.notice:
    st.warning(plain(workspace.notice))
chain_row(workspace, evaluation)
chip_form(workspace, chain.chips(workspace.source))
stage(evaluation.scene, STAGE, run_edited, navigate)
workspace.write_link()
