"""Many objects of one class travel as columns: nothing is lost, little is written, and nothing but data is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.scene import Frame, Scene, Span
from explorer.scene.columns import MANY, columns_of
from explorer.scene.decoding import DecodingError, decode
from explorer.scene.encoding import MAGIC
from explorer.scene.graphs import Graph, GraphEdge, GraphGroup, GraphNode, Plate, TensorFacts

numbers = st.integers(-1, 40)
words = st.sampled_from(["", "a", "b · c", "∂y/∂x"])
spans = st.none() | st.builds(Span, numbers, numbers, numbers, numbers)
facts = st.builds(
    TensorFacts, numbers, st.lists(st.tuples(words, words), max_size=3).map(tuple), numbers, numbers, words
)
nodes = st.builds(
    GraphNode,
    name=words,
    label=words,
    shape=words,
    names=st.lists(words, max_size=2).map(tuple),
    span=spans,
    group=numbers,
    runs=st.lists(numbers, max_size=2).map(tuple),
    states=st.lists(facts, max_size=2).map(tuple),
)
edges = st.builds(GraphEdge, numbers, numbers, flows=st.lists(st.tuples(numbers, words), max_size=2).map(tuple))
plates = st.builds(Plate, words, numbers, words)
frames = st.builds(
    Frame, words, words, words, words, spans, st.just(()), st.just((1, 2)),
    st.lists(st.tuples(words, numbers)).map(tuple),
    plates=st.lists(plates, max_size=3).map(tuple),
)  # fmt: skip


def some(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """A few of them, or enough for columns, with repetitions."""
    return st.tuples(st.lists(items, min_size=1, max_size=4), st.sampled_from([1, MANY])).map(
        lambda drawn: tuple(drawn[0] * drawn[1])
    )


@given(some(nodes), some(edges), some(frames))
def test_what_travels_in_columns_arrives(
    many_nodes: tuple[GraphNode, ...], many_edges: tuple[GraphEdge, ...], many_frames: tuple[Frame, ...]
) -> None:
    groups = (GraphGroup("loop", "loop"),) * MANY
    scene = Scene("autograd", "", "", "", frames=many_frames, graph=Graph(many_nodes, many_edges, groups))
    assert decode(scene.encode()) == scene


def test_equal_values_are_written_once() -> None:
    rows = tuple(GraphNode("MulBackward0", "y * y", group=number // 50) for number in range(100))
    columns = columns_of(rows, lambda value: value)
    assert columns["name"] == {"values": ["MulBackward0"], "at": [0] * 100}  # the first says how many there are
    assert columns["label"] == {"all": "y * y"}
    assert columns["group"] == [0] * 50 + [1] * 50
    assert columns["states"] == {"all": []}


def test_a_long_loop_costs_little_per_node() -> None:
    source = (
        "y = torch.ones(3, requires_grad=True)\nfor t in range(400):\n    y = torch.tanh(y * 0.5)\ny.sum().backward()"
    )
    scene = explorer.scene(explorer.run(source), lens="autograd")
    assert scene.graph is not None
    assert len(scene.graph.nodes) > 800
    assert len(scene.encode()) < 200 * len(scene.graph.nodes)


def changed(change: dict[str, Any]) -> bytes:
    """Return an encoded scene with other columns of edges."""
    scene = Scene("autograd", "", "", "", graph=Graph((), tuple(GraphEdge(n, n + 1) for n in range(MANY)), ()))
    raw = scene.encode()
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[4:8], "little")])
    header["graph"]["edges"] |= change
    text = json.dumps(header).encode()
    return MAGIC + len(text).to_bytes(4, "little") + text


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"all": 1}},
        {"source": 10**12},
        {"source": []},
        {"target": [0] * (MANY - 1)},
        {"target": [0.5] * MANY},
        {"kind": {"values": ["cut"], "at": [1] * MANY}},
        {"kind": {"values": ["cut"], "at": [-1] * MANY}},
        {"kind": {"values": ["cut"], "at": [True] * MANY}},
        {"kind": {"values": ["unheard of"], "at": [0] * MANY}},
        {"kind": {"values": 3, "at": [0] * MANY}},
        {"kind": {"values": ["cut"]}},
        {"flows": {"lengths": [1] * MANY, "rows": []}},
        {"flows": {"lengths": [-1, 1] * (MANY // 2), "rows": []}},
        {"label": {"all": 3}},
        {"label": None},
        {"more": {"all": 3}},
    ],
)
def test_other_columns_are_refused(change: dict[str, Any]) -> None:
    decode(changed({}))
    with pytest.raises(DecodingError):
        decode(changed(change))
