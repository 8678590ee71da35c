"""A failing program, and what its explanation must say and offer."""

from __future__ import annotations

import math
import random
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from explorer.trace.model import ProgramError
from tests.explain.failing import stopped

NAMES = {
    "torch": torch, "nn": nn, "F": functional, "np": np, "math": math, "random": random, "optim": torch.optim,
    "OrderedDict": OrderedDict,
}  # fmt: skip


@dataclass(frozen=True)
class Lesson:
    """What is expected of one failing program.

    Attributes:
        program: Its text.
        at: The text at the error's position.
        says: Phrases of the message, with the numbers of the case.
        fixes: For each fix, in order, the lines that it writes anew.
    """

    program: str
    at: str
    says: tuple[str, ...]
    fixes: tuple[tuple[str, ...], ...] = ()


def check(lesson: Lesson) -> None:
    """Check position, words and fixes; each fix must run in plain Python, to its end."""
    error = stopped(lesson.program)
    for phrase in lesson.says:
        assert phrase in error.message
    assert marked(lesson.program, error) == lesson.at
    assert written(lesson.program, error) == lesson.fixes
    for fix in error.fixes:
        ends(fix.source)


def marked(program: str, error: ProgramError) -> str:
    """Return the text at the error's position."""
    lines = program.split("\n")[error.line - 1 : error.end_line]
    lines[-1] = lines[-1][: error.end_column]
    lines[0] = lines[0][error.column :]
    return "\n".join(lines)


def written(program: str, error: ProgramError) -> tuple[tuple[str, ...], ...]:
    """Return the lines that each fix writes anew."""
    old = program.split("\n")
    return tuple(tuple(line for line in fix.source.split("\n") if line not in old) for fix in error.fixes)


def ends(source: str) -> None:
    """Run a program in plain Python."""
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        exec(compile(source, "<fixed>", "exec"), {"__name__": "__main__", **NAMES})  # noqa: S102 - the tests' own text
