"""What `clip_grad_norm_` did to the gradients of a program."""

from __future__ import annotations

import torch

from explorer.lenses.convolution.values import tensor_of
from explorer.lenses.normalization.wording import number
from explorer.trace import Step, Trace


def clipping_remark(trace: Trace) -> str:
    """Return the norm of the gradients before and after the last clipping of a program, or ""."""
    step = next((step for step in reversed(trace.steps) if step.op == "clip_grad_norm_"), None)
    if step is None or not step.outputs:
        return ""
    norm, after = tensor_of(step.outputs[0]), _after(step)
    if norm is None or after is None:
        return ""
    if after >= 0.999 * float(norm):
        return f"clip_grad_norm_ found a norm of {number(norm)} and left all gradients as they are."
    factor = float(norm) / after
    return (
        f"clip_grad_norm_ found a norm of {number(norm)} over all gradients and left {number(after)}: each of them was "
        f"divided by {number(factor)}. The direction stays."
    )


def _after(step: Step) -> float | None:
    """Return the norm of all gradients after a clipping, where they are kept."""
    scaled = [detail for detail in step.details if detail.op in ("_foreach_mul_", "mul_")]
    values = [tensor_of(state) for detail in scaled for state in detail.outputs]
    known = [value.double().reshape(-1) for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return float(torch.linalg.vector_norm(torch.cat(known)))
