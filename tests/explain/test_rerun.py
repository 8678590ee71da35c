"""Changed programs are tried under the same policy, within a short time, and leave nothing behind."""

from __future__ import annotations

import sys
import time

import torch

from explorer.program.explain import Inputs, Rerun
from explorer.program.explain.rerun import BUDGET_SECONDS, Verdict


def verdict(source: str, line: int = 2, breaks: int | None = None, passed: int = 0) -> Verdict:
    rerun = Rerun(Inputs({}, "cpu", 0), line, source.count("\n") if breaks is None else breaks, passed)
    return rerun.verdict(source)


def test_a_program_that_ends() -> None:
    assert verdict("x = torch.ones(3)\nx.sum()") == "ends"


def test_a_program_that_fails_at_the_same_line_or_before() -> None:
    assert verdict("x = 1\n1 / 0") == "fails"
    assert verdict("1 / 0\nx = 1") == "fails"


def test_a_program_that_fails_further_down_has_got_past_the_line() -> None:
    assert verdict("x = 1\ny = 2\n1 / 0") == "passes"


def test_lines_that_a_change_put_before_are_counted() -> None:
    assert verdict("import math\nx = 1\n1 / 0", line=2, breaks=1) == "fails"


def test_a_long_program_passes_when_it_got_by_the_line_more_often() -> None:
    loop = "while True:\n    x = 1\n    y = x"
    assert verdict(loop, line=2) == "passes"
    assert verdict(loop, line=2, passed=10**9) == "fails"


def test_the_policy_holds() -> None:
    assert verdict("import os\nx = 1\nos.getcwd()") == "fails"
    assert verdict("x = ().__class__.__bases__\ny = 1") == "fails"


def test_time_is_shared_by_all_tries() -> None:
    rerun = Rerun(Inputs({}, "cpu", 0), 2, 1)
    start = time.thread_time()
    for _ in range(5):
        rerun.verdict("while True:\n    pass")
    assert rerun.left <= 0
    assert time.thread_time() - start < 20 * BUDGET_SECONDS


def test_catching_everything_does_not_catch_the_end_of_the_time() -> None:
    assert verdict("while True:\n    try:\n        x = 1\n    except Exception:\n        pass", line=4) == "fails"


def test_nothing_is_left_behind() -> None:
    tracer, state, dtype = sys.gettrace(), torch.get_rng_state(), torch.get_default_dtype()
    verdict("torch.manual_seed(5)\ntorch.rand(3)\ntorch.set_grad_enabled(False)")
    verdict("while True:\n    torch.rand(3)")
    assert sys.gettrace() is tracer
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() is dtype
    assert torch.is_grad_enabled()
    assert torch._C._len_torch_function_stack() == 0


def test_inputs_are_there_again() -> None:
    rerun = Rerun(Inputs({"data": [1, 2]}, "cpu", 0), 1, 0)
    assert rerun.verdict("torch.tensor(data).sum()") == "ends"
