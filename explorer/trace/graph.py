"""Numbers the nodes of the autograd graph as they come into being, and describes them while they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import BackwardCFunction

from explorer.trace.leaves import leaf_names
from explorer.trace.model import Graph, GraphNode
from explorer.trace.peeking import Foreseen, key_of, peeked
from explorer.trace.saved import Kept, kept_by, text_of

if TYPE_CHECKING:
    from torch.autograd.graph import Node

    from explorer.trace.states import StateKeeper

# beyond this many, nodes are counted and not described
MAX_NODES = 30_000
# beyond this many, tensors of modules have no path
MOST_MEMBERS = 2_000
_LEFT_OUT = -1
_ACCUMULATE: type = torch._C._functions.AccumulateGrad  # type: ignore[attr-defined]  # torch's annotations leave it out


@dataclass(slots=True)
class Origin:
    """The call that makes a node or a tensor.

    Attributes:
        op: Its name, as in `Step.op`.
        line: Line of its expression.
        text: That expression.
        step: Index of its step, once it has ended; -1 when none was recorded.
        tracked: Whether a tensor that it was given requires a gradient.
        end: The call at which the graph ended behind a tensor that it was given, or None.
    """

    op: str
    line: int
    text: str = ""
    step: int = -1
    tracked: bool = False
    end: Origin | None = None


_UNKNOWN = Origin("", 0)


@dataclass(slots=True)
class _Draft:
    """A node that was found; `kept` and `leaf` follow when the states of the call that made it are recorded."""

    name: str
    origin: Origin
    run: int
    module: str
    shapes: tuple[tuple[int, ...], ...]
    inputs: int
    custom: bool
    leaf: int = -1
    kept: Kept | None = None


class _Visit:
    """A node that is being numbered: what it leads to, and the numbers of the first of these."""

    __slots__ = ("following", "node", "targets")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.following = node.next_functions
        self.targets: list[int] = []


class _Within:
    """A context that puts a call on top of a stack; a class, since entering it costs half of what a generator does."""

    __slots__ = ("_calls", "_origin")

    def __init__(self, calls: list[Origin], origin: Origin) -> None:
        self._calls = calls
        self._origin = origin

    def __enter__(self) -> Origin:
        self._calls.append(self._origin)
        return self._origin

    def __exit__(self, *_exception: object) -> None:
        self._calls.pop()


class GraphKeeper:
    """Knows the autograd nodes of a run by number, without holding on to them.

    A node's number lies in the dict that torch keeps with each node (`metadata`), so a graph that the program lets go
    of is freed as it would be without the recording.

    Attributes:
        module: Tells the path of the module that is running.
        run: Number of the engine's run whose results are being looked at, or -1.
        omitted: How many nodes were found beyond `MAX_NODES`.
    """

    def __init__(self) -> None:
        self.module: Callable[[], str] = str
        self.run = -1
        self.omitted = 0
        self._key = object()
        self._drafts: list[_Draft] = []
        self._edges: list[tuple[int, int]] = []
        self._slots: list[tuple[int, int]] = []
        self._calls: list[Origin] = []
        self._pending: list[tuple[Node, _Draft, torch.Tensor | None]] = []
        self._accumulators: dict[int, int] = {}
        self._foreseen = Foreseen()

    @property
    def current(self) -> Origin:
        """The innermost call that is under way, or that has just ended and whose results are being recorded."""
        return self._calls[-1] if self._calls else _UNKNOWN

    def call(self, origin: Origin) -> _Within:
        """Return a context in which all nodes that are found are taken to be made by this call."""
        return _Within(self._calls, origin)

    def origin_of(self, number: int) -> Origin:
        """Return the call that made a node."""
        return self._drafts[number].origin if number >= 0 else _UNKNOWN

    def known(self, node: Node) -> int:
        """Return the number of a node, or -1 when it has none."""
        return self.noted(notes_of(node))

    def noted(self, notes: dict[object, Any]) -> int:
        """Return the number of the node that these notes are kept with (`notes_of`), or -1 when it has none."""
        number: int = notes.get(self._key, -1)
        return number

    def number(self, node: Node) -> int:
        """Return the number of a node, after giving one to all that it leads to; -1 beyond `MAX_NODES`.

        Nodes get their numbers after those that they lead to: in the order of the forward direction.
        """
        key = self._key
        number: int | None = notes_of(node).get(key)
        if number is not None:
            return number
        module = self.module()
        here, waiting = _Visit(node), list[_Visit]()
        while True:
            for nearer, _ in here.following[len(here.targets) :]:
                number = notes_of(nearer).get(key) if nearer is not None else _LEFT_OUT
                if number is not None:
                    here.targets.append(number)
                elif nearer is not None:
                    waiting.append(here)
                    here = _Visit(nearer)
                    break
            else:
                number = self._add(here, module)
                if not waiting:
                    return number
                here = waiting.pop()

    def foresee(self, node: Node, tensor: torch.Tensor) -> int:
        """Return the number of the node that torch has yet to make for a tensor; `node` looks like it."""
        targets = [_LEFT_OUT if nearer is None else self.number(nearer) for nearer, _ in node.next_functions]
        key = key_of(node, targets)
        number = self._foreseen.find(key, tensor)
        if number is None:
            number = self.number(node)
            self._foreseen.add(key, tensor, number)
        return number

    def note(self, tensors: Iterable[torch.Tensor]) -> None:
        """Give numbers to the nodes behind tensors of which no state is recorded."""
        for tensor in tensors:
            node, to_come = peeked(tensor)
            if node is not None and not to_come:
                self.number(node)

    def settle(self, states: StateKeeper) -> None:
        """Read what the nodes found since the last time keep: the tensors are still as they were saved."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        batch = states.saved_batch()
        for node, draft, leaf in pending:
            if leaf is not None:
                draft.leaf = states.state(leaf).tensor
            else:
                draft.kept = kept_by(node, batch, late=draft.origin is _UNKNOWN)

    def graph(self, names: Mapping[str, Any], leaf_of: Callable[[torch.Tensor], int | None]) -> Graph:
        """Return the graph of the whole run.

        Args:
            names: The program's names, for those of the leaves.
            leaf_of: The number of a tensor that was seen, or None.
        """
        named = leaf_names(names, leaf_of)
        leaves = tuple(
            (number, named.get(draft.leaf, "")) for number, draft in enumerate(self._drafts) if draft.leaf >= 0
        )
        members = tuple((number, name) for number, name in named.items() if "." in name)[:MOST_MEMBERS]
        nodes = tuple(map(_described, self._drafts))
        return Graph(nodes, tuple(self._edges), tuple(self._slots), leaves, self.omitted, members)

    def accumulator(self, leaf: torch.Tensor) -> int:
        """Return the number of a leaf's AccumulateGrad node, or -1 when none was found."""
        return self._accumulators.get(id(leaf), -1)

    def leaf_nodes(self) -> dict[int, int]:
        """Return the number of the AccumulateGrad node of each leaf, by the leaf's number."""
        return {draft.leaf: number for number, draft in enumerate(self._drafts) if draft.leaf >= 0}

    def _add(self, visit: _Visit, module: str) -> int:
        node = visit.node
        leaf = leaf_of(node)
        if leaf is not None:
            number = self._accumulators.get(id(leaf))
        else:
            number = self._foreseen.take(key_of(node, visit.targets), node) if self._foreseen else None
        if number is None:
            number = self._new(visit, leaf, module)
            if leaf is not None and number >= 0:
                self._accumulators[id(leaf)] = number
        notes_of(node)[self._key] = number
        return number

    def _new(self, visit: _Visit, leaf: torch.Tensor | None, module: str) -> int:
        number = len(self._drafts)
        if number >= MAX_NODES:
            self.omitted += 1
            return _LEFT_OUT
        node, following = visit.node, visit.following
        name = name_of(node)
        if leaf is None:
            custom = isinstance(node, BackwardCFunction) and _is_custom(node)
            draft = _Draft(name, self.current, self.run, module, _shapes(node), len(following), custom)
        else:
            draft = _Draft(name, _UNKNOWN, -1, "", (tuple(leaf.shape),), 0, custom=False)
        self._drafts.append(draft)
        self._pending.append((node, draft, leaf))
        for slot, target in enumerate(visit.targets):
            if target >= 0:
                self._edges.append((number, target))
                self._slots.append((slot, following[slot][1]))
        return number


def notes_of(node: Node) -> dict[object, Any]:
    """Return the dict that torch keeps with a node, for as long as that lives."""
    notes: dict[object, Any] = node.metadata  # type: ignore[assignment]  # a property, which torch annotates as a method
    return notes


def name_of(node: Node) -> str:
    """Return the class name of a node, without its namespace."""
    return node.name().rpartition("::")[2]


def leaf_of(node: Node) -> torch.Tensor | None:
    """Return the leaf that an AccumulateGrad node writes to; None of other nodes."""
    # a program's own function may keep what it likes under the name `variable`
    return getattr(node, "variable", None) if type(node) is _ACCUMULATE else None


def _shapes(node: Node) -> tuple[tuple[int, ...], ...]:
    """Return the sizes of a node's results; of nested tensors, which have none, ()."""
    try:
        return tuple([tuple(about.shape) for about in node._input_metadata])
    except RuntimeError:
        return tuple(() if about.is_cpp_nested_tensor else tuple(about.shape) for about in node._input_metadata)


def _is_custom(node: BackwardCFunction) -> bool:
    """Tell whether a node belongs to an `autograd.Function` that is not torch's own."""
    owner: type = node._forward_cls  # type: ignore[attr-defined]  # set where the class is made
    return owner.__module__.partition(".")[0] != "torch"


def _described(draft: _Draft) -> GraphNode:
    saved, constants = draft.kept or ((), [])
    return GraphNode(
        name=draft.name,
        op=draft.origin.op,
        line=draft.origin.line,
        step=draft.origin.step,
        run=draft.run,
        module=draft.module,
        tensor=draft.leaf,
        shapes=draft.shapes,
        inputs=draft.inputs,
        saved=saved,
        constants=tuple([(name, text_of(value)) for name, value in constants]),
        custom=draft.custom,
    )
