"""Inputs that do not fit a recurrent layer: dimensions, word numbers without an embedding, no time steps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from explorer.program.explain.model import Explanation
from explorer.program.explain.recurrent_lengths import with_lengths
from explorer.program.explain.recurring import Recurring
from explorer.program.explain.text import article, count_text, dtype_text, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

_MEANINGS = {"L": "L counts time steps", "N": "N items of the batch", "H_in": "H_in features of one step"}


def explain_input_kind(layer: Recurring) -> Explanation | None:
    """Explain an input that is no tensor."""
    given = layer.input
    if isinstance(given, torch.Tensor) or (isinstance(given, PackedSequence) and not layer.is_cell):
        return None
    name = layer.layer.input_name
    kind = type(given).__name__

    def changes() -> Iterator[Change]:
        if isinstance(given, tuple):
            yield from layer.layer.with_input("[0]")
        argument = layer.layer.argument
        if isinstance(given, list) and argument is not None:
            code = f"torch.tensor({layer.fault.text.text(argument)})"
            yield code, layer.fault.text.replaced((layer.fault.text.span(argument), code))

    hint = "torch.tensor(…) makes a tensor of a list of numbers."
    if isinstance(given, str):
        hint = "Give each character or word a number, and look up its row in an nn.Embedding."
    elif isinstance(given, tuple):
        hint = "A recurrent layer returns (output, state): its first item is the sequence."
    return Explanation(
        f"{layer.title} takes a tensor of numbers, {_layouts(layer)}. {sentence(name)} is {article(kind)}.",
        hint,
        layer.fault.fixes(changes),
    )


def explain_word_numbers(layer: Recurring) -> Explanation | None:
    """Explain whole numbers, such as those of words, that went into a layer without an embedding."""
    given = layer.input
    whole = isinstance(given, torch.Tensor) and not given.is_floating_point() and not given.is_complex()
    if not isinstance(given, torch.Tensor) or not whole or len(layer.shape) > 3 - layer.is_cell:
        return None
    size = layer.module.input_size
    name = layer.layer.input_name
    low, high = (int(given.min()), int(given.max())) if given.numel() else (0, 0)

    def changes() -> Iterator[Change]:
        if size == 1:
            yield from layer.layer.with_input(f".float(){_as_steps(layer)}")
        if low >= 0:
            yield from _embedded(layer, high + 1, size)
        if 0 <= low <= high < size:
            yield from _one_hot(layer, size)
        yield from layer.layer.with_input(".float()")

    return Explanation(
        f"{layer.title} takes floating-point numbers, {count_text(size, 'feature')} for each time step. "
        f"{sentence(name)} has shape {shape_text(layer.shape)} and dtype {dtype_text(given)}, from {low} to {high}: "
        "numbers of words or symbols are no features yet.",
        f"Look them up in an nn.Embedding({high + 1}, {size}), or use one_hot(…).float().",
        layer.fault.fixes(changes),
    )


def _embedded(layer: Recurring, rows: int, size: int) -> Iterator[Change]:
    """Yield the program with an embedding of its own, where the layer is called once, at the top."""
    argument, statement = layer.layer.argument, layer.fault.statement
    if argument is None or statement is None or statement.col_offset or "embedding" in layer.fault.known:
        return
    text = layer.fault.text
    start = text.span(statement)[0]
    line = f"embedding = torch.nn.Embedding({rows}, {size})\n"
    yield (
        f"embedding = nn.Embedding({rows}, {size})",
        text.replaced(((start, start), line), (text.span(argument), f"embedding({text.text(argument)})")),
    )


def _one_hot(layer: Recurring, size: int) -> Iterator[Change]:
    argument = layer.layer.argument
    if argument is not None:
        code = f"torch.nn.functional.one_hot({layer.fault.text.text(argument)}, {size}).float()"
        yield "one_hot(…).float()", layer.fault.text.replaced((layer.fault.text.span(argument), code))


def _layouts(layer: Recurring) -> str:
    if layer.is_cell:
        return "(N, H_in) or (H_in,)"
    return f"{'(N, L, H_in)' if layer.batch_first else '(L, N, H_in)'} or (L, H_in)"


def explain_dimensions(layer: Recurring) -> Explanation | None:
    """Explain an input with too few or too many dimensions."""
    allowed = (1, 2) if layer.is_cell else (2, 3)
    if not isinstance(layer.input, torch.Tensor) or len(layer.shape) in allowed:
        return None
    meanings = "; ".join(text for axis, text in _MEANINGS.items() if axis in _layouts(layer))
    loop = " A cell computes one time step: call it once for each, in a loop." if layer.is_cell else ""
    return Explanation(
        f"{layer.title} takes {_layouts(layer)}. {sentence(layer.layer.input_name)} has shape "
        f"{shape_text(layer.shape)}: {count_text(len(layer.shape), 'dimension')}.{loop}",
        f"{meanings}.",
        layer.fault.fixes(lambda: _with_dimensions(layer)),
    )


def _with_dimensions(layer: Recurring) -> Iterator[Change]:
    """Yield the program with other dimensions of the input; a series of single numbers may need another input_size."""
    yield from layer.layer.with_input(*_methods(layer))
    if not layer.is_cell and len(layer.shape) == 1 and layer.module.input_size != 1:
        yield from layer.layer.with_input_and_size(_as_steps(layer), "input_size", 1)


def _as_steps(layer: Recurring) -> str:
    """Return the call that makes single numbers the steps of one sequence."""
    return ".view(1, -1, 1)" if layer.batch_first else ".view(-1, 1, 1)"


def _methods(layer: Recurring) -> Iterator[str]:
    """Yield calls that may give the input as many dimensions as the layer takes."""
    shape = layer.shape
    if layer.is_cell:
        yield from ("[0]", ".unsqueeze(0)")
    elif len(shape) < 2:
        yield from (_as_steps(layer), ".unsqueeze(0)", ".unsqueeze(1)")
    else:
        yield from (".flatten(2)", ".flatten(0, 1)", *(f".squeeze({dim})" for dim, n in enumerate(shape) if n == 1))


def explain_features(layer: Recurring) -> Explanation | None:
    """Explain an input with other features than input_size."""
    wanted = layer.module.input_size
    if not layer.shape or not layer.fault.matches("input_size") or layer.shape[-1] == wanted:
        return None
    got = layer.shape[-1]

    def changes() -> Iterator[Change]:
        yield from layer.with_setting("input_size", str(got))
        if wanted in layer.shape[:-1]:
            yield from layer.layer.with_input(f".movedim({layer.shape.index(wanted)}, -1)")

    return Explanation(
        f"{layer.title} expects {count_text(wanted, 'feature')} for each time step: the last size of its input. "
        f"{sentence(layer.layer.input_name)} has shape {shape_text(layer.shape)}, so it gets {got}.",
        f"input_size must be the last size of the input; here {got}.",
        layer.fault.fixes(changes),
        ((0, len(layer.shape) - 1),),
    )


def explain_no_steps(layer: Recurring) -> Explanation | None:
    """Explain a sequence without time steps."""
    if layer.is_cell or not layer.fault.matches("sequence length to be larger than 0"):
        return None
    dim = 1 if layer.batch_first and layer.batched else 0
    return Explanation(
        f"{sentence(layer.layer.input_name)} has shape {shape_text(layer.shape)}: dimension {dim} counts time steps, "
        f"and there is none. {layer.title} would have nothing to read, and output no last step.",
        "A sequence needs at least one time step.",
        (),
        ((0, dim),),
    )


def explain_packed_lengths(layer: Recurring) -> Explanation | None:
    """Explain a packed batch that was made with lengths longer than its sequences."""
    packed = layer.input
    if not isinstance(packed, PackedSequence) or int(packed.batch_sizes.sum()) == packed.data.shape[0]:
        return None
    return Explanation(
        f"{sentence(layer.layer.input_name)} was packed with lengths longer than its sequences: they add up to "
        f"{int(packed.batch_sizes.sum())} time steps, and it holds {packed.data.shape[0]}.",
        "No length may be larger than the padded sequence; `lengths.clamp(max=…)` cuts them.",
        layer.fault.fixes(lambda: _clamped(layer)),
    )


def _clamped(layer: Recurring) -> Iterator[Change]:
    """Yield the program whose lengths are at most that of the padded sequence."""
    fault = layer.fault
    for call in ast.walk(fault.text.tree):
        named = isinstance(call, ast.Call) and fault.text.text(call.func).endswith("pack_padded_sequence")
        if isinstance(call, ast.Call) and named and len(call.args) > 1:
            padded, lengths = fault.value(call.args[0]), call.args[1]
            first = any(key.arg == "batch_first" and fault.value(key.value) is True for key in call.keywords)
            if isinstance(padded, torch.Tensor) and padded.dim() > 1:
                most = padded.shape[1 if first else 0]
                yield from with_lengths(fault, lengths, partial(min, most), f".clamp(max={most})")


def explain_flags(layer: Recurring) -> Explanation | None:
    """Explain switches of a layer that are neither True nor False: torch looks at them only when it is called."""
    module = layer.module
    for name in ("bias", "batch_first", "bidirectional") if isinstance(module, nn.RNNBase) else ():
        value = getattr(module, name)
        if not isinstance(value, bool):
            return Explanation(
                f"{layer.title} was made with {name}={value!r}. It must be True or False.",
                "",
                layer.fault.fixes(partial(layer.with_setting, name, str(bool(value)))),
            )
    return None


INPUTS = (
    explain_input_kind, explain_flags, explain_word_numbers, explain_dimensions, explain_features, explain_no_steps,
    explain_packed_lengths,
)  # fmt: skip
"""What explains inputs."""
