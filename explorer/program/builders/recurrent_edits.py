"""Edits of recurrent layers: other fields, another kind, away with one and all the lines that belong to it."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.program.builders import names
from explorer.program.builders.gates import gates, resized
from explorer.program.builders.gradient_clips import is_backward
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Link, Program, Statement
from explorer.program.builders.losses import NONE, loss_of
from explorer.program.builders.losses import OTHER as OTHER_LOSS
from explorer.program.builders.parameter_lines import parameter_lines, removals
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_calls import (
    RecurrentCall,
    call_lines,
    check_results_unused,
    first_state,
    fresh,
    has_cell_state,
    is_cell,
    recurrent_call,
    replaced,
    same_input,
)
from explorer.program.builders.recurrent_follow import check_sizes, following
from explorer.program.builders.source import Edit
from explorer.program.builders.truncation import cut_again, over_whole, whole
from explorer.program.builders.weights import read_program

if TYPE_CHECKING:
    from explorer.program.builders.calls import Fields


def set_recurrent(program: Program, link: Link, name: str, wanted: Fields, kept: frozenset[str]) -> str:
    """Return the program with other arguments of a recurrent layer, or another one in its place.

    Its input, its first state, the lines that set its gates and the layers that read its results follow.

    Raises:
        ArgumentProblem: A text makes no argument.
        EditProblem: The results of its call are used in a way that another layer has no results for.
    """
    if not link.path:
        return _changed(program, link, name, wanted, kept)

    def change(plain: str) -> str:
        again = read_program(plain)
        return _changed(again, _layer_at(again, link.path)[1], name, wanted, kept)

    return over_whole(program.text.source, link.path, change)


def _layer_at(program: Program, path: str) -> tuple[Statement, Link]:
    """Return the layer at a path, with the statement that makes it."""
    return next(
        (statement, link)
        for statement in program.statements
        for link in statement.links
        if link.role == "layer" and link.path == path
    )


def _changed(program: Program, link: Link, name: str, wanted: Fields, kept: frozenset[str]) -> str:
    if LAYERS[name].is_recurrent != LAYERS[link.name].is_recurrent:
        raise EditProblem(f"{link.name} cannot become {name}: their calls have other results. Add {name} anew.")
    check_sizes(link.fields, wanted)
    text = program.text
    kept = kept | {field for field, typed in wanted.items() if typed == link.fields.get(field)}
    edits = [Edit(text.start(link.node), text.end(link.node), LAYERS[name].render(wanted, kept=kept))]
    if gates(name) != gates(link.name) or is_cell(name) != is_cell(link.name):
        edits += removals(program, parameter_lines(program, link.path)) if link.path else []
    elif link.path:
        edits += resized(program, link.path, name, link.fields["hidden_size"], wanted["hidden_size"])
    call = recurrent_call(program, link.path) if link.path else None
    if call is not None and is_cell(name) != is_cell(link.name):
        return text.edited([*edits, *_other_call(program, link, call, name)])
    if call is not None and not is_cell(name):
        edits += _cell_state(program, call, had=has_cell_state(link.name), has=has_cell_state(name))
    return text.edited([*edits, *following(program, link, wanted)])


def without_recurrent(program: Program, statement: Statement) -> str:
    """Return the program without a recurrent layer, the line or loop that calls it, and what it sets by hand.

    Raises:
        EditProblem: Other lines need it, or its results.
    """
    name = statement.target
    before = whole(program.text.source, name)
    if not before.every:
        return _removed(program, statement)
    plain = read_program(before.source)
    others = [chip.path for chip, _ in same_input(plain, name) if chip.path != name]
    changed = _removed(plain, _layer_at(plain, name)[0])
    return cut_again(changed, others[0], before.every) if others else changed


def _removed(program: Program, statement: Statement) -> str:
    name, text = statement.target, program.text
    own = parameter_lines(program, name) if name else ()
    edits = [text.removal(program.body, statement.place), *removals(program, own)]
    call = recurrent_call(program, name) if name else None
    gone = {statement.place}
    if call is not None:
        _check_results(program, name, call)
        start = first_state(program, call)
        gone |= {call.place} if start is None else {call.place, start}
        edits += [text.removal(program.body, place) for place in gone - {statement.place}]
    taken = {id(line.node) for line in own} | {id(line.block) for line in own if line.block is not None}
    for place, line in enumerate(program.body[statement.place + 1 :], statement.place + 1):
        if place not in gone and id(line) not in taken and name and names.uses(line, name):
            raise EditProblem(f"{name} is still used on line {line.lineno}. Change or remove that first.")
    return text.edited(edits)


def _other_call(program: Program, link: Link, call: RecurrentCall, name: str) -> list[Edit]:
    """Return the edits that make a loop of a call, or a call of a loop that the page wrote."""
    source, text = program.text.source, program.text
    _check_results(program, link.path, call)
    if not is_cell(link.name):
        if call.state is not None or not call.results:
            raise EditProblem(f"Line {call.node.lineno} calls {link.path} in a way that no loop can stand for.")
        given = text.segment(call.given)
        given = f"{given}.transpose(0, 1)" if link.fields.get("batch_first") == "True" else given
        return replaced(program, call, call_lines(source, name, link.path, given))
    if first_state(program, call) is None:
        raise EditProblem(
            f"{link.path} is called on line {call.node.lineno} in lines of its own. Edit the program's text instead."
        )
    return replaced(program, call, call_lines(source, name, link.path, text.segment(call.sequence)))


def _check_results(program: Program, path: str, call: RecurrentCall) -> None:
    """Raise EditProblem if a later line uses a result of a call, with the field that wrote the line if one did."""
    start = first_state(program, call)
    # what the loop that the page writes around a cell returns is its state
    held = call if start is None else replace(call, output=names.bound(program.body[start])[0])
    used = {line: name for name in held.results for line in names.later_lines(program.body, call.place, name)}
    passes = {node.lineno for node in program.body if is_backward(node)}
    if used and used.keys() <= passes and loss_of(program.text.source, path) not in (NONE, OTHER_LOSS):
        line = min(used)
        raise EditProblem(
            f'{used[line]} is still used on line {line}, where the backward pass starts. Choose none for "backward '
            'from" first; afterwards it can be chosen again.'
        )
    check_results_unused(program, held)


def _cell_state(program: Program, call: RecurrentCall, *, had: bool, has: bool) -> list[Edit]:
    """Return the edits with which a call has a cell state among its results and in its first state, or no longer."""
    if had == has:
        return []
    text, statement, edits = program.text, program.body[call.place], []
    if isinstance(statement, ast.Assign):
        edits += _state_targets(program, call, statement, has=has)
    match call.state:
        case ast.Tuple(elts=[hidden, _]) as pair if had:
            edits.append(Edit(text.start(pair), text.end(pair), text.segment(hidden)))
        case ast.Name(id=name) as hidden if has:
            edits.append(Edit(text.start(hidden), text.end(hidden), f"({name}, torch.zeros_like({name}))"))
    return edits


def _state_targets(program: Program, call: RecurrentCall, statement: ast.Assign, *, has: bool) -> list[Edit]:
    text = program.text
    match statement.targets:
        case [ast.Tuple(elts=[_, ast.Tuple(elts=[ast.Name(id=hidden), ast.Name(id=cell)]) as pair])] if not has:
            used = names.later_lines(program.body, call.place, cell)
            if used:
                raise EditProblem(f"{cell} is still used on line {used[0]}, and this layer has no cell state.")
            return [Edit(text.start(pair), text.end(pair), hidden)]
        case [ast.Tuple(elts=[_, ast.Name(id=hidden) as state])] if has and hidden.startswith("h"):
            return [Edit(text.start(state), text.end(state), f"({hidden}, {fresh(text.source, 'c_n')})")]
    return []
