"""Estimates never fall short of what torch makes; the check lets long loops run and stops what holds on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.overrides import TorchFunctionMode

import explorer
from explorer.program.estimates import TIGHT, most_elements
from explorer.program.limits import _BY_VALUE, AllocationCheck, LimitError
from explorer.trace.calls import tensors_in

SIZES = st.integers(0, 5)


def _made(function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int:
    given_storages = {t.untyped_storage()._cdata for t in tensors_in([arguments, keywords])}
    results = {t.untyped_storage()._cdata: t for t in tensors_in([function(*arguments, **keywords)])}
    return max((t.numel() for key, t in results.items() if key not in given_storages), default=0)


@given(
    st.lists(SIZES, max_size=3), st.sampled_from(["softmax", "relu", "exp", "sort", "cumsum", "clone", "topk", "var"])
)
def test_results_like_the_first_tensor(shape: list[int], op: str) -> None:
    x = torch.randn(shape)
    extra = {"softmax": (-1,), "cumsum": (-1,), "topk": (min(1, shape[-1] if shape else 1),)}.get(op, ())
    assert op in TIGHT
    assert most_elements(op, (x, *extra), {}) >= _made(getattr(torch, op), (x, *extra), {})


@given(SIZES, SIZES, SIZES, st.sampled_from(["add", "mul", "where"]))
def test_broadcasting(a: int, b: int, c: int, op: str) -> None:
    x, y = torch.randn(a, 1, c), torch.randn(b, 1)
    arguments = (x > 0, x, y) if op == "where" else (x, y)
    assert most_elements(op, arguments, {}) >= _made(getattr(torch, op), arguments, {})


@given(SIZES, SIZES, SIZES, SIZES)
def test_products(n: int, m: int, k: int, batch: int) -> None:
    x, y = torch.randn(batch, n, m), torch.randn(m, k)
    assert most_elements("matmul", (x, y), {}) >= _made(torch.matmul, (x, y), {})
    assert most_elements("linear", (x, torch.randn(k, m)), {}) >= _made(
        torch.nn.functional.linear, (x, torch.randn(k, m)), {}
    )


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 3), st.integers(3, 6))
def test_convolutions(channels: int, filters: int, padding: int, side: int) -> None:
    x, w = torch.randn(2, channels, side, side), torch.randn(filters, channels, 3, 3)
    assert most_elements("conv2d", (x, w), {"padding": padding}) >= _made(
        torch.nn.functional.conv2d, (x, w), {"padding": padding}
    )
    assert most_elements("conv2d", (x[0], w, None, 1, padding), {}) >= _made(
        torch.nn.functional.conv2d, (x[0], w, None, 1, padding), {}
    )


@given(st.integers(1, 5), st.integers(1, 5), st.lists(st.integers(0, 0), max_size=6))
def test_indexing(rows: int, columns: int, picks: list[int]) -> None:
    x, chosen = torch.randn(rows, columns), torch.tensor(picks, dtype=torch.long)
    for index in (0, (slice(None), 0), chosen, (slice(None), chosen), x > 0):
        assert most_elements("__getitem__", (x, index), {}) >= _made(torch.Tensor.__getitem__, (x, index), {})


class _Calls(TorchFunctionMode):
    """Keeps the calls of one function."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names = names
        self.calls: list[tuple[str, tuple[Any, ...], int]] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **kwargs or {})
        if func.__name__ in self.names:
            storages = {t.untyped_storage()._cdata: t.numel() for t in tensors_in([result])}
            self.calls.append((func.__name__, args, sum(storages.values())))
        return result


@settings(max_examples=60)
@given(st.data())
def test_recurrent_layers_never_need_a_dry_run(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN]))
    sizes = [data.draw(st.integers(1, 4)) for _ in range(4)]
    features, hidden, steps, batch = sizes
    options = {"num_layers": data.draw(st.integers(1, 2)), "bidirectional": data.draw(st.booleans())}
    if kind is torch.nn.LSTM and hidden > 1:
        options["proj_size"] = data.draw(st.integers(0, hidden - 1))
    x = torch.randn(steps, batch, features)
    given_x = torch.nn.utils.rnn.pack_sequence([*x.unbind(1)]) if data.draw(st.booleans()) else x
    with _Calls({"lstm", "gru", "rnn_tanh"}) as seen:
        kind(features, hidden, **options)(given_x)
    ((op, arguments, made),) = seen.calls
    needed = _BY_VALUE[op](list(tensors_in(arguments)), arguments, {})
    assert made <= needed <= 2 * made
    with _Calls({"lstm_cell", "gru_cell", "rnn_tanh_cell"}) as seen:
        getattr(torch.nn, f"{kind.__name__}Cell")(features, hidden)(x[0])
    ((op, arguments, made),) = seen.calls
    assert made <= most_elements(op, arguments, {})
    assert op in TIGHT


def test_a_recurrent_layer_is_held_to_the_limit() -> None:
    source = "x = torch.zeros(1, 1, 1).expand(100_000, 1, 1)\ny = nn.LSTM(1, 500)(x)"
    trace = explorer.run(source, max_bytes=500_000_000)
    assert trace.error is not None
    assert trace.error.message.startswith("lstm would allocate 762.9")


@pytest.mark.parametrize(
    ("function", "arguments", "keywords"),
    [
        (torch.arange, (0, 1, 0.001), {}),
        (torch.linspace, (0, 1, 100), {}),
        (torch.eye, (30,), {}),
        (torch.nn.functional.pad, (torch.ones(2, 2), (3, 4, 5, 6)), {}),
        (torch.nn.functional.interpolate, (torch.ones(1, 1, 2, 2),), {"scale_factor": 5}),
        (torch.cartesian_prod, (torch.ones(5), torch.ones(6), torch.ones(7)), {}),
        (torch.kron, (torch.ones(5, 2), torch.ones(6)), {}),
        (torch.Tensor.repeat, (torch.ones(3), 4, 5), {}),
        (torch.outer, (torch.ones(5), torch.ones(7)), {}),
        (torch.nn.functional.conv_transpose2d, (torch.ones(1, 2, 3, 3), torch.ones(2, 2, 3, 3)), {"stride": 2}),
        (torch.stack, ([torch.ones(5)] * 4,), {}),
        (torch.nn.functional.embedding, (torch.zeros(4, dtype=torch.long), torch.ones(3, 6)), {}),
    ],
)
def test_numbers_count(function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    assert most_elements(function.__name__, arguments, keywords) >= _made(function, arguments, keywords)


@pytest.fixture
def nothing_held() -> Iterator[None]:
    """What other tests hold on to does not count: as in the fork that a program runs in, it is frozen."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("nothing_held")
def test_a_loop_that_lets_go_may_go_on() -> None:
    check = AllocationCheck(10**6, "cpu")
    for _ in range(50):
        check("zeros", torch.zeros, (100, 100), {})
        x = torch.zeros(100, 100)
    assert x.shape == (100, 100)


def test_one_call_over_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(LimitError, match=r"add would allocate 381.47 MiB"):
        AllocationCheck(10**8, "cpu")("add", torch.add, (torch.ones(10**4, 1), torch.ones(1, 10**4)), {})


def test_transforms_are_let_through() -> None:
    trace = explorer.run("print(torch.func.vmap(lambda x: x * 2)(torch.ones(3)))")
    assert trace.error is None
    assert trace.output == "tensor([2., 2., 2.])\n"
