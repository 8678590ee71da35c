"""The sums of the picture beside what torch itself returned."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.convolution.gradients import Gradients
from explorer.lenses.convolution.opened import Opened
from explorer.lenses.convolution.products import max_indices, summed
from explorer.lenses.convolution.taps import Taps, all_windows, fold_taps, taps_of
from explorer.lenses.convolution.values import tensor_of
from explorer.scene.windows import Check, Products

MAX_CELLS = 1_000_000


def checks_of(layer: Opened, products: Products, gradients: Gradients) -> tuple[Check, ...]:
    """Return what was compared, as far as there are values."""
    found = [_output(layer, products), _indices(layer), *_gradients(layer, gradients)]
    return tuple(check for check in found if check is not None)


def compared(what: str, one: torch.Tensor, other: torch.Tensor, note: str) -> Check:
    """Return the largest difference of two tensors; equal numbers, NaN and infinities included, differ by 0.

    A difference of infinity or NaN becomes the largest float64, and so does an infinite value: scenes hold finite ones.
    """
    wide = torch.complex128 if one.is_complex() else torch.float64
    left, right = one.detach().cpu().to(wide), other.detach().cpu().to(wide)
    if not right.numel():
        return Check(what, 0.0, 0.0, note)
    gap = left - right
    difference, largest = _farthest(gap), _farthest(right)
    if math.isfinite(difference) and math.isfinite(largest):
        return Check(what, difference, largest, note)
    most = torch.finfo(torch.float64).max
    same = (left == right) | (left.isnan() & right.isnan())
    gap = gap.abs().masked_fill(same, 0.0).nan_to_num(most, most)
    return Check(what, float(gap.max()), float(right.abs().nan_to_num(0.0, most).max()), note)


def _farthest(numbers: torch.Tensor) -> float:
    """Return the largest absolute value of one number at least; NaN where one is NaN."""
    if numbers.is_complex():
        return float(numbers.abs().max())
    low, high = torch.aminmax(numbers)
    return float(torch.maximum(-low, high))


def every_total(layer: Opened, given: torch.Tensor) -> torch.Tensor | None:
    """Return the sums of all windows of all channels, (N, C_out, P), before the bias; None where they are too many.

    Args:
        layer: The layer.
        given: Its input, (N, C_in, *sizes).
    """
    windows = math.prod(reach.output for reach in layer.reaches)
    if given.shape[0] * layer.channels[0] * windows * layer.kernel_cells > MAX_CELLS:
        return None
    taps = _all_taps(layer)
    if layer.operation == "fold":
        block = given.reshape(given.shape[0], layer.channels[1], 1, -1)
    elif layer.convolves:
        block = given.flatten(2)
    else:
        block = given.flatten(2)[:, :, None]
    cells = taps.gather(block)
    if not layer.convolves:
        total = summed(layer, cells, None, taps).total
        return None if total is None else total[:, :, 0]
    return _grouped(layer, cells)


def _all_taps(layer: Opened) -> Taps:
    taps = taps_of(layer.reaches, *all_windows(layer.reaches))
    return fold_taps(taps, math.prod(r.size for r in layer.reaches)) if layer.operation == "fold" else taps


def _grouped(layer: Opened, cells: torch.Tensor) -> torch.Tensor | None:
    """Return weights times cells for every group: (N, C_in, P, K) becomes (N, C_out, P)."""
    weight, groups = layer.values.weight, layer.groups
    if weight is None or not groups:
        return None
    split = cells.reshape(cells.shape[0], groups, layer.channels[0] // groups, *cells.shape[2:])
    factors = weight.reshape(groups, weight.shape[0] // groups, weight.shape[1], layer.kernel_cells)
    if layer.operation == "convolution":
        factors = factors.transpose(1, 2)
    return torch.einsum("ngcpk,gcok->ngop", split, factors).flatten(1, 2)


def _output(layer: Opened, products: Products) -> Check | None:
    """Return the sums of products, with the bias, beside the output."""
    values = layer.values
    if values.input is None or values.output is None or layer.operation == "unfold":
        return _unfolded(layer) if layer.operation == "unfold" else None
    total = every_total(layer, values.input)
    made = values.output.flatten(2)
    dtype = str(made.dtype).removeprefix("torch.")
    note = "" if layer.operation == "max" else f"The same terms, added in another order in {dtype}."
    if total is not None:
        bias = 0 if values.bias is None else values.bias[:, None]
        return compared("output", total + bias, made, note)
    if products.total is None:
        return None
    plane = values.output[layer.item, layer.channel]
    for place, (start, length) in enumerate(zip(layer.first, layer.count, strict=True)):
        plane = plane.narrow(place, start, length)
    shown = torch.from_numpy(products.total.copy()).to(plane.dtype)
    shown = shown if values.bias is None else shown + values.bias[layer.channel].cpu()
    part = f"Compared: the {shown.numel():,} of {made.numel():,} cells whose windows are kept."
    return compared("output", shown, plane.reshape(-1), " ".join(filter(None, (note, part))))


def _unfolded(layer: Opened) -> Check | None:
    """Return the windows' cells beside the columns that unfold returned."""
    given, made = layer.values.input, layer.values.output
    if given is None or made is None or made.numel() > MAX_CELLS:
        return None
    cells = _all_taps(layer).gather(given.flatten(2))
    return compared("output", cells.transpose(2, 3).flatten(1, 2), made, "")


def _gradients(layer: Opened, gradients: Gradients) -> list[Check | None]:
    """Return the gradients of sums of products beside those of torch."""
    arrived, values = gradients.output, layer.values
    if arrived is None or values.input is None or layer.operation == "unfold":
        return []
    found: list[Check | None] = []
    own = _own_gradients(layer, arrived)
    if own is not None:
        names = ("input gradient", "weight gradient", "bias gradient")
        made = (gradients.input, gradients.weight, gradients.bias)
        for name, mine, theirs, recorded in zip(names, own, made, gradients.recorded, strict=True):
            if mine is not None and theirs is not None:
                target = theirs if recorded is None else recorded
                found.append(compared(name, mine, target, _source(name, recorded, layer)))
    return [*found, _as_transposed(layer, gradients)]


def _source(name: str, recorded: torch.Tensor | None, layer: Opened) -> str:
    """Return in a sentence what was compared with what."""
    made = {
        "input gradient": "What all windows send to the input, added up",
        "weight gradient": "What all windows send to the weight, added up",
        "bias gradient": "The output's gradient, added up for each channel",
    }[name]
    if recorded is not None:
        return f"{made}, beside what backward made while the program ran."
    if name == "input gradient" and layer.call.padded is not None:
        return f"{made}, beside torch's own backward of padding and convolution together."
    call = layer.call
    state = {"input gradient": call.input, "weight gradient": call.weight, "bias gradient": call.bias}[name]
    asked = state is not None and state.requires_grad
    ending = "." if asked else ", which the program did not ask for."
    return f"{made}, beside torch's own backward of this call{ending}"


def _own_gradients(layer: Opened, arrived: torch.Tensor) -> tuple[torch.Tensor | None, ...] | None:
    """Return the gradients of the explicit sums: (input, weight, bias)."""
    values = layer.values
    assert values.input is not None  # noqa: S101 - the caller has checked; this is for the type checker
    if layer.operation == "max":
        return _sent_to_maxima(layer, values.input, arrived), None, None
    given = values.input.detach().clone().requires_grad_()
    weight = None if values.weight is None else values.weight.detach().clone().requires_grad_()
    fresh = Opened(
        layer.call,
        layer.reaches,
        type(values)(given, weight, values.bias, values.output),
        layer.item,
        layer.channel,
        layer.first,
        layer.count,
        layer.flip,
    )
    with torch.enable_grad():
        total = every_total(fresh, given)
        if total is None or not total.requires_grad:
            return None
        asked = [given] if weight is None else [given, weight]
        found = torch.autograd.grad(total, asked, arrived.flatten(2).to(total.device))
    bias = None if values.bias is None else arrived.flatten(2).sum((0, 2))
    return found[0], found[1] if weight is not None else None, bias


def _sent_to_maxima(layer: Opened, given: torch.Tensor, arrived: torch.Tensor) -> torch.Tensor | None:
    """Return the gradient that reaches the input when each window sends all of its own to the cell that it took."""
    indices = max_indices(layer, given)
    if indices is None:
        return None
    flat = given.new_zeros((*given.shape[:2], math.prod(given.shape[2:])))
    return flat.scatter_add(2, indices.flatten(2), arrived.flatten(2).to(flat)).reshape(given.shape)


def _indices(layer: Opened) -> Check | None:
    """Return the place of the first maximum of each window beside the indices that the layer returned."""
    recorded = None if layer.call.indices is None else tensor_of(layer.call.indices)
    given = layer.values.input
    if recorded is None or given is None or recorded.numel() * layer.kernel_cells > MAX_CELLS or not recorded.numel():
        return None
    taps = _all_taps(layer)
    terms = summed(layer, taps.gather(given.flatten(2)[:, :, None]), None, taps).terms
    cells = torch.from_numpy(taps.cells).expand(terms.shape).gather(-1, terms.argmax(-1, keepdim=True))
    return compared("indices", cells.reshape(recorded.shape), recorded, "The first maximum of each window.")


def _as_transposed(layer: Opened, gradients: Gradients) -> Check | None:
    """Return the input's gradient as a transposed convolution of the output's gradient, where padding is of zeros."""
    settings, rank, weight = layer.call.settings, layer.call.signature.rank, layer.values.weight
    if layer.operation != "convolution" or layer.call.padded is not None or weight is None or gradients.input is None:
        return None
    if any(before != after for before, after in settings.padding) or gradients.output is None:
        return None
    rest = [
        reach.size
        - ((reach.output - 1) * reach.stride - 2 * reach.padding[0] + reach.dilation * (reach.kernel - 1) + 1)
        for reach in layer.reaches
    ]
    if any(one >= max(s, d) for one, s, d in zip(rest, settings.stride, settings.dilation, strict=True)):
        return None
    sent = getattr(F, f"conv_transpose{rank}d")(
        gradients.output,
        weight.conj() if weight.is_complex() else weight,
        None,
        settings.stride,
        tuple(before for before, _ in settings.padding),
        rest,
        settings.groups,
        settings.dilation,
    )
    extra = f", output_padding={rest[0] if len(set(rest)) == 1 else tuple(rest)}" if any(rest) else ""
    note = f"conv_transpose{rank}d(gradient of the output, weight{extra}) beside the gradient of the input."
    return compared("input gradient as a transposed convolution", sent, gradients.input, note)
