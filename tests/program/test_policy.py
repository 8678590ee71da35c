"""What programs may contain, and what must stay out of reach."""

from __future__ import annotations

import numpy as np
import pytest

import explorer

OUT_OF_REACH = [
    "import os",
    "import sys, torch",
    "from torch import load",
    "from torch import *",
    "from . import x",
    "import torch.hub",
    "import numpy.lib",
    "__import__('os')",
    "torch.os",
    "torch.load('x')",
    "torch.save(1, 'x')",
    "torch.hub.list('x')",
    "torch.serialization",
    "torch.jit.script",
    "type(type(1))('A', (), {})",
    "torch.Tensor.__subclasses__",
    "(1).__class__.__mro__",
    "x = torch.zeros(2); x.__dict__",
    "torch.zeros(1).numpy().tofile('x')",
    "torch.zeros(1).numpy().ctypes",
    "torch.from_file('x')",
    "torch.zeros(1).share_memory_()",
    "torch.zeros(1).apply_(print)",
    "torch.UntypedStorage.from_file",
    "torch.zeros(1).untyped_storage().resize_(10)",
    "np.load('x')",
    "np.fromfile('x')",
    "np.lib",
    "np.memmap",
    "f'{torch.os}'",
    "print.__self__",
    "len.__self__",
    "getattr(torch, 'os')",
    "setattr(torch, 'x', 1)",
    "vars()",
    "globals()",
    "locals()",
    "eval('1')",
    "exec('1')",
    "open('x')",
    "compile('1', '', 'eval')",
    "input()",
    "help()",
    "type('A', (), {})",
    "torch.set_num_threads(1)",
    "torch.manual_seed.__globals__",
    "torch.zeros = 1",
    "math.__loader__",
    "F.warnings",
    "_getattr_ = 1",
    "_getattr_(1, 'x')",
    "__builtins__",
    "printed",
    "x = torch.zeros(1); x.grad_fn = 1",
]


@pytest.mark.parametrize("source", OUT_OF_REACH)
def test_out_of_reach(source: str) -> None:
    error = explorer.run(source).error
    assert error is not None
    assert error.message
    assert error.line == 1


@pytest.mark.parametrize(
    "source",
    [
        "9 ** 9 ** 9",
        "1 << 10**9",
        "[0] * 10**9",
        "'a' * 10**9",
        "x = 3\nx **= 10**9",
        "range(10**9)",
        "f'{1:>99999}'",
        "'%999999d' % 1",
        "torch.zeros(10**12)",
        "torch.ones(10**5, 1) + torch.ones(1, 10**5)",
        "torch.ones(1).expand(10**10).contiguous()",
        "torch.zeros(10**5).tolist(); torch.zeros(10**6).tolist()",
        "torch.zeros(10**6).unbind()",
        "torch.zeros(10**6).split(1)",
        "a, b = torch.zeros(10**6)",
        "np.zeros(10**12)",
        "np.zeros(shape=(10**5, 10**5))",
        "np.full((10**5, 10**5), 1.0)",
        "np.linspace(0, 1, 10**10)",
        "np.eye(10**6)",
        "a = [0] * 10**6\nb = [a] * 10**4",
        "a = [0] * 10**5\nb = [a, a, a, a, a, a, a, a, a, a]\nc = [b, b, b, b]\ntorch.tensor([c, c, c, c] * 20)",
        "torch.arange(3).repeat_interleave(torch.tensor([10**10, 1, 1]))",
        "torch.arange(3).repeat_interleave(10**10)",
        "torch.tensor([10**10]).bincount()",
        "F.one_hot(torch.tensor([10**10]))",
        "torch.combinations(torch.arange(1000), r=5)",
        "np.arange(10**6)[:, None] * np.arange(10**6)",
        "print('a' * 1000000)",
    ],
)
def test_requests_without_measure_are_refused_before_anything_is_allocated(source: str) -> None:
    error = explorer.run(source).error
    assert error is not None
    assert error.kind in ("limit", "policy")


def test_the_limit_is_on_the_whole_run() -> None:
    source = "x = torch.zeros(1000)\ny = torch.zeros(1000)"
    assert explorer.run(source, max_bytes=8000).error is None
    error = explorer.run(source, max_bytes=7999).error
    assert error is not None
    assert (error.kind, error.line) == ("limit", 2)
    assert "3.91 KiB" in error.message


def test_views_cost_nothing_of_the_limit() -> None:
    trace = explorer.run("x = torch.zeros(1000)\ny = x.view(10, 100).t().expand(50, 100, 10)", max_bytes=4000)
    assert trace.error is None


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("print(1, 'a', sep='-', end='!')", "1-a!"),
        ("x = torch.arange(3)\nx", "tensor([0, 1, 2])\n"),
        ("import torch\nx = torch.arange(3)\nprint(x.shape)", "torch.Size([3])\n"),
        ("f'{torch.pi:.3f}'", "'3.142'\n"),
        ("a, (b, *c) = 1, (2, 3, 4)\nprint(a, b, c)", "1 2 [3, 4]\n"),
        (
            "x = torch.zeros(2, 3)\nx[0, 1:] += 2\nx[:, 0] -= 1\nprint(x.tolist())",
            "[[-1.0, 2.0, 2.0], [-1.0, 0.0, 0.0]]\n",
        ),
        ("x: int = 3\nx -= 1\nx", "2\n"),
        ("import numpy as np\nnp.arange(4).reshape(2, 2).tolist()", "[[0, 1], [2, 3]]\n"),
        ("from torch.nn import functional as F\nF.pad(torch.ones(1), (1, 0)).tolist()", "[0.0, 1.0]\n"),
        ("with torch.no_grad():\n    x = torch.ones(1, requires_grad=True) * 2\nx.requires_grad", "False\n"),
        ("x = torch.ones(2)\nx.requires_grad = True\nx.requires_grad", "True\n"),
        ("values, indices = torch.tensor([3, 9]).max(dim=0)\nindices", "tensor(1)\n"),
        ("'yes' if torch.cuda.device_count() >= 0 else 'no'", "'yes'\n"),
        ("None", ""),
        ("torch.Tensor(2).shape, torch.empty(3).isnan().all()", "(torch.Size([2]), tensor(True))\n"),
        ("type(torch.ones(1)) is torch.Tensor, isinstance(1, object)", "(True, True)\n"),
        ("type(torch.ones(1))", "<class 'torch.Tensor'>\n"),
        ("type(1) == type(2), type(1) == type(2.0)", "(True, False)\n"),
        (
            "np.arange(3).tolist(), np.linspace(0, 1, 3).tolist(), np.full(2, 7).tolist()",
            "([0, 1, 2], [0.0, 0.5, 1.0], [7, 7])\n",
        ),
    ],
)
def test_programs_print_what_a_notebook_would(source: str, output: str) -> None:
    trace = explorer.run(source)
    assert trace.error is None
    assert trace.output == output


def test_the_seed_decides_random_numbers_and_leaves_the_process_alone() -> None:
    import torch

    torch.manual_seed(123)
    expected = torch.rand(3)
    torch.manual_seed(123)
    first, second = explorer.run("x = torch.rand(3)", seed=7), explorer.run("x = torch.rand(3)", seed=7)
    other = explorer.run("x = torch.rand(3)", seed=8)
    assert np.array_equal(np.asarray(first.names["x"].values), np.asarray(second.names["x"].values))
    assert not np.array_equal(np.asarray(first.names["x"].values), np.asarray(other.names["x"].values))
    assert torch.equal(torch.rand(3), expected)


def test_inputs_are_bound() -> None:
    trace = explorer.run("x = torch.tensor(data)", inputs={"data": np.eye(2)})
    assert trace.names["x"].shape == (2, 2)
    with pytest.raises(ValueError, match="name of an input"):
        explorer.run("", inputs={"_getattr_": 1})


def test_an_unknown_device_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="no device 'tpu9'"):
        explorer.run("x = torch.zeros(1)", device="tpu9")


@pytest.mark.parametrize(
    ("source", "kind", "line", "column"),
    [
        ("x = torch.zeros(2\ny = 1", "syntax", 1, 15),
        ("x = 1\n  y = 2", "syntax", 2, None),
        ("x = torch.zeros(2)\n\ny = x.view(3)", "RuntimeError", 3, 4),
        ("print(y)", "NameError", 1, 6),
        ("x = torch.zeros(2, 3)\nx + torch.zeros(4)", "RuntimeError", 2, 0),
        ("x = torch.zeros(2)\nx[5]", "IndexError", 2, 0),
        ("1 / 0", "ZeroDivisionError", 1, 0),
        ("(" * 300 + ")" * 300, "syntax", 1, None),
        ("x = '\0'", "syntax", 1, None),
    ],
)
def test_errors_stand_where_they_happened(source: str, kind: str, line: int, column: int | None) -> None:
    error = explorer.run(source).error
    assert error is not None
    assert (error.kind, error.line) == (kind, line)
    assert column is None or error.column == column
    assert "Traceback" not in error.message + error.hint + error.detail


def test_what_ran_before_the_error_stays() -> None:
    trace = explorer.run("x = torch.arange(6)\ny = x.view(2, 3)\nz = y.view(4)")
    assert [step.op for step in trace.steps] == ["arange", "view"]
    assert set(trace.names) == {"x", "y"}
    assert trace.error is not None
    assert [state.shape for state in trace.error.operands] == [(2, 3)]
