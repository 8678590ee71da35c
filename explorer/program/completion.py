"""What an editor can offer: every name that programs may use, with its signature and what it does in a line."""

from __future__ import annotations

import builtins
import importlib
import inspect
import re
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch

from explorer.program import allowlist

ALIASES = {
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "optim": "torch.optim",
    "np": "numpy",
    "math": "math",
    "random": "random",
}
"""Short names of modules that teaching code uses, with what they stand for."""

_BUILTINS = """
abs all any bool dict divmod enumerate filter float getattr hasattr int isinstance iter len list map max min next print
range reversed round set setattr slice sorted str sum super tuple type zip
Exception IndexError KeyError RuntimeError StopIteration TypeError ValueError
"""
BUILTINS = frozenset(_BUILTINS.split())
"""Python's own names that are offered."""

_TYPES: dict[str, type] = {
    "Module": torch.nn.Module,
    "Optimizer": torch.optim.Optimizer,
    "Size": torch.Size,
    "ndarray": np.ndarray,
}
_ROLE = re.compile(r":[\w:]+:`~?\.?([^`<]*?)(?:\s*<[^`]*>)?`")
_FORMULA = re.compile(r":math:`[^`]*\\[^`]*`")
_REFERENCE = re.compile(r"^(?:See|In-place version of) (?:torch|Tensor)\.(\w+)")
_MAX_SUMMARY = 140


class Name(NamedTuple):
    """One name that can be written.

    Attributes:
        name: Without its owner.
        signature: `(input, dim=None) -> Tensor`, or "" for what is not called or does not say.
        summary: The first sentence of its documentation, or "".
    """

    name: str
    signature: str
    summary: str


@cache
def names() -> dict[str, tuple[Name, ...]]:
    """Return what programs may write after a dot, by owner.

    Returns:
        Owners are modules by their full name (`torch.nn.functional`), types by their own (`Tensor`, `Module`), and
        `builtins`. Names are in alphabetical order; owners that offer nothing are left out.
    """
    found = {module: _described(_imported(module), allowed) for module, allowed in allowlist.MODULES.items()}
    found["Tensor"] = _described(torch.Tensor, allowlist.TENSOR)
    for name, owner in _TYPES.items():
        found[name] = _described(owner, _allowed_members(owner))
    found["builtins"] = _described(builtins, BUILTINS)
    return {owner: entries for owner, entries in found.items() if entries}


def aliases() -> dict[str, str]:
    """Return the short names whose modules programs may use."""
    return {short: module for short, module in ALIASES.items() if module in allowlist.MODULES}


def signature_of(value: object, name: str) -> str:
    """Return the signature of a function or a class, without `self`; "" when it has none that can be found.

    Functions that are written in C keep it in the first lines of their documentation.
    """
    if not callable(value):
        return ""
    try:
        signature = inspect.signature(value)
    except (ValueError, TypeError):
        return _documented_signature(inspect.getdoc(value) or "", name)
    parameters = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    if parameters and parameters[0].name in ("self", "cls"):
        parameters = parameters[1:]
    text = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    if " object at 0x" in text:
        return ""
    documented = _documented_signature(inspect.getdoc(value) or "", name)
    return documented if text in ("(*args, **kwargs)", "(*input)") and documented else text


def summary_of(value: object) -> str:
    """Return the first sentence of the documentation of a function or a class, without markup; "" without one."""
    if not callable(value) and not isinstance(value, property) and not inspect.isgetsetdescriptor(value):
        return ""
    paragraphs = [" ".join(part.split()) for part in (inspect.getdoc(value) or "").split("\n\n")]
    prose = [text for text in paragraphs if text and not re.match(r"^(\.\. |[\w.]+\(.*\)( ->.*)?$)", text)]
    if not prose:
        return ""
    if prose[0].startswith(("Args:", "Arguments:", "Parameters")):
        return ""
    text = _FORMULA.sub("…", prose[0])
    text = _ROLE.sub(r"\1", text).replace("``", "").replace("`", "").replace("*", "")
    text = re.sub(r"^[\w.]+\([^)]*\)( -> \S+)? ", "", text)
    sentence = re.split(r"(?<=[^.][.:])\s(?=[A-Z])|\s\.\. ", text, maxsplit=1)[0].rstrip(":")
    return sentence if len(sentence) <= _MAX_SUMMARY else f"{sentence[: _MAX_SUMMARY - 1].rsplit(' ', 1)[0]} …"


def _documented_signature(documentation: str, name: str) -> str:
    for line in documentation.split("\n")[:6]:
        match = re.match(rf"^(?:[\w.]+\.)?{re.escape(name)}(\(.*\))(\s*->\s*.+)?$", line.strip())
        if match:
            return f"{match[1]}{(match[2] or '').rstrip()}".replace(r"\*", "*")
    return ""


def _imported(module: str) -> object:
    """Return a module; parts of the table that are attributes of modules are found as such."""
    try:
        return importlib.import_module(module)
    except ImportError:
        owner, _, name = module.rpartition(".")
        return getattr(_imported(owner), name, None) if owner else None


def _described(owner: object, allowed: frozenset[str]) -> tuple[Name, ...]:
    public = sorted(name for name in allowed if not name.startswith("__"))
    return tuple(_described_name(getattr(owner, name, None), name) for name in public)


def _described_name(value: Any, name: str) -> Name:  # noqa: ANN401 - whatever a module holds
    return Name(name, signature_of(value, name), _own_summary(value))


def _own_summary(value: object) -> str:
    """Return what a name does; methods of tensors only point to the function of that name."""
    summary = summary_of(value)
    reference = _REFERENCE.match(summary)
    function = getattr(torch, reference[1], None) if reference else None
    whole = summary_of(function) if function is not None and function is not value else ""
    if not whole:
        return "" if reference else summary
    return f"In place: {whole}" if summary.startswith("In-place") else whole


def _allowed_members(owner: type) -> frozenset[str]:
    classes = (cls.__name__ for cls in owner.__mro__)
    return frozenset[str]().union(*(allowlist.TYPES.get(name, frozenset()) for name in classes))
