"""Operations and creations: written, read back, and run by torch."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders.creations import CREATIONS, match_creation
from explorer.program.builders.operations import OPERATIONS, match_operation
from explorer.program.builders.parameters import ArgumentProblem

# what torch does only to tensors that autograd follows
NEEDS_GRAPH = ("backward", "grad", "retain_grad")
SHAPES = st.lists(st.integers(0, 5), max_size=4).map(tuple)


def value(text: str, **names: object) -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = eval(text, {"torch": torch, "np": np, "F": torch.nn.functional, **names})  # noqa: S307 - what the builders wrote
    assert isinstance(result, torch.Tensor)
    return result


def results(text: str, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Run a line of a program; return what it made, or the tensor that it wrote to."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # what torch says of tensors without elements, and of one element alone
        warnings.filterwarnings("ignore", r"std|var|An output with one or more elements")
        names = {"torch": torch, "np": np, "F": torch.nn.functional, "x": x}
        if isinstance(ast.parse(text).body[0], ast.Expr):
            made = eval(text, names)  # noqa: S307 - what the builders wrote
        else:
            exec(text, names)  # noqa: S102
            made = names["x"]
    made = made if isinstance(made, tuple | list) else (made,)
    assert all(isinstance(item, torch.Tensor) for item in made)
    return tuple(made)


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def line(text: str) -> ast.expr | ast.stmt:
    statement = ast.parse(text).body[0]
    return statement.value if isinstance(statement, ast.Expr) else statement


@pytest.mark.parametrize("name", OPERATIONS)
@given(shape=SHAPES)
@settings(max_examples=40)
def test_defaults_run(name: str, shape: tuple[int, ...]) -> None:
    operation = OPERATIONS[name]
    if operation.refuses(shape):
        return
    fields = operation.defaults(shape)
    x = torch.zeros(shape, requires_grad=operation.name in NEEDS_GRAPH)
    if operation.silent:
        assert eval(operation.render("x", fields), {"torch": torch, "x": x}) is None  # noqa: S307 - what the builders wrote
        return
    made = results(operation.render("x", fields), x)
    assert operation.sequence or len(made) == max(1, len(operation.results(fields)))


@pytest.fixture
def warned() -> Iterator[None]:
    """Lets torch warn each time, not once in a process."""
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield
    torch.set_warn_always(before)


@pytest.mark.usefixtures("warned")
@pytest.mark.parametrize(
    ("name", "shape"),
    [("t", (2, 3, 4)), ("mT", (3,)), ("cat", ()), ("narrow", ()), ("select", ()), ("select", (0,)),
     ("unflatten", ()), ("diagonal", (3,)), ("T", (2, 3, 4)), ("rot90", (3,)), ("pixel_shuffle", (2, 2)),
     ("split", ()), ("chunk", ()), ("unbind", ()), ("pad", ()), ("take", (0,)), ("take_along_dim", ()), ("@", ()),
     ("matmul", ()), ("mm", (3,)), ("bmm", (3, 3)), ("mv", (3,)), ("dot", (3, 3)), ("outer", (3, 3)), ("max", (0,)),
     ("min", (0,)), ("amax", (0,)), ("amin", (0,)), ("argmax", (0,)), ("argmin", (0,)), ("index_add", ())],
)  # fmt: skip
def test_refused_shapes_have_no_legal_call(name: str, shape: tuple[int, ...]) -> None:
    operation = OPERATIONS[name]
    assert operation.refuses(shape)
    text = operation.render("x", operation.defaults(shape))
    with pytest.raises((RuntimeError, IndexError, UserWarning)):
        value(text, x=torch.zeros(shape))


@pytest.mark.parametrize("name", OPERATIONS)
@given(shape=SHAPES)
@settings(max_examples=20)
def test_defaults_are_read_back(name: str, shape: tuple[int, ...]) -> None:
    operation = OPERATIONS[name]
    fields = operation.defaults(shape)
    for style in ("method", "function"):
        text = operation.render("x", fields, style="function" if style == "function" else None)
        found = match_operation(line(text))
        assert found is not None
        assert found[0] is operation
        assert found[1].fields == fields
        assert ast.unparse(found[1].receiver) == "x"


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_tell_about_themselves(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.summary.endswith(".")
    assert operation.group
    for parameter in operation.parameters:
        assert parameter.label
        assert parameter.help.endswith((".", "…"))


@pytest.mark.parametrize(
    ("text", "name", "fields", "again"),
    [
        ("x.view(4, 6)", "view", {"shape": "4, 6"}, "x.view(4, 6)"),
        ("x.view((4, 6))", "view", {"shape": "4, 6"}, "x.view(4, 6)"),
        ("x.view([4,6])", "view", {"shape": "4, 6"}, "x.view(4, 6)"),
        ("x.view(size=(4, 6))", "view", {"shape": "4, 6"}, "x.view(4, 6)"),
        ("x.view(-1)", "view", {"shape": "-1"}, "x.view(-1)"),
        ("x.view(())", "view", {"shape": "()"}, "x.view(())"),
        ("x.view(n, -1)", "view", {"shape": "n, -1"}, "x.view(n, -1)"),
        ("x.view(x.size(0), -1)", "view", {"shape": "x.size(0), -1"}, "x.view(x.size(0), -1)"),
        ("torch.reshape(x, (3, 8))", "reshape", {"shape": "3, 8"}, "torch.reshape(x, (3, 8))"),
        ("torch.reshape(input=x, shape=[8])", "reshape", {"shape": "8"}, "torch.reshape(x, (8,))"),
        ("torch.transpose(x, 0, 1)", "transpose", {"dim0": "0", "dim1": "1"}, "torch.transpose(x, 0, 1)"),
        ("x.transpose(dim1=0, dim0=-1)", "transpose", {"dim0": "-1", "dim1": "0"}, "x.transpose(-1, 0)"),
        ("x.permute(dims=(1,0))", "permute", {"dims": "1, 0"}, "x.permute(1, 0)"),
        ("torch.permute(x, (1, 0))", "permute", {"dims": "1, 0"}, "torch.permute(x, (1, 0))"),
        ("x.flip(0)", "flip", {"dims": "0"}, "x.flip(0)"),
        ("torch.flip(x, [0])", "flip", {"dims": "0"}, "torch.flip(x, (0,))"),
        ("x.expand(3, -1, -1)", "expand", {"sizes": "3, -1, -1"}, "x.expand(3, -1, -1)"),
        ("x.squeeze()", "squeeze", {"dim": ""}, "x.squeeze()"),
        ("x.squeeze(axis=0)", "squeeze", {"dim": "0"}, "x.squeeze(0)"),
        ("x.squeeze((0, 1))", "squeeze", {"dim": "0, 1"}, "x.squeeze((0, 1))"),
        ("x.flatten(end_dim=1)", "flatten", {"start_dim": "0", "end_dim": "1"}, "x.flatten(end_dim=1)"),
        ("x.flatten(1, -1)", "flatten", {"start_dim": "1", "end_dim": "-1"}, "x.flatten(1)"),
        ("x.roll(1)", "roll", {"shifts": "1", "dims": ""}, "x.roll(1)"),
        ("x.roll((1, 2), (0, 1))", "roll", {"shifts": "1, 2", "dims": "0, 1"}, "x.roll((1, 2), (0, 1))"),
        ("x.unflatten(1, (2, -1))", "unflatten", {"dim": "1", "sizes": "2, -1"}, "x.unflatten(1, (2, -1))"),
        ("torch.stack([a, b], dim=0)", "stack", {"tensors": "a, b", "dim": "0"}, "torch.stack([a, b], dim=0)"),
        ("torch.stack((a, b))", "stack", {"tensors": "a, b", "dim": "0"}, "torch.stack([a, b], dim=0)"),
        ("torch.cat(tensors=[a, b], axis=1)", "cat", {"tensors": "a, b", "dim": "1"}, "torch.cat([a, b], dim=1)"),
        ("x[0, 1:3]", "index", {"index": "0, 1:3"}, "x[0, 1:3]"),
        ("x[..., None]", "index", {"index": "..., None"}, "x[..., None]"),
        ("x.T", "T", {}, "x.T"),
        ("x.t()", "t", {}, "x.t()"),
        ("(x + 1).t()", "t", {}, "(x + 1).t()"),
        ("x + 1", "elementwise", {"operator": "+", "other": "1"}, "x + 1"),
        ("(x - 1) * (y + 2)", "elementwise", {"operator": "*", "other": "y + 2"}, "(x - 1) * (y + 2)"),
        ("x ** -2", "elementwise", {"operator": "**", "other": "-2"}, "x ** -2"),
        ("x >= y", "elementwise", {"operator": ">=", "other": "y"}, "x >= y"),
        ("a @ b.t()", "@", {"other": "b.t()"}, "a @ b.t()"),
        ("torch.matmul(a, b)", "matmul", {"other": "b"}, "torch.matmul(a, b)"),
        ("x[0, 1:] = 9", "assign", {"index": "0, 1:", "value": "9"}, "x[0, 1:] = 9"),
        ("x[x > 0] = -y", "assign", {"index": "x > 0", "value": "-y"}, "x[x > 0] = -y"),
        ("x *= 2", "update", {"operator": "*=", "value": "2"}, "x *= 2"),
        ("torch.where(x > 0, x, 0)", "where", {"condition": "x > 0", "other": "0"}, "torch.where(x > 0, x, 0)"),
        ("torch.hstack((a, b))", "hstack", {"tensors": "a, b"}, "torch.hstack([a, b])"),
        (
            "torch.einsum('ij,jk->ik', a, b)",
            "einsum",
            {"equation": "ij,jk->ik", "tensors": "a, b"},
            'torch.einsum("ij,jk->ik", a, b)',
        ),
        ("F.pad(x, (1, 2))", "pad", {"pad": "1, 2", "mode": "constant", "value": "0"}, "F.pad(x, (1, 2))"),
        (
            "torch.nn.functional.pad(x, [1, 2], value=3)",
            "pad",
            {"pad": "1, 2", "mode": "constant", "value": "3"},
            "F.pad(x, (1, 2), value=3)",
        ),
        (
            "torch.from_numpy(x.numpy().transpose(1, 0))",
            "numpy_transpose",
            {"axes": "1, 0"},
            "torch.from_numpy(x.numpy().transpose(1, 0))",
        ),
        ("x.sum(0)", "sum", {"dim": "0", "keepdim": "False"}, "x.sum(dim=0)"),
        (
            "x.sum(axis=(0, -1), keepdim=True)",
            "sum",
            {"dim": "0, -1", "keepdim": "True"},
            "x.sum(dim=(0, -1), keepdim=True)",
        ),
        ("torch.max(x, 1)", "max", {"dim": "1", "keepdim": "False"}, "torch.max(x, dim=1)"),
        (
            "x.var(0, correction=0)",
            "var",
            {"dim": "0", "correction": "0", "keepdim": "False"},
            "x.var(dim=0, correction=0)",
        ),
        ("x.split([1, 2], 1)", "split", {"split_size": "1, 2", "dim": "1"}, "x.split((1, 2), dim=1)"),
        (
            "x.as_strided((2, 3), (1, 2))",
            "as_strided",
            {"size": "2, 3", "stride": "1, 2", "storage_offset": ""},
            "x.as_strided((2, 3), (1, 2))",
        ),
        ("x.resize_(7, 4)", "resize_", {"size": "7, 4"}, "x.resize_(7, 4)"),
        ("x.to(torch.float16)", "to", {"dtype": "float16"}, "x.to(torch.float16)"),
    ],
)
def test_ways_of_writing(text: str, name: str, fields: dict[str, str], again: str) -> None:
    found = match_operation(line(text))
    assert found is not None
    operation, match = found
    assert (operation.name, match.fields) == (name, fields)
    receiver = ast.unparse(match.receiver)
    assert operation.render(receiver, fields, style=match.style, kept=frozenset(fields)) == again


@pytest.mark.parametrize(
    "text",
    ["x.view(torch.int32)", "x.view(*sizes)", "x.view('a')", "x.view(1.5)", "x.sinh()",
     "torch.reshape(x, shape)", "torch.stack(rows)", "torch.stack([*rows])", "torch.stack([])", "x.t(1)",
     "x.transpose(0)", "x.transpose(0, 1, 2)", "x.transpose(0, dim0=1)", "x['a']", "[1, 2][0]", "x.view(2, dim=3)",
     "torch.t()", "torch.view(x, 3)", "x.stack(y)", "x.clone(memory_format=torch.contiguous_format)", "t(x)",
     "x.to('cpu')", "torch.where(x)", "0 < x < 1", "1 + x", "torch.einsum(e, a)", "x.masked_select()",
     "torch.from_numpy(x.transpose(1, 0))", "F.relu(x)", "x.pad(1)"],
)  # fmt: skip
def test_forms_that_are_not_understood(text: str) -> None:
    assert match_operation(expression(text)) is None


@pytest.mark.parametrize("text", ["x[0][0] = 1", "x[0] = y[0] = 1", "x += 'a'", "x[0] += 1", "x <<= 1", "a.b += 1"])
def test_statements_that_are_not_understood(text: str) -> None:
    assert match_operation(line(text)) is None


def test_a_wrong_field_is_named() -> None:
    with pytest.raises(ArgumentProblem) as caught:
        OPERATIONS["narrow"].render("x", {"dim": "0", "start": "a"})
    assert caught.value.field == "start"


@pytest.mark.parametrize("name", [name for name in CREATIONS if name != "upload"])
@given(shape=SHAPES)
@settings(max_examples=25)
def test_creations_make_the_shape(name: str, shape: tuple[int, ...]) -> None:
    creation = CREATIONS[name]
    fields = creation.defaults(shape)
    text = creation.render(fields)
    made = value(text)
    found = match_creation(expression(text))
    assert found == (creation, fields)
    if name in ("arange", "linspace"):
        assert made.numel() == np.prod(shape)
    elif (name == "values" and 0 not in shape) or name not in ("eye", "values"):
        assert made.shape == shape


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        (name, dtype)
        for name, creation in CREATIONS.items()
        for parameter in creation.parameters
        if parameter.kind == "dtype"
        for dtype in parameter.choices
    ],
)
def test_every_dtype_runs(name: str, dtype: str) -> None:
    creation = CREATIONS[name]
    text = creation.render({**creation.defaults((2, 3)), "dtype": dtype})
    made = value(text, data=[[1.0, 2.0]])
    assert dtype == "default" or made.dtype == getattr(torch, dtype)


@pytest.mark.parametrize(
    ("text", "name", "fields", "again"),
    [
        ("torch.arange(24)", "arange", {"start": "0", "end": "24", "step": "1"}, "torch.arange(24)"),
        ("torch.arange(2, 9)", "arange", {"start": "2", "end": "9", "step": "1"}, "torch.arange(2, 9)"),
        ("torch.arange(0, 9, 3)", "arange", {"end": "9", "step": "3"}, "torch.arange(0, 9, 3)"),
        ("torch.arange(0, end=9)", "arange", {"start": "0", "end": "9"}, "torch.arange(9)"),
        ("torch.arange(4.)", "arange", {"end": "4.0"}, "torch.arange(4.0)"),
        ("torch.arange(4, dtype=torch.float)", "arange", {"dtype": "float32"}, "torch.arange(4, dtype=torch.float32)"),
        ("torch.arange(n)", "arange", {"end": "n"}, "torch.arange(n)"),
        ("torch.zeros(4, 6)", "zeros", {"shape": "4, 6"}, "torch.zeros(4, 6)"),
        ("torch.zeros((4, 6))", "zeros", {"shape": "4, 6"}, "torch.zeros(4, 6)"),
        ("torch.ones(size=(3,))", "ones", {"shape": "3"}, "torch.ones(3)"),
        ("torch.full((2, 3), 1.5)", "full", {"size": "2, 3", "fill_value": "1.5"}, "torch.full((2, 3), 1.5)"),
        ("torch.eye(3)", "eye", {"n": "3", "m": ""}, "torch.eye(3)"),
        ("torch.eye(3, 4)", "eye", {"n": "3", "m": "4"}, "torch.eye(3, 4)"),
        ("torch.randint(5, (2,))", "randint", {"low": "0", "high": "5", "size": "2"}, "torch.randint(5, (2,))"),
        ("torch.randint(1, 5, size=(2,))", "randint", {"low": "1", "size": "2"}, "torch.randint(1, 5, (2,))"),
        ("torch.linspace(0, 1, steps=3)", "linspace", {"steps": "3"}, "torch.linspace(0, 1, 3)"),
        ("torch.tensor([[1, 2]])", "values", {"data": "[[1, 2]]"}, "torch.tensor([[1, 2]])"),
        ("torch.tensor(data=3.)", "values", {"data": "3.0"}, "torch.tensor(3.0)"),
        ("torch.tensor(data)", "upload", {"data": "data"}, "torch.tensor(data)"),
        ("torch.from_numpy(np.eye(2))", "from_numpy", {"ndarray": "np.eye(2)"}, "torch.from_numpy(np.eye(2))"),
        ("torch.ones(3, requires_grad=True)", "ones", {"requires_grad": "True"}, "torch.ones(3, requires_grad=True)"),
    ],
)
def test_ways_of_creating(text: str, name: str, fields: dict[str, str], again: str) -> None:
    found = match_creation(expression(text))
    assert found is not None
    creation, read = found
    assert creation.name == name
    assert {key: read[key] for key in fields} == fields
    assert creation.render(read, kept=frozenset(read)) == again


@pytest.mark.parametrize(
    "text",
    ["torch.zeros(*shape)", "torch.zeros(2, device=d)", "torch.full(shape, 1)", "torch.tensor([a, b])", "torch.ones()",
     "torch.relu(x)", "x.zeros(2)", "torch.randint(5, 6)", "torch.tensor([[1], [2, 3]])", "torch.zeros(2, dtype=d)"],
)  # fmt: skip
def test_calls_that_are_no_creation(text: str) -> None:
    assert match_creation(expression(text)) is None


def test_a_seed_is_a_statement_before() -> None:
    assert CREATIONS["rand"].seeding({"seed": "3"}) == "torch.manual_seed(3)"
    assert CREATIONS["rand"].seeding({}) == ""
    assert CREATIONS["zeros"].seeding({"seed": "3"}) == ""
