"""What follows when a recurrent layer's sizes change: its input, its first state, what reads its results."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.program.builders import names
from explorer.program.builders.applied import applications
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Link, Program
from explorer.program.builders.recurrent_calls import (
    RecurrentCall,
    padded_output,
    recurrent_call,
    same_input,
    unpacking,
)
from explorer.program.builders.recurrent_input import batch_first, input_edits, resized_creation, sizes_of
from explorer.program.builders.source import Edit

_TRANSPOSED = ".transpose(0, 1)"
_READS = {"Linear": "in_features", "LSTM": "input_size", "GRU": "input_size", "RNN": "input_size"}


@dataclass(frozen=True)
class Sizes:
    """The sizes of a recurrent layer, as far as they are numbers.

    Attributes:
        stack: D·num_layers, the first size of h_n.
        hidden: hidden_size, the last size of c_n.
        state: The last size of h_n: hidden_size, or proj_size.
        output: The last size of the output, D times that.
    """

    stack: int
    hidden: int
    state: int
    output: int

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Sizes | None:
        """Return the sizes that a layer's fields say; None where one is no number."""
        texts = (fields.get("num_layers", "1"), fields.get("hidden_size", ""), fields.get("proj_size", "0"))
        if not all(text.isdigit() for text in texts):
            return None
        layers, hidden, projected = map(int, texts)
        directions = 2 if fields.get("bidirectional") == "True" else 1
        state = projected or hidden
        return cls(directions * layers, hidden, state, directions * state)


def following(program: Program, link: Link, wanted: Mapping[str, str]) -> list[Edit]:
    """Return the edits to other lines with which a program still runs when a recurrent layer has other fields.

    Args:
        program: The program.
        link: The layer, whose own call of its constructor is not edited here.
        wanted: Its new fields.
    """
    call = recurrent_call(program, link.path) if link.path else None
    if call is None:
        return []
    edits = _of_input(program, link, call, wanted)
    before, after = Sizes.of(link.fields), Sizes.of(wanted)
    if before is not None and after is not None and before != after:
        edits += _of_states(program, call, before, after)
        edits += _of_readers(program, call, before, after)
    return edits


def _of_input(program: Program, link: Link, call: RecurrentCall, wanted: Mapping[str, str]) -> list[Edit]:
    """Return the edits to the input, and to all other layers that go through the same one."""
    size = (link.fields["input_size"], wanted["input_size"])
    swap = link.fields.get("batch_first", "False") != wanted.get("batch_first", "False")
    if size[0] == size[1] and not swap:
        return []
    edits = input_edits(program, call, size, swap=swap)
    if edits is None:
        return _transposed(program, call) if swap else []
    for chip, theirs in same_input(program, link.path):
        if chip.path == link.path:
            continue
        fields = {**chip.fields, "input_size": size[1]} if chip.fields["input_size"] == size[0] else {**chip.fields}
        if swap and "batch_first" in fields:
            fields["batch_first"] = wanted["batch_first"]
        statement, place = program.find(chip.index)
        edits.append(_rendered(program, statement.links[place], fields))
        edits += _turned(program, theirs) if swap else []
    return [*edits, *(_turned(program, call) if swap else [])]


def _rendered(program: Program, link: Link, fields: Mapping[str, str]) -> Edit:
    written = LAYERS[link.name].render(fields, kept=frozenset(fields))
    return Edit(program.text.start(link.node), program.text.end(link.node), written)


def _transposed(program: Program, call: RecurrentCall) -> list[Edit]:
    """Return the edit with which a layer is called on its input transposed, or no longer."""
    given, text = call.given, program.text
    written = text.segment(given)
    if written.endswith(_TRANSPOSED):
        return [Edit(text.end(given) - len(_TRANSPOSED), text.end(given), "")]
    return [Edit(text.end(given), text.end(given), _TRANSPOSED)] if isinstance(given, ast.Name) else []


def _turned(program: Program, call: RecurrentCall) -> list[Edit]:
    """Return the edits with which `output[-1]` stays the last time step where time and batch change places."""
    output, padded = padded_output(program, call), unpacking(program, call)
    turned = {"-1": ":, -1", ":, -1": "-1"}
    edits = batch_first(program, padded[1]) if padded is not None else []
    for node in (node for line in program.body[call.place + 1 :] for node in ast.walk(line)):
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=index) if output and name == output:
                wanted = turned.get(ast.unparse(index).strip("()"))
                if wanted is not None:
                    edits.append(Edit(program.text.start(index), program.text.end(index), wanted))
    return edits


def _of_states(program: Program, call: RecurrentCall, before: Sizes, after: Sizes) -> list[Edit]:
    """Return the edits to the tensors that are h_0 and c_0, where their sizes are written out."""
    items = call.state.elts if isinstance(call.state, ast.Tuple) else [call.state]
    edits = []
    for item, old, new in zip(items, (before.state, before.hidden), (after.state, after.hidden), strict=False):
        link = _made(program, item)
        shape = sizes_of(link) if link is not None else []
        wanted = list(shape)
        if shape and shape[0] == str(before.stack):
            wanted[0] = str(after.stack)
        if shape and shape[-1] == str(old):
            wanted[-1] = str(new)
        if link is not None and wanted != shape:
            edits.append(resized_creation(program, link, wanted))
    return edits


def _made(program: Program, node: ast.expr | None) -> Link | None:
    """Return the creation that a name is given, or that stands in the call itself."""
    for statement in program.statements:
        first = statement.links[0]
        if first.role == "creation" and isinstance(node, ast.Name) and statement.target == node.id:
            return first
    return None


def _of_readers(program: Program, call: RecurrentCall, before: Sizes, after: Sizes) -> list[Edit]:
    """Return the edits to the layers that read the output, or h_n."""
    from_output = _derived(program, call, {name for name in (call.output, _padded(program, call)) if name})
    from_state = _derived(program, call, set(call.states[:1]))
    edits = []
    for link in (link for statement in program.statements for link in statement.links):
        field = _READS.get(link.name) if link.role == "layer" else None
        given = [use.given for use in applications(program, link.path) if use.place > call.place] if field else []
        for known, old, new in ((from_output, before.output, after.output), (from_state, before.state, after.state)):
            used = any(set(names.used_within(node, None)) & known for node in given if node is not None)
            if field is not None and used and old != new and link.fields[field] == str(old):
                edits.append(_rendered(program, link, {**link.fields, field: str(new)}))
                break
    return edits


def _padded(program: Program, call: RecurrentCall) -> str:
    return padded_output(program, call) if unpacking(program, call) is not None else ""


def _derived(program: Program, call: RecurrentCall, first: set[str]) -> set[str]:
    """Return names that are made from other names by indexing, methods and functions of torch, not by layers."""
    known = set(first)
    for line in program.body[call.place + 1 :]:
        if isinstance(line, ast.Assign) and not (isinstance(line.value, ast.Call) and _is_layer_call(line.value)):
            known |= set(names.bound(line)) if set(names.used_within(line.value, None)) & known else set()
    return known


def _is_layer_call(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name)
