r"""Lines that pack a padded batch by the lengths of its sequences, and pad what comes out.

>>> program = "from torch import nn\nlstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\n"
>>> print(set_lengths(program, "lstm", "5, 3").strip())
from torch import nn
import torch
lstm = nn.LSTM(4, 6)
lengths = torch.tensor([5, 3])
packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
packed_output, (h_n, c_n) = lstm(packed)
output, output_lengths = nn.utils.rnn.pad_packed_sequence(packed_output)
"""

from __future__ import annotations

import ast

from explorer.program.builders import names, numerals
from explorer.program.builders.additions import imports, inserted
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.recurrent_calls import (
    RecurrentCall,
    fresh,
    packing,
    recurrent_call,
    same_input,
    unpacking,
)
from explorer.program.builders.sequence_sizes import counted, layer_size
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

OTHER = "as written"
MOST = 64
LONGEST = 100_000
_MOST_SHOWN = 8
_ADVICE = "Type one whole number for each sequence, for example 5, 3."


def lengths_of(source: str, path: str) -> str:
    """Return the lengths by which a program packs what a layer goes through: `5, 3`.

    Returns:
        The lengths; "" where nothing is packed, OTHER where they are no list of numbers.
    """
    program = read(source)
    call = None if program is None else recurrent_call(program, path)
    found = None if program is None or call is None else packing(program, call)
    if program is None or found is None:
        return ""
    listed = _listed(program, found)
    return OTHER if listed is None else ", ".join(ast.unparse(item) for item in listed.elts)


def can_pack(source: str, path: str) -> bool:
    """Tell whether a line of the program calls a layer on a sequence and names its results."""
    program = read(source)
    call = None if program is None else recurrent_call(program, path)
    return call is not None and call.loop is None and bool(call.output)


def set_lengths(source: str, path: str, typed: str) -> str:
    """Return the program that packs what a layer goes through by other lengths; "" does without packing.

    Other layers that go through the same sequence do so, too.

    Raises:
        ArgumentProblem: What was typed is no list of whole numbers, or not one for each sequence.
        EditProblem: No line calls the layer and names its results, or lines need what would go away.
    """
    numbers = numerals.whole_numbers(typed.strip(), "a list of lengths", _ADVICE)
    if len(numbers) > MOST:
        raise ArgumentProblem(f"{len(numbers)} lengths are too many: at most {MOST} can be typed.")
    for number in numbers:
        if not 0 <= int(number) <= LONGEST:
            raise ArgumentProblem(f"{number} time steps are no length of a sequence: it has 1 to {LONGEST}. {_ADVICE}")
    program = read_program(source)
    call = recurrent_call(program, path)
    if call is None or call.loop is not None or not call.output:
        raise EditProblem("No line calls this layer on a whole sequence and names its results.")
    if numbers:
        _check_count(program, path, numbers)
    found = packing(program, call)
    if found is None:
        return pack(source, path, f"torch.tensor([{', '.join(numbers)}])") if numbers else source
    if not numbers:
        return _unpacked(program, path, found)
    listed, written = _listed(program, found), f"[{', '.join(numbers)}]"
    old: ast.expr | None = listed
    if listed is None:
        written, old = f"torch.tensor({written})", found[1].args[1] if len(found[1].args) > 1 else None
    if old is None:
        raise EditProblem(f"Line {found[1].lineno} packs in a way of its own. Edit the program's text instead.")
    return program.text.edited([Edit(program.text.start(old), program.text.end(old), written)])


def _check_count(program: Program, path: str, numbers: list[str]) -> None:
    """Raise ArgumentProblem where the text says how many sequences there are, and there are more or fewer lengths.

    With enforce_sorted=False torch packs fewer sequences without a word.
    """
    size = layer_size(program, path)
    if size.batch in (None, len(numbers)) or not size.batch:
        return
    said = f"{counted(len(numbers), 'length')} for {counted(size.batch, 'sequence')}: {size.name} has a batch of"
    if size.batch > MOST:
        advice = f"Only {MOST} can be typed here: write them into the program's text."
    else:
        fitting = [*numbers, *[numbers[-1]] * size.batch][: size.batch]
        example = f", for example {', '.join(fitting)}" if size.batch <= _MOST_SHOWN else ""
        advice = f"Type {counted(size.batch, 'number')}{example}."
    raise ArgumentProblem(f"{said} {size.batch}. {advice}")


def _listed(program: Program, found: tuple[int, ast.Call]) -> ast.List | None:
    """Return the list of lengths that stands in a call, or in the line that gives its name a value."""
    given = found[1].args[1] if len(found[1].args) > 1 else None
    if isinstance(given, ast.Name):
        place = _place_of(program, given.id, found[0])
        node = program.body[place] if place is not None else None
        given = node.value if isinstance(node, ast.Assign) else None
    match given:
        case ast.Call(func=ast.Attribute(attr="tensor"), args=[ast.List() as listed]) | (ast.List() as listed):
            return listed if all(isinstance(item, ast.Constant) for item in listed.elts) else None
    return None


def _place_of(program: Program, name: str, before: int) -> int | None:
    return next((p for p in range(before - 1, -1, -1) if name in names.bound(program.body[p])), None)


def pack(source: str, path: str, lengths: str) -> str:
    """Return the program that packs what a layer, and others on the same sequence, go through.

    Args:
        source: The program, in which nothing is packed.
        path: How it calls the layer.
        lengths: Their name, or an expression that gets the name `lengths`.

    Raises:
        EditProblem: The program has a syntax error, or nothing calls the layer.
    """
    program = read_program(source)
    text, packed = program.text, fresh(source, "packed")
    layers = [(chip, call) for chip, call in same_input(program, path) if call.loop is None and call.output]
    if not layers:
        raise EditProblem("No line calls this layer on a whole sequence and names its results.")
    first = min((call for _, call in layers), key=lambda call: call.place)
    is_first = any(chip.fields.get("batch_first") == "True" for chip, _ in layers)
    keyword = ", batch_first=True" if is_first else ""
    name = lengths if lengths.isidentifier() else fresh(source, "lengths")
    lines = [] if lengths.isidentifier() else [f"{name} = {lengths}"]
    given = text.segment(first.given)
    lines.append(f"{packed} = nn.utils.rnn.pack_padded_sequence({given}, {name}, enforce_sorted=False{keyword})")
    edits = [*imports(program, "\n".join(lines)), _before(program, first, lines)]
    known = source
    for _, call in layers:
        result, sizes = fresh(known, f"packed_{call.output}"), fresh(known, f"{call.output}_lengths")
        known += f"\n{result} = {sizes} = 0\n"
        target = _output(program, call)
        edits += [
            Edit(text.start(call.given), text.end(call.given), packed),
            Edit(text.start(target), text.end(target), result),
            inserted(
                program,
                call.place,
                [f"{call.output}, {sizes} = nn.utils.rnn.pad_packed_sequence({result}{keyword})"],
            ),
        ]
    return text.edited(edits)


def _before(program: Program, call: RecurrentCall, lines: list[str]) -> Edit:
    start = program.text.line_start(program.text.start(program.body[call.place]))
    return Edit(start, start, "".join(line + program.text.newline for line in lines))


def _output(program: Program, call: RecurrentCall) -> ast.expr:
    """Return the first target of a call's statement."""
    match program.body[call.place]:
        case ast.Assign(targets=[ast.Tuple(elts=[first, *_])]) | ast.Assign(targets=[first]):
            return first
    raise EditProblem("No line calls this layer on a whole sequence and names its results.")


def _unpacked(program: Program, path: str, found: tuple[int, ast.Call]) -> str:
    text, (place, pack) = program.text, found
    layers = [call for _, call in same_input(program, path)]
    given = text.segment(pack.args[0])
    edits = [text.removal(program.body, place)]
    gone = {place}
    for call in layers:
        target, padded = _output(program, call), unpacking(program, call)
        edits.append(Edit(text.start(call.given), text.end(call.given), given))
        if padded is None:
            continue
        match program.body[padded[0]]:
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=output), ast.Name(id=sizes)])]):
                used = names.later_lines(program.body, padded[0], sizes)
                if used:
                    raise EditProblem(f"{sizes} is still used on line {used[0]}. Change or remove that first.")
                edits += [Edit(text.start(target), text.end(target), output), text.removal(program.body, padded[0])]
                gone.add(padded[0])
    lengths = pack.args[1] if len(pack.args) > 1 else None
    own = _place_of(program, lengths.id, place) if isinstance(lengths, ast.Name) else None
    if own is not None and isinstance(lengths, ast.Name):
        others = [node for number, node in enumerate(program.body) if number not in gone]
        if not any(names.uses(node, lengths.id) for node in others):
            edits.append(text.removal(program.body, own))
    return text.edited(edits)
