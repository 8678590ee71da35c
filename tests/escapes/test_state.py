"""What a program sets or enters and does not put back is put back for it, also where runs share a process."""

from __future__ import annotations

import gc
import types
from collections.abc import Hashable

import pytest
import torch
from torch.autograd import forward_ad
from torch.backends import cudnn
from torch.nn.utils import parametrize

import explorer
from tests.corpus.state import global_state

CONTEXTS = [
    "torch.device('meta')",
    "torch.no_grad()",
    "torch.inference_mode()",
    "torch.autocast('cpu')",
    "torch.autograd.forward_ad.dual_level()",
    "parametrize.cached()",
    "torch.autograd.graph.saved_tensors_hooks(lambda x: x + 1, lambda x: x)",
    "torch.autograd.graph.save_on_cpu()",
    "torch.autograd.detect_anomaly()",
    "torch.set_grad_enabled(False)",
    "torch.random.fork_rng()",
    "np.errstate(all='raise')",
    "np.printoptions(precision=1)",
]
SUSPENDED = """
import torch.nn.utils.parametrize as parametrize
def entering():
    with {0}:
        yield 1
it = entering()
next(it)
"""
STUBBORN = """
import torch.nn.utils.parametrize as parametrize
def entering():
    with {0}:
        while True:
            try:
                yield 1
            except GeneratorExit:
                pass
class Kept: pass
kept = Kept()
kept.self = kept
kept.it = entering()
next(kept.it)
"""
SETTING = [
    "torch.set_default_dtype(torch.float64)",
    "torch.set_default_device('meta')",
    "torch.set_grad_enabled(False)",
    "torch.use_deterministic_algorithms(True)",
    "torch.set_float32_matmul_precision('medium')",
    "torch.autograd.set_detect_anomaly(True)",
    "torch.set_printoptions(precision=1)",
    "torch.backends.cudnn.benchmark = True\ntorch.backends.cudnn.deterministic = True",
    "np.set_printoptions(precision=1)",
    "np.seterr(all='raise')",
    "torch.manual_seed(3)\nnp.random.seed(3)\nrandom.seed(3)",
    "torch.distributions.Normal.arg_constraints.clear()",
    "torch.distributions.Normal(0., 1.).arg_constraints.clear()",
    "import functools\n@functools.wraps(print)\ndef f(): pass\nfunctools.wraps(f)(F.relu)",
]


def _state() -> dict[str, Hashable]:
    return {
        **global_state(),
        "inference": torch.is_inference_mode_enabled(),
        "autocast": (torch.is_autocast_enabled("cpu"), torch.is_autocast_cache_enabled()),
        "hooks": torch._C._autograd._top_saved_tensors_default_hooks(True),  # noqa: FBT003
        "levels": forward_ad._current_level,
        "parametrisations": parametrize._cache_enabled,
        "cudnn": (cudnn.benchmark, cudnn.deterministic),
        "names": (torch.nn.functional.relu.__name__, *torch.distributions.Normal.arg_constraints),
    }


@pytest.mark.parametrize("source", [form.format(one) for form in (SUSPENDED, STUBBORN) for one in CONTEXTS] + SETTING)
def test_the_next_run_finds_everything_as_it_was(source: str) -> None:
    before = _state()
    trace = explorer.run(source)
    assert trace.error is None
    assert _state() == before
    following = explorer.run("x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()\nprint(x.grad)")
    assert following.output == "tensor([2., 2.])\n"


def _program_generators() -> set[int]:
    gc.collect()
    alive = [one for one in gc.get_objects() if type(one) is types.GeneratorType]
    return {id(one) for one in alive if one.gi_code.co_filename.startswith("<program")}


def test_a_suspended_generator_does_not_keep_its_run_alive() -> None:
    before = _program_generators()
    explorer.run(SUSPENDED.format("torch.no_grad()"))
    assert _program_generators() <= before


@pytest.mark.parametrize("body", ["1 + 1", "pass", "continue"])
@pytest.mark.parametrize("test", ["True", "1", "not 0"])
def test_an_empty_loop_has_limits_too(test: str, body: str) -> None:
    error = explorer.run(f"while {test}: {body}", max_seconds=0.3).error
    assert error is not None
    assert (error.kind, error.line) == ("limit", 1)


@pytest.mark.parametrize("end", ["while True: pass", "while True:\n            1 + 1"])
def test_the_end_of_a_suspended_generator_has_limits_too(end: str) -> None:
    source = f"def endless():\n    try:\n        yield\n    finally:\n        {end}\nit = endless()\nnext(it)"
    error = explorer.run(source, max_seconds=0.5).error
    assert error is not None
    assert error.kind == "limit"
