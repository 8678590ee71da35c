"""What stands at each step of a sequence: the words or characters that the program says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch

from explorer.lenses.convolution.values import tensor_of
from explorer.lenses.recurrent.calls import RecurrentCall
from explorer.lenses.recurrent.opened import Opened
from explorer.lenses.recurrent.texts import Text, texts_of
from explorer.trace import Step, TensorState, Trace
from explorer.trace.model import Detail

_PREFERRED = ("tokens", "text", "words", "chars")
_VOCABULARIES = ("vocab", "vocabulary", "alphabet", "symbols", "letters", "chars", "words")
_SYMBOLS = frozenset({"embedding", "one_hot"})
_MOST_STEPS_BACK = 80
_FEWEST_SYMBOLS = 2


def tokens_of(trace: Trace, layer: Opened) -> tuple[str, ...]:
    """Return what stands at each step of the open item, with "" for its padding; () where the program does not say.

    Words come from the numbers that an embedding or a one-hot encoding was given, and the program's vocabulary; else
    from a text of the program that has as many words or characters as the sequence has steps; else the numbers stand
    for themselves.

    Args:
        trace: The run.
        layer: What is open.
    """
    texts = {name: text for name, (line, text) in texts_of(trace.source).items() if _is_before(layer, line)}
    numbers = _numbers(trace, layer)
    known = None if numbers is None else _words(numbers, texts)
    found = known or _as_long(texts, layer) or (None if numbers is None else [str(number) for number in numbers])
    found = found or _one_hot(layer, texts)
    if not found:
        return ()
    return (*found, *("" for _ in range(layer.layer.given.shape[0] - layer.steps)))


def _is_before(layer: Opened, line: int) -> bool:
    return line <= layer.sequence.first.span.line


def _words(numbers: list[int], texts: Mapping[str, Text]) -> list[str] | None:
    """Return the words with some numbers in the program's vocabulary, which is known by its name."""
    for name in _VOCABULARIES:
        words = [one for one in texts.get(name, ()) if isinstance(one, str)]
        if len(words) > max(numbers, default=0):
            return [words[number] for number in numbers]
    return None


def _as_long(texts: Mapping[str, Text], layer: Opened) -> list[str] | None:
    """Return the words or characters of a text that has as many as the item has steps."""
    item, batch, steps = layer.choice.item, layer.sequence.first.batch, layer.steps
    for name in (*_PREFERRED, *reversed(list(texts))):
        text = texts.get(name)
        if isinstance(text, list) and len(text) == batch and (batch > 1 or steps > 1):
            own = text[item]
            found = _split(own, steps) if isinstance(own, str) else own
            if found is not None and len(found) == steps:
                return found
        if text is not None and batch == 1:
            words = [one for one in text if isinstance(one, str)]
            if len(words) == len(text) == steps:
                return words
    return None


def _split(text: str, steps: int) -> list[str] | None:
    return next((found for found in (text.split(), list(text)) if len(found) == steps), None)


def _numbers(trace: Trace, layer: Opened) -> list[int] | None:
    """Return the numbers of the symbols of the open item, where an embedding or a one-hot encoding was given them."""
    sequence, steps = layer.sequence, layer.steps
    whole = _given(trace, sequence.first, layer.layer.given.shape[0])
    if whole is None and len(sequence.calls) > 1:
        parts = [_given(trace, call, call.steps) for call in sequence.calls]
        known = [part for part in parts if part is not None]
        whole = torch.cat(known) if len(known) == len(parts) else None
    return None if whole is None else [int(number) for number in whole[:steps, layer.choice.item]]


def _given(trace: Trace, call: RecurrentCall, steps: int) -> torch.Tensor | None:
    """Return the numbers behind a call's input as (steps, B), or None."""
    for state in _symbols(trace, call):
        numbers = tensor_of(state)
        if numbers is None or numbers.dtype.is_floating_point or numbers.numel() != steps * call.batch:
            continue
        turned = call.batch > 1 and numbers.shape != (steps, call.batch)
        return numbers.reshape(call.batch, steps).t() if turned else numbers.reshape(steps, call.batch)
    return None


def _symbols(trace: Trace, call: RecurrentCall) -> Iterator[TensorState]:
    """Yield what embeddings and one-hot encodings behind a call's input were given, the nearest first."""
    made: dict[int, tuple[str, tuple[TensorState, ...]]] = {}
    for step in trace.steps[max(call.step - _MOST_STEPS_BACK, 0) : call.step + 1]:
        inner: list[Step | Detail] = [detail for detail in step.details if not detail.is_module]
        for one in (*inner, step):
            made.update({state.tensor: (one.op, one.inputs) for state in one.outputs if state.tensor not in made})
    waiting, seen = [call.input], {call.input.tensor}
    for state in waiting:
        op, inputs = made.get(state.tensor, ("", ()))
        if op in _SYMBOLS and inputs:
            yield inputs[0]
            continue
        for given in inputs:
            if given.tensor not in seen:
                seen.add(given.tensor)
                waiting.append(given)


def _one_hot(layer: Opened, texts: Mapping[str, Text]) -> list[str] | None:
    """Return the symbols of an input whose rows hold one 1 and else 0."""
    rows = layer.tensors.input[: layer.steps, layer.choice.item]
    width = rows.shape[-1]
    if width < _FEWEST_SYMBOLS or not bool(((rows == 0) | (rows == 1)).all() & (rows.sum(-1) == 1).all()):
        return None
    numbers = rows.argmax(-1).tolist()
    return _words(numbers, texts) or [str(number) for number in numbers]
