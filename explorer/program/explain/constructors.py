"""The call that made a layer: what it got, and the program with other arguments of it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from explorer.program.explain.layer import Layer

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change


def made_with(layer: Layer) -> Mapping[str, object]:
    """Return what the constructor that raised was called with, by its parameters; nothing once the layer was made."""
    frames = (frame for frame in layer.fault.frames[1:] if frame.get("self") is layer.module)
    return next((frame for frame in frames if set(_parameters(layer)) <= set(frame)), {})


def with_arguments(layer: Layer, wanted: Mapping[str, str]) -> Iterator[Change]:
    """Yield the program with other arguments where the layer is made; the likeliest of several places first.

    Args:
        layer: A layer that was made, or whose constructor raised.
        wanted: What each parameter shall get, as text.
    """
    for call in _calls(layer) if wanted else []:
        text, changes, added = layer.fault.text, [], ""
        for name, value in wanted.items():
            written = _written(layer, call, name)
            if written is None:
                added += f", {name}={value}"
            else:
                changes.append((text.span(written), value))
        end = text.span(call)[1] - 1
        label = ", ".join(f"{name}={value}" for name, value in wanted.items())
        yield label, text.replaced(*changes, *([((end, end), added)] if added else []))


def _calls(layer: Layer) -> list[ast.Call]:
    """Return the calls that may have made the layer: the failing one itself, if that is its constructor."""
    call, name = layer.fault.call, type(layer.module).__name__
    own = call.func if call is not None else None
    if call is not None and name == getattr(own, "attr", getattr(own, "id", "")):
        return [call]
    return layer.constructors()


def _parameters(layer: Layer) -> list[str]:
    return list(inspect.signature(type(layer.module).__init__).parameters)[1:]


def _written(layer: Layer, call: ast.Call, name: str) -> ast.expr | None:
    """Return the argument for a parameter as it is written, or None."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    if named is not None:
        return named
    names = _parameters(layer)
    place = names.index(name) if name in names else len(call.args)
    return call.args[place] if place < len(call.args) else None
