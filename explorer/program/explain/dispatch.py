"""Choose the explanation of a failing call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.program.explain.broadcasting import (
    explain_assignment,
    explain_broadcast,
    explain_growth,
    explain_overlap,
)
from explorer.program.explain.case import Case, Explainer
from explorer.program.explain.devices import explain_missing_device
from explorer.program.explain.dims import (
    explain_dim,
    explain_narrow,
    explain_permute,
    explain_repeated_dim,
    explain_roll,
    explain_split,
    explain_transpose,
)
from explorer.program.explain.expand import explain_expand, explain_repeat
from explorer.program.explain.indexing import explain_bounds, explain_index
from explorer.program.explain.joining import explain_join
from explorer.program.explain.locate import locate
from explorer.program.explain.model import Explanation
from explorer.program.explain.products import explain_linear, explain_product
from explorer.program.explain.reshape import explain_count, explain_strides, explain_unflatten
from explorer.program.explain.signature import explain_signature
from explorer.program.explain.text import count_text, list_text, ordinal, sentence, shape_text
from explorer.program.explain.values import (
    explain_backward,
    explain_bool_minus,
    explain_devices,
    explain_needs_float,
    explain_number,
    explain_numpy,
    explain_requires_grad,
    explain_truth,
)

if TYPE_CHECKING:
    from explorer.trace.calls import FailedCall

_MOST_OPERANDS = 4

# in this order: those that an operation has for itself come before those that go by torch's words
_EXPLAINERS: tuple[Explainer, ...] = (
    explain_signature,
    explain_missing_device,
    explain_devices,
    explain_permute,
    explain_dim,
    explain_strides,
    explain_unflatten,
    explain_count,
    explain_expand,
    explain_repeat,
    explain_join,
    explain_transpose,
    explain_repeated_dim,
    explain_roll,
    explain_narrow,
    explain_split,
    explain_assignment,
    explain_index,
    explain_bounds,
    explain_product,
    explain_linear,
    explain_overlap,
    explain_growth,
    explain_broadcast,
    explain_needs_float,
    explain_bool_minus,
    explain_requires_grad,
    explain_truth,
    explain_number,
    explain_numpy,
    explain_backward,
)


def explain(call: FailedCall) -> Explanation:
    """Explain why a torch call failed, with its own numbers and with changes that mend it.

    Never raises: what no explanation fits is told in torch's words, with the operands' shapes.
    """
    case = Case(call, locate(call))
    for explainer in _EXPLAINERS:
        try:
            explanation = explainer(case)
        except Exception:  # noqa: BLE001, RUF100 - an explanation must never be an error of its own
            explanation = None
        if explanation is not None:
            return explanation
    return _in_torchs_words(case)


def _in_torchs_words(case: Case) -> Explanation:
    tensors = case.call.tensors
    described = []
    for index, tensor in enumerate(tensors[:_MOST_OPERANDS]):
        default = "the tensor" if len(tensors) == 1 else f"the {ordinal(index)} tensor"
        described.append(f"{case.name(index, default)} has shape {shape_text(tensor.shape)}")
    if len(tensors) > _MOST_OPERANDS:
        described.append(f"there are {count_text(len(tensors) - _MOST_OPERANDS, 'tensor')} more")
    shapes = f" {sentence(list_text(described))}." if described else ""
    return Explanation(f"{case.words}{shapes}")
