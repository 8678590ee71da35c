"""The timeline of the autograd lens: the engine's real order, and gradients as plain torch has them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.autograd.folding import MAX_FRAMES, SHORT, Item, Turn, folded
from explorer.lenses.autograd.tensors import shown_tensors
from explorer.lenses.autograd.wording import LONGEST_BESIDE, line_text, norm_of, ordinal, values_text
from explorer.lenses.values import cut_window
from explorer.scene import Scene
from tests.lenses.autograd_scenes import (
    HEAD,
    engine_frames,
    graph_of,
    lens,
    node,
    number,
    plain,
    programs,
    traced,
    values_of,
)

CHAIN = "x = torch.ones(2, 2, requires_grad=True)\ny = x + 2\nz = y * y * 3\nout = z.mean()\nout.backward()\n"


@settings(max_examples=40)
@given(programs())
def test_order_and_values_are_the_engines(program: str) -> None:
    scene, bare = lens(program + "out.backward()\n"), plain(program, "out.backward()\n")
    frames = engine_frames(scene)
    assert [frame.op for frame in frames] == bare.order
    for place, frame in enumerate(scene.frames):
        if frame not in frames or frame.op == "AccumulateGrad":
            continue
        expected = [one for one in bare.sent[frames.index(frame)] if one is not None]
        shown = [plate for plate in frame.plates if plate.caption.startswith("gradient out") and plate.grid >= 0]
        assert len(shown) == len(expected)
        for plate, gradient in zip(shown, expected, strict=True):
            np.testing.assert_array_equal(values_of(scene, plate.grid, place), gradient)


@settings(max_examples=25)
@given(programs())
def test_leaves_end_with_the_gradients_of_torch(program: str) -> None:
    scene, bare = lens(program + "out.backward()\n"), plain(program, "out.backward()\n")
    last = len(scene.frames) - 1
    for name in ("x", "w"):
        facts = node(scene, name).states[-1]
        expected = bare.names[name].grad
        if expected is None:
            assert facts.grad == -1
            assert facts.grad_reason
        else:
            np.testing.assert_array_equal(values_of(scene, facts.grad, last), expected.numpy())


@settings(max_examples=25)
@given(programs())
def test_flows_are_the_gradients_that_were_sent(program: str) -> None:
    scene, bare = lens(program + "out.backward()\n"), plain(program, "out.backward()\n")
    flows = sorted(text for edge in graph_of(scene).edges for _, text in edge.flows)
    sent = sorted(line_text(one, tuple(one.shape)) for sending in bare.sent for one in sending if one is not None)
    assert flows == sent


def test_a_frame_per_step_and_per_node_then_the_call() -> None:
    scene = lens(CHAIN)
    assert [(frame.phase, frame.op) for frame in scene.frames] == [
        *(("forward", op) for op in ("ones", "add", "mul", "mul", "mean")),
        *(("backward", op) for op in ("MeanBackward0", "MulBackward0", "MulBackward0", "AddBackward0")),
        *(("backward", op) for op in ("AccumulateGrad", "backward")),
    ]
    product = scene.frames[7]
    assert product.node == number(scene, "y * y")
    assert graph_of(scene).nodes[product.node].runs == (7,)
    assert "received 0.75 (all 4) and sent 2.25 (all 4) to y and 2.25 (all 4) to y" in product.sentence
    assert product.rule == "∂(u · v)/∂u = v,  ∂(u · v)/∂v = u"
    assert product.span is not None
    assert product.span.line == 7


def test_relations_read_derivative_times_upstream() -> None:
    scene = lens(CHAIN)
    [first, *_] = [scene.relations[number] for number in scene.frames[7].relations]
    assert first.derivatives is not None
    assert first.terms is not None
    assert set(first.derivatives.tolist()) == {3}
    assert set(first.terms.tolist()) == {2.25}
    assert scene.grids[first.result].label == "∂out/∂y"
    assert scene.grids[first.operands[0].grid].label == "∂out/∂(y * y)"


def test_what_a_node_saved_is_there_from_the_frame_that_made_the_node() -> None:
    program = "x = torch.tensor([1.0, 2.0], requires_grad=True)\nw = x * 2\ny = w.exp() * w\n"
    scene = lens(program + "w.data.zero_()\ny.sum().backward()\n")
    for made in graph_of(scene).nodes:
        for plate in scene.frames[made.runs[0]].plates if made.runs else ():
            if plate.role == "saved":
                assert scene.grids[plate.grid].first_frame <= made.first_frame
    product = node(scene, "w.exp() * w")
    own = [plate for plate in scene.frames[product.runs[0]].plates if plate.role == "saved"]
    kept = {plate.caption.partition(" = ")[0]: values_of(scene, plate.grid, product.first_frame) for plate in own}
    w = torch.tensor([2.0, 4.0])
    np.testing.assert_array_equal(kept["saved · other"], w.numpy())
    np.testing.assert_array_equal(kept["saved · self"], w.exp().numpy())


def test_plates_show_what_was_saved_with_its_bytes() -> None:
    scene = lens(CHAIN)
    saved = [plate for plate in scene.frames[7].plates if plate.role == "saved"]
    assert [plate.caption for plate in saved] == ["saved · other = y", "saved · self = y"]
    assert all("16 bytes" in plate.text for plate in saved)
    np.testing.assert_array_equal(values_of(scene, saved[0].grid, 7), np.full((2, 2), 3.0))


def test_no_gradient_is_said_in_words() -> None:
    scene = lens(CHAIN)
    [none] = [plate for plate in scene.frames[6].plates if plate.grid < 0]
    assert none.text == "None: this input needs no gradient"
    [before] = [plate for plate in scene.frames[9].plates if plate.grid < 0]
    assert before.text.startswith("None")
    early = node(scene, "x").states[0]
    assert early.grad == -1
    assert early.grad_reason


def test_it_opens_where_something_is_sent_or_where_the_program_says() -> None:
    assert lens(CHAIN).opens_on == 5
    assert lens(CHAIN.replace("y = x + 2", "y = x + 2  # look")).opens_on == 8
    assert lens("x = torch.ones(2)\nx.sum().backward()\n", fails=True).opens_on == -1


def test_prints_stay_with_their_frames() -> None:
    scene = lens(CHAIN + "print(x.grad.sum().item())\n")
    assert scene.output[slice(*scene.frames[-1].printed)] == scene.output


LSTM = """
cell = nn.LSTMCell(2, 2)
h = c = torch.zeros(1, 2)
for x in torch.randn({passes}, 1, 2):
    h, c = cell(x, (h, c))
h.sum().backward()
"""


@pytest.mark.parametrize("passes", [3, 40])
def test_long_loops_have_a_frame_for_each_pass(passes: int) -> None:
    scene = lens(LSTM.format(passes=passes))
    middle = [frame for frame in scene.frames if frame.kind == "pass"]
    if passes == 3:
        assert not middle
        return
    assert {frame.op for frame in middle} == {f"pass {one} of {passes}" for one in range(3, passes - 1)}
    assert "nodes by the engine ran" in middle[-1].sentence
    loop = next(group for group in graph_of(scene).groups if group.kind == "loop")
    assert loop.detail == f"{passes} passes"
    assert all(one.runs for one in graph_of(scene).nodes if one.name.startswith("Sigmoid"))


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Item, ...]:
    """Draw items of nested loops, long and short."""
    outer, inner = draw(st.integers(1, 60)), draw(st.integers(0, 60))
    items = []
    for one in range(outer):
        turn = Turn(0, 3, one)
        items += [Item("forward", (turn,), None, -1)]
        items += [Item("forward", (turn, Turn(0, 5, other)), None, -1) for other in range(inner)]
    return tuple(items)


@settings(max_examples=100)
@given(timelines())
def test_folding_loses_nothing_and_keeps_order(items: tuple[Item, ...]) -> None:
    groups, left_out = folded(items, frozenset())
    flat = [item for group in groups for item in group.items]
    assert flat == list(items[: len(flat)])
    assert left_out == len(items) - len(flat)
    assert len(groups) <= max(MAX_FRAMES, SHORT)
    if len(items) <= SHORT:
        assert not any(group.label for group in groups)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 200), max_size=5), st.sampled_from([16, 64, 256, 4096]))
def test_windows_are_bounded_and_keep_small_tensors_whole(shape: list[int], most: int) -> None:
    window = cut_window(tuple(shape), most)
    count = int(np.prod(shape, dtype=np.int64))
    assert len(window) == len(shape)
    assert all(0 <= kept <= size for kept, size in zip(window, shape, strict=True))
    assert np.prod(window, dtype=np.int64) <= most
    assert (window == tuple(shape)) or count > most
    assert np.prod(window, dtype=np.int64) > 0 or count == 0


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (np.array(0.25), "0.25"),
        (np.full((2, 2), 0.25), "0.25 (all 4)"),
        (np.array([1.0]), "1"),
        (np.array([0.1, 0.2]), "[0.1, 0.2]"),
        (np.array([3.0, 4.0, 0.0, 0.0, 0.0]), "‖g‖ = 5"),
        (np.zeros((0, 3)), "no elements"),
        (np.full(3, np.nan), "nan (all 3)"),
        (np.array([1 + 2j]), "1+2j"),
        (None, "None"),
    ],
)
def test_gradients_are_written_in_a_few_characters(values: np.ndarray | None, text: str) -> None:
    assert values_text(values) == text


def test_of_a_window_the_first_elements_are_written() -> None:
    assert values_text(np.ones((4, 4)), (400, 400)) == "[1, 1, 1, 1, …]"


@pytest.mark.parametrize(
    ("values", "shape", "text"),
    [
        (np.array([0.5, 1]), (2,), "[0.5, 1]"),
        (np.array([[-0.01121, 0.1143], [-0.02242, 0.2285]]), (2, 2), "‖g‖ = 0.2567"),
        (np.full((64, 64), 0.015625), (400, 400), "[0.01562, …]"),
        (None, (400, 400), "shape (400, 400)"),
    ],
)
def test_beside_a_line_a_gradient_is_short(values: np.ndarray | None, shape: tuple[int, ...], text: str) -> None:
    assert line_text(values, shape) == text
    assert len(text) <= LONGEST_BESIDE


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_norms_are_torchs(values: list[float]) -> None:
    expected = torch.linalg.vector_norm(torch.tensor(values, dtype=torch.float64)).item()
    assert norm_of(np.array(values, np.float32)) == pytest.approx(expected, rel=1e-6)


def test_ordinals() -> None:
    assert [ordinal(one) for one in (1, 2, 3, 11, 12, 21, 22, 101)] == [
        *("first", "second", "third", "11th", "12th", "21st", "22nd", "101st")
    ]


def test_a_scene_of_500_time_steps_stays_small() -> None:
    scene: Scene = lens(LSTM.format(passes=300))
    assert len(scene.frames) <= MAX_FRAMES
    assert len(scene.encode()) < 3_000_000
    assert HEAD in scene.source


def test_the_tensors_behind_the_grids_are_known() -> None:
    trace, scene = traced("x = torch.randn(200, 200, requires_grad=True)\ny = (x * 2).t()\ny.sum().backward()\n")
    shown = shown_tensors(trace)
    assert any(one.is_cut for one in shown)
    for grid, one in zip(scene.grids, shown, strict=False):
        assert {state.shape for _, state in one.states} == {grid.shape}
        assert one.end == len(scene.frames)
        assert one.states[0][0] <= max(grid.first_frame, 0)


def test_a_sparse_gradient_is_told_by_its_rows() -> None:
    trace = explorer.run(
        "emb = nn.Embedding(6, 3, sparse=True)\nemb(torch.tensor([1, 4, 1])).sum().backward()\nprint(emb.weight.grad)\n"
    )
    weight = torch.nn.Embedding(6, 3, sparse=True)
    torch.autograd.backward(weight(torch.tensor([1, 4, 1])).sum())
    assert weight.weight.grad is not None
    rows = tuple(weight.weight.grad._indices()[0].tolist())
    assert [event.rows_out for event in trace.backward if event.node == "EmbeddingBackward0"] == [(rows,)]
    assert [event.rows_in for event in trace.backward if event.accumulated is not None] == [(rows,)]
    said = " ".join(frame.sentence for frame in explorer.scene(trace, "autograd").frames)
    assert "sent a sparse gradient of shape (6, 3) with rows [1, 4, 1] to emb.weight" in said
    assert "AccumulateGrad of emb.weight received a sparse gradient of shape (6, 3) with rows [1, 4, 1]" in said
