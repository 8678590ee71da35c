"""The call that made a layer: what it got, and the program with other arguments of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from explorer.program.explain.layer import Layer
from explorer.program.explain.places import told_apart
from explorer.program.explain.recurrent_signature import constructor_signature

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change
    from explorer.program.explain.source import SourceText


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
    calls = _calls(layer) if wanted else []
    for call, which in zip(calls, told_apart(layer.fault.text, calls), strict=True):
        written = {name: _written(layer, call, name) for name in wanted}
        label, source = written_anew(layer.fault.text, call, wanted, written)
        yield f"{label}{which}", source


def written_anew(
    text: SourceText, call: ast.Call, wanted: Mapping[str, str], written: Mapping[str, ast.expr | None]
) -> Change:
    """Return the program with other arguments of a call, and what a button says of them.

    Args:
        text: The program.
        call: The call.
        wanted: What each parameter shall get, as text.
        written: The argument for it as it stands there; None where it is left out.
    """
    changes = [(text.span(node), wanted[name]) for name, node in written.items() if node is not None]
    added = "".join(f", {name}={wanted[name]}" for name, node in written.items() if node is None)
    added = added if call.args or call.keywords else added.removeprefix(", ")
    end = text.span(call)[1] - 1
    label = ", ".join(f"{name}={value}" for name, value in wanted.items())
    return label, text.replaced(*changes, *([((end, end), added)] if added else []))


def _calls(layer: Layer) -> list[ast.Call]:
    """Return the calls that may have made the layer: the failing one itself, if that is its constructor."""
    call, name = layer.fault.call, type(layer.module).__name__
    own = call.func if call is not None else None
    if call is not None and name == getattr(own, "attr", getattr(own, "id", "")):
        return [call]
    return layer.constructors()


def _parameters(layer: Layer) -> list[str]:
    return list(constructor_signature(type(layer.module)).parameters)


def _written(layer: Layer, call: ast.Call, name: str) -> ast.expr | None:
    """Return the argument for a parameter as it is written, or None."""
    named = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    if named is not None:
        return named
    names = _parameters(layer)
    place = names.index(name) if name in names else len(call.args)
    return call.args[place] if place < len(call.args) else None
