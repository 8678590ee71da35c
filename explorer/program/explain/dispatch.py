"""Choose the explanation of an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from explorer.program.explain.accelerators import explain_device_memory, explain_lost_device
from explorer.program.explain.adaptive import explain_adaptive
from explorer.program.explain.arguments import explain_arguments
from explorer.program.explain.arrays import explain_meta, explain_new_tensor, explain_numpy_mix, explain_scalar_tensor
from explorer.program.explain.attributes import explain_attribute
from explorer.program.explain.broadcasting import (
    explain_assignment,
    explain_broadcast,
    explain_growth,
    explain_overlap,
)
from explorer.program.explain.case import Case, Explainer
from explorer.program.explain.containers import explain_item, explain_unpacking
from explorer.program.explain.convolving import explain_convolving
from explorer.program.explain.devices import missing_device
from explorer.program.explain.dims import (
    explain_dim,
    explain_narrow,
    explain_permute,
    explain_repeated_dim,
    explain_roll,
    explain_split,
    explain_transpose,
)
from explorer.program.explain.dropouts import explain_dropout
from explorer.program.explain.dtypes import explain_dtype, explain_layer_dtype
from explorer.program.explain.expand import explain_expand, explain_repeat
from explorer.program.explain.fault import Fault
from explorer.program.explain.flattening import explain_flatten, with_flatten_before
from explorer.program.explain.fractional import explain_fractional
from explorer.program.explain.gradients import explain_gradient
from explorer.program.explain.indexing import explain_bounds, explain_class_numbers, explain_index
from explorer.program.explain.joining import explain_join
from explorer.program.explain.layer import Layer, layer_of
from explorer.program.explain.layers import explain_layer
from explorer.program.explain.locate import locate
from explorer.program.explain.losses import explain_loss
from explorer.program.explain.model import Explanation
from explorer.program.explain.modules import explain_module
from explorer.program.explain.naming import explain_name
from explorer.program.explain.none import explain_none_operand
from explorer.program.explain.norm_settings import explain_norm_function, explain_norm_memory
from explorer.program.explain.numbers import explain_division_for_size, explain_float_for_integer
from explorer.program.explain.padding import explain_pad
from explorer.program.explain.parameter_writes import explain_parameter_write
from explorer.program.explain.pooling import explain_unpool
from explorer.program.explain.products import explain_linear, explain_product
from explorer.program.explain.recurrent import explain_recurrent
from explorer.program.explain.recurrent_packing import explain_packing
from explorer.program.explain.recurrent_results import explain_recurrent_result
from explorer.program.explain.recurrent_settings import explain_recurrent_memory
from explorer.program.explain.reshape import explain_count, explain_strides, explain_unflatten
from explorer.program.explain.resizing import explain_resizing
from explorer.program.explain.runtime import RUNTIME, explain_raised
from explorer.program.explain.shuffling import explain_shuffling
from explorer.program.explain.signature import explain_signature, rebuilt
from explorer.program.explain.text import count_text, inside, list_text, ordinal, sentence, shape_text
from explorer.program.explain.tupled import explain_pooled_pair, explain_unpaired
from explorer.program.explain.unfolding import explain_unfold
from explorer.program.explain.values import (
    explain_bool_minus,
    explain_devices,
    explain_mixed_dtypes,
    explain_needs_float,
    explain_number,
    explain_numpy,
    explain_requires_grad,
    explain_truth,
)
from explorer.program.explain.window import explain_window_function
from explorer.program.explain.window_calls import explain_weight_memory

_Seen = TypeVar("_Seen")
_Found = TypeVar("_Found")

_MOST_OPERANDS = 4

# in this order: those that an operation has for itself come before those that go by torch's words
_OF_CALLS: tuple[Explainer, ...] = (
    explain_pad,
    explain_signature,
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
    explain_class_numbers,
    explain_product,
    explain_linear,
    explain_overlap,
    explain_growth,
    explain_broadcast,
    explain_needs_float,
    explain_mixed_dtypes,
    explain_unfold,
    explain_bool_minus,
    explain_requires_grad,
    explain_truth,
    explain_number,
    explain_numpy,
)

_OF_LAYERS: tuple[Callable[[Layer], Explanation | None], ...] = (explain_recurrent, explain_layer_dtype, explain_layer)

_OF_FAULTS: tuple[Callable[[Fault], Explanation | None], ...] = (
    explain_raised,
    lambda fault: missing_device(fault.error, fault.source),
    explain_device_memory,
    explain_lost_device,
    explain_meta,
    explain_pooled_pair,
    explain_unpaired,
    explain_dropout,
    explain_convolving,
    explain_adaptive,
    explain_resizing,
    explain_shuffling,
    explain_fractional,
    explain_flatten,
    explain_packing,
    explain_recurrent_result,
    explain_loss,
    explain_gradient,
    explain_module,
    explain_none_operand,
    explain_division_for_size,
    explain_arguments,
    explain_float_for_integer,
    explain_dtype,
    explain_name,
    explain_attribute,
    explain_item,
    explain_unpacking,
    explain_numpy_mix,
    explain_scalar_tensor,
    explain_new_tensor,
    explain_window_function,
    explain_norm_function,
    explain_parameter_write,
    explain_unpool,
    *RUNTIME,
)


def explain(fault: Fault) -> Explanation:
    """Explain why a program stopped, with its own numbers and with changes that mend it.

    Never raises: what no explanation fits is told in torch's or Python's words, with the operands' shapes.
    """
    layer = _tried(layer_of, fault)
    told = _first(_OF_LAYERS, layer) if layer is not None else None
    words = told and (_tried(lambda one: with_flatten_before(one, told), fault) or told)
    words = words or _first(_OF_FAULTS, fault)
    if words is None:
        call = fault.failed
        if call is None and isinstance(fault.error, TypeError):
            # torch refuses arguments that fit no signature before a recorder sees the call
            call = _tried(rebuilt, fault)
        words = _first(_OF_CALLS, Case(call, locate(call))) if call is not None else None
    return words or _tried(_with_shapes, fault) or Explanation(fault.words)


def explain_limit(fault: Fault) -> Explanation | None:
    """Explain a layer that asks for more memory than a program may hold; None for anything else.

    Never raises.
    """
    return _first((explain_weight_memory, explain_norm_memory, explain_recurrent_memory), fault)


def _first(explainers: Sequence[Callable[[_Seen], Explanation | None]], seen: _Seen) -> Explanation | None:
    return next((words for one in explainers if (words := _tried(one, seen)) is not None), None)


def _tried(function: Callable[[_Seen], _Found | None], seen: _Seen) -> _Found | None:
    try:
        return function(seen)
    except Exception:  # noqa: BLE001, RUF100 - an explanation must never be an error of its own
        return None


def _with_shapes(fault: Fault) -> Explanation:
    layer = _tried(layer_of, fault)
    tensors = fault.failed.tensors if fault.failed is not None else ()
    case = Case(fault.failed, locate(fault.failed)) if fault.failed is not None else None
    described = []
    for index, tensor in enumerate(tensors[:_MOST_OPERANDS]):
        default = "the tensor" if len(tensors) == 1 else f"the {ordinal(index)} tensor"
        name = case.name(index, default) if case is not None else default
        described.append(f"{name} has shape {shape_text(tensor.shape)}")
    if len(tensors) > _MOST_OPERANDS:
        described.append(f"there are {count_text(len(tensors) - _MOST_OPERANDS, 'tensor')} more")
    shapes = f" {sentence(list_text(described))}." if described else ""
    where = f"In {inside(layer.title)}: " if layer is not None else ""
    return Explanation(f"{where}{fault.words}{shapes}")
