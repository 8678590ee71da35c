"""`contributors` of whole modules, of large calls, of views, of recorded programs; and what it leaves untouched."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from torch import nn

import explorer
from explorer.trace import Contribution, contributors, contributors_of_all, dependence
from tests.trace.contributor_cases import Maker, Tensors, brute_force, jacobian, trace_of


class Residual(nn.Module):
    """Keeps a list and a tensor that is not a leaf, as teaching code does."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(3, 3)
        self.seen: list[int] = []
        self.state = torch.zeros(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Take and return shape (rows, 3)."""
        self.seen.append(len(x))
        result: torch.Tensor = x + self.inner(x).relu()
        self.state = result
        return result


def floats(one: Contribution) -> npt.NDArray[np.float64]:
    assert one.derivative is not None
    return np.real(one.derivative).astype(np.float64)


torch.manual_seed(0)  # the same weights in every run: a failure can be looked at again
MODULES: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "linear": (nn.Linear(3, 2), (2, 3)),
    "convolution": (nn.Conv2d(2, 2, 2, padding=1), (1, 2, 2, 3)),
    "sequence": (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)), (2, 3)),
    "batch norm": (nn.Sequential(nn.Conv1d(1, 2, 2), nn.BatchNorm1d(2)), (2, 1, 4)),
    "batch norm, evaluating": (nn.BatchNorm1d(2).eval(), (2, 2)),
    "layer norm": (nn.LayerNorm(3), (2, 3)),
    "gru": (nn.GRU(2, 2, batch_first=True), (1, 3, 2)),
    "lstm cell": (nn.LSTMCell(2, 2), (1, 2)),
    "attention": (nn.TransformerEncoderLayer(2, 1, 2, dropout=0.0, batch_first=True), (1, 2, 2)),
    "own module": (Residual(), (2, 3)),
    "prelu": (nn.PReLU(), (4,)),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules(name: str) -> None:
    module, shape = MODULES[name]
    module = copy.deepcopy(module).double()
    value = Maker(2).floats(*shape)
    names = [name for name, _ in module.named_parameters()]
    fixed = copy.deepcopy(module)

    def pure(x: torch.Tensor, *parameters: torch.Tensor) -> Any:
        buffers = {key: buffer.clone() for key, buffer in fixed.named_buffers()}
        state = dict(zip(names, parameters, strict=True)) | buffers
        return torch.func.functional_call(fixed, state, (x,))

    everything = [value, *(parameter.detach().clone() for parameter in module.parameters())]
    trace = trace_of(module, value)
    found = contributors_of_all(trace, 0)
    masks = brute_force(pure, everything, 0)
    for number, one in enumerate([*found.arguments, *(found.parameters[key] for key in names)]):
        np.testing.assert_array_equal(one.mask.reshape(masks[number].shape), masks[number])
        expected = jacobian(pure, everything, 0, number)
        np.testing.assert_allclose(floats(one).reshape(expected.shape), expected, rtol=1e-7, atol=1e-10)


def test_nothing_is_left_behind() -> None:
    module = nn.Sequential(Residual(), nn.BatchNorm1d(3), nn.Dropout(0.5))
    value = torch.randn(2, 3, requires_grad=True)
    trace = trace_of(module, value)
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    seen, generator = list(module[0].seen), torch.get_rng_state()  # type: ignore[arg-type]
    onednn = torch.backends.mkldnn.enabled
    versions = value._version, [p._version for p in module.parameters()]
    contributors(trace, 0, (0, 0))
    for name, tensor in module.state_dict().items():
        torch.testing.assert_close(tensor, before[name], rtol=0, atol=0)
    assert module[0].seen == seen
    assert torch.equal(torch.get_rng_state(), generator)
    assert (value._version, [p._version for p in module.parameters()]) == versions
    assert torch.backends.mkldnn.enabled == onednn
    assert value.grad is None
    assert all(parameter.grad is None for parameter in module.parameters())


def test_dropout_draws_numbers_that_cannot_be_had_again() -> None:
    torch.manual_seed(1)
    found = contributors(trace_of(F.dropout, torch.ones(40)), 0, 7)
    assert found[0].mask.nonzero()[0].tolist() == [7]
    assert found[0].derivative is None
    evaluated = contributors(trace_of(F.dropout, torch.ones(4), training=False), 0, 1)
    assert floats(evaluated[0]).tolist() == [0, 1, 0, 0]


LARGE: dict[str, tuple[Callable[..., Any], Callable[[Maker], Tensors], tuple[int, ...]]] = {
    "matmul": (torch.matmul, lambda m: [m.floats(9, 30), m.floats(30, 9)], (3, 4)),
    "convolution": (F.conv2d, lambda m: [m.floats(1, 3, 12, 12), m.floats(2, 3, 3, 3), m.floats(2)], (0, 1, 9, 0)),
    "softmax": (lambda x: x.softmax(0), lambda m: [m.floats(40, 20)], (3, 3)),
    "argmax": (lambda x: x.argmax(1), lambda m: [m.floats(4, 60)], (2,)),
    "sort": (lambda x: x.sort(1).values, lambda m: [m.floats(4, 60)], (2, 59)),
    "comparison": (torch.gt, lambda m: [m.floats(400), m.floats(400)], (9,)),
    "equality": (lambda x: x == 3, lambda m: [m.floats(400)], (9,)),
    "max pooling": (lambda x: F.max_pool2d(x, 3), lambda m: [m.floats(1, 2, 12, 12)], (0, 1, 2, 2)),
    "embedding": (F.embedding, lambda m: [m.ints(40, start=0, below=20), m.floats(20, 8)], (7, 3)),
    "sum of integers": (lambda x: x.sum(1), lambda m: [m.ints(12, 40)], (5,)),
    "sum of bools": (lambda x: x.sum(1), lambda m: [m.bools(12, 40)], (5,)),
    "where": (torch.where, lambda m: [m.bools(300), m.floats(300), m.floats(300)], (100,)),
}


@pytest.mark.parametrize("name", LARGE)
def test_groups_find_what_single_elements_show(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, make, place = LARGE[name]
    trace = trace_of(function, *make(Maker(2)))
    single = contributors(trace, 0, place)
    monkeypatch.setattr(dependence, "EXACT_ELEMENTS", 0)
    grouped = contributors(trace, 0, place)
    for one, other in zip(single, grouped, strict=True):
        np.testing.assert_array_equal(one.mask, other.mask)


def test_too_large_to_try_leaves_the_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependence, "MOST_ELEMENTS", 10)
    value = torch.tensor([1.0, -1.0, 2.0])
    found = contributors(trace_of(torch.relu, value), 0, 2)
    assert not found.tested
    assert found[0].mask.tolist() == [False, False, True]
    with pytest.raises(ValueError, match="more than 10"):
        contributors(trace_of(torch.argmax, value), 0, ())


def test_elements_of_a_view_are_found_by_address() -> None:
    trace = explorer.run("x = torch.arange(12.0).view(3, 4)[1:].as_strided((2, 2), (4, 2), 1)")
    last = len(trace.steps) - 1
    found = contributors_of_all(trace, last)[0]
    assert found.mask.reshape(4, 8).nonzero()[0].tolist() == [2, 3]  # the first two lie before the base
    assert found.mask.reshape(4, 8).nonzero()[1].tolist() == [1, 3]
    np.testing.assert_array_equal(floats(found), found.mask)


def test_a_tensor_given_twice_and_a_tensor_in_a_keyword() -> None:
    value = torch.tensor([2.0, 3.0])
    twice = contributors(trace_of(torch.mul, value, value), 0, 1)
    assert [floats(one).tolist() for one in twice] == [[0, 3], [0, 3]]
    named = contributors(trace_of(torch.add, value, other=torch.ones(2), alpha=5), 0, 0)
    assert floats(named[1]).tolist() == [5, 0]


def test_what_out_held_before_does_not_matter() -> None:
    target = torch.zeros(2)
    found = contributors(trace_of(torch.mul, torch.ones(2), torch.ones(2), out=target, kind="inplace"), 0, 1)
    assert [one.mask.tolist() for one in found] == [[False, True], [False, True], [False, False]]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.complex64])
def test_dtypes(dtype: torch.dtype) -> None:
    left, right = torch.ones(3, 4, dtype=dtype), torch.ones(4, 2, dtype=dtype)
    found = contributors(trace_of(torch.matmul, left, right), 0, (2, 1))
    assert found[0].mask.sum(1).tolist() == [0, 0, 4]
    assert found[1].mask.sum(0).tolist() == [0, 4]
    assert floats(found[0]).sum() == 4


def test_arguments_are_taken_as_they_were() -> None:
    trace = explorer.run("x = torch.tensor([3.0, 4.0])\ny = x.norm()\nx.zero_()")
    found = contributors(trace, 1, ())
    np.testing.assert_allclose(floats(found[0]), np.array([0.6, 0.8]), rtol=1e-6)


def test_values_that_are_gone_are_said_to_be() -> None:
    trace = explorer.run("x = torch.rand(200, 200)\ny = x.sum()\nx.zero_()")
    with pytest.raises(ValueError, match="has changed since"):
        contributors(trace, 1, ())


def test_requires_grad_without_grad_mode() -> None:
    source = "x = torch.tensor([1.0, 2.0], requires_grad=True)\nwith torch.no_grad():\n    y = x * 3"
    trace = explorer.run(source)
    assert trace.error is None
    found = contributors(trace, 1, 1)
    assert floats(found[0]).tolist() == [0, 3]


def test_new_tensors_depend_on_nothing() -> None:
    found = contributors(trace_of(torch.zeros, 2, 2, kind="create"), 0, (0, 1))
    assert (len(found), found.parameters) == (0, {})


def test_what_cannot_be_answered_is_said_in_words() -> None:
    trace = explorer.run("x = torch.ones(2, requires_grad=True)\ny = x.sum()\ny.backward()")
    with pytest.raises(ValueError, match="backward"):
        contributors(trace, next(step.index for step in trace.steps if step.kind == "backward"), 0, -1)
    with pytest.raises(ValueError, match="live tensors"):
        contributors(trace.without_live_tensors(), 1, ())
    with pytest.raises(ValueError, match="no values"):
        contributors(trace_of(torch.relu, torch.ones(2, device="meta")), 0, 0)
    with pytest.raises(ValueError, match="at most"):
        contributors(trace_of(torch.relu, torch.ones(1).expand(3000, 3000)), 0, 0)
    with pytest.raises(ValueError, match="ask about fewer"):
        contributors_of_all(trace_of(torch.relu, torch.ones(5000)), 0)


@pytest.mark.parametrize("index", [(2, 0), (0,), (0, 0, 0), 6, -7, (0, -4)])
def test_indices_outside_are_refused(index: Any) -> None:
    with pytest.raises(IndexError):
        contributors(trace_of(torch.relu, torch.ones(2, 3)), 0, index)


def test_indices_count_from_the_end_too() -> None:
    trace = trace_of(torch.relu, torch.ones(2, 3))
    places: list[int | tuple[int, int]] = [(1, 2), (-1, -1), 5, -1]
    for index in places:
        assert contributors(trace, 0, index)[0].mask.reshape(-1).tolist() == [False] * 5 + [True]


PROGRAM = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 2, 3)

    def forward(self, x):
        return torch.relu(self.conv(x)).sum(-1)

net = Net()
x = torch.arange(6.0).view(1, 1, 6)
for turn in range(2):
    y = net(x * (turn + 1))
"""


def test_steps_of_a_program_with_modules_and_loops() -> None:
    trace = explorer.run(PROGRAM)
    assert trace.error is None
    convolutions = [step for step in trace.steps if step.op == "Conv1d" and step.inputs]
    assert len(convolutions) == 2
    for step in convolutions:
        found = contributors(trace, step.index, (0, 1, 2))
        assert found[0].mask.reshape(-1).tolist() == [False, False, True, True, True, False]
        assert found.parameters["weight"].mask.sum() == 3
        assert found.parameters["bias"].mask.tolist() == [False, True]
    sums = [step for step in trace.steps if step.op == "sum"]
    assert contributors(trace, sums[1].index, (0, 0))[0].mask.sum() == 4


def test_parameters_are_taken_as_they_were() -> None:
    source = "net = nn.Linear(2, 1)\nx = torch.ones(2)\ny = net(x)\nwith torch.no_grad():\n    net.weight.zero_()"
    trace = explorer.run(source)
    assert trace.error is None
    step = next(step for step in trace.steps if step.op == "Linear" and step.inputs)
    found = contributors(trace, step.index, 0)
    assert floats(found[0]).any()


def test_when_time_is_over_the_derivative_tells() -> None:
    trace = explorer.run("x = torch.rand(3, 4)\ny = x.softmax(1)\nz = x.argmax(1)")
    found = contributors_of_all(trace, 1, seconds=0.0)
    assert not found.tested
    assert found[0].mask.sum() == 3 * 4 * 4
    with pytest.raises(ValueError, match="time for it was over"):
        contributors_of_all(trace, 2, seconds=0.0)
