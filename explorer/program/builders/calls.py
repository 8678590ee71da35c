"""The arguments of a call: from the syntax tree to the texts of fields, and back to the text of a call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from explorer.program.builders.field_texts import field_text
from explorer.program.builders.parameters import Parameter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Fields = dict[str, str]
# How a link is written: `x.view(…)`, `torch.reshape(x, …)`, `torch.stack([x, …])`, `x[…]`, `x.T`, `x + …`,
# `x[…] = …` or `x += …`, `torch.from_numpy(x.numpy().transpose(…))`.
Style = Literal["method", "function", "join", "index", "attribute", "operator", "write", "numpy"]
# Names of the leading positional arguments, by overload: arange(end), arange(start, end).
Orders = tuple[tuple[str, ...], ...]


_MODULES = {
    "torch": ("torch",),
    "torch.autograd": ("torch.autograd", "autograd"),
    "F": ("F", "nn.functional", "torch.nn.functional"),
}


def torch_function(node: ast.AST, module: str = "torch") -> str:
    """Return `reshape` for a call of `torch.reshape`, else ""; `F` is `torch.nn.functional` by any name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        parts, value = [], node.func.value
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        if isinstance(value, ast.Name) and ".".join([value.id, *parts[::-1]]) in _MODULES.get(module, ()):
            return node.func.attr
    return ""


def read_arguments(
    parameters: tuple[Parameter, ...],
    arguments: list[ast.expr],
    keywords: list[ast.keyword],
    orders: Orders = (),
    *,
    spread: bool = False,
) -> Fields | None:
    """Return the texts of all fields, or None for arguments that the parameters do not describe."""
    if any(isinstance(argument, ast.Starred) for argument in arguments):
        return None
    if spread and len(arguments) > 1:
        # view(4, 6) is view((4, 6))
        arguments = [ast.Tuple(arguments, ast.Load())]
    for order in orders or (tuple(parameter.name for parameter in parameters),):
        bound = _bind(parameters, order, arguments, keywords)
        fields = None if bound is None else _texts(parameters, bound, spread=spread)
        if fields is not None:
            return fields
    return None


def _bind(
    parameters: tuple[Parameter, ...],
    order: tuple[str, ...],
    arguments: list[ast.expr],
    keywords: list[ast.keyword],
) -> dict[str, ast.expr] | None:
    """Say which parameter each argument is for; None when one has none, or two."""
    names = {word: item.name for item in parameters for word in (item.name, *item.aliases)}
    if len(arguments) > len(order):
        return None
    bound = dict(zip(order, arguments, strict=False))
    for keyword in keywords:
        name = names.get(keyword.arg or "")
        if name is None or name in bound:
            return None
        bound[name] = keyword.value
    # what is written by its keyword may be missing in torch
    needed = (parameter.name for parameter in parameters if parameter.required and not parameter.keyword)
    return None if any(name not in bound for name in needed) else bound


def _texts(parameters: tuple[Parameter, ...], bound: dict[str, ast.expr], *, spread: bool) -> Fields | None:
    fields = {}
    for parameter in parameters:
        value = bound.get(parameter.name)
        text = parameter.default if value is None else field_text(parameter, value)
        if text is None or (value is not None and _is_whole_list(parameter, value, spread=spread)):
            return None
        fields[parameter.name] = text
    return fields


def _is_whole_list(parameter: Parameter, value: ast.expr, *, spread: bool) -> bool:
    """Tell one expression where torch wants a list: it cannot be written back as one of the list's items."""
    wants_list = parameter.kind == "sizes" or parameter.spread
    return wants_list and not spread and not isinstance(value, ast.Tuple | ast.List)


def write_arguments(
    parameters: Iterable[Parameter],
    fields: Mapping[str, str],
    kept: Collection[str] = (),
    orders: Orders = (),
    *,
    spread: bool = False,
) -> str:
    """Return the text between the parentheses; see `written_arguments`."""
    return ", ".join(written_arguments(parameters, fields, kept, orders, spread=spread))


def written_arguments(
    parameters: Iterable[Parameter],
    fields: Mapping[str, str],
    kept: Collection[str] = (),
    orders: Orders = (),
    *,
    spread: bool = False,
) -> list[str]:
    """Return the texts of a call's arguments; optional ones equal to their default are left out.

    Args:
        parameters: What the call takes.
        fields: Texts; a missing one has its default, others are ignored.
        kept: Names of the fields that stand in the program as they are, expressions included.
        orders: The overloads, shortest first.
        spread: Whether lists are written as separate arguments where a method takes them so.
    """
    parameters = tuple(parameters)
    texts = {parameter.name: _checked(parameter, fields, kept) for parameter in parameters}
    given = {item.name for item in parameters if item.required or texts[item.name] != item.default}
    positional = _order(parameters, given, orders)
    written = []
    for parameter in parameters:
        if parameter.name not in given and parameter.name not in positional:
            continue
        text = parameter.python(texts[parameter.name], spread=spread and parameter.spread)
        written.append(text if parameter.name in positional else f"{parameter.name}={text}")
    return written


def _checked(parameter: Parameter, fields: Mapping[str, str], kept: Collection[str]) -> str:
    text = fields.get(parameter.name, parameter.default)
    if parameter.name in kept and not parameter.accepts(text):
        return text
    return parameter.parse(text)


def _order(parameters: tuple[Parameter, ...], given: set[str], orders: Orders) -> tuple[str, ...]:
    """Return the names of the arguments that are written without their keyword."""
    plain = [parameter.name for parameter in parameters if not parameter.keyword]
    for order in orders:
        if given & set(plain) <= set(order):
            return order
    first_gap = next((place for place, name in enumerate(plain) if name not in given), len(plain))
    return tuple(plain[:first_gap])
