"""γ and β written by hand: what is multiplied with a normalised tensor and added to it, each spread over it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lenses.normalization.handmade import Makers, plain_op
from explorer.trace import Step, TensorState

_SCALES = ("mul", "multiply")
_SHIFTS = ("add",)
_BOTH = 2


@dataclass(frozen=True, eq=False)
class Affine:
    """What follows a division by a deviation.

    Attributes:
        last: The last of its steps: the division itself where nothing follows.
        weight, bias: γ and β, as recorded; None where there is none.
        along: Dimensions of the result along which they vary, rising.
    """

    last: Step
    weight: TensorState | None = None
    bias: TensorState | None = None
    along: tuple[int, ...] = ()


def affine_after(step: Step, makers: Makers) -> Affine:
    """Return γ and β of the numbers that a step made.

    Args:
        step: The division.
        makers: Who made and who takes the tensors of the run.
    """
    scaled = _taken(step, makers, _SCALES)
    last, weight = (step, None) if scaled is None else scaled
    along = () if weight is None else _along(weight, step.outputs[0].shape)
    shifted = _taken(last, makers, _SHIFTS)
    if shifted is None:
        return Affine(last, weight, None, along)
    after, bias = shifted
    other = _along(bias, step.outputs[0].shape)
    return Affine(last, weight, None, along) if weight and other != along else Affine(after, weight, bias, other)


def _taken(step: Step, makers: Makers, ops: tuple[str, ...]) -> tuple[Step, TensorState] | None:
    """Return the step that makes the next thing of a result with a smaller tensor, and that tensor."""
    made = step.outputs[0]
    for taker in makers.takers(made):
        if plain_op(taker) not in ops or len(taker.inputs) != _BOTH or taker.outputs[0].shape != made.shape:
            continue
        others = [one for one in taker.inputs if (one.tensor, one.version) != (made.tensor, made.version)]
        if len(others) == 1 and _along(others[0], made.shape) and _is_plain(taker, makers):
            return taker, others[0]
    return None


def _is_plain(step: Step, makers: Makers) -> bool:
    """Tell whether a call adds without a factor: `torch.add(x, b, alpha=2)` adds twice."""
    call = makers.call(step)
    return call is not None and not call.keywords


def _along(state: TensorState, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the dimensions along which a tensor varies that is spread over another; () where it has all its cells."""
    lead = len(shape) - len(state.shape)
    if lead < 0 or state.shape == shape:
        return ()
    return tuple(lead + place for place, size in enumerate(state.shape) if size == shape[lead + place] > 1)
