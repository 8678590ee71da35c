"""Layers and functions that slide a window: their settings, and how these fit their input."""

from __future__ import annotations

from explorer.program.explain.fault import Fault
from explorer.program.explain.fitting import FITTING
from explorer.program.explain.folding import FOLDING
from explorer.program.explain.model import Explanation
from explorer.program.explain.pooling import POOLING
from explorer.program.explain.settings import SETTINGS_ERRORS
from explorer.program.explain.sliding import Sliding, sliding_function
from explorer.program.explain.window_calls import CALLED, explain_weight


def explain_sliding(sliding: Sliding | None) -> Explanation | None:
    """Explain what a layer or a function that slides a window could not do; None for what is neither."""
    if sliding is None:
        return None
    explainers = (explain_weight, *SETTINGS_ERRORS, *FOLDING, *FITTING, *POOLING, *CALLED)
    return next((words for explain in explainers if (words := explain(sliding)) is not None), None)


def explain_window_function(fault: Fault) -> Explanation | None:
    """Explain an error of `F.conv2d`, `F.max_pool2d` and their like."""
    return explain_sliding(sliding_function(fault))
