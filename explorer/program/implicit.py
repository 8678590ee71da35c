"""Names that programs have without importing them."""

from __future__ import annotations

import ast

IMPLICIT = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "np": "import numpy as np",
    "math": "import math",
    "random": "import random",
    "OrderedDict": "from collections import OrderedDict",
}
"""Each such name, and the line that would import it."""


def bound_names(tree: ast.AST) -> frozenset[str]:
    """Return every name that a program binds anywhere: by assignment, import, definition or as an argument."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return frozenset(found)
