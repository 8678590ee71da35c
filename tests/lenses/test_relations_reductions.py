"""Relations of operations that run along dimensions, against torch: what is put together gives the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.lenses.relations.question import Question, Terms
from tests.lenses.relation_cases import check_dependence, combined, factor_values, inputs_of, last_terms

shapes = st.lists(st.integers(1, 3), max_size=3).map(tuple)
FLOATS = ["float32", "float64", "bfloat16", "float16"]
INTEGERS = ["int64", "int32", "uint8", "int8"]


def made(shape: tuple[int, ...], dtype: str, *, transposed: bool = False) -> str:
    """Return a line that makes `x` of distinct numbers, none of them 0, in no order."""
    count = int(np.prod(shape))
    text = f"(torch.randperm({count}) + 1).to(torch.{dtype}).view{shape[::-1] if transposed else shape}"
    if dtype == "bool":
        text = f"(torch.randint(0, 2, {shape}) > 0)"
    elif transposed:
        text += f".permute{tuple(reversed(range(len(shape))))}"
    return f"x = {text}\n" if shape or dtype == "bool" else f"x = torch.tensor(3).to(torch.{dtype})\n"


@st.composite
def dims(draw: st.DrawFn, rank: int, *, several: bool = True) -> str:
    """Return an argument: nothing, one dimension or several, negative ones among them."""
    if rank == 0 or draw(st.integers(0, 4)) == 0:
        return ""
    one = st.integers(-rank, rank - 1)
    if several and draw(st.booleans()):
        chosen = draw(st.lists(one, min_size=1, max_size=rank, unique_by=lambda dim: dim % rank))
        given_dim = str(tuple(chosen))
    else:
        given_dim = str(draw(one))
    return f"dim={given_dim}" + draw(st.sampled_from(["", ", keepdim=True", ", keepdim=False"]))


def recorded(question: Question) -> np.ndarray:
    values = question.recorded(question.elements.size)
    assert values is not None
    return values


def check_combined(
    program: str, combine: Callable[[np.ndarray], object], *, exact: bool = True, output: int = 0
) -> None:
    question, terms = last_terms(program, output)
    lines = combined(terms, factor_values(question, terms))
    got = np.array([combine(line) for line in lines])
    tolerance = 0.02 if question.state.dtype in (torch.float16, torch.bfloat16) else 1e-5
    expected = recorded(question).astype(np.float64)
    np.testing.assert_allclose(got.astype(np.float64), expected, rtol=tolerance, atol=1e-6)
    if len(terms.values if terms.values is not None else ()) < 30:
        check_dependence(question, terms, exact=exact)


@settings(max_examples=120)
@given(
    shapes,
    st.sampled_from(["sum", "mean", "prod", "amax", "amin", "std", "var", "logsumexp"]),
    st.sampled_from(FLOATS[:2]),
    st.booleans(),
    st.data(),
)
@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
def test_reductions_of_floats(
    shape: tuple[int, ...], op: str, dtype: str, transposed: bool, data: st.DataObject
) -> None:
    dim = data.draw(dims(len(shape), several=op != "prod"))
    if op == "logsumexp" and not dim:
        return
    combine: dict[str, Callable[[np.ndarray], object]] = {
        "sum": np.sum, "mean": np.mean, "prod": np.prod, "amax": np.max, "amin": np.min,
        "std": lambda line: np.std(line, ddof=1) if line.size > 1 else np.nan,
        "var": lambda line: np.var(line, ddof=1) if line.size > 1 else np.nan,
        "logsumexp": lambda line: np.log(np.exp(line.astype(np.float64)).sum()),
    }  # fmt: skip
    exact = op not in ("std", "var")
    check_combined(made(shape, dtype, transposed=transposed) + f"y = x.{op}({dim})", combine[op], exact=exact)


@settings(max_examples=60)
@given(
    shapes,
    st.sampled_from(["sum", "prod", "amax", "amin", "any", "all"]),
    st.sampled_from([*INTEGERS, "bool"]),
    st.data(),
)
def test_reductions_of_integers_and_bools(shape: tuple[int, ...], op: str, dtype: str, data: st.DataObject) -> None:
    dim = data.draw(dims(len(shape), several=op != "prod"))
    reducers: dict[str, Callable[[np.ndarray], object]] = {
        "sum": np.sum, "prod": np.prod, "amax": np.max, "amin": np.min, "any": np.any, "all": np.all,
    }  # fmt: skip
    check_combined(
        made(shape, dtype) + f"y = x.{op}({dim})", lambda line: reducers[op](line.astype(np.int64)), exact=False
    )


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@pytest.mark.parametrize("call", ["max", "min", "median", "mode", "kthvalue"])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_values_and_indices_come_from_the_same_line(call: str, dim: int, dtype: str) -> None:
    arguments = f"2, dim={dim}" if call == "kthvalue" else f"dim={dim}"
    program = made((3, 4), dtype) + f"y = x.{call}({arguments})"
    for output in (0, 1):
        question, terms = last_terms(program, output)
        assert terms.dims == (dim % 2,)
        check_dependence(question, terms, exact=call in ("max", "min"))
        if output == 0:
            lines = combined(terms, factor_values(question, terms))
            assert all(value in line for value, line in zip(recorded(question), lines, strict=True))
            assert terms.derivatives is not None
            picked = [line[slope != 0] for line, slope in zip(lines, combined(terms, terms.derivatives), strict=True)]
            assert [one.tolist() for one in picked] == [[value] for value in recorded(question)]


@settings(max_examples=60)
@given(shapes, st.sampled_from(["argmax", "argmin"]), st.sampled_from(["float32", "int64"]), st.data())
def test_argmax_is_a_place_in_its_line(shape: tuple[int, ...], op: str, dtype: str, data: st.DataObject) -> None:
    dim = data.draw(dims(len(shape), several=False))
    check_combined(made(shape, dtype) + f"y = x.{op}({dim})", getattr(np, op), exact=False)


RUNNING: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "softmax": lambda line: np.exp(line) / np.exp(line).sum(),
    "log_softmax": lambda line: line - np.log(np.exp(line).sum()),
    "sort": np.sort,
    "argsort": np.argsort,
    "logcumsumexp": lambda line: np.log(np.cumsum(np.exp(line))),
}


@settings(max_examples=120)
@given(shapes.filter(len), st.sampled_from(sorted(RUNNING)), st.booleans(), st.data())
def test_what_runs_along_a_dimension(shape: tuple[int, ...], op: str, transposed: bool, data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    question, terms = last_terms(made(shape, "float64", transposed=transposed) + f"y = x.{op}({dim})")
    assert terms.dims == (dim % len(shape),)
    values = np.moveaxis(np.asarray(inputs_of(question)[0]), dim, -1)
    expected = np.moveaxis(np.apply_along_axis(RUNNING[op], -1, values), -1, dim)
    np.testing.assert_allclose(recorded(question).reshape(shape), expected, rtol=1e-6, atol=1e-12)
    lines = combined(terms, factor_values(question, terms))
    for element, line in zip(question.elements, lines, strict=True):
        place = np.unravel_index(element, shape)[dim]
        wanted = np.moveaxis(np.asarray(inputs_of(question)[0]), dim, -1)
        whole = wanted[tuple(np.delete(np.unravel_index(element, shape), dim % len(shape)))]
        prefix = op.startswith(("cum", "logcum"))
        np.testing.assert_array_equal(line, whole[: place + 1] if prefix else whole)
    check_dependence(question, terms, exact=shape[dim] > 1 and op not in ("argsort", "cumprod"))


@settings(max_examples=60)
@given(
    shapes.filter(len),
    st.sampled_from(
        [
            "softmax(dim)",
            "cumprod(dim)",
            "sort(dim)",
            "logcumsumexp(dim)",
            "topk(1, dim)",
            "prod(dim)",
            "norm(2, dim)",
            "std(dim)",
            "amax(dim)",
            "logsumexp(dim)",
        ]
    ),
    st.data(),
)
def test_derivatives_are_those_of_autograd(shape: tuple[int, ...], call: str, data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    if call == "std(dim)" and shape[dim] == 1:
        return
    question, terms = last_terms(made(shape, "float64") + f"y = x.{call.replace('dim', f'dim={dim}')}")
    assert terms.derivatives is not None
    leaf = inputs_of(question)[0].requires_grad_()
    result = results_with_gradient(question, leaf).reshape(-1)
    jacobian = [torch.autograd.grad(one, leaf, retain_graph=True)[0].reshape(-1) for one in result]
    rows = np.repeat(question.elements, terms.counts)
    expected = torch.stack(jacobian).numpy()[rows, terms.factors[0].elements]
    np.testing.assert_allclose(terms.derivatives.astype(np.float64), expected, rtol=1e-6, atol=1e-12)


def results_with_gradient(question: Question, value: torch.Tensor) -> torch.Tensor:
    call = question.call
    assert call is not None
    result = call.function(value, *call.arguments[1:], **call.keywords)
    return result if isinstance(result, torch.Tensor) else result[question.output]


def test_topk_takes_its_results_from_whole_lines() -> None:
    question, terms = last_terms(made((3, 4), "float32") + "y = x.topk(2, dim=1)")
    lines = combined(terms, factor_values(question, terms))
    assert all(line.size == 4 for line in lines)
    top = np.sort(factor_values(question, terms).reshape(3, 2, 4)[:, 0], axis=1)[:, ::-1][:, :2]
    np.testing.assert_array_equal(recorded(question).reshape(3, 2), top)
    check_dependence(question, terms)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
@pytest.mark.parametrize("call", ["sum(dim=0)", "sum()", "cumsum(0)", "softmax(0)", "any(dim=-1)", "prod(dim=-1)"])
def test_empty_lines_have_no_terms(shape: tuple[int, ...], call: str) -> None:
    question, terms = last_terms(f"x = torch.ones({shape})\ny = x.{call}")
    assert terms.counts.size == question.state.numel
    assert terms.counts.sum() == 0 or call in {"any(dim=-1)", "prod(dim=-1)"} or shape[0] > 0


@pytest.mark.parametrize(
    ("call", "formula", "letters"),
    [
        ("sum(dim=0)", "y[j] = Σᵢ x[i, j]", ("j",)),
        ("sum(1, keepdim=True)", "y[i, 0] = Σⱼ x[i, j]", ("i", "0")),
        ("sum()", "y = Σᵢⱼ x[i, j]", ()),
        ("mean(-1)", "y[i] = Σⱼ x[i, j] / 3", ("i",)),
        ("amax(dim=(0, 1))", "y = amax(x)", ()),
        ("softmax(dim=1)", "y[i, j] = exp x[i, j] / Σ exp x[i, :]", ("i", "j")),
        ("cumsum(dim=0)", "y[i, j] = sum(x[:i + 1, j])", ("i", "j")),
        ("argmax(dim=0)", "y[j] = argmax(x[:, j])", ("j",)),
    ],
)
def test_formulas(call: str, formula: str, letters: tuple[str, ...]) -> None:
    terms: Terms = last_terms(f"x = torch.rand(2, 3)\ny = x.{call}")[1]
    assert (terms.formula, terms.letters) == (formula, letters)


@pytest.mark.parametrize(
    "call", ["x.std(0, True)", "x.std(dim=0, correction=0)", "torch.var(x, 0, False)", "x.var(False)"]
)
def test_the_correction_is_no_dimension(call: str) -> None:
    question, terms = last_terms(f"x = torch.rand(3, 4)\ny = {call}")
    assert terms.dims == ((0,) if "0" in call else (0, 1))
    check_dependence(question, terms)
