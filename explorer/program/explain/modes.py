"""Where a program switches gradients off."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from explorer.program.explain.fault import Fault

MODES: Final = ("no_grad", "inference_mode", "set_grad_enabled")


def mode_at(fault: Fault, line: int) -> tuple[str, int] | None:
    """Return the innermost block, decorator or call that switched gradients off for a line, and where that stands."""
    found: tuple[str, int] | None = None
    for node in ast.walk(fault.text.tree):
        managers: list[ast.expr] = []
        if isinstance(node, ast.With):
            managers = [item.context_expr for item in node.items]
        elif isinstance(node, ast.FunctionDef):
            managers = node.decorator_list
        elif isinstance(node, ast.Expr) and "set_grad_enabled(False" in fault.text.text(node):
            managers = [node.value]
        end = len(fault.text.lines) if isinstance(node, ast.Expr) else getattr(node, "end_lineno", 0)
        inside = managers and managers[0].lineno <= line <= end
        for manager in managers if inside else ():
            text = fault.text.text(manager)
            if any(mode in text for mode in MODES):
                found = (text, manager.lineno)
    return found
