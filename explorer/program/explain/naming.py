"""Names that nothing is bound to: misspelt, not imported, given their value too late, or another object's."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeGuard

from explorer.program.allowlist import MODULES
from explorer.program.explain.fault import member
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_names, did_you_mean
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.slips import without_prompts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.program.explain.fault import Change, Fault

IMPORTS: Final = {
    "torch": "import torch",
    "nn": "import torch.nn as nn",
    "F": "import torch.nn.functional as F",
    "optim": "import torch.optim as optim",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "random": "import random",
    "time": "import time",
    "itertools": "import itertools",
    "functools": "import functools",
    "collections": "import collections",
    "copy": "import copy",
    "OrderedDict": "from collections import OrderedDict",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
    "deque": "from collections import deque",
    "namedtuple": "from collections import namedtuple",
    "partial": "from functools import partial",
    "reduce": "from functools import reduce",
    "Variable": "from torch.autograd import Variable",
    "Dataset": "from torch.utils.data import Dataset",
    "DataLoader": "from torch.utils.data import DataLoader",
    "TensorDataset": "from torch.utils.data import TensorDataset",
}
"""Names that teaching code uses, and the import that brings them."""

_HOMES: Final = (
    ("torch", "torch"),
    ("nn", "torch.nn"),
    ("F", "torch.nn.functional"),
    ("np", "numpy"),
    ("math", "math"),
)
_UPLOADED: Final = "data"
"""What the pages call the array of a file."""
_NO_NAME = re.compile(r"name '(\w+)' is not defined")
_LOCAL = re.compile(r"local variable '(\w+)'|variable '(\w+)' where it is not associated")


def explain_name_error(name: str, known: Iterable[str]) -> Explanation:
    """Explain a name that nothing is bound to.

    Args:
        name: The unknown name.
        known: All names that exist there: the program's own, modules, builtins.
    """
    hint = did_you_mean(close_names(name, known))
    uploaded = " An uploaded file has this name: is it still to be uploaded?" if name == _UPLOADED else ""
    return Explanation(f"Nothing is called {name} here.", hint or f"Give {name} a value before this line.{uploaded}")


def explain_name(fault: Fault) -> Explanation | None:
    """Explain a NameError."""
    if not isinstance(fault.error, NameError):
        return None
    local = _LOCAL.search(fault.said)
    if isinstance(fault.error, UnboundLocalError) or local is not None:
        return _unbound(fault, next(filter(None, local.groups()), "") if local else "")
    found = _NO_NAME.search(fault.said)
    name = fault.error.name or (found[1] if found else "")
    if not name:
        return None
    return next((words for explain in _EXPLAINERS if (words := explain(fault, name)) is not None), None)


def _unbound(fault: Fault, name: str) -> Explanation | None:
    function = fault.text.around(fault.node, ast.FunctionDef) if fault.node is not None else None
    if not name or not isinstance(function, ast.FunctionDef):
        return None
    line = next((n.lineno for n in ast.walk(function) if _binds(n, name)), 0)
    outside = name in fault.known

    def changes() -> Iterator[Change]:
        if outside:
            yield f"global {name}", fault.text.with_line_before(_first_statement(function), f"global {name}")

    where = f" (line {line})" if line else ""
    other = f" The {name} outside of the function is another variable." if outside else ""
    return Explanation(
        f"{name} is given a value inside of {function.name}{where}, so it is a variable of this function, and it is "
        f"read before it has one.{other}",
        f"Give {name} a value first, or hand it over as an argument.",
        fault.fixes(changes),
    )


def _first_statement(function: ast.FunctionDef) -> ast.stmt:
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    return function.body[1 if documented else 0]


def _binds(node: ast.AST, name: str) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def _renamed(fault: Fault, name: str, other: str) -> Change:
    """Return the program with the failing name written as `other`."""
    node = fault.node
    places = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name] if node is not None else []
    if not places:
        raise LookupError(name)
    return other, fault.text.replaced(*((fault.text.span(place), other) for place in places))


def _prompt(fault: Fault, name: str) -> Explanation | None:
    plain = without_prompts(fault.source)
    if name not in {"In", "Out"} or plain == fault.source:
        return None
    return Explanation(
        f"`{name} [1]:` is the prompt of a notebook, not part of the program.",
        "Remove the prompts, and the output between them.",
        fault.fixes(lambda: iter([("without prompts", plain)])),
    )


def _not_imported(fault: Fault, name: str) -> Explanation | None:
    line = IMPORTS.get(name)
    if line is None:
        return None
    return Explanation(
        f"Nothing is called {name} here: it was not imported.",
        f"`{line}` at the start of the program.",
        fault.fixes(lambda: iter([(line, fault.text.with_import(line))])),
    )


def _of_self(fault: Fault, name: str) -> Explanation | None:
    """Explain `weight` in a method where `self.weight` is meant."""
    owner = fault.names.get("self", UNKNOWN)
    if owner is UNKNOWN or (member(owner, name) is UNKNOWN and not hasattr(type(owner), name)):
        return None
    return Explanation(
        f"Nothing is called {name} here. The object has an attribute {name}, which is reached through self.",
        f"Write `self.{name}`.",
        fault.fixes(lambda: iter([_renamed(fault, name, f"self.{name}")])),
    )


def _of_a_module(fault: Fault, name: str) -> Explanation | None:
    """Explain `Linear` where `nn.Linear` is meant."""
    homes = [short for short, full in _HOMES if name in MODULES.get(full, ()) and not hasattr(builtins, name)]
    if not homes:
        return None
    meant = [f"{home}.{name}" for home in homes[:2]]
    return Explanation(
        f"Nothing is called {name} here. {meant[0]} is a name of the module {homes[0]}.",
        did_you_mean(meant),
        fault.fixes(lambda: (_renamed(fault, name, one) for one in meant)),
    )


def _later(fault: Fault, name: str) -> Explanation | None:
    """Explain a name that gets its value further down."""
    places = [node for node in ast.walk(fault.text.tree) if _binds(node, name) or _defines(node, name)]
    lines = [
        node.lineno
        for node in places
        if node.lineno > fault.position.line
        and fault.text.around(fault.text.parents.get(node, node), ast.FunctionDef | ast.Lambda) is None
    ]
    if not lines:
        return None
    return Explanation(
        f"{name} has no value yet: it gets one in line {min(lines)}, below. A program runs from top to bottom.",
        f"Move line {min(lines)} above this one.",
    )


def _defines(node: ast.AST, name: str) -> TypeGuard[ast.FunctionDef | ast.ClassDef]:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name


def _close(fault: Fault, name: str) -> Explanation:
    usable = {*fault.known, *fault.names, *(one for one in dir(builtins) if one[0].islower())}
    close = close_names(name, usable)
    explanation = explain_name_error(name, usable)
    return Explanation(
        explanation.message, explanation.hint, fault.fixes(lambda: (_renamed(fault, name, one) for one in close[:2]))
    )


def _plots(fault: Fault, name: str) -> Explanation | None:
    del fault
    if name not in {"plt", "sns", "matplotlib"}:
        return None
    return Explanation(f"{name} is not here: no plots are made.", "Each tensor of the program is drawn by itself.")


_EXPLAINERS: tuple[Callable[[Fault, str], Explanation | None], ...] = (
    _prompt, _plots, _of_self, _not_imported, _later, _of_a_module, _close,
)  # fmt: skip
