"""What a torch call did to memory: the kinds of steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.trace.model import Kind, TensorState


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of the calls whose result lies in new memory, these only move elements there; all others compute new ones.
MOVES = _words(
    "as_tensor asarray block_diag broadcast_to cat chunk clone column_stack concat concatenate contiguous copy "
    "cpu cuda diag diag_embed diagonal dsplit dstack expand expand_as flatten flip fliplr flipud gather getitem "
    "hsplit hstack index_select masked_select meshgrid moveaxis movedim narrow narrow_copy numpy pad permute "
    "pixel_shuffle pixel_unshuffle ravel repeat repeat_interleave reshape reshape_as roll rot90 row_stack select "
    "split squeeze stack swapaxes swapdims t take take_along_dim tensor tensor_split tile to transpose tril triu "
    "unbind unflatten unfold unsqueeze view view_as vsplit vstack "
    "bfloat16 bool byte char double float half int long short type type_as xpu mps"
)
CONVERSIONS = _words("bfloat16 bool byte char double float half int long short to type type_as cpu cuda xpu mps")
REDUCTIONS = _words(
    "all amax amin aminmax any argmax argmin count_nonzero cummax dist kthvalue logsumexp max mean median min mode "
    "nanmean nanmedian nanquantile nansum norm prod quantile std std_mean sum trace var var_mean"
)
BACKWARD = frozenset({"backward"})
# The attribute whose reading and setting are steps, also where it is None.
GRADIENT = "grad"
# Calls after which a tensor keeps, or changes, its gradient otherwise than before.
ASKS_FOR_GRADIENTS = _words("retain_grad register_hook register_post_accumulate_grad_hook")
# Calls whose name says that they change a tensor, and that change elements and nothing else of it.
ELEMENTS_ONLY = _words(
    "__getitem__ __setitem__ add_ addcdiv_ addcmul_ clamp_ clamp_max_ clamp_min_ copy_ div_ fill_ lerp_ mul_ neg_"
    " normal_ relu_ sqrt_ sub_ uniform_ zero_ __iadd__ __imul__ __isub__ __itruediv__"
)
# The name of steps that are no torch call: a line wrote into a tensor's memory through a NumPy array.
NUMPY_WRITE = "numpy_write"
# Calls that may move a tensor to another device.
TRANSFERS = _words("to cpu cuda xpu mps copy_")
# Calls that only ask: they write nothing, and Python makes some of them by itself.
_QUESTIONS = _words(
    "__get__ __len__ __repr__ __str__ __format__ __bool__ __int__ __float__ __complex__ __index__ __contains__"
    " __hash__ __dir__ __array__ __deepcopy__ dim"
)


def is_question(function: Callable[..., Any]) -> bool:
    """Tell whether a call only asks something of its arguments (`x.shape`, `len(x)`, `print(x)`)."""
    return getattr(function, "__name__", "") in _QUESTIONS


def sets_attribute(function: Callable[..., Any]) -> bool:
    """Tell whether a call assigns to an attribute: `x.grad = None`."""
    return getattr(function, "__name__", "") == "__set__"


def is_dunder(function: Callable[..., Any]) -> bool:
    """Tell whether Python makes this call for a piece of syntax."""
    name = getattr(function, "__name__", "")
    return name.startswith("__") and name.endswith("__")


def operation_name(function: Callable[..., Any]) -> str:
    """Return the name that people use: `view`, `T` for a property, `getitem` for the index operator."""
    name = getattr(function, "__name__", type(function).__name__)
    if name in ("__get__", "__set__"):
        name = getattr(getattr(function, "__self__", None), "__name__", name)
    return name


def kind_of(
    op: str,
    inputs: tuple[TensorState, ...],
    outputs: tuple[TensorState, ...],
    known: set[int],
    *,
    written: bool,
) -> Kind:
    """Return the kind of a step.

    Args:
        op: The operation's name.
        inputs: Its tensor arguments before the call.
        outputs: Its results.
        known: Numbers of the storages that existed before the call.
        written: Whether the call wrote into a storage that existed before.
    """
    plain = op.strip("_").lower()
    if plain in BACKWARD:
        return "backward"
    if written:
        return "inplace"
    if not outputs:
        return "other"
    if all(state.storage in known for state in outputs):
        return "view"
    if not inputs or plain.startswith("new_") or plain.endswith("_like"):
        return "create"
    if plain in REDUCTIONS and _shrinks(inputs, outputs):
        return "reduce"
    return "copy" if plain in MOVES else "compute"


def _shrinks(inputs: tuple[TensorState, ...], outputs: tuple[TensorState, ...]) -> bool:
    return len(inputs) == 1 or outputs[0].numel < inputs[0].numel
