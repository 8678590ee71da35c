"""A page that looks at a program: head, chips, the form of the selected one, the stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.pictured import changed
from explorer.ui.chain_row import chain_row
from explorer.ui.charts import charts
from explorer.ui.chip_form import chip_form, layer_form
from explorer.ui.components import stage, trigger
from explorer.ui.device import adopt_device, chosen_device, follow_device
from explorer.ui.evaluation import Evaluation
from explorer.ui.examples.example import Example
from explorer.ui.export import export_menu
from explorer.ui.header import header
from explorer.ui.running_bar import running_bar
from explorer.ui.switches import Switch, switches
from explorer.ui.text import plain
from explorer.ui.upload import missing_upload
from explorer.ui.workspace import Workspace


@dataclass(frozen=True)
class ProgramPage:
    """What makes one page differ from another.

    Attributes:
        name: Prefix of its keys in the session.
        title: Heading.
        subtitle: What to do on it, in a sentence.
        examples: Programs to start from; it opens on the first.
        groups: Groups of operations that it offers before the others.
        lens: The lens that it looks through.
        switches: What the lens does only when asked.
        chips_below: Whether the chips stand below the picture, which then is in sight at once.
        layer_fields: Whether the fields of a layer stand above the picture; of no other then.
        fields: Fields of its own, in the same row.
        tools: Widgets of its own, below the picture.
    """

    name: str
    title: str
    subtitle: str
    examples: Sequence[Example]
    groups: Sequence[str] = ()
    lens: str = "shapes"
    switches: Sequence[Switch] = ()
    chips_below: bool = False
    layer_fields: bool = False
    fields: Sequence[Callable[[Workspace], None]] = ()
    tools: Sequence[Callable[[Workspace], None]] = ()


def program_page(page: ProgramPage) -> None:
    """Draw the page."""
    workspace = Workspace(page.name, page.examples[0].source, page.lens)
    stage_key = f"{page.name}_stage"
    called = _triggers(workspace, stage_key)

    @st.fragment
    def explore() -> None:
        """Draw all that follows the program; a change of it draws nothing else anew."""
        follow_device()
        end_of_head = header(workspace, page.title, page.subtitle, page.examples)
        evaluation = workspace.evaluate(chosen_device())
        with end_of_head:
            export_menu(workspace, page.title, evaluation)
        if workspace.notice:
            st.warning(plain(workspace.notice))
        row = chain.chips(workspace.source)
        missing_upload(workspace, row)
        if page.layer_fields:
            layer_form(workspace, row, page.fields)
        if not page.chips_below:
            _chips(workspace, evaluation, page)
        switches(workspace, page.switches)
        if not evaluation.scene:  # the first run has not ended
            st.code(workspace.source, language="python")
        else:
            stage(evaluation, stage_key, called)
        if page.chips_below:
            _chips(workspace, evaluation, page)
        for tool in page.tools:
            tool(workspace)
        charts(evaluation.charts, workspace.key("charts"))
        if workspace.running:
            running_bar(workspace.running, workspace.key("bar"))
        workspace.write_link()

    explore()


def _triggers(workspace: Workspace, key: str) -> dict[str, Callable[[], None]]:
    """Return what is done when something was done in the picture."""

    def run() -> None:
        source = trigger(key, "run")
        if isinstance(source, str):
            workspace.change(source)

    def navigate() -> None:
        # the browser's back and forward buttons
        parameters = trigger(key, "navigate")
        if isinstance(parameters, dict):
            workspace.adopt(parameters)
            adopt_device(parameters.get("device"))

    def options() -> None:
        asked = trigger(key, "options")
        if isinstance(asked, dict):
            workspace.choose(asked)
            _select_layer(workspace, asked.get("layer"))

    def change() -> None:
        asked = trigger(key, "change")
        if isinstance(asked, dict):
            try:
                workspace.change(changed(workspace.source, asked))
            except (ArgumentProblem, EditProblem) as problem:
                workspace.refuse(problem.message)

    return {"run": run, "navigate": navigate, "options": options, "change": change}


def _select_layer(workspace: Workspace, stop: object) -> None:
    """Show the fields of the layer that was opened in the picture, where it has a chip."""
    path = workspace.layer_path(stop) if isinstance(stop, int) else ""
    chip = next((chip for chip in chain.chips(workspace.source) if path and chip.path == path), None)
    if chip is not None:
        workspace.select(chip.index)


def _chips(workspace: Workspace, evaluation: Evaluation, page: ProgramPage) -> None:
    """Draw the row of chips and the form of the selected one, unless it stands above the picture."""
    chain_row(workspace, evaluation, page.groups)
    chip_form(workspace, chain.chips(workspace.source), layers=not page.layer_fields)
