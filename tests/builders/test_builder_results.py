"""Calls with several results, lines that write, and what an added line needs around it."""

from __future__ import annotations

import pytest

from explorer.program.builders import chain

HEAD = "import torch\nx = torch.zeros(4, 6)\n"


def test_results_are_named_after_what_they_are() -> None:
    once, index = chain.add(HEAD, "sort", None, (4, 6))
    assert once == HEAD + "values, indices = x.sort(dim=0)\n"
    assert chain.chips(once)[index].target == "values"
    twice, _ = chain.add(once, "topk", None, (4, 6))
    assert twice == once + "values1, indices1 = values.topk(2, dim=0)\n"


def test_parts_are_named_together_and_used_by_their_number() -> None:
    split, _ = chain.add(HEAD, "split", None, (4, 6))
    assert split == HEAD + "parts = x.split(2, dim=0)\n"
    flipped, _ = chain.add(split, "flip", None, (2, 6))
    assert flipped == split + "a = parts[0].flip(0)\n"


def test_names_follow_the_number_of_results() -> None:
    source = HEAD + "largest, where = x.max(dim=0)\n"
    assert chain.set_fields(source, 1, "max", {"dim": ""}) == HEAD + "largest = x.max()\n"
    assert chain.set_fields(source, 1, "flip", {"dims": "0"}) == HEAD + "largest = x.flip(0)\n"
    assert chain.set_fields(source, 1, "sort", {"dim": "1"}) == HEAD + "largest, where = x.sort(dim=1)\n"
    alone = HEAD + "m = x.max()\n"
    assert chain.set_fields(alone, 1, "max", {"dim": "1"}) == HEAD + "m, indices = x.max(dim=1)\n"


def test_a_name_that_holds_all_results_is_kept() -> None:
    source = HEAD + "pair = x.max(dim=0)\nfirst = pair[0]\n"
    assert chain.set_fields(source, 1, "max", {"dim": "1"}) == source.replace("dim=0", "dim=1")


def test_a_result_that_is_used_does_not_go_away() -> None:
    source = HEAD + "values, indices = x.sort(dim=0)\ny = x.gather(0, indices)\n"
    with pytest.raises(chain.EditProblem, match="indices is still used on line 4"):
        chain.set_fields(source, 1, "flip", {"dims": "0"})


@pytest.mark.parametrize("statement", ["x[0] = 9", "x += 1", "values, indices = x.sort(dim=0)"])
def test_what_has_no_single_result_keeps_its_place(statement: str) -> None:
    source = HEAD + f"a = x.flip(0)\n{statement}\n"
    assert [chip.movable for chip in chain.chips(source)] == [False, True, False]
    with pytest.raises(chain.EditProblem, match="no single result"):
        chain.move(source, 2, 1)


def test_writes_are_added_changed_and_removed() -> None:
    written, index = chain.add(HEAD, "assign", None, (4, 6))
    assert (written, index) == (HEAD + "x[0] = 0\n", 1)
    assert chain.set_fields(written, 1, "assign", {"index": ":, 1"}) == HEAD + "x[:, 1] = 0\n"
    assert chain.set_fields(written, 1, "update", {"operator": "*=", "value": "2"}) == HEAD + "x *= 2\n"
    assert chain.remove(written, 1) == HEAD
    after, _ = chain.add(written, "flip", 1, (4, 6))
    assert after == written + "a = x.flip(0)\n"


@pytest.mark.parametrize(
    ("dtype", "receiver"), [("int64", "x.float()"), ("bool", "x.float()"), ("float64", "x"), ("", "x")]
)
def test_whole_numbers_become_floats_where_torch_needs_them(dtype: str, receiver: str) -> None:
    added, index = chain.add(HEAD, "mean", None, (4, 6), dtype)
    assert added == HEAD + f"a = {receiver}.mean(dim=0)\n"
    assert chain.chips(added)[index].name == "mean"


def test_functional_is_imported_where_it_is_needed() -> None:
    padded, index = chain.add(HEAD, "pad", None, (4, 6))
    assert padded == HEAD.replace("\n", "\nimport torch.nn.functional as F\n", 1) + "a = F.pad(x, (1, 1))\n"
    assert chain.chips(padded)[index].name == "pad"
    again, _ = chain.add(padded, "pad", None, (4, 8))
    assert again.count("import torch.nn.functional") == 1
    changed = chain.set_fields(HEAD + "a = x.t()\n", 1, "pad", {"pad": "1, 1"})
    assert changed.endswith("a = F.pad(x, (1, 1))\n")
    assert "import torch.nn.functional as F" in changed


@pytest.mark.parametrize(
    ("statement", "index", "name", "fields", "result"),
    [
        ("y = x * 2 + 1", 0, "elementwise", {"operator": "+"}, "y = x + 2 + 1"),
        ("y = x * 2 + 1", 1, "elementwise", {"operator": "*"}, "y = (x * 2) * 1"),
        ("y = (x + 1).t()", 0, "elementwise", {"other": "y - 2"}, "y = (x + (y - 2)).t()"),
        ("y = (x + 1).t()", 0, "flip", {"dims": "0"}, "y = (x.flip(0)).t()"),
        ("y = x.t().flip(0)", 0, "elementwise", {"operator": "-", "other": "1"}, "y = (x - 1).flip(0)"),
        ("y = x + 1", 0, "flip", {"dims": "0"}, "y = x.flip(0)"),
        ("y = x.t()", 0, "@", {"other": "x"}, "y = x @ x"),
        ("y = torch.where(x > 0, x, 0)", 0, "where", {"other": "-1"}, "y = torch.where(x > 0, x, -1)"),
        ("y = torch.where(x.t() > 0, x.t(), 0)", 0, "T", {}, "y = torch.where(x.t() > 0, x.T, 0)"),
        ("y = x.t()", 0, "einsum", {"equation": "ij->ji", "tensors": "x"}, 'y = torch.einsum("ij->ji", x)'),
    ],
)
def test_operators_and_functions_are_written_anew(
    statement: str, index: int, name: str, fields: dict[str, str], result: str
) -> None:
    assert chain.set_fields(HEAD + statement, index + 1, name, fields) == HEAD + result
