"""What follows when a recurrent layer's sizes change: its input, its first state, what reads its results."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Link, Program
from explorer.program.builders.problems import ArgumentProblem
from explorer.program.builders.recurrent_calls import (
    RecurrentCall,
    padded_output,
    recurrent_call,
    same_input,
    unpacking,
)
from explorer.program.builders.recurrent_input import batch_first, input_edits, resized_creation, sizes_of
from explorer.program.builders.recurrent_readers import Change, Features, reader_edits
from explorer.program.builders.source import Edit

_TRANSPOSED = ".transpose(0, 1)"


MOST_LAYERS = 200
"""So many can be typed into a field."""


_WHOLE = re.compile("-?[0-9]+")
_ADVICE = {
    "input_size": "Type a whole number from 1 on: how many features each time step has.",
    "hidden_size": "Type a whole number from 1 on: how many units the layer has.",
    "num_layers": "Type a whole number from 1 on: how many layers stand above each other.",
    "proj_size": "Type a whole number from 1 to below hidden_size, or 0 for no projection.",
}


@dataclass(frozen=True)
class Sizes:
    """The sizes of a recurrent layer, as far as they are numbers.

    Attributes:
        stack: D·num_layers, the first size of h_n.
        hidden: hidden_size, the last size of c_n.
        state: The last size of h_n: hidden_size, or proj_size.
    """

    stack: int
    hidden: int
    state: int

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Sizes | None:
        """Return the sizes that a layer's fields say; None where one is no number."""
        texts = (fields.get("num_layers", "1"), fields.get("hidden_size", ""), fields.get("proj_size", "0"))
        if not all(text.isdigit() for text in texts):
            return None
        layers, hidden, projected = map(int, texts)
        directions = 2 if fields.get("bidirectional") == "True" else 1
        state = projected or hidden
        return cls(directions * layers, hidden, state)


def check_sizes(before: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Raise ArgumentProblem where a field asks for a size that no layer has, or for more layers than can be shown.

    What the program says already is no field's fault: only fields that change are checked.
    """
    changed = {name: wanted[name] for name in _ADVICE if wanted.get(name, before.get(name)) != before.get(name)}
    for name, text in changed.items():
        if _WHOLE.fullmatch(text) and (text.startswith("-") or (not text.strip("0") and name != "proj_size")):
            raise ArgumentProblem(f"{name} cannot be {text}. {_ADVICE[name]}", name)
    text = changed.get("num_layers", "1")
    if text.isdigit() and (len(text) > 9 or int(text) > MOST_LAYERS):
        raise ArgumentProblem(
            f"{text} layers are too many: at most {MOST_LAYERS} can be typed. Each has weights of its own, and reads "
            "all steps of the one below.",
            "num_layers",
        )


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
    edits += state_edits(program, call.state, (link.fields, wanted), partial(_made, program))
    change = Change(program, link.node, link.path, Features.of(link.fields), Features.of(wanted))
    return [*edits, *reader_edits(change, program.body)]


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


def state_edits(
    program: Program,
    state: ast.expr | None,
    fields: tuple[Mapping[str, str], Mapping[str, str]],
    made: Callable[[ast.expr | None], Link | None],
) -> list[Edit]:
    """Return the edits to the tensors that are h_0 and c_0, where their sizes are written out.

    Args:
        program: The program.
        state: What the layer is called with.
        fields: Those of the layer before and after.
        made: Returns the creation that a part of the state is.
    """
    before, after = map(Sizes.of, fields)
    if before is None or after is None or before == after:
        return []
    items = state.elts if isinstance(state, ast.Tuple) else [state]
    edits = []
    for item, old, new in zip(items, (before.state, before.hidden), (after.state, after.hidden), strict=False):
        link = made(item)
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
