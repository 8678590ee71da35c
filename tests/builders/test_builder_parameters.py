"""Fields: what may be typed, and what is said about the rest."""

from __future__ import annotations

import ast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.program.builders.parameters import ArgumentProblem, Parameter
from explorer.program.builders.values import MAX_VALUES, nested_list

SIZES = Parameter("shape", "Shape", "sizes", "", inferred="once")
PLAIN = Parameter("shape", "Shape", "sizes", "")
DIM = Parameter("dim", "Dimension", "dim", "")
DIMS = Parameter("dims", "Dimensions", "dims", "")
INTS = Parameter("shifts", "Shifts", "ints", "")
INT = Parameter("length", "Length", "int", "")
NUMBER = Parameter("value", "Value", "number", "")
BOOL = Parameter("grad", "Grad", "bool", "")
INDEX = Parameter("index", "Index", "index", "")
TENSOR = Parameter("index", "Index", "tensor", "")
OPERAND = Parameter("other", "Other", "operand", "")
EQUATION = Parameter("equation", "Equation", "equation", "")
TENSORS = Parameter("tensors", "Tensors", "tensors", "")
VALUES = Parameter("data", "Values", "values", "")
DTYPE = Parameter("dtype", "dtype", "dtype", "", "default", required=False)
CHOICE = Parameter("mode", "Mode", "choice", "", choices=("max", "mean"))
EXPRESSION = Parameter("ndarray", "Array", "expression", "")
NAME = Parameter("data", "Name", "name", "")


@pytest.mark.parametrize(
    ("parameter", "typed", "text"),
    [
        (SIZES, "4, 6", "4, 6"),
        (SIZES, " (4,6) ", "4, 6"),
        (SIZES, "[4, 6]", "4, 6"),
        (SIZES, "4 6", "4, 6"),
        (SIZES, "4×6", "4, 6"),
        (SIZES, "4,", "4"),
        (SIZES, "-1, +06", "-1, 6"),
        (SIZES, "1_000", "1000"),
        (SIZES, "()", "()"),
        (SIZES, "torch.Size([2, 3])", "2, 3"),
        (DIM, "-1", "-1"),
        (DIMS, "1 0", "1, 0"),
        (INTS, "1, -2", "1, -2"),
        (INTS, "2, 2", "2, 2"),
        (INT, "007", "7"),
        (NUMBER, "1e3", "1000.0"),
        (NUMBER, "-2", "-2"),
        (NUMBER, "-inf", "float('-inf')"),
        (NUMBER, "nan", "float('nan')"),
        (NUMBER, "1+2j", "1 + 2j"),
        (BOOL, "true", "True"),
        (BOOL, "no", "False"),
        (INDEX, "0,1:3", "0, 1:3"),
        (INDEX, "..., None,[0,2]", "..., None, [0, 2]"),
        (INDEX, "[0, 1:3]", "0, 1:3"),
        (INDEX, "[0, 2]", "[0, 2]"),
        (INDEX, "mask", "mask"),
        (INDEX, "x > 0", "x > 0"),
        (INDEX, "::2, -1", "::2, -1"),
        (INDEX, "n:, True", "n:, True"),
        (TENSORS, "a,b", "a, b"),
        (TENSORS, "[a, b]", "a, b"),
        (TENSORS, "a, torch.zeros(4, 6)", "a, torch.zeros(4, 6)"),
        (TENSOR, " y ", "y"),
        (TENSOR, "torch.tensor( [2,0] )", "torch.tensor([2, 0])"),
        (TENSOR, "x>0", "x > 0"),
        (OPERAND, "-1.50", "-1.5"),
        (OPERAND, "True", "True"),
        (OPERAND, "y+1", "y + 1"),
        (EQUATION, "'ij, jk -> ik'", "ij, jk -> ik"),
        (EQUATION, "...i->...", "...i->..."),
        (EQUATION, ",->", ",->"),
        (DTYPE, "torch.float", "float32"),
        (DTYPE, "int64", "int64"),
        (DTYPE, "", "default"),
        (CHOICE, "max", "max"),
        (EXPRESSION, "np.arange( 4 )", "np.arange(4)"),
        (NAME, "data", "data"),
    ],
)
def test_what_may_be_typed(parameter: Parameter, typed: str, text: str) -> None:
    assert parameter.parse(typed) == text
    assert parameter.parse(text) == text


@pytest.mark.parametrize(
    ("parameter", "typed", "phrase"),
    [
        (SIZES, "4, x", "'4, x' is not a list of sizes: 'x' is not a whole number. Type sizes"),
        (SIZES, "4.5", "'4.5' is not a whole number"),
        (SIZES, "4,,6", "a comma has nothing before it"),
        (SIZES, "-1, -1", "-1 twice"),
        (SIZES, "-2", "only -1 has a meaning"),
        (PLAIN, "-1", "a size cannot be negative"),
        (PLAIN, "", "Shape is empty. Type sizes"),
        (PLAIN, "9" * 5000, "numbers end at"),
        (PLAIN, "9223372036854775808", "numbers end at"),
        (DIM, "rows", "'rows' is not a dimension. Type one whole number"),
        (DIM, "0, 1", "'0, 1' is not a dimension"),
        (DIMS, "0, 1, 0", "names dimension 0 twice"),
        (INT, "2.5", "'2.5' is not a whole number"),
        (NUMBER, "two", "'two' is not a number"),
        (NUMBER, "True", "'True' is not a number"),
        (NUMBER, "9" * 5000, "is not a number"),
        (NUMBER, "99999999999999999999", "too large"),
        (BOOL, "maybe", "neither True nor False"),
        (INDEX, "0] + y[0", "is not an index"),
        (INDEX, "1.5", "'1.5' is not a whole number"),
        (INDEX, "'a'", "is not a whole number"),
        (INDEX, "::-1", "flip reverses"),
        (INDEX, "..., ...", "twice"),
        (INDEX, "0 1", "is not an index"),
        (TENSORS, "a b", "'a b' is not a list of tensors. Type tensors"),
        (TENSORS, "a, 3", "'3' is no tensor"),
        (TENSORS, "*rows", "is no tensor"),
        (TENSORS, "a], dim=0); print([b", "is not a list of tensors"),
        (TENSOR, "3", "'3' is not a tensor. Type the name of a tensor"),
        (TENSOR, "-1", "is not a tensor"),
        (TENSOR, "[1, 2]", "is not a tensor"),
        (TENSOR, "a, b", "is not a tensor"),
        (OPERAND, "[1]", "is neither a number nor a tensor"),
        (OPERAND, "'a'", "is neither a number nor a tensor"),
        (OPERAND, "", "Other is empty. Type a number"),
        (EQUATION, "ij;jk", "is not an equation. Type letters"),
        (EQUATION, "ij->jk->k", "is not an equation"),
        (EQUATION, '""', "is not an equation"),
        (DTYPE, "float33", "'float33' is not a dtype"),
        (CHOICE, "min", "Choose one of max, mean"),
        (EXPRESSION, "np.arange(4", "is not an expression"),
        (EXPRESSION, "4", "is not an expression"),
        (NAME, "my data", "is not a name"),
        (NAME, "class", "is not a name"),
    ],
)
def test_messages(parameter: Parameter, typed: str, phrase: str) -> None:
    with pytest.raises(ArgumentProblem) as caught:
        parameter.parse(typed)
    assert phrase in caught.value.message
    assert caught.value.field == parameter.name


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"),
        ("1 2 3\n4 5 6", "[[1, 2, 3], [4, 5, 6]]"),
        ("1, 2\n3, 4\n", "[[1, 2], [3, 4]]"),
        ("1,2,\n3,4,", "[[1, 2], [3, 4]]"),
        ("1 2; 3 4", "[[1, 2], [3, 4]]"),
        ("1\t2\n3\t4", "[[1, 2], [3, 4]]"),
        ("1 2 3", "[1, 2, 3]"),
        ("1, 2", "[1, 2]"),
        ("5", "5"),
        ("5,", "[5]"),
        ("-1.5 2e3", "[-1.5, 2000.0]"),
        ("tensor([[1., 2.]])", "[[1.0, 2.0]]"),
        ("tensor([[1., 2.]], dtype=torch.float64, requires_grad=True)", "[[1.0, 2.0]]"),
        ("torch.tensor([1])", "[1]"),
        ("array([[1, 2],\n       [3, 4]])", "[[1, 2], [3, 4]]"),
        ("[[1 2]\n [3 4]]", "[[1, 2], [3, 4]]"),
        ("[-1 -2]", "[-1, -2]"),
        ("[[1. 2.]\n [3. 4.]]", "[[1.0, 2.0], [3.0, 4.0]]"),
        ("tensor([nan, -inf, inf])", "[float('nan'), float('-inf'), float('inf')]"),
        ("[float('nan'), 1]", "[float('nan'), 1]"),
        ("[True, False]", "[True, False]"),
        ("[1 + 2j]", "[1 + 2j]"),
        ("[]", "[]"),
        ("[[], []]", "[[], []]"),
        ("(1, 2)", "[1, 2]"),
    ],
)
def test_pasted_values(typed: str, text: str) -> None:
    assert nested_list(typed) == text
    assert nested_list(text) == text


@pytest.mark.parametrize(
    ("typed", "phrase"),
    [
        ("[[1, 2, 3], [4, 5]]", "Row 2 has 2 values, but row 1 has 3 values."),
        ("1 2\n3", "Row 2 has 1 value, but row 1 has 2 values."),
        ("[[[1, 2], [3]], [[1, 2], [3, 4]]]", "Row 2 of block 1 has 1 value, but row 1 has 2 values."),
        ("[[1], 2]", "Row 2 is a single number, but row 1 is a list of length 1."),
        ("[1, x]", "'x' is not a number"),
        ("1, two", "'two' is not a number"),
        ("1,,2", "empty place between two commas"),
        ("[[1, 2], ...]", "leaves values out"),
        ("[1, 2", "is not a list of numbers"),
        ("['a']", "is not a number"),
        ("hello", "is not a list of numbers"),
        ("[" * 500 + "]" * 500, "is not a list of numbers"),
        (str([0] * (MAX_VALUES + 1)), "Upload them as a file"),
    ],
)
def test_values_that_are_none(typed: str, phrase: str) -> None:
    with pytest.raises(ArgumentProblem) as caught:
        VALUES.parse(typed)
    assert phrase in caught.value.message


@given(st.lists(st.integers(0, 4), min_size=0, max_size=3), st.booleans())
def test_values_as_torch_prints_them(shape: list[int], floating: bool) -> None:
    values = torch.randint(-9, 9, tuple(shape)) / (3 if floating else 1)
    if 0 in shape[:-1]:
        return  # [] says nothing about the sizes behind a 0
    text = nested_list(str(values.tolist()))
    assert torch.equal(torch.tensor(ast.literal_eval(text), dtype=values.dtype), values)


TYPED = st.text("0123456789,.-+()[]:; abnif'\"\n*=×é", max_size=20)


FREE = [SIZES, DIM, DIMS, INTS, NUMBER, INDEX, TENSOR, OPERAND, TENSORS, VALUES, DTYPE, EXPRESSION]


@given(TYPED, st.sampled_from(FREE))
def test_any_text_gives_an_expression_or_a_problem(text: str, parameter: Parameter) -> None:
    try:
        parsed = parameter.parse(text)
    except ArgumentProblem:
        return
    written = f"f({parsed})" if parameter.kind != "index" else f"f[{parsed}]"
    call = ast.parse(written, mode="eval").body
    assert isinstance(call, ast.Call | ast.Subscript)
    assert parameter.parse(parsed) == parsed
