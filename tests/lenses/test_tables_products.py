"""Tables of matrix products and einsum: torch's shapes and counts, and programs that give torch's result."""

from __future__ import annotations

import ast
import string

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

import explorer
from explorer.lenses.einsum import parse
from explorer.lenses.tables.equations import program
from explorer.scene.tables import Table
from tests.lenses.table_programs import made, tables_beside, titled

TITLE = "What the product makes of the shapes"
LETTERS = "Letters on the axes"
WRITTEN = "The same with permute, reshape and matmul"
SIDE = st.integers(0, 4)


@st.composite
def factors(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Draw two shapes that can be multiplied, of all ranks."""
    inner, rows, columns = draw(SIDE), draw(SIDE), draw(SIDE)
    batch = draw(st.lists(st.integers(1, 3), max_size=2))
    left_batch = [draw(st.sampled_from([1, size])) for size in batch]
    right_batch = [draw(st.sampled_from([1, size])) for size in batch][draw(st.integers(0, len(batch))) :]
    left = (inner,) if draw(st.booleans()) else (*left_batch, rows, inner)
    right = (inner,) if draw(st.booleans()) else (*right_batch, inner, columns)
    return left, right


def product_of(left: tuple[int, ...], right: tuple[int, ...], call: str = "a @ b") -> Table:
    """Return the table of a product of two tensors of these shapes."""
    table = titled(f"a = torch.ones({left})\nb = torch.ones({right})\nc = {call}", TITLE)
    assert table is not None
    return table


def shape_in(cell: str) -> tuple[int, ...]:
    """Return the shape at the start of a cell (`(1, 3): 1 put in front`)."""
    return tuple(ast.literal_eval(cell.partition(":")[0]))


@settings(max_examples=50)
@given(factors())
def test_shapes_are_torchs_and_multiplications_those_it_counts(drawn: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    left, right = drawn
    table = product_of(left, right)
    one, other, result = table.rows
    assert shape_in(one[1]) == left
    assert shape_in(other[1]) == right
    assert shape_in(result[1]) == tuple(torch.matmul(torch.ones(left), torch.ones(right)).shape)
    taken = torch.ones(shape_in(one[2])), torch.ones(shape_in(other[2]))
    with FlopCounterMode(display=False) as counter:
        full = torch.matmul(*taken)
    assert shape_in(result[2]) == tuple(full.shape)
    # torch counts a multiplication and an addition each
    assert f"= {counter.get_total_flops() // 2:,} multiply–add" in table.note
    assert table.marks == ((0, 5), (1, 4))
    assert one[5] == other[4] == str(left[-1])
    assert ("1 put" in one[2], "1 put" in other[2]) == (len(left) == 1, len(right) == 1)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3), max_size=4).map(tuple), st.lists(st.integers(0, 3), max_size=4).map(tuple))
def test_failed_products_say_which_sizes_disagree(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    try:
        torch.matmul(torch.ones(left), torch.ones(right))
    except RuntimeError:
        pass
    else:
        return
    table = product_of(left, right)
    assert table.tone == "error"
    if not left or not right:
        assert set(table.marks) == {(row, 1) for row, shape in enumerate((left, right)) if not shape}
    elif left[-1] != right[max(len(right) - 2, 0)]:
        assert table.marks == ((0, 5), (1, 4))
    else:
        assert table.marks == ((0, 3), (1, 3))


@pytest.mark.parametrize(
    ("left", "right", "call", "columns"),
    [
        ((2, 3), (3,), "a.mm(b)", {(1, 1)}),
        ((2, 3, 4), (4, 5), "torch.bmm(a, b)", {(1, 1)}),
        ((3,), (3, 1), "a.dot(b)", {(1, 1)}),
        ((2, 3, 4), (1, 4, 5), "a.bmm(b)", {(0, 3), (1, 3)}),
        ((2, 3), (4, 5), "torch.mm(a, b)", {(0, 5), (1, 4)}),
    ],
)
def test_products_of_fixed_ranks(
    left: tuple[int, ...], right: tuple[int, ...], call: str, columns: set[tuple[int, int]]
) -> None:
    assert set(product_of(left, right, call).marks) == columns


def test_a_linear_layer_is_a_product_with_its_weight_transposed() -> None:
    table = titled("x = torch.ones(5, 3)\ny = nn.Linear(3, 4)(x)", TITLE)
    assert table is not None
    assert [row[0] for row in table.rows] == ["`x`", "weight, transposed", "result"]
    assert [shape_in(row[1]) for row in table.rows] == [(5, 3), (3, 4), (5, 4)]
    failed = titled("x = torch.ones(5, 6)\ny = nn.Linear(3, 4)(x)", TITLE)
    assert failed is not None
    assert (failed.tone, failed.marks) == ("error", ((0, 5), (1, 4)))


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, ...], ...]]:
    """Draw an equation of one to three operands, with repeated letters, `...` and implied results among them."""
    sizes = {letter: draw(st.integers(0, 3)) for letter in "abCd"}
    dots = draw(st.lists(st.integers(1, 3), max_size=2))
    terms, shapes = [], []
    for _ in range(draw(st.integers(1, 3))):
        letters = draw(st.text("abCd", max_size=3))
        shape = [sizes[letter] for letter in letters]
        if draw(st.booleans()):
            place = draw(st.integers(0, len(letters)))
            letters = f"{letters[:place]}...{letters[place:]}"
            shape[place:place] = dots
        terms.append(letters)
        shapes.append(tuple(shape))
    text = ",".join(terms)
    if draw(st.booleans()):
        known = sorted({letter for letter in text if letter in string.ascii_letters})
        kept = draw(st.permutations(known))[: draw(st.integers(0, len(known)))]
        place = draw(st.integers(0, len(kept)))
        text += "->" + "".join(kept[:place]) + ("..." if "..." in text else "") + "".join(kept[place:])
    return text, tuple(shapes)


@settings(max_examples=300)
@given(equations())
def test_the_written_program_gives_einsums_result(drawn: tuple[str, tuple[tuple[int, ...], ...]]) -> None:
    text, shapes = drawn
    generator = torch.Generator().manual_seed(0)
    operands = [torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes]
    wanted = torch.einsum(text, *operands)
    equation = parse(text, shapes)
    assert equation is not None
    assert tuple(equation.size(letter) for letter in equation.output) == tuple(wanted.shape)
    lines = program(equation, ["x", "y", "z"][: len(shapes)])
    assert lines is not None
    names: dict[str, torch.Tensor] = dict(zip(["x", "y", "z"], operands, strict=False))
    for line in lines:
        exec(line.code, {}, names)  # noqa: S102 - the lines under test
        assert tuple(names[line.code.partition(" = ")[0]].shape) == line.shape
    torch.testing.assert_close(names["out"], wanted)


@settings(max_examples=60)
@given(st.tuples(SIDE, SIDE), st.tuples(SIDE, SIDE))
def test_letters_of_two_sizes_are_marked_where_torch_refuses(left: tuple[int, int], right: tuple[int, int]) -> None:
    start = f"x = {made(left)}\ny = {made(right)}\n"
    trace = explorer.run(f"{start}out = torch.einsum('ij,jk->ik', x, y)")
    tables = {table.title: table for table in tables_beside(trace)}
    if trace.error is not None:
        assert tables[LETTERS].marks == ((1, 3),)
        assert tables[LETTERS].rows[1][3] == " and ".join(str(size) for size in sorted((left[1], right[0])))
        return
    sizes = {row[0]: row[3] for row in tables[LETTERS].rows}
    assert (sizes["`i`"], sizes["`k`"]) == (str(left[0]), str(right[1]))
    assert "`j`" in tables[LETTERS].note
    # a size of 1 is stretched to the other, which matmul does not do
    assert (WRITTEN in tables) == (left[1] == right[0])


@pytest.mark.parametrize(
    ("equation", "operands"),
    [("ij,jk", "x, y"), ("ij,jk->", "y.T, x.T"), ("ij,kj->ki", "x, y.T.contiguous()"), ("ji", "x"), ("ij->", "[x]")],
)
def test_the_program_beside_an_einsum_runs_in_the_users_program(equation: str, operands: str) -> None:
    start = f"x = {made((2, 3))}\ny = {made((3, 4), 1)}\n"
    source = f"{start}wanted = torch.einsum('{equation}', {operands})"
    table = titled(source, WRITTEN)
    assert table is not None
    given = [part.split("` is `") for part in table.note.rstrip(".").split(" and ")] if table.note else []
    bound = "".join(f"{name.strip('`')} = {text.strip('`')}\n" for name, text in given)
    lines = "\n".join(row[0].strip("`") for row in table.rows)
    trace = explorer.run(f"{source}\n{bound}{lines}")
    assert trace.error is None
    torch.testing.assert_close(torch.tensor(trace.names["out"].values), torch.tensor(trace.names["wanted"].values))


def test_small_integers_get_no_program_since_sum_would_widen_them() -> None:
    x = "x = torch.ones(2, 3, dtype=torch.int8)\n"
    assert titled(f"{x}torch.einsum('ij->i', x)", WRITTEN) is None
    assert titled(f"{x}torch.einsum('ij->i', x)", LETTERS) is not None


def test_operands_called_like_a_value_of_the_program_are_renamed() -> None:
    table = titled("left = torch.ones(2, 3)\nright = torch.ones(2, 3)\ntorch.einsum('ij,kj', right, left)", WRITTEN)
    assert table is not None
    assert "first" in table.rows[-1][0]
    assert table.note == "`first` is `right` and `second` is `left`."


@settings(max_examples=300)
@given(
    st.text("ab.,-> ", max_size=8) | st.sampled_from(["...a", "a...->...", "a,...->a", "aa", "b a -> ab", "a->aa"]),
    st.lists(st.lists(st.integers(0, 2), max_size=3).map(tuple), min_size=1, max_size=2),
)
def test_every_equation_that_torch_takes_is_read_as_torch_does(text: str, shapes: list[tuple[int, ...]]) -> None:
    equation = parse(text, shapes)
    try:
        wanted = torch.einsum(text, *(torch.ones(shape) for shape in shapes))
    except RuntimeError:
        return
    assert equation is not None
    assert tuple(equation.size(letter) for letter in equation.output) == tuple(wanted.shape)
