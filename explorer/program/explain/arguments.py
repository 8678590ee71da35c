"""Arguments that a function or a layer does not take: missing, too many, unknown names; classes called for objects."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

from explorer.program.explain.foreign import with_activation, without_equal
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_arguments, did_you_mean
from explorer.program.explain.recurrent_signature import constructor_signature
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.sliding import function_takes
from explorer.program.explain.text import count_text, list_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_MISSING = re.compile(r"(?:([\w.<>]+)\(\) )missing \d+ required (?:positional|keyword-only) arguments?:? (.*)")
_TOO_MANY = re.compile(
    r"([\w.<>]+)\(\) takes (?:from )?(\d+)(?: to (\d+))? positional arguments? but (\d+) (?:was|were) given"
)
_UNKNOWN = re.compile(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")
_TWICE = re.compile(r"([\w.<>]+)\(\) got multiple values for argument '(\w+)'")
_LONGEST_SIGNATURE = 110


def explain_arguments(fault: Fault) -> Explanation | None:
    """Explain a TypeError about the number or the names of arguments, and a class called for an object."""
    if fault.call is None:
        return None
    if not isinstance(fault.error, TypeError):
        return _class_for_object(fault, fault.call) if fault.matches("Boolean value of Tensor") else None
    return next((words for explain in _EXPLAINERS if (words := explain(fault, fault.call)) is not None), None)


def _callee(fault: Fault, call: ast.Call) -> object:
    """Return what was called: a function, a class or a layer; UNKNOWN where the text does not tell."""
    value = fault.value(call.func)
    if value is UNKNOWN and isinstance(call.func, ast.Attribute):
        # a method: looked up in the class, so that nothing of the program's is run
        owner = fault.value(call.func.value)
        value = next((vars(cls)[call.func.attr] for cls in type(owner).__mro__ if call.func.attr in vars(cls)), UNKNOWN)
    return value


def _signature(callee: object) -> tuple[str, list[str]]:
    """Return what a callable takes, in words and as names; ("", []) when Python does not know."""
    module = isinstance(callee, torch.nn.Module)
    target: Any = type(callee).forward if isinstance(callee, torch.nn.Module) else callee
    try:
        found = constructor_signature(callee) if isinstance(callee, type) else inspect.signature(target)
    except (TypeError, ValueError):
        return "", []
    parameters = list(found.parameters.values())
    parameters = parameters[1:] if module or (parameters and parameters[0].name == "self") else parameters
    shown = [_parameter(one) for one in parameters]
    names = [one.name for one in parameters if one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}]
    text = ", ".join(shown)
    return (text if len(text) <= _LONGEST_SIGNATURE else f"{text[: _LONGEST_SIGNATURE - 1]}…"), names


def _parameter(parameter: inspect.Parameter) -> str:
    star = (
        "*" if parameter.kind is parameter.VAR_POSITIONAL else "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    )
    if parameter.default is parameter.empty:
        return f"{star}{parameter.name}"
    default = parameter.default
    plain = isinstance(default, int | float | str | bool | tuple | None)
    return f"{parameter.name}={default!r}" if plain else f"{parameter.name}=…"


def _takes(fault: Fault, call: ast.Call) -> str:
    """Return the sentence that says what the callee takes."""
    callee = _callee(fault, call)
    text, names = _signature(callee)
    name = fault.name(call.func, "it")
    takes = [] if names else _known_to_torch(fault, call)
    text = ", ".join(takes) or text
    within = ".forward" if isinstance(callee, torch.nn.Module) else ""
    return f" It takes {name}{within}({text})." if text else ""


def _known_to_torch(fault: Fault, call: ast.Call) -> list[str]:
    """Return what F.max_pool2d and its like take, which Python does not know; [] for anything else."""
    takes = function_takes(fault.text.text(call.func).rpartition(".")[2])
    return ["input", *takes] if takes else []


def _class_for_object(fault: Fault, call: ast.Call) -> Explanation | None:
    """Explain `Net(x)`, or `Net.forward(x)`: the class, where an object of it is meant."""
    function = call.func
    owner = fault.value(function.value) if isinstance(function, ast.Attribute) else UNKNOWN
    cls = owner if inspect.isclass(owner) else fault.value(function)
    if not inspect.isclass(cls) or not issubclass(cls, torch.nn.Module):
        return None
    # what another call gives may well be a tensor
    tensors = [node for node in call.args if isinstance(node, ast.Call) or isinstance(fault.value(node), torch.Tensor)]
    made_of = function.value if cls is owner and isinstance(function, ast.Attribute) else function
    if not tensors or len(tensors) != len(call.args):
        return None
    name = fault.text.text(made_of)

    def changes() -> Iterator[Change]:
        code = f"{name}()({', '.join(fault.text.text(node) for node in call.args)})"
        yield code, fault.text.replaced((fault.text.span(call), code))

    return Explanation(
        f"{name} is a class: calling it makes a layer and hands it the arguments of __init__, and a tensor is none of "
        "them. Only an object of the class can be called with a tensor.",
        f"Make the layer first: `net = {name}()`, then `net(x)`.",
        fault.fixes(changes),
    )


def _missing(fault: Fault, call: ast.Call) -> Explanation | None:
    found = _MISSING.search(fault.said)
    if found is None:
        return None
    names = re.findall(r"['\"](\w+)['\"]", found[2])
    noun = "argument" if len(names) == 1 else "arguments"
    return Explanation(
        f"{fault.name(call.func, found[1])} is missing the {noun} {list_text(names)}.{_takes(fault, call)}",
        f"Add {list_text([f'`{name}=…`' for name in names])}.",
    )


def _too_many(fault: Fault, call: ast.Call) -> Explanation | None:
    found = _TOO_MANY.search(fault.said)
    if found is None:
        return None
    callee = _callee(fault, call)
    bound = isinstance(callee, torch.nn.Module) or inspect.isclass(callee) or "." in found[1]
    most, given = int(found[3] or found[2]) - bound, int(found[4]) - bound
    definition = _definition_without_self(fault, call)
    if definition is not None:
        return Explanation(
            f"{definition.name} (line {definition.lineno}) is a method: Python hands it the object itself as its first "
            "argument, and it has no place for that.",
            f"Begin its arguments with self: `def {definition.name}(self, …)`.",
            fault.fixes(lambda: _with_self(fault, definition)),
        )
    return Explanation(
        f"{fault.name(call.func, found[1])} takes {count_text(most, 'argument')} without a name, and got {given}."
        f"{_takes(fault, call)}",
        "Check the brackets, and give further arguments by their names.",
    )


def _definition_without_self(fault: Fault, call: ast.Call) -> ast.FunctionDef | None:
    wanted = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    wanted = "forward" if isinstance(_callee(fault, call), torch.nn.Module) else wanted
    wanted = "__init__" if inspect.isclass(_callee(fault, call)) else wanted
    for node in ast.walk(fault.text.tree):
        if isinstance(node, ast.FunctionDef) and node.name == wanted:
            first = node.args.args[0].arg if node.args.args else ""
            in_class = isinstance(fault.text.parents.get(node), ast.ClassDef)
            if in_class and first != "self" and not node.decorator_list:
                return node
    return None


def _with_self(fault: Fault, definition: ast.FunctionDef) -> Iterator[Change]:
    start = fault.text.span(definition)[0]
    opening = fault.source.index("(", start) + 1
    yield "self, …", fault.text.replaced(((opening, opening), "self, " if definition.args.args else "self"))


def _unexpected(fault: Fault, call: ast.Call) -> Explanation | None:
    found = _UNKNOWN.search(fault.said)
    if found is None:
        return None
    name = found[2]
    _, known = _signature(_callee(fault, call))
    known = known or _known_to_torch(fault, call)
    close = close_arguments(name, known)

    def changes() -> Iterator[Change]:
        yield from _renamed(fault, call, known)
        for key in call.keywords:
            if key.arg == name:
                start = fault.text.span(key)[0]
                for one in close:
                    yield f"{one}=", fault.text.replaced(((start, start + len(name)), one))
                yield from with_activation(fault, call, key)
                if len(call.keywords) + len(call.args) == 1 or not close:
                    yield from _without(fault, call, key)

    return Explanation(
        f"{fault.name(call.func, found[1])} has no argument called {name}.{_takes(fault, call)}",
        did_you_mean(close) or without_equal(name),
        fault.fixes(changes),
    )


def _renamed(fault: Fault, call: ast.Call, known: list[str]) -> Iterator[Change]:
    """Yield the call with all of its unknown names changed at once, where there are several."""
    unknown = {key: close_arguments(key.arg, known) for key in call.keywords if key.arg and key.arg not in known}
    if len(unknown) > 1 and known and all(unknown.values()):
        starts = {key: fault.text.span(key)[0] for key in unknown}
        spans = (((starts[key], starts[key] + len(str(key.arg))), close[0]) for key, close in unknown.items())
        yield ", ".join(f"{close[0]}=" for close in unknown.values()), fault.text.replaced(*spans)


def _without(fault: Fault, call: ast.Call, key: ast.keyword) -> Iterator[Change]:
    start, end = fault.text.span(key)
    before = fault.source[fault.text.span(call.func)[1] : start]
    start -= len(before) - len(before.rstrip().removesuffix(",").rstrip())
    yield f"without {key.arg}", fault.text.replaced(((start, end), ""))


def _twice(fault: Fault, call: ast.Call) -> Explanation | None:
    found = _TWICE.search(fault.said)
    if found is None:
        return None
    return Explanation(
        f"{fault.name(call.func, found[1])} gets {found[2]} twice: by its place and by its name.{_takes(fault, call)}",
        "Give it once.",
    )


_EXPLAINERS: tuple[Callable[[Fault, ast.Call], Explanation | None], ...] = (
    _class_for_object, _missing, _too_many, _unexpected, _twice,
)  # fmt: skip
