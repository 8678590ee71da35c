"""The global names that a program starts with."""

from __future__ import annotations

import collections
import math
import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional

from explorer.program.guards import arithmetic, formatting
from explorer.program.guards.attributes import attribute_guard
from explorer.program.guards.bounds import spread
from explorer.program.guards.builtin_names import python_names
from explorer.program.guards.loops import loop
from explorer.program.guards.recording import connect
from explorer.program.guards.refusals import UNSTOPPABLE
from explorer.program.guards.replacements import replacements
from explorer.program.guards.statements import import_guards, manager
from explorer.program.guards.writing import writable_attribute, writable_items

if TYPE_CHECKING:
    from explorer.program.output import Output
    from explorer.trace.recorder import Recorder

_IMPLICIT: dict[str, Any] = {
    "torch": torch,
    "nn": torch.nn,
    "F": torch.nn.functional,
    "optim": torch.optim,
    "np": np,
    "math": math,
    "random": random,
    "OrderedDict": collections.OrderedDict,
}


def _item(owner: Any, index: Any) -> Any:  # noqa: ANN401
    return owner[index]


def program_namespace(output: Output, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], Callable[[Recorder], None]]:
    """Return the names for a program, and a function that connects them to a recorder.

    Some calls, such as `torch.from_numpy`, are not announced to torch's function modes: their guards tell the
    recorder themselves.
    """
    namespace: dict[str, Any] = {
        "__builtins__": python_names(output, READ),
        "__name__": "__main__",
        "_getattr_": READ,
        "_getitem_": _item,
        "_write_item_": writable_items,
        "_write_attribute_": writable_attribute,
        "_binary_": arithmetic.binary,
        "_inplacevar_": arithmetic.inplace,
        "_inplace_item_": arithmetic.inplace_item,
        "_inplace_attribute_": arithmetic.inplace_attribute_guard(READ),
        "_format_": formatting.format_field,
        "_text_": formatting.text,
        "_spread_": spread,
        "_loop_": loop,
        "_manager_": manager,
        "_unstoppable_": UNSTOPPABLE,
        "_display_": output.display,
        **import_guards(READ),
        **_IMPLICIT,
        **inputs,
    }
    return namespace, connect


_replaced: dict[tuple[str, str], Any] = {}
READ = attribute_guard(_replaced)
"""The guard that every attribute of a program is read through."""
_replaced |= replacements(READ)
