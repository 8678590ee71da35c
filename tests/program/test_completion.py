"""What the editor offers is what programs may use, as torch documents it."""

from __future__ import annotations

import inspect

import pytest
import torch

import explorer
from explorer.program import allowlist, completion


def entry(owner: str, name: str) -> completion.Name:
    return next(found for found in completion.names()[owner] if found.name == name)


def test_every_offered_name_of_torch_is_allowed() -> None:
    names = completion.names()
    assert {item.name for item in names["torch"]} <= allowlist.MODULES["torch"]
    assert {item.name for item in names["Tensor"]} <= allowlist.TENSOR


def test_pythons_own_names_are_allowed() -> None:
    for name in sorted(completion.BUILTINS):
        assert explorer.run(f"found = {name}\n").error is None, name


@pytest.mark.parametrize("short", sorted(completion.ALIASES))
def test_short_names_stand_for_what_an_import_gives(short: str) -> None:
    module = completion.ALIASES[short]
    assert explorer.run(f"import {module} as {short}\nfound = {short}\n").error is None


def test_signatures_of_functions_written_in_c_come_from_their_documentation() -> None:
    assert entry("Tensor", "view").signature == "(*shape) -> Tensor"
    assert entry("torch", "arange").signature.startswith("(start=0, end, step=1, *, out=None, dtype=None")


def test_signatures_of_classes_leave_self_out() -> None:
    first = next(iter(inspect.signature(torch.nn.Linear).parameters))
    assert completion.signature_of(torch.nn.Linear, "Linear").startswith(f"({first}, ")


def test_methods_say_what_the_function_does_and_not_where_to_look() -> None:
    assert entry("Tensor", "cumsum").summary == entry("torch", "cumsum").summary
    assert entry("Tensor", "add_").summary.startswith("In place: ")
    assert not any(
        item.summary.startswith("See torch") for item in completion.names()["Tensor"] if hasattr(torch, item.name)
    )


def test_summaries_are_one_short_line_without_markup() -> None:
    for owner, entries in completion.names().items():
        for item in entries:
            assert len(item.summary) <= 160, (owner, item)
            assert not {"\n", "`"} & set(item.summary), (owner, item)


def test_what_is_no_function_has_no_signature() -> None:
    assert entry("torch", "float32").signature == ""
    assert entry("Tensor", "shape").signature == ""
