"""The programs of the corpus, on disk."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
# run to their end
PROGRAMS = sorted((_HERE / "programs").rglob("*.py"))
# stopped by an exception that they do not catch
RAISING = sorted((_HERE / "raising").glob("*.py"))
# what programs may use without importing it, as imports that plain Python needs
IMPLICIT_IMPORTS = """\
from collections import OrderedDict
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
"""


def name_of(path: Path) -> str:
    """Return a program's name: its topic and its file's name."""
    return f"{path.parent.name}/{path.stem}"


def source_of(path: Path) -> str:
    """Return a program's text."""
    return path.read_text(encoding="utf-8")


def preamble_of(path: Path) -> str:
    """Return what plain Python needs before a program: the imports that it leaves out, or nothing."""
    return IMPLICIT_IMPORTS if path.parent.name == "implicit" else ""
