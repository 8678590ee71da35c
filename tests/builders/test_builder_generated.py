"""Edits of generated programs: what they change, and what they leave."""

from __future__ import annotations

import ast

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.operations import OPERATIONS
from tests.builder_programs import programs, run


@given(programs())
@settings(max_examples=60)
def test_writing_a_chip_as_it_stands_changes_nothing(source: str) -> None:
    tree = ast.dump(ast.parse(source))
    for chip in chain.chips(source):
        assert chip.role != "raw"
        assert chain.set_fields(source, chip.index, chip.name, chip.fields) == source
        # through another state and back, so that the text is really written anew
        table = CREATIONS if chip.role == "creation" else OPERATIONS
        for parameter in table[chip.name].parameters:
            if parameter.kind in ("int", "dim"):
                changed = chain.set_fields(source, chip.index, chip.name, {parameter.name: "7"})
                back = chain.set_fields(changed, chip.index, chip.name, chip.fields)
                assert ast.dump(ast.parse(back)) == tree


def _is_line(chip: chain.Chip) -> bool:
    return chip.role == "operation" and OPERATIONS[chip.name].is_line


@given(programs(), st.data())
@settings(max_examples=60)
def test_an_edit_leaves_the_other_chips(source: str, data: st.DataObject) -> None:
    before = chain.chips(source)
    chip = data.draw(st.sampled_from([chip for chip in before if not _is_line(chip)]))
    if chip.role == "creation":
        changed = chain.set_fields(source, chip.index, "full", {"size": "2, 3", "fill_value": "5"})
    else:
        changed = chain.set_fields(source, chip.index, "flip", {"dims": "0"})
    after = chain.chips(changed)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        if old.index == chip.index:
            assert new.name in ("full", "flip")
        else:
            assert (old.name, old.fields, old.target) == (new.name, new.fields, new.target)
            assert OPERATIONS.get(old.name, None) is None or old.text == new.text or "torch." in old.text


@given(programs(), st.data())
@settings(max_examples=60)
def test_edits_of_any_program(source: str, data: st.DataObject) -> None:
    before = chain.chips(source)
    operations = [chip.index for chip in before if chip.movable]
    shapes = {name: tuple(value.shape) for name, value in run(source).items() if isinstance(value, torch.Tensor)}
    added, index = chain.add(source, "clone", data.draw(st.sampled_from(before)).index, ())
    assert chain.chips(added)[index].name == "clone"
    final = {name: tuple(value.shape) for name, value in run(added).items() if isinstance(value, torch.Tensor)}
    assert final.items() >= shapes.items()
    removed = chain.remove(added, index)
    if len(chain.chips(removed)) > len(before):  # of several results one had to be picked first
        assert chain.chips(removed)[index - 1].name == "index"
        removed = chain.remove(removed, index - 1)
    assert ast.dump(ast.parse(removed)) == ast.dump(ast.parse(source))
    if operations:
        index, to = data.draw(st.sampled_from(operations)), data.draw(st.sampled_from(operations))
        try:
            moved = chain.move(source, index, to)
        except chain.EditProblem as problem:
            message = problem.message
        else:
            message = ""
        if message:
            assert "name of its own" in message or "made later" in message
            return
        names = [before[place].name for place in operations]
        names.insert(operations.index(to), names.pop(operations.index(index)))
        after = chain.chips(moved)
        assert [after[place].name for place in operations] == names
