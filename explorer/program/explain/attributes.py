"""Attributes that something does not have: misspelt, of another module, of a layer in place of a tensor, of None."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

import torch

from explorer.program.allowlist import MODULES, TENSOR, TYPES
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_names, did_you_mean
from explorer.program.explain.none import explain_none
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.text import article, list_text, sentence

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_NO_ATTRIBUTE = re.compile(
    r"(?:'([\w.]+)' object|module '([\w.]+)'|type object '([\w.]+)'|^([\w.]+)) has no attribute '(\w+)'"
)
_OTHER_MODULES: Final = ("torch.nn", "torch.nn.functional", "torch", "torch.optim", "torch.linalg", "numpy", "math")
_SHORT: Final = {"torch.nn": "nn", "torch.nn.functional": "F", "numpy": "np"}
_TO_TENSOR: Final = {"list": "torch.tensor", "tuple": "torch.tensor", "ndarray": "torch.from_numpy"}


def explain_attribute_error(name: str, owner: str, known: Iterable[str]) -> Explanation:
    """Explain an attribute that something does not have.

    Args:
        name: The unknown attribute.
        owner: What lacks it, in words: `a tensor`, `torch`.
        known: The attributes that it has and programs may use.
    """
    return Explanation(f"{sentence(owner)} has no attribute {name}.", did_you_mean(close_names(name, known)))


def explain_attribute(fault: Fault) -> Explanation | None:
    """Explain an AttributeError."""
    found = _NO_ATTRIBUTE.search(fault.said) if isinstance(fault.error, AttributeError) else None
    if found is None:
        return None
    owner, name = next(filter(None, found.groups()[:4])), found[5]
    return next((words for explain in _EXPLAINERS if (words := explain(fault, owner, name)) is not None), None)


def _node(fault: Fault, name: str) -> ast.Attribute | None:
    """Return the attribute as it is written."""
    inside = list(ast.walk(fault.node)) if fault.node is not None else []
    return next((node for node in inside if isinstance(node, ast.Attribute) and node.attr == name), None)


def _of_none(fault: Fault, owner: str, name: str) -> Explanation | None:
    node = _node(fault, name)
    if owner != "NoneType":
        return None
    return explain_none(fault, node.value if node is not None else None) or Explanation(
        f"None has no attribute {name}: None stands for no value.",
        "A function without `return` gives None, and so do methods that work in place, like list.append.",
    )


def _renamed(fault: Fault, name: str, others: Iterable[str]) -> Iterator[Change]:
    node = _node(fault, name)
    if node is None:
        return
    end = fault.text.span(node)[1]
    for other in others:
        yield other, fault.text.replaced(((end - len(name), end), other))


def _of_another_module(fault: Fault, owner: str, name: str) -> Explanation | None:
    """Explain `torch.Linear` where `nn.Linear` is meant."""
    if owner not in MODULES:
        return None
    homes = [_SHORT.get(home, home) for home in _OTHER_MODULES if home != owner and name in MODULES.get(home, ())]
    node = _node(fault, name)
    if not homes or node is None:
        return None
    code = f"{homes[0]}.{name}"
    return Explanation(
        f"{owner} has no attribute {name}; {code} exists.",
        did_you_mean([code]),
        fault.fixes(lambda: iter([(code, fault.text.replaced((fault.text.span(node), code)))])),
    )


def _layer_for_tensor(fault: Fault, owner: str, name: str) -> Explanation | None:
    """Explain `nn.ReLU(x).sum()`: the layer itself, where its result is meant."""
    kind = getattr(torch.nn, owner, None)
    if not isinstance(kind, type) or not issubclass(kind, torch.nn.Module) or name not in TENSOR:
        return None
    return Explanation(
        f"This is a layer, {owner}, not a tensor, so it has no {name}. nn.{owner}(…) makes the layer; calling the "
        "layer gives a tensor.",
        f"Write `nn.{owner}()(x)`, or give the layer a name and call that.",
        fault.fixes(lambda: _called_layers(fault, owner)),
    )


def _called_layers(fault: Fault, owner: str) -> Iterator[Change]:
    for node in ast.walk(fault.text.tree):
        if isinstance(node, ast.Call) and fault.text.text(node.func).endswith(owner) and len(node.args) == 1:
            argument = fault.text.text(node.args[0])
            code = f"{fault.text.text(node.func)}()({argument})"
            yield code, fault.text.replaced((fault.text.span(node), code))


def _of_method(fault: Fault, owner: str, name: str) -> Explanation | None:
    """Explain `loss = loss.mean`, and then `loss.backward()`: the method, where its result is meant."""
    node = _node(fault, name)
    if owner not in {"builtin_function_or_method", "method", "function"} or node is None:
        return None
    value, text = fault.value(node.value), fault.text.text(node.value)
    method = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(value, "__name__", "")
    if not method:
        return None

    def changes() -> Iterator[Change]:
        if isinstance(node.value, ast.Attribute):
            end = fault.text.span(node.value)[1]
            yield f"{text}()", fault.text.replaced(((end, end), "()"))
        for one in ast.walk(fault.text.tree):
            written = one.value if isinstance(one, ast.Assign) and fault.text.text(one.targets[0]) == text else None
            if isinstance(written, ast.Attribute) and written.attr == method:
                end = fault.text.span(written)[1]
                yield f"{fault.text.text(written)}()", fault.text.replaced(((end, end), "()"))

    return Explanation(
        f"{text} is the method {method} itself, which was not called, so it has no {name}.",
        "Write `()` behind a method to call it.",
        fault.fixes(changes),
    )


def _of_own_object(fault: Fault, owner: str, name: str) -> Explanation | None:
    """Explain an attribute of an object of the program's, or of a layer: nearest of those that it has."""
    node = _node(fault, name)
    value = fault.value(node.value) if node is not None else UNKNOWN
    if value is UNKNOWN or isinstance(value, torch.Tensor) or owner in TYPES or owner in MODULES:
        return None
    known = _members(value)
    close = close_names(name, known)
    has = [one for one in known if not one.startswith("_")]
    said = f" It has {list_text(has[:6])}." if 0 < len(has) <= 12 and not close else ""
    return Explanation(
        f"This {owner} has no attribute {name}.{said}",
        did_you_mean(close) or f"It would get one by `self.{name} = …` in __init__.",
        fault.fixes(lambda: _renamed(fault, name, close)),
    )


def _members(value: object) -> list[str]:
    """Return what an object of the program's own class has: its attributes, layers and methods."""
    try:
        own = dict(object.__getattribute__(value, "__dict__"))
    except AttributeError:
        own = {}
    names = [name for name in own if name != "training" and not name.startswith("_")]
    for kind in ("_modules", "_parameters", "_buffers"):
        names += list(own.get(kind) or ())
    for cls in type(value).__mro__:
        if cls.__module__ in {"__main__", "program"}:
            names += [name for name in vars(cls) if not name.startswith("_")]
    public = [name for name in dir(type(value)) if not name.startswith("_")]
    return list(dict.fromkeys([*names, *(public if isinstance(value, torch.nn.Module) else ())]))


def _of_number(fault: Fault, owner: str, name: str) -> Explanation | None:
    """Explain `loss.backward()` where `loss` is what `.item()` gave."""
    node = _node(fault, name)
    if owner not in {"int", "float"} or name not in TENSOR or node is None:
        return None
    shown = fault.name(node.value, "this")

    def changes() -> Iterator[Change]:
        for call in ast.walk(fault.text.tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "item":
                start, end = fault.text.span(call.func.value)[1], fault.text.span(call)[1]
                yield "without .item()", fault.text.replaced(((start, end), ""))

    return Explanation(
        f"{name} belongs to tensors, and {shown} is a Python number ({owner}): `.item()` and plain arithmetic give "
        "numbers, which have no graph.",
        "Keep the tensor, and call `.item()` only where the number is printed or stored.",
        fault.fixes(changes),
    )


def _tensor_method(fault: Fault, owner: str, name: str) -> Explanation | None:
    """Explain `[1, 2].shape`, `array.unsqueeze(0)`: what only tensors have."""
    maker, node = _TO_TENSOR.get(owner), _node(fault, name)
    if maker is None or node is None or name not in TENSOR or name in TYPES.get(owner, ()):
        return None
    code = f"{maker}({fault.text.text(node.value)})"
    kind = {"ndarray": "a NumPy array"}.get(owner, article(owner))
    return Explanation(
        f"{name} belongs to tensors, and this is {kind}.",
        f"`{maker}(…)` makes a tensor of it.",
        fault.fixes(lambda: iter([(f"{code}.{name}", fault.text.replaced((fault.text.span(node.value), code)))])),
    )


def _known(fault: Fault, owner: str, name: str) -> Explanation:
    known = _attributes(owner)
    is_module = owner in MODULES or f"module '{owner}'" in fault.said
    explanation = explain_attribute_error(name, _owner_words(owner, is_module=is_module), known)
    close = close_names(name, known)
    other = "A tensor has a fixed size: `torch.cat` or `torch.stack` make a longer one." if name == "append" else ""
    return Explanation(
        explanation.message, explanation.hint or other, fault.fixes(lambda: _renamed(fault, name, close))
    )


def _attributes(owner: str) -> Iterable[str]:
    if owner in {"Tensor", "Parameter", "torch.Tensor"}:
        return TENSOR
    return MODULES.get(owner) or TYPES.get(owner, frozenset())


def _owner_words(owner: str, *, is_module: bool) -> str:
    if is_module:
        return owner
    kind = {"Tensor": "tensor", "Parameter": "tensor"}.get(owner, owner)
    return article(kind)


_EXPLAINERS: tuple[Callable[[Fault, str, str], Explanation | None], ...] = (
    _of_none, _layer_for_tensor, _of_number, _tensor_method, _of_method, _of_own_object, _of_another_module, _known,
)  # fmt: skip
