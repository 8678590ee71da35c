"""The tables: what is committed is what was generated and reviewed, and nothing excluded is in it."""

from __future__ import annotations

import importlib

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.program.allowlist import CLASSES, MODULES, TENSOR, WITHHELD, generate
from explorer.program.allowlist.excluded import REASONS

GENERATED = sorted({*generate.WHOLE, *generate.CHOSEN})


@pytest.mark.parametrize("namespace", GENERATED)
def test_the_committed_names_are_generated_ones(namespace: str) -> None:
    assert MODULES[namespace] <= generate.module_names(namespace)
    assert not [name for name in MODULES[namespace] if generate.excluded(namespace, name)]


def test_the_committed_members_are_generated_ones() -> None:
    assert generate.tensor_names() >= TENSOR
    members = generate.class_members()
    assert [name for name, row in members.items() if not CLASSES[name] <= row] == []
    assert not set(REASONS) & TENSOR


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_name_exists_and_leads_to_no_foreign_module(module: str) -> None:
    owner = importlib.import_module(module)
    for name in MODULES[module]:
        value = getattr(owner, name) if hasattr(owner, name) else importlib.import_module(f"{module}.{name}")
        if type(value) is type(torch):
            assert value.__name__ in MODULES, name


def test_the_namespaces_of_files_and_processes_are_absent() -> None:
    closed = {"os", "sys", "subprocess", "torch.hub", "torch.jit", "torch.multiprocessing", "torch._C", "numpy.lib"}
    assert not closed & set(MODULES)
    assert not {"load", "save", "from_file", "compile", "hub", "jit"} & MODULES["torch"]
    assert all(reason for reason in WITHHELD.values())


@given(st.sampled_from(sorted(dir(torch))), st.booleans())
def test_every_other_name_of_torch_is_refused(name: str, quoted: bool) -> None:
    if name in MODULES["torch"] or name.startswith("__"):
        return
    error = explorer.run(f"getattr(torch, {name!r})" if quoted else f"torch.{name}").error
    assert error is not None
    assert error.kind == "policy"


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn_tanh", "rnn_relu", "lstm_cell", "gru_cell"])
def test_what_recurrent_layers_call_inside_leads_to_the_layers(name: str) -> None:
    error = explorer.run(f"import torch\ntorch.{name}(torch.randn(5, 4))\n").error
    assert error is not None
    assert "lstm = nn.LSTM(4, 6), then lstm(x)" in error.message
    assert explorer.run(f"class Net:\n    {name} = 3\nprint(Net.{name}, Net().{name})\n").error is None
