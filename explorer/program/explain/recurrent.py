"""Recurrent layers and cells: settings, inputs and states that do not fit."""

from __future__ import annotations

from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.recurrent_inputs import INPUTS
from explorer.program.explain.recurrent_settings import explain_making
from explorer.program.explain.recurrent_states import STATES
from explorer.program.explain.recurring import recurring


def explain_recurrent(layer: Layer) -> Explanation | None:
    """Explain what a recurrent layer could not do; None for other layers, and for what only torch's words tell."""
    found = recurring(layer)
    if found is None:
        return explain_making(layer)
    return next((words for explain in (*INPUTS, *STATES) if (words := explain(found)) is not None), None)
