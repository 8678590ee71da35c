"""Relations of sums of products: the products add up to what torch made, for every rank and any einsum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.relations.checks import adds_up
from explorer.lenses.relations.equations import equation_of
from tests.lenses.relation_cases import check_dependence, combined, last_terms

sizes = st.integers(0, 3)
dtypes = st.sampled_from(["float32", "float64", "int64", "int16", "bfloat16", "complex64"])


def made(name: str, shape: tuple[int, ...], dtype: str) -> str:
    """Return a line that makes a tensor without zeros, every other one not contiguous."""
    text = f"torch.randint(1, 9, {shape}).to(torch.{dtype})"
    if len(shape) > 1 and sum(shape) % 2:
        text = f"torch.randint(1, 9, {shape[::-1]}).to(torch.{dtype}).permute{tuple(reversed(range(len(shape))))}"
    return f"{name} = {text}\n"


def check_sums(program: str, *, dependence: bool = True) -> None:
    question, terms = last_terms(program)
    recorded = question.recorded(question.elements.size)
    assert terms.values is not None
    assert recorded is not None
    sums = np.array([one.sum() for one in combined(terms, terms.values)])
    if question.state.dtype.is_floating_point or question.state.dtype.is_complex:
        tolerance = 0.05 if "bfloat16" in program else 1e-4
        np.testing.assert_allclose(sums, np.asarray(recorded, sums.dtype), rtol=tolerance)
    else:
        np.testing.assert_array_equal(sums.astype(recorded.dtype), recorded)
    assert terms.letters == () or len(terms.letters) == len(question.shape)
    if dependence:
        check_dependence(question, terms)


@settings(max_examples=60)
@given(st.lists(sizes, max_size=2), st.integers(1, 4), st.integers(1, 4), sizes, sizes, sizes, dtypes, st.data())
def test_matmul_in_all_its_ranks(  # noqa: PLR0917 - one argument a choice
    batch: list[int], left: int, right: int, n: int, m: int, k: int, dtype: str, data: st.DataObject
) -> None:
    def shape(rank: int, last: tuple[int, int]) -> tuple[int, ...]:
        front = batch[len(batch) - min(max(rank - 2, 0), len(batch)) :]
        ones = [data.draw(st.sampled_from([1, size])) for size in front]
        return (*ones, *last)[-rank:] if rank > 1 else (k,)

    program = made("a", shape(left, (n, k)), dtype) + made("b", shape(right, (k, m)), dtype)
    small = max(n, m, k) < 3 and dtype in ("float64", "int64")
    check_sums(program + data.draw(st.sampled_from(["c = a @ b", "c = torch.matmul(a, b)"])), dependence=small)


@pytest.mark.parametrize("dtype", ["float32", "int64", "float16"])
@pytest.mark.parametrize(
    ("shapes", "call"),
    [
        (((3,), (3,)), "torch.dot(a, b)"),
        (((2, 3), (3,)), "torch.mv(a, b)"),
        (((2, 3), (3, 2)), "torch.mm(a, b)"),
        (((2, 2, 3), (2, 3, 2)), "torch.bmm(a, b)"),
        (((2,), (3,)), "torch.outer(a, b)"),
        (((2, 3), (2, 3)), "torch.inner(a, b)"),
        (((2, 3), (4, 3)), "F.linear(a, b)"),
        (((3,), (4, 3)), "F.linear(a, b)"),
        (((2, 3), (2, 4)), "torch.mm(a.t(), b)"),
    ],
)
def test_every_product_by_name(shapes: tuple[tuple[int, ...], ...], call: str, dtype: str) -> None:
    if dtype == "int64" and "linear" in call:
        dtype = "float64"
    check_sums(made("a", shapes[0], dtype) + made("b", shapes[1], dtype) + f"c = {call}")


@pytest.mark.parametrize(
    "call", ["F.linear(a, b, c)", "torch.addmm(c, a, b.t())", "c.add_(1).addmm_(a, b.t())", "c.addmm_(a, b.t())"]
)
def test_what_is_added_is_a_term_of_its_own(call: str) -> None:
    shape = (2, 4) if "addmm_" in call else (4,)
    check_sums(
        made("a", (2, 3), "float64") + made("b", (4, 3), "float64") + made("c", shape, "float64") + f"d = {call}"
    )


@pytest.mark.parametrize("call", ["torch.addmm(c, a, b, alpha=2)", "torch.addmm(c, a, b, beta=0.5)"])
def test_factors_of_its_own_make_a_product_no_plain_sum(call: str) -> None:
    program = made("a", (2, 3), "float64") + made("b", (3, 2), "float64") + made("c", (2, 2), "float64") + f"d = {call}"
    with pytest.raises(AssertionError, match="no rule"):
        last_terms(program)


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, list[tuple[int, ...]]]:
    """Return an equation, and shapes that it takes: repeated letters, an ellipsis, one operand or several."""
    size = {letter: draw(st.integers(1, 3)) for letter in "ijkl"}
    parts, shapes = [], []
    ellipsis = draw(st.booleans())
    front = draw(st.lists(st.integers(1, 2), max_size=2)) if ellipsis else []
    for _ in range(draw(st.integers(1, 3))):
        letters = draw(st.lists(st.sampled_from("ijkl"), max_size=3))
        has_dots = ellipsis and draw(st.booleans())
        parts.append(("..." if has_dots else "") + "".join(letters))
        shapes.append((*(front if has_dots else ()), *(size[letter] for letter in letters)))
    there = sorted(set("".join(parts).replace("...", "")))
    left = ",".join(parts)
    if draw(st.booleans()):
        return left, shapes
    kept = draw(st.permutations(there))[: draw(st.integers(0, len(there)))]
    dots = "..." if "..." in left else ""
    return f"{left}->{dots}{''.join(kept)}", shapes


@settings(max_examples=150)
@given(equations())
def test_einsum_of_any_equation(case: tuple[str, list[tuple[int, ...]]]) -> None:
    equation, shapes = case
    names = [f"t{number}" for number in range(len(shapes))]
    lines = "".join(made(name, shape, "float64") for name, shape in zip(names, shapes, strict=True))
    program = f"{lines}out = torch.einsum('{equation}', {', '.join(names)})"
    small = torch.tensor([int(np.prod(shape)) for shape in shapes]).prod() < 60
    # einsum returns a view when it neither multiplies nor sums, which has no relation
    if explorer.run("import torch\n" + program).steps[-1].kind != "view":
        check_sums(program, dependence=bool(small))


def test_letters_are_no_names_of_tensors() -> None:
    question, terms = last_terms("i = torch.ones(2, 3)\nk = torch.ones(3, 2)\nj = i @ k")
    assert not set(terms.letters) & {"i", "j", "k"}
    assert equation_of(question) is not None
    assert terms.formula.startswith("j[")


def test_formulas_are_written_with_the_names_of_the_program() -> None:
    assert last_terms("x = torch.ones(2, 3)\nw = torch.ones(3, 4)\ny = x @ w")[1].formula == (
        "y[i, j] = Σₖ x[i, k] · w[k, j]"
    )
    assert last_terms("x = torch.ones(2, 1, 2, 3)\nw = torch.ones(5, 3, 4)\ny = x @ w")[1].formula == (
        "y[b, c, i, j] = Σₖ x[b, 0, i, k] · w[c, k, j]"
    )


def test_sums_are_compared_with_what_was_recorded() -> None:
    counts = np.array([2, 2])
    terms = np.array([1.0, 2.0, 3.0, 4.0], np.float32)
    assert adds_up(terms, counts, np.array([3.0, 7.0], np.float32), torch.float32)
    assert not adds_up(terms, counts, np.array([3.0, 7.001], np.float32), torch.float32)
    assert not adds_up(terms, counts, np.array([3.0, np.nan], np.float32), torch.float32)
    assert adds_up(np.array([1, 2, 3, 4]), counts, np.array([3, 7]), torch.int64)
    assert not adds_up(np.array([1, 2, 3, 4]), counts, np.array([3, 8]), torch.int64)
    overflow = np.array([6e4, 6e4, np.inf, -np.inf], np.float16)
    assert adds_up(overflow, counts, np.array([np.inf, np.nan], np.float16), torch.float16)
