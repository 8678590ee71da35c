"""Relations in scenes: pointwise operations, everything without a rule, windows, limits, and the way to the stage."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

import explorer
from explorer.lenses.relations import others, relating
from explorer.lenses.relations.others import dependences, moves
from explorer.lenses.relations.pointwise import is_pointwise
from explorer.lenses.relations.question import Question
from explorer.lenses.relations.relating import question_of
from explorer.scene import Scene
from explorer.scene.decoding import decode
from explorer.scene.relations import Relation
from tests.lenses.relation_cases import check_dependence, factor_values, inputs_of, last_terms

HEAD = "import torch\nimport torch.nn.functional as F\n"


def scene_of(program: str) -> Scene:
    trace = explorer.run(HEAD + program)
    assert trace.error is None, trace.error
    return explorer.scene(trace)


def last_relation(program: str) -> tuple[Scene, Relation]:
    scene = scene_of(program)
    [number] = scene.frames[-1].relations[:1]
    return scene, scene.relations[number]


def question(program: str) -> Question:
    trace = explorer.run(HEAD + program)
    assert trace.error is None, trace.error
    return question_of(trace, trace.steps[-1], 0)


shape_pairs = mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_side=3, max_dims=3).map(
    lambda found: found.input_shapes
)
BINARY = ["a + b", "a - b", "a * b", "torch.maximum(a, b)", "a < b", "torch.where(a > 1, a, b)", "torch.add(a, b)"]


@settings(max_examples=100)
@given(shape_pairs, st.sampled_from(BINARY), st.sampled_from(["float32", "int64", "bfloat16", "bool"]))
def test_pointwise_operations_take_one_element_of_each(
    shapes: tuple[tuple[int, ...], tuple[int, ...]], call: str, dtype: str
) -> None:
    if dtype == "bool" and "-" in call:
        return
    first, second = shapes
    program = (
        f"a = torch.randint(0, 9, {first}).to(torch.{dtype})\nb = torch.randint(0, 9, {second}).to(torch.{dtype})\n"
    )
    asked, terms = last_terms(program + f"c = {call}")
    assert (terms.counts == 1).all()
    inputs = inputs_of(asked)
    for factor in terms.factors:
        expanded = torch.arange(inputs[factor.argument].numel()).reshape(inputs[factor.argument].shape)
        whole = expanded.expand(asked.shape).reshape(-1).numpy()
        read = factor.elements >= 0
        np.testing.assert_array_equal(factor.elements[read], whole[read])
    check_dependence(asked, terms, exact=False)


@pytest.mark.parametrize(
    "call",
    ["-a", "a.exp()", "a.clamp(0, 3)", "F.relu(a)", "a.lerp(b, 0.5)", "a ** 2", "1 - a", "2 / (a + 9)",
     "a.clone().add_(b)", "a.clone().copy_(b)", "torch.addcmul(a, b, b)", "a.masked_fill(b > 2, 0.)",
     "a.where(b > 2, b)", "F.gelu(a)",
     "torch.add(a, b, out=torch.empty(2, 3))", "F.silu(a)", "a.isnan()", "a // 2", "a % 2", "a == b"],
)  # fmt: skip
def test_all_kinds_of_pointwise_operations(call: str) -> None:
    asked, terms = last_terms(f"a = torch.arange(6.).view(2, 3)\nb = torch.tensor([1., 3., 2.])\nc = {call}")
    assert (terms.counts == 1).all()
    check_dependence(asked, terms, exact=False)


@pytest.mark.parametrize(
    "op", ["matmul", "softmax", "sum", "cumsum", "flip", "sort", "conv2d", "view", "gather", "einsum"]
)
def test_others_are_not_pointwise(op: str) -> None:
    assert not is_pointwise(op)


@pytest.mark.parametrize(
    ("line", "formula", "sign"),
    [
        ("c = a + b", "c[i, j] = a[i, j] + b[j]", "+"),
        ("c = a * d", "c[i, j] = a[i, j] · d[i, 0]", "·"),
        ("c = torch.add(a, b, alpha=2)", "c[i, j] = add(a[i, j], b[j], 2)", ""),
        ("c = 1 - a", "c[i, j] = 1 − a[i, j]", ""),
        ("a += b", "a[i, j] = a[i, j] + b[j]", "+"),
        ("c = torch.where(a > 2, a, -a)", "c[i, j] = where((a > 2)[i, j], a[i, j], (-a)[i, j])", ""),
        ("a = a + 1", "out[i, j] = a[i, j] + 1", ""),
        ("c = F.relu(a)", "c[i, j] = relu(a[i, j])", ""),
        ("c = a.half()", "c[i, j] = float16(a[i, j])", ""),
        ("c = a.t().contiguous()", "c[i, j] = a.t()[i, j]", ""),
        ("c = torch.rand(2, 3) + torch.rand(3)", "c[i, j] = x[i, j] + y[j]", "+"),
    ],
)
def test_formulas_of_pointwise_operations(line: str, formula: str, sign: str) -> None:
    program = "a = torch.rand(2, 3)\nb = torch.rand(3)\nd = torch.rand(2, 1)\n"
    terms = last_terms(program + line)[1]
    assert (terms.formula, terms.sign) == (formula, sign)


def test_stretched_inputs_have_the_shape_that_they_are_read_as() -> None:
    scene = scene_of("a = torch.ones(2, 1)\nb = torch.ones(3)\nc = a + b\nd = c + c\ne = a @ b[:1]")
    names = dict(scene.frames[-1].names)
    assert dict(scene.frames[2].stretched) == {names["a"]: (2, 3), names["b"]: (2, 3)}
    assert scene.frames[3].stretched == ()


@pytest.mark.parametrize(
    "call",
    ["x.flip(0)", "x.roll(1, 1)", "torch.cat([x, x])", "torch.stack([x, y], 1)", "x.repeat(2, 1)", "F.pad(x, (1, 1))",
     "x.repeat_interleave(2, 0)", "x.t().reshape(6)", "x.t().contiguous()", "torch.hstack([x, y])",
     "torch.vstack([x, y])", "torch.dstack([x, y])", "x.rot90()", "x.diag_embed()",
     "F.pixel_shuffle(torch.arange(8.).view(1, 4, 1, 2), 2)"],
)  # fmt: skip
def test_moved_elements_are_where_they_came_from(call: str) -> None:
    asked = question(f"x = torch.arange(1., 7.).view(2, 3)\ny = -x\nz = {call}")
    terms = moves(asked)
    assert terms is not None
    recorded = asked.recorded(asked.elements.size)
    assert recorded is not None
    got = np.zeros_like(recorded)
    rows = np.repeat(asked.elements, terms.counts)
    for number, factor in enumerate(terms.factors):
        read = factor.elements >= 0
        got[rows[read]] = factor_values(asked, terms, number)[read]
    np.testing.assert_array_equal(got, recorded)


@pytest.mark.parametrize(
    ("call", "formula"),
    [
        ("x.flip(0)", "z[i, j] = x[1 - i, j]"),
        ("x.roll(1, 1)", "z[i, j] = x[i, (j + 2) % 3]"),
        ("x.repeat(2, 1)", "z[i, j] = x[i % 2, j]"),
        ("x.repeat_interleave(2, 0)", "z[i, j] = x[i // 2, j]"),
        ("F.pad(x, (1, 1))", "z[i, j] = x[i, j - 1]"),
        ("x.rot90()", "z[i, j] = x[j, 2 - i]"),
        ("x.t().reshape(6)", "z[i] = x.t()[i // 2, i % 2]"),
        ("torch.cat([x, y])", ""),
    ],
)
def test_formulas_of_moved_elements(call: str, formula: str) -> None:
    asked = question(f"x = torch.arange(1., 7.).view(2, 3)\ny = -x\nz = {call}")
    terms = moves(asked)
    assert terms is not None
    assert terms.formula == formula
    names = {name: state._live for name, state in asked.trace.names.items()}
    source = formula.partition(" = ")[2]
    for element in asked.elements[terms.counts > 0] if source else ():
        place = dict(zip(terms.letters, np.unravel_index(element, asked.shape), strict=True))
        read = eval(source, {}, {**names, **place})  # noqa: S307 - a formula of our own
        assert read == names["z"].reshape(-1)[element]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "call",
    ["F.conv1d(x.view(1, 1, 6), w)", "F.avg_pool1d(x.view(1, 1, 6), 2)", "torch.nn.Linear(3, 2)(x)",
     "F.mse_loss(x, -x)", "F.layer_norm(x, (3,))", "torch.cross(x, -x, dim=1)", "torch.linalg.inv(torch.eye(2) + 1)"],
)  # fmt: skip
def test_anything_else_depends_on_what_it_is_found_to_depend_on(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "TRYING_SECONDS", None)  # on a busy machine the time may not do
    asked = question(f"x = torch.arange(6.).view(2, 3)\nw = torch.tensor([[[1., 2.]]])\ny = {call}")
    terms = dependences(asked)
    assert terms is not None
    assert terms.combination == "depends"
    found = explorer.contributors_of_all(asked.trace, asked.step.index)
    for factor in terms.factors:
        mask = found[factor.argument].mask.reshape(len(asked.elements), -1)
        rows = np.repeat(asked.elements, terms.counts)
        read = factor.elements >= 0
        drawn = np.zeros_like(mask)
        drawn[rows[read], factor.elements[read]] = True
        np.testing.assert_array_equal(drawn, mask)
    if terms.derivatives is not None:
        first = terms.factors[0].elements
        slope = found[0].derivative
        assert slope is not None
        rows = np.repeat(asked.elements, terms.counts)[first >= 0]
        np.testing.assert_array_equal(
            terms.derivatives[first >= 0], slope.reshape(len(asked.elements), -1)[rows, first[first >= 0]]
        )


def test_scenes_with_relations_travel_to_the_stage_and_back() -> None:
    scene = scene_of(
        "a = torch.arange(6.).view(2, 3)\nb = torch.arange(12.).view(3, 4)\nc = a @ b\nd = c.sum(0)\n"
        "e = c.gather(1, torch.tensor([[0], [2]]))\nf = c.softmax(1)\nc[0] = 1\n"
    )
    again = decode(scene.encode())
    assert len(again.relations) == len(scene.relations) > 4
    for one, other in zip(scene.relations, again.relations, strict=True):
        assert (one.formula, one.letters, one.dims, one.sign) == (other.formula, other.letters, other.dims, other.sign)
        np.testing.assert_array_equal(one.starts, other.starts)
        for operand, same in zip(one.operands, other.operands, strict=True):
            np.testing.assert_array_equal(operand.cells, same.cells)
            assert (operand.grid, operand.role, operand.axes) == (same.grid, same.role, same.axes)
    assert [frame.relations for frame in again.frames] == [frame.relations for frame in scene.frames]


def test_every_relation_fits_its_grids() -> None:
    scene = scene_of(
        "x = torch.rand(300, 200)\ny = x + x[0]\nz = y.t().contiguous()\ns = x.sum(1)\nm = x @ x.t()\nw = x[:, ::2]\n"
        "p = x[torch.arange(299, -1, -1)]\nk = x.cumsum(1)\n"
    )
    assert len(scene.relations) >= 7
    for relation in scene.relations:
        grid = scene.grids[relation.result]
        assert relation.starts.size == int(np.prod(grid.window)) + 1
        assert (np.diff(relation.starts) >= 0).all()
        for operand in relation.operands:
            cells = int(np.prod(scene.grids[operand.grid].window))
            assert operand.cells.size == relation.starts[-1]
            assert all(-1 <= cell < cells for cell in operand.cells.tolist())


def test_too_many_terms_are_those_of_the_first_cells() -> None:
    _, relation = last_relation("a = torch.rand(200, 1000)\nb = torch.rand(1000, 200)\nc = a @ b")
    assert not relation.complete
    assert 0 < relation.starts[-1] <= relating.MAX_TERMS
    assert relation.starts[1] == 1000
    assert relation.starts[-1] == relation.starts[-2]


def test_a_cell_of_too_many_terms_has_no_relation() -> None:
    scene = scene_of("x = torch.rand(1000, 1000)\ny = x.sum()")
    assert scene.frames[-1].relations == ()


def test_all_relations_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relating, "MAX_ALL_TERMS", 100)
    scene = scene_of("x = torch.rand(5, 6)\n" + "x = x + 1\n" * 9)
    assert sum(int(relation.starts[-1]) for relation in scene.relations) <= 100
    assert len(scene.relations) >= 3


def test_no_time_left_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relating, "MAX_SECONDS", -1.0)
    monkeypatch.setattr(relating, "MAX_TRYING", -1.0)
    scene = scene_of("x = torch.rand(5, 6)\ny = x + 1\nz = x @ x.t()")
    assert scene.relations == ()
    assert any("2 results" in note for note in scene.notes)


def test_meta_tensors_have_relations_where_no_value_is_needed() -> None:
    program = "a = torch.ones(2, 3, device='meta')\nb = torch.ones(3, 4, device='meta')\n"
    for line in ("c = a @ b", "c = a.sum(0)", "c = a + 1", "c = a.softmax(1)", "c = b[1:, 0]"):
        _, relation = last_relation(program + line)
        assert relation.terms is None
        assert relation.starts[-1] > 0


def test_a_failing_step_has_no_relation() -> None:
    trace = explorer.run(HEAD + "a = torch.ones(2, 3)\nb = a @ a")
    assert trace.error is not None
    assert explorer.scene(trace).frames[-1].relations == ()


def test_a_trace_without_live_tensors_has_no_relations() -> None:
    trace = explorer.run(HEAD + "a = torch.ones(2, 3)\nb = a + 1").without_live_tensors()
    assert explorer.scene(trace).relations == ()


def test_writes_in_place_come_from_the_grid_that_they_write_into() -> None:
    scene, relation = last_relation("a = torch.ones(2, 3)\na += torch.arange(3)")
    assert relation.result == relation.operands[0].grid == dict(scene.frames[-1].names)["a"]


@pytest.mark.parametrize("call", ["x + 1", "x @ x.t()", "x.sum(0)", "x.gather(0, torch.tensor([[0]]))", "F.relu(x)"])
@pytest.mark.parametrize("shape", ["1, 1", "1, 3", "0, 3"])
def test_sizes_of_0_and_1(call: str, shape: str) -> None:
    if shape == "0, 3" and "gather" in call:
        return
    scene = scene_of(f"x = torch.ones({shape})\ny = {call}")
    assert all(relation.starts[0] == 0 for relation in scene.relations)
    decode(scene.encode())


@pytest.mark.parametrize(
    "call", ["x + 1", "x * x", "x.sum()", "x.softmax(0)", "x @ torch.ones(1)", "torch.dot(x.view(1), x.view(1))"]
)
def test_tensors_without_dimensions(call: str) -> None:
    if call == "x @ torch.ones(1)":
        call = "torch.ones(1) @ torch.ones(1)"
    _, relation = last_relation(f"x = torch.tensor(3.)\ny = {call}")
    assert relation.starts.tolist() == [0, 1]


@pytest.mark.parametrize(
    "program",
    [
        "x = torch.rand(3)\nx[[]] = 1.", "x = torch.rand(3)\ny = x[True]", "x = torch.rand(3)\ny = x[...]",
        "x = torch.rand(2, 3).to_sparse()\ny = x.to_dense()\nz = y[torch.tensor(1)]",
        "x = torch.rand(2, 3)\ny = torch.einsum(x, [0, 1], [1, 0])\nz = torch.tensordot(x, x.t(), 1)",
        "x = torch.rand(2, 3, dtype=torch.complex64)\ny = x @ x.t()\nz = x.sum(0)\nv = torch.vdot(x[0], x[1])",
        "x = torch.rand(2, 3).to(torch.float8_e4m3fn)\ny = x.to(torch.float32)\nz = x[torch.tensor([0])]",
        "with torch.inference_mode():\n    x = torch.rand(2, 3)\n    y = x + 1\n    z = x @ x.t()\n    x[0] = 1",
        "x = torch.tensor([1., float('nan'), float('inf')])\ny = x.sum()\nz = x @ x\nv = x.softmax(0)\nu = x.sort()",
        "x = torch.rand(4)\ny = F.dropout(x)\nz = torch.bernoulli(x)\nw = torch.multinomial(x, 2)",
        "x = torch.rand(2, 2, 2, 2, 2, 2, 2, 2)\ny = x + 1\nz = x.sum((0, -1))",
        "x = torch.rand(3)\ny = x[torch.tensor([1, 0, 1], dtype=torch.uint8)]",
        "x = torch.rand(2, 3)\nx.t_()\nx.resize_(4, 4)\ny = torch.vmap(lambda a: a * 2)(x)",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:indexing with dtype torch.uint8")
def test_unusual_programs_are_drawn(program: str) -> None:
    decode(scene_of(program).encode())


def test_a_rule_that_torch_refuses_costs_only_its_own_relation(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Question) -> None:
        raise RuntimeError("not implemented for this layout")

    monkeypatch.setattr(relating, "_RULES", (refuse,))
    assert scene_of("x = torch.rand(2000)\ny = x + 1").frames[-1].relations == ()
