"""Classes of layers that are not complete, and layers put together wrongly."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.assigned_parameters import explain_assigned_parameter
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import list_text, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_NO_INIT = (
    r"before Module\.__init__\(\) call"
    r"|has no attribute '(_modules|_parameters|_buffers|_forward_hooks|_backward_hooks|_backward_pre_hooks|training"
    r"|_forward_pre_hooks|_non_persistent_buffers_set)'"
)


def explain_module(fault: Fault) -> Explanation | None:
    """Explain what is missing in a class of layers, or wrong where layers are put together."""
    for pattern, explain in _TABLE:
        found = fault.matches(pattern)
        if found is not None and (words := explain(fault, found)) is not None:
            return words
    return None


def _classes(fault: Fault) -> Iterator[ast.ClassDef]:
    for node in ast.walk(fault.text.tree):
        if isinstance(node, ast.ClassDef):
            yield node


def _method(cls: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _no_super(fault: Fault, found: re.Match[str]) -> Explanation | None:
    del found
    lacking = []
    for cls in _classes(fault):
        method = _method(cls, "__init__")
        if method is not None and cls.bases and "__init__" not in "".join(map(fault.text.text, method.body)):
            lacking.append((cls, method))
    if not lacking:
        return None
    cls, method = next(
        (pair for pair in lacking if pair[0].lineno <= fault.position.line <= (pair[0].end_lineno or 0)), lacking[0]
    )
    base = fault.text.text(cls.bases[0])

    def changes() -> Iterator[Change]:
        documented = ast.get_docstring(method) is not None and len(method.body) > 1
        first = method.body[1 if documented else 0]
        yield "super().__init__()", fault.text.with_line_before(first, "super().__init__()")

    return Explanation(
        f"{cls.name}.__init__ (line {method.lineno}) does not call super().__init__(). That call makes {base}'s "
        "lists of layers and parameters, which must exist before the first layer is assigned.",
        "Begin __init__ with `super().__init__()`.",
        fault.fixes(changes),
    )


def _no_forward(fault: Fault, found: re.Match[str]) -> Explanation | None:
    name = found[1]
    if name in {"ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}:
        return Explanation(
            f"A {name} only holds layers: it does not say in which order they are applied, so it cannot be called.",
            "Call its layers in a loop: `for layer in layers: x = layer(x)`; nn.Sequential applies them in order.",
            fault.fixes(lambda: _sequential(fault, name)),
        )
    cls = next((one for one in _classes(fault) if one.name == name), None)
    if cls is None:
        return None
    methods = {node.name: node for node in cls.body if isinstance(node, ast.FunctionDef)}
    close = difflib.get_close_matches("forward", [one for one in methods if one != "__init__"], n=1, cutoff=0.6)
    nested = next((n for n in ast.walk(cls) if isinstance(n, ast.FunctionDef) and n.name == "forward"), None)
    if nested is not None:
        why = f" forward (line {nested.lineno}) is indented too far: it stands inside of another function."
    elif close:
        why = f" There is a method {close[0]} (line {methods[close[0]].lineno})."
    else:
        why = ""

    def changes() -> Iterator[Change]:
        for wrong in close:
            start = fault.text.span(methods[wrong])[0] + len("def ")
            yield "def forward", fault.text.replaced(((start, start + len(wrong)), "forward"))
        call = methods.get("__call__")
        if call is not None:
            start = fault.text.span(call)[0] + len("def ")
            yield "def forward", fault.text.replaced(((start, start + len("__call__")), "forward"))

    return Explanation(
        f"{name} has no method forward, and calling a module runs its forward.{why}",
        "Write `def forward(self, x):` in the class; it returns the result.",
        fault.fixes(changes),
    )


def _sequential(fault: Fault, name: str) -> Iterator[Change]:
    for node in ast.walk(fault.text.tree):
        if isinstance(node, ast.Call) and fault.text.text(node.func).endswith(name) and node.args:
            items = node.args[0]
            if isinstance(items, ast.List) and name == "ModuleList":
                inside = fault.text.text(items)[1:-1]
                code = f"{fault.text.text(node.func).removesuffix(name)}Sequential({inside})"
                yield "nn.Sequential(…)", fault.text.replaced((fault.text.span(node), code))


def _not_a_module(fault: Fault, found: re.Match[str]) -> Explanation | None:
    what = found[1].rpartition(".")[2]
    call = fault.call
    listed = call is not None and any(isinstance(node, ast.List) for node in call.args)

    def changes() -> Iterator[Change]:
        if call is None:
            return
        for node in call.args:
            text = fault.text.text(node)
            if isinstance(node, ast.List) and len(call.args) == 1:
                yield (
                    "without the list",
                    fault.text.replaced((fault.text.span(node), text[1:-1].strip().removesuffix(","))),
                )
                yield f"*{text[:40]}", fault.text.replaced((fault.text.span(node), f"*{text}"))
            layer = _LAYER_OF.get(what)
            if layer is not None and text.rpartition(".")[2] == what:
                yield f"nn.{layer}()", fault.text.replaced((fault.text.span(node), f"nn.{layer}()"))

    said = "a list" if listed else f"{what}"
    return Explanation(
        f"nn.Sequential takes layers, one by one; {said} is not a layer."
        if call is not None and "Sequential" in fault.text.text(call.func)
        else f"{said} is not a layer, and only layers can stand here.",
        "Take the list's brackets away." if listed else "Functions of F have layers of their own: F.relu is nn.ReLU().",
        fault.fixes(changes),
    )


_LAYER_OF = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "gelu": "GELU", "softmax": "Softmax", "elu": "ELU"}


def _state_dict(fault: Fault, found: re.Match[str]) -> Explanation:
    said = fault.said
    parts = []
    missing = re.search(r"Missing key\(s\) in state_dict: (.*?)\. ?$", said, re.MULTILINE)
    unexpected = re.search(r"Unexpected key\(s\) in state_dict: (.*?)\. ?$", said, re.MULTILINE)
    if missing:
        parts.append(f"It lacks {_keys(missing[1])}.")
    if unexpected:
        parts.append(f"{found[1]} has nothing called {_keys(unexpected[1])}.")
    for name, given, own in re.findall(r"size mismatch for ([\w.]+): .*?Size\(\[(.*?)\]\).*?Size\(\[(.*?)\]\)", said):
        parts.append(f"{name} has shape {_sizes(given)} there and {_sizes(own)} in the model.")

    def changes() -> Iterator[Change]:
        if fault.call is not None and (missing or unexpected):
            yield "strict=False", fault.text.with_argument(fault.call, "strict=False")

    return Explanation(
        f"The state does not fit {found[1]}. {' '.join(parts)}",
        "Make the model as it was when the state was saved; strict=False loads only the keys that both have."
        if missing or unexpected
        else "Make the model with the sizes that it had when the state was saved.",
        fault.fixes(changes),
    )


def _keys(text: str) -> str:
    keys = re.findall(r'"([^"]+)"', text)
    return list_text(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")


def _sizes(text: str) -> str:
    return shape_text(int(number) for number in re.findall(r"\d+", text))


def _no_parameters(fault: Fault, found: re.Match[str]) -> Explanation:
    del found
    return Explanation(
        "The optimizer got no parameters, so it would have nothing to change. Layers that are kept in a plain list or "
        "dict, or made outside of __init__, are not found by parameters(); an iterator that was used up is empty too.",
        "Assign each layer to an attribute (`self.fc = nn.Linear(…)`), or use nn.ModuleList in place of a list.",
        fault.fixes(lambda: _module_list(fault)),
    )


def _module_list(fault: Fault) -> Iterator[Change]:
    for cls in _classes(fault):
        for node in ast.walk(cls):
            held = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)
            if held and isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.ListComp):
                code = f"nn.ModuleList({fault.text.text(node.value)})"
                yield "nn.ModuleList(…)", fault.text.replaced((fault.text.span(node.value), code))


def _not_parameters(fault: Fault, found: re.Match[str]) -> Explanation | None:
    kind = re.search(r"but got ([\w.]+)|'(\w+)' object is not", found.string)
    made = fault.value(fault.call.func) if fault.call is not None else None
    if not isinstance(made, type) or not issubclass(made, torch.optim.Optimizer):
        return None
    given = fault.argument(0, "params")
    name = fault.name(given, "this")

    def changes() -> Iterator[Change]:
        if isinstance(fault.value(given), torch.nn.Module):
            yield from fault.with_methods(given, ".parameters()")
        if isinstance(fault.value(given), torch.Tensor) and given is not None:
            code = f"[{fault.text.text(given)}]"
            yield code, fault.text.replaced((fault.text.span(given), code))

    what = next(filter(None, kind.groups()), "") if kind else ""
    return Explanation(
        f"An optimizer takes the parameters to change, as a list or from model.parameters(); {name} is a "
        f"{what.rpartition('.')[2] or 'single object'}.",
        "Hand over `model.parameters()`, or a list of tensors.",
        fault.fixes(changes),
    )


def _non_leaf(fault: Fault, found: re.Match[str]) -> Explanation:
    del fault, found
    return Explanation(
        "One of the tensors handed to the optimizer was computed from others, it is no leaf, so a step would change a "
        "result and not what it was computed from.",
        "Hand over the leaves, or make a leaf of it: `.detach().requires_grad_()`.",
    )


_TABLE: tuple[tuple[str, Callable[[Fault, re.Match[str]], Explanation | None]], ...] = (
    (_NO_INIT, _no_super),
    (r"cannot assign '.*?' as parameter '(\w+)'", explain_assigned_parameter),
    (r"Module \[(\w+)\] is missing the required \"forward\" function", _no_forward),
    (r"([\w.]+) is not a Module subclass", _not_a_module),
    (r"Error\(s\) in loading state_dict for (\w+)", _state_dict),
    (r"optimizer got an empty parameter list", _no_parameters),
    (r"params argument given to the optimizer should be|'\w+' object is not iterable", _not_parameters),
    (r"can't optimize a non-leaf Tensor", _non_leaf),
)
