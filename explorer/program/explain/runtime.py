"""Python's own complaints: assertions, divisions by zero, endless recursion, operands and calls of wrong kinds."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.text import article, list_text, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_LONGEST = 60
_MOST_LISTED = 12
_LONGEST_MESSAGE = 500


def explain_raised(fault: Fault) -> Explanation | None:
    """Give the words of an exception that the program raises itself."""
    if not isinstance(fault.statement, ast.Raise) or len(fault.frames) > 1 or fault.failed is not None:
        return None
    said = " ".join(fault.said.split())[:_LONGEST_MESSAGE]
    return Explanation(said or f"The program raised {type(fault.error).__name__}.")


def explain_assertion(fault: Fault) -> Explanation | None:
    """Explain an assert that does not hold, with what both sides are."""
    statement = fault.statement
    if not isinstance(fault.error, AssertionError) or not isinstance(statement, ast.Assert):
        return None
    said = f" {' '.join(fault.said.split())[:_LONGEST_MESSAGE]}" if fault.said else ""
    sides = []
    for node in _compared(statement.test):
        value = _seen(fault, node)
        text = fault.text.text(node)
        if value and value != text:
            sides.append(f"{text} is {value}")
    seen = f" Here {list_text(sides)}." if sides else ""
    ending = "" if not said or said.endswith((".", "!", "?")) else "."
    return Explanation(f"The assertion `{fault.text.text(statement.test)}` does not hold.{seen}{said}{ending}")


def _compared(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.Compare):
        return [test.left, *test.comparators]
    if isinstance(test, ast.Call):
        return list(test.args)
    if isinstance(test, ast.UnaryOp):
        return _compared(test.operand)
    return [test]


def _seen(fault: Fault, node: ast.expr) -> str:
    """Return a value as one reads it, or "" when the text does not tell."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and node.args:
        held = fault.value(node.args[0])
        return str(len(held)) if isinstance(held, list | tuple | dict | str | torch.Tensor) else ""
    value = fault.value(node)
    if value is UNKNOWN:
        return ""
    if isinstance(value, torch.Tensor):
        small = value.numel() == 1 and not value.is_meta
        return f"{value.item():.6g}" if small else f"a tensor of shape {shape_text(value.shape)}"
    if isinstance(value, torch.Size):
        return shape_text(value)
    plain = isinstance(value, int | float | str | bool | tuple | list | None | torch.dtype | torch.device)
    text = repr(value) if plain else ""
    return text if len(text) <= _LONGEST else ""


def explain_division(fault: Fault) -> Explanation | None:
    """Explain a division by zero, of Python numbers or of whole tensors."""
    if not isinstance(fault.error, ZeroDivisionError) and not fault.matches("^ZeroDivisionError$"):
        return None
    node = fault.node
    divisor = node.right if isinstance(node, ast.BinOp) else node.value if isinstance(node, ast.AugAssign) else None
    name = f": {fault.text.text(divisor)} is 0" if isinstance(divisor, ast.Name | ast.Attribute) else ""
    if fault.failed is not None:
        return Explanation(
            f"Whole numbers are divided by zero{name}. Floating-point tensors give inf or nan; whole numbers have no "
            "such values.",
            "Convert with `.float()`, or keep zeros out of the divisor.",
            fault.fixes(lambda: fault.with_methods(node.left, ".float()") if isinstance(node, ast.BinOp) else iter(())),
        )
    return Explanation(f"A Python number is divided by zero{name}.", "Tensors give inf or nan; plain numbers cannot.")


def explain_not_listed(fault: Fault) -> Explanation | None:
    """Explain `names.index(name)` of a list that does not hold it, with what it holds."""
    call = fault.call
    found = fault.matches("^(.*) is not in list$")
    if not found or call is None or not isinstance(call.func, ast.Attribute) or call.func.attr != "index":
        return None
    listed = fault.value(call.func.value)
    if not isinstance(listed, list) or not all(isinstance(item, str | int | float) for item in listed):
        return None
    name = fault.text.text(call.func.value)
    more = [f"{len(listed) - _MOST_LISTED:,} more"] if len(listed) > _MOST_LISTED else []
    held = list_text([*(repr(item)[:_LONGEST] for item in listed[:_MOST_LISTED]), *more])
    return Explanation(
        f"{found[1][:_LONGEST]} is not in {name}, which holds {held if listed else 'nothing'}.",
        f"Use only what {name} holds, or add it there; sizes that count {name} then change, too.",
    )


def explain_recursion(fault: Fault) -> Explanation | None:
    """Explain a function that calls itself without an end."""
    if not isinstance(fault.error, RecursionError):
        return None
    function = fault.text.around(fault.node, ast.FunctionDef) if fault.node is not None else None
    name = function.name if isinstance(function, ast.FunctionDef) else ""
    if name == "forward" and fault.call is not None and "self" in fault.text.text(fault.call.func).split(".")[:1]:
        hint = "In forward, call the layers (`self.fc(x)`), not the module itself."
    else:
        hint = "Check the case that shall end it."
    return Explanation(f"{name or 'A function'} calls itself without an end.", hint)


def explain_not_callable(fault: Fault) -> Explanation | None:
    """Explain round brackets behind something that is no function."""
    found = fault.matches(r"'([\w.]+)' object is not callable")
    if not isinstance(fault.error, TypeError) or found is None or fault.call is None:
        return None
    call, kind = fault.call, found[1].rpartition(".")[2]
    name = fault.text.text(call.func)

    def changes() -> Iterator[Change]:
        inside = ", ".join(fault.text.text(argument) for argument in call.args)
        if inside and kind in {"Tensor", "list", "dict", "tuple", "ndarray", "Size"}:
            code = f"{name}[{inside}]"
            yield code, fault.text.replaced((fault.text.span(call), code))
        elif not call.args and not call.keywords:
            yield name, fault.text.replaced((fault.text.span(call), name))

    shown = name if len(name) <= _LONGEST else "This"
    hides = isinstance(call.func, ast.Name) and hasattr(builtins, call.func.id)
    hint = f"The name {name} hides Python's own function of that name." if hides else ""
    return Explanation(
        f"{shown} is {article(kind)}, and round brackets call functions; it cannot be called.",
        hint or "Square brackets take an item; an attribute such as `x.shape` has no brackets.",
        fault.fixes(changes),
    )


def explain_operands(fault: Fault) -> Explanation | None:
    """Explain an operator between things that it does not combine."""
    if not isinstance(fault.error, TypeError):
        return None
    found = fault.matches(r"unsupported operand type\(s\) for (\S+): '([\w.]+)' and '([\w.]+)'")
    kinds = [one.rpartition(".")[2] for one in (found[2], found[3])] if found else []
    joined = fault.matches(r"can only concatenate (\w+) \(not \"([\w.]+)\"\) to")
    if joined is not None:
        kinds = [joined[1], joined[2].rpartition(".")[2]]
    if not kinds:
        return None
    sign = found[1] if found else "+"
    return Explanation(
        f"{sign} does not combine {article(kinds[0])} with {article(kinds[1])}.{_why(kinds)}",
        _conversion(kinds),
        fault.fixes(lambda: _converted(fault, kinds)),
    )


def _why(kinds: list[str]) -> str:
    if "max" in kinds or "min" in kinds or (kinds[0] == "tuple" and "Tensor" not in kinds):
        return " Operations such as max(dim=…) and an LSTM return several values at once, as a tuple."
    return ""


def _conversion(kinds: list[str]) -> str:
    if "str" in kinds:
        return '`f"{x}"` writes a value into a string; `int(…)` and `float(…)` make a number of one.'
    if "list" in kinds and "Tensor" in kinds:
        return "`torch.tensor(…)` makes a tensor of a list."
    if "tuple" in kinds:
        return "Take one of the tuple's items: `values, indices = x.max(dim=1)`, or `[0]`."
    return "Convert one of them."


def _converted(fault: Fault, kinds: list[str]) -> Iterator[Change]:
    node = fault.node
    if not isinstance(node, ast.BinOp):
        return
    for side, kind, other in zip((node.left, node.right), kinds, reversed(kinds), strict=True):
        text, span = fault.text.text(side), fault.text.span(side)
        if kind == "list" and other == "Tensor":
            yield f"torch.tensor({text})", fault.text.replaced((span, f"torch.tensor({text})"))
        if kind == "tuple" and other != "tuple":
            yield from fault.with_methods(side, "[0]")
        if other == "str" and kind != "str":
            yield f"str({text})", fault.text.replaced((span, f"str({text})"))


RUNTIME: tuple[Callable[[Fault], Explanation | None], ...] = (
    explain_assertion, explain_division, explain_not_listed, explain_recursion, explain_not_callable, explain_operands,
)  # fmt: skip
