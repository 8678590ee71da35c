"""The Trace: everything that one run of a program did, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from explorer.swift import swift
from explorer.trace.autograd import BackwardEvent, EngineRun, Graph, GraphNode, SavedTensor
from explorer.trace.faults import Fix, ProgramError
from explorer.trace.places import Iteration, Position, Site
from explorer.trace.tensor_state import TensorState

if TYPE_CHECKING:
    from explorer.trace.calls import Call

__all__ = [
    "ArrayBinding",
    "BackwardEvent",
    "Binding",
    "Detail",
    "EngineRun",
    "Fix",
    "Graph",
    "GraphNode",
    "Iteration",
    "Kind",
    "Omission",
    "Position",
    "Print",
    "ProgramError",
    "SavedTensor",
    "Site",
    "Step",
    "TensorState",
    "Trace",
]

Kind = Literal["create", "view", "copy", "inplace", "compute", "reduce", "backward", "other"]


@swift
@dataclass(frozen=True, eq=False)
class Detail:
    """A torch call, or the call of a module, made inside the library while a step ran.

    Attributes:
        op: The operation's name, or the module's class name.
        module: Path of the module it happened in (`conv.0`), as `named_modules` calls it; "" outside of modules.
        module_class: Class name of that module; "" outside of modules.
        is_module: Whether this is the call of the module itself; its own calls come before it.
        inputs: Tensor arguments before the call.
        outputs: Results after it.
        call: The live call; None of a module itself, and in a trace that crossed a process border.
        updated: Running statistics that it wrote to, as they were after it.
    """

    op: str
    module: str
    module_class: str
    is_module: bool
    inputs: tuple[TensorState, ...]
    outputs: tuple[TensorState, ...]
    call: Call | None = field(default=None, repr=False)
    updated: tuple[TensorState, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the live call behind."""
        return {**self.__dict__, "call": None}


@swift
@dataclass(frozen=True, eq=False)
class Step:
    """One torch call of the program's own text, or one call of library code that used torch in turn.

    Attributes:
        index: Its place in `Trace.steps`.
        line, column, end_line, end_column: Span of the calling expression, as in `Position`.
        op: The operation's name (`view`, `add`, `__getitem__`, `T`).
        kind: What it did to memory; `view` or `copy` is decided by the storage, not by the name.
        inputs: The tensor arguments as they were before the call, lists flattened.
        outputs: The tensors that it returned (for an in-place call: the tensor written) as they were after it.
        expression: The calling expression's text.
        bytes_new: Bytes of the storages that did not exist before the call, or that it made larger.
        stack: Where each of the program's frames stood, outermost first; the last is the step's own. Of a deep
            recursion the outermost and the innermost ones.
        details: What library code did for this call: `self.conv(x)`, `optimizer.step()`, `nn.Linear(3, 4)`. Of the
            steps of optimisers in a long run the first ones have them, and those at places that are new.
        module: Path of the called module (`conv.0`) inside the outermost one, which has the path "".
        module_class: Its class name; "" when it was not a module's call.
        seconds: How long the call took, synchronised; measured for transfers between devices only.
        updated: As in `Detail`, of a call without details.
    """

    index: int
    line: int
    column: int
    end_line: int
    end_column: int
    op: str
    kind: Kind
    inputs: tuple[TensorState, ...]
    outputs: tuple[TensorState, ...]
    expression: str
    bytes_new: int
    stack: tuple[Site, ...] = ()
    details: tuple[Detail, ...] = ()
    module: str = ""
    module_class: str = ""
    seconds: float | None = None
    updated: tuple[TensorState, ...] = ()

    @property
    def position(self) -> Position:
        """The span as one value."""
        return Position(self.line, self.column, self.end_line, self.end_column)

    @property
    def iterations(self) -> tuple[Iteration, ...]:
        """The loops that the step's own expression stands in, outermost first."""
        return self.stack[-1].iterations if self.stack else ()

    @property
    def activation(self) -> int:
        """Which call of a function the step happened in; 0 is the top level."""
        return self.stack[-1].activation if self.stack else 0


@swift
@dataclass(frozen=True, eq=False)
class Binding:
    """A name and the tensor that it held after some step; `activation` says which frame's name it is."""

    name: str
    state: TensorState
    activation: int = 0


@swift
@dataclass(frozen=True)
class ArrayBinding:
    """A name and the NumPy array that it held after some step.

    Attributes:
        name: The name.
        storage: Number of the storage whose memory the array looks at; None when no tensor shares it.
        shape: Sizes.
        stride: Strides, in elements of the array.
        storage_offset: Where in the storage it begins, in elements of the array; 0 without a storage.
        dtype: As NumPy prints it.
        nbytes: Bytes that it reads.
        activation: Which frame's name it is, as in `Binding`.
    """

    name: str
    storage: int | None
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    storage_offset: int
    dtype: str
    nbytes: int
    activation: int = 0


@dataclass(frozen=True)
class Print:
    """What one `print` wrote, the line that it stands on, and the last step before it (-1: before all steps)."""

    text: str
    step: int
    line: int


@dataclass(frozen=True)
class Omission:
    """Calls that were run but not kept, because the trace was full: how many, of which operation, on which line."""

    line: int
    op: str
    count: int


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything that one run of `source` did.

    Attributes:
        source: The program's text.
        device: The device that it ran on, as it was asked for.
        seed: The seed that torch's generators started from.
        output: All that the program printed.
        error: Why it stopped, or None.
        steps: The torch calls of the program's own text, in order.
        graph: The autograd graph at the end.
        backward: What the backward engine did, in order.
        engine_runs: The times it was started, in order; `BackwardEvent.run` refers to them.
        bindings: After each step (and once more at the end), the names that held tensors in the frames that were
            running, in binding order.
        arrays: Parallel to `bindings`: the names that held NumPy arrays; from the first call on that took or gave one.
        prints: What was printed, piece by piece.
        omitted: What was run and not kept: repeated calls beyond the limit on steps.
        calls: The live calls, parallel to `steps`; None in a trace that crossed a process border. One call is None
            where its tensors were too large to hold on to.
    """

    source: str
    device: str
    seed: int
    output: str
    error: ProgramError | None
    steps: tuple[Step, ...]
    graph: Graph
    backward: tuple[BackwardEvent, ...]
    bindings: tuple[tuple[Binding, ...], ...]
    prints: tuple[Print, ...] = ()
    omitted: tuple[Omission, ...] = ()
    arrays: tuple[tuple[ArrayBinding, ...], ...] = ()
    engine_runs: tuple[EngineRun, ...] = ()
    calls: tuple[Call | None, ...] | None = field(default=None, repr=False)

    @property
    def names(self) -> dict[str, TensorState]:
        """What each name of the top level holds at the end."""
        return {b.name: b.state for b in self.bindings[-1] if b.activation == 0}

    def names_at(self, index: int) -> dict[str, TensorState]:
        """What each name that the step's own frame can see holds after step `index`.

        Negative indices count from the end. A function's own names hide those of the top level.

        Raises:
            IndexError: There is no such step.
        """
        if not -len(self.steps) <= index < len(self.steps):
            raise IndexError(f"step {index} of a trace with {len(self.steps)} steps")
        place = index % len(self.steps)
        own = self.steps[place].activation
        seen = sorted((b for b in self.bindings[place] if b.activation in (0, own)), key=lambda b: b.activation)
        return {b.name: b.state for b in seen}

    def without_live_tensors(self) -> Trace:
        """Return the trace as plain data, as it is after crossing a process border."""
        return replace(self, calls=None)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the live calls behind."""
        return {**self.__dict__, "calls": None}
