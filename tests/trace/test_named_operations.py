"""Every operation that the Tensors pages name: recorded as torch does it, its elements followed to their source."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.trace import Trace, contributors_of_all
from tests.trace.contributor_cases import brute_force, results_of
from tests.trace.test_origins import check_step

# of x, whose rank is drawn: where torch refuses, the recorded program has to fail too
MOVES = {
    "view": "x.view(-1)",
    "view_as": "x.view_as(torch.zeros(x.shape))",
    "reshape": "x.reshape(x.size(-1), -1)",
    "unflatten": "x.unflatten(-1, (x.size(-1), 1))",
    "flatten": "x.flatten()",
    "squeeze": "x.squeeze()",
    "unsqueeze": "x.unsqueeze(-1)",
    "t": "x.t()",
    "transpose": "x.transpose(0, -1)",
    "permute": "x.permute(*range(x.dim() - 1, -1, -1))",
    "movedim": "x.movedim(0, -1)",
    "swapaxes": "x.swapaxes(-1, 0)",
    "expand": "x.expand(2, *x.shape)",
    "expand_as": "x.expand_as(torch.zeros(3, *x.shape))",
    "broadcast_to": "x.broadcast_to((2, *x.shape))",
    "repeat": "x.repeat(2, *x.shape)",
    "repeat_interleave": "x.repeat_interleave(2, -1)",
    "tile": "x.tile(2)",
    "split": "x.split(2, -1)",
    "chunk": "x.chunk(2, -1)",
    "unbind": "x.unbind(-1)",
    "unfold": "x.unfold(-1, 2, 1)",
    "diagonal": "x.diagonal(1, 0, -1)",
    "diag": "x.diag()",
    "narrow": "x.narrow(-1, 1, 1)",
    "select": "x.select(-1, -1)",
    "as_strided": "x.as_strided((2, 2), (1, 1))",
    "stack": "torch.stack([x, x], -1)",
    "cat": "torch.cat([x, x], -1)",
    "hstack": "torch.hstack([x, x])",
    "vstack": "torch.vstack([x, x])",
    "dstack": "torch.dstack([x, x])",
    "flip": "x.flip(-1)",
    "roll": "x.roll(1, -1)",
    "rot90": "x.rot90(1, (0, -1))",
    "pad": "F.pad(x, (1, 2))",
    "pixel_shuffle": "F.pixel_shuffle(x.new_zeros(4, 2, 1), 2)",
    "contiguous": "x.contiguous()",
    "clone": "x.clone()",
    "detach": "x.detach()",
    "slice with a step": "x[..., ::2]",
    "None and ellipsis": "x[None, ..., :1]",
    "negative index": "x[-1]",
    "two index tensors": "x[torch.tensor([0, -1]), torch.tensor([[1], [0]])]",
    "boolean mask": "x[x > 1]",
    "index_select": "x.index_select(-1, torch.tensor([1, 0, 1]))",
    "masked_select": "x.masked_select(x % 2 == 0)",
    "gather": "x.gather(-1, torch.zeros_like(x, dtype=torch.int64))",
    "take": "x.take(torch.tensor([[1, 0]]))",
    "take_along_dim": "x.take_along_dim(torch.zeros_like(x, dtype=torch.int64), -1)",
}
COMPUTES = {
    "where": "torch.where(torch.tensor(True), x, torch.tensor(7.0).double())",
    "nonzero": "x.nonzero()",
    "scatter": "x.scatter(-1, torch.zeros_like(x, dtype=torch.int64), 7.)",
    "scatter_add": "x.scatter_add(-1, torch.zeros_like(x, dtype=torch.int64), torch.ones_like(x))",
    "index_add": "x.index_add(-1, torch.tensor([0]), torch.ones_like(x[..., :1]))",
    "plus a row": "x + torch.arange(x.size(-1))",
    "times a column": "x * torch.arange(x.size(0)).unsqueeze(-1)",
    "maximum": "torch.maximum(x, torch.tensor(1.))",
    "mm": "torch.mm(x, torch.ones(x.size(-1), 2, dtype=x.dtype))",
    "bmm": "torch.bmm(x, torch.ones(x.size(0), x.size(-1), 2, dtype=x.dtype))",
    "matmul of a matrix": "x @ torch.ones(x.size(-1), 2, dtype=x.dtype)",
    "matmul of a vector": "torch.matmul(x, torch.arange(x.size(-1), dtype=x.dtype))",
    "mv": "torch.mv(x, torch.arange(x.size(-1), dtype=x.dtype))",
    "dot": "torch.dot(x, torch.arange(x.size(-1), dtype=x.dtype))",
    "outer": "torch.outer(x, torch.arange(2, dtype=x.dtype))",
    "einsum": "torch.einsum('...i,j->...j', x, torch.arange(2, dtype=x.dtype))",
    **{name: f"x.{name}(-1)" for name in ("sum", "mean", "prod", "logsumexp", "softmax", "cumsum", "cumprod")},
    **{name: f"x.{name}(-1, keepdim=True)" for name in ("max", "min", "amax", "argmax", "argmin", "std", "norm")},
    "var, biased": "x.var(-1, correction=0)",
    "sum of two dims": "x.sum((0, -1))",
    "sum of all": "x.sum()",
    "argmax of all": "x.argmax()",
    "sort": "x.sort(-1)",
    "topk": "x.topk(1, -1)",
}
ELEMENTS_FOLLOWED = 12

shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)
layouts = st.sampled_from(["", ".transpose(0, -1)", "[..., ::2]", ".expand(2, *x.shape)[0]"])
dtypes = st.sampled_from(["float64", "float32", "int64", "int16", "uint8", "bool", "bfloat16", "complex64"])


def source_of(expression: str, shape: tuple[int, ...], layout: str, dtype: str) -> str:
    """Return a program that makes x with distinct values, as far as the dtype has them, and applies the expression."""
    count = int(np.prod(shape, dtype=np.int64))
    lines = [f"x = torch.arange({count}).reshape({shape}).to(torch.{dtype})"]
    lines += [f"x = x{layout}"] if layout and shape else []
    return "\n".join([*lines, f"y = {expression}"])


def plainly(source: str) -> dict[str, object] | None:
    """Return the names after plain Python ran the program; None when it raises."""
    names: dict[str, object] = {"torch": torch, "F": F}
    try:
        exec(source, names)  # noqa: S102 - made by this file
    except (RuntimeError, IndexError, TypeError, ValueError):
        return None
    return names


def check_outputs(trace: Trace, result: object) -> None:
    expected = [result] if isinstance(result, torch.Tensor) else list(result)  # type: ignore[call-overload]
    if not expected:
        return  # an empty dimension has no slices
    outputs = trace.steps[-1].outputs
    assert len(outputs) == len(expected)
    for state, tensor in zip(outputs, expected, strict=True):
        assert (state.shape, state.stride, state.storage_offset) == (
            tuple(tensor.shape),
            tensor.stride(),
            tensor.storage_offset(),
        )
        assert state.dtype == tensor.dtype
        plain = tensor.detach().float() if tensor.dtype == torch.bfloat16 else tensor.detach()
        np.testing.assert_array_equal(np.asarray(state.values), plain.numpy())


@pytest.mark.parametrize("name", MOVES)
@settings(max_examples=6)
@given(shapes, layouts, dtypes)
def test_moves(name: str, shape: tuple[int, ...], layout: str, dtype: str) -> None:
    source = source_of(MOVES[name], shape, layout, dtype)
    plain = plainly(source)
    trace = explorer.run(source)
    assert (trace.error is None) == (plain is not None), trace.error
    if plain is None or not trace.steps[-1].outputs:
        return
    check_outputs(trace, plain["y"])
    shares = any(state.storage == trace.names["x"].storage for state in trace.steps[-1].outputs)
    results = [plain["y"]] if isinstance(plain["y"], torch.Tensor) else plain["y"]
    x = plain["x"]
    assert isinstance(x, torch.Tensor)
    if any(tensor.numel() for tensor in results):  # type: ignore[attr-defined]
        assert shares == any(t.untyped_storage()._cdata == x.untyped_storage()._cdata for t in results)  # type: ignore[attr-defined]
    if trace.steps[-1].kind in ("view", "copy") and "_strided" not in name:
        check_step(trace, len(trace.steps) - 1)


@pytest.mark.parametrize("name", COMPUTES)
@settings(max_examples=4)
@given(shapes, layouts)
def test_computes(name: str, shape: tuple[int, ...], layout: str) -> None:
    expression = COMPUTES[name]
    source = source_of(expression, shape, layout, "float64")
    plain = plainly(source)
    trace = explorer.run(source)
    assert (trace.error is None) == (plain is not None), trace.error
    if plain is None:
        return
    check_outputs(trace, plain["y"])
    x = plain["x"]
    assert isinstance(x, torch.Tensor)
    if x.numel() <= ELEMENTS_FOLLOWED:
        check_contributors(trace, expression, x)


def check_contributors(trace: Trace, expression: str, x: torch.Tensor) -> None:
    """Compare with changing one element of x after the other in plain torch."""

    def function(value: torch.Tensor) -> object:
        return eval(expression, {"torch": torch, "F": F, "x": value})  # noqa: S307 - made by this file

    last = len(trace.steps) - 1
    arguments = [n for n, state in enumerate(trace.steps[last].inputs) if state.tensor == trace.names["x"].tensor]
    assert arguments
    for output in range(len(results_of(function, [x]))):
        found = contributors_of_all(trace, last, output)
        expected = brute_force(function, [x], output)[0]
        seen = np.zeros_like(expected)
        for number in arguments:
            seen |= found[number].mask.reshape(expected.shape)
        reaches_by_derivative = np.zeros_like(expected)
        for number in arguments:
            slope = found[number].derivative
            if slope is not None:
                reaches_by_derivative |= slope.reshape(expected.shape) != 0
        np.testing.assert_array_equal(seen, expected | reaches_by_derivative)
