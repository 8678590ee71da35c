"""Layers that normalise as chips: torch's parameters, None among them, and starts that run for any shape."""

from __future__ import annotations

import ast
import inspect

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.program.builders import ArgumentProblem, chain
from explorer.program.builders.groups.normalizations import NORMALIZATION_TABLE
from explorer.program.builders.layers import LAYERS

NAMES = [layer.name for layer in NORMALIZATION_TABLE]
BATCH = """\
import torch
from torch import nn
x = torch.randn(3, 4, 3, 3)
bn = nn.BatchNorm2d(4)
y = bn(x)
"""


def _made(text: str) -> nn.Module:
    module = eval(text, {"nn": nn})  # noqa: S307 - text of the table
    assert isinstance(module, nn.Module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_each_default_is_torchs_own(name: str) -> None:
    torchs = inspect.signature(getattr(nn, name).__init__).parameters
    for parameter in LAYERS[name].parameters:
        default = torchs[parameter.name].default
        if default is not inspect.Parameter.empty:
            assert ast.literal_eval(parameter.default) == default, parameter.name
            assert not parameter.required


@settings(max_examples=80)
@given(data=st.data())
def test_typed_arguments_make_the_layer_that_torch_makes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    shape = (2, 4, *data.draw(st.tuples(*[st.integers(2, 4)] * (LAYERS[name].dims or 2))))
    numbers = st.sampled_from(["1e-12", "0.25", "1", "3.5"])  # torch refuses an epsilon of 0 in training
    fields = LAYERS[name].defaults(shape)
    for parameter in LAYERS[name].parameters:
        if parameter.kind == "bool":
            fields[parameter.name] = data.draw(st.sampled_from(["True", "False"]))
        elif parameter.kind == "number":
            fields[parameter.name] = data.draw(numbers | st.just("None") if parameter.none else numbers)
    text = LAYERS[name].render(fields)
    made = _made(text)
    for parameter in LAYERS[name].parameters:
        if parameter.kind in ("bool", "number") and hasattr(made, parameter.name) and parameter.name != "bias":
            assert getattr(made, parameter.name) == ast.literal_eval(fields[parameter.name]), parameter.name
    assert LAYERS[name].parse(ast.parse(text, mode="eval").body) == fields
    assert made(torch.randn(shape)).shape == shape


@pytest.mark.parametrize(
    ("name", "shape", "text"),
    [
        ("BatchNorm1d", (8, 5), "nn.BatchNorm1d(5)"),
        ("BatchNorm1d", (8, 5, 7), "nn.BatchNorm1d(5)"),
        ("BatchNorm3d", (2, 3, 4, 4, 4), "nn.BatchNorm3d(3)"),
        ("LayerNorm", (3, 4, 3, 3), "nn.LayerNorm((4, 3, 3))"),
        ("LayerNorm", (2, 6, 8), "nn.LayerNorm(8)"),
        ("LayerNorm", (), "nn.LayerNorm(1)"),
        ("RMSNorm", (2, 6, 8), "nn.RMSNorm(8)"),
        ("GroupNorm", (2, 6, 4), "nn.GroupNorm(2, 6)"),
        ("GroupNorm", (2, 5, 4), "nn.GroupNorm(1, 5)"),
        ("LocalResponseNorm", (2, 5, 4, 4), "nn.LocalResponseNorm(5)"),
        ("LazyBatchNorm2d", (2, 5, 4, 4), "nn.LazyBatchNorm2d()"),
    ],
)
def test_what_a_new_layer_starts_with_fits_its_input(name: str, shape: tuple[int, ...], text: str) -> None:
    assert LAYERS[name].render(LAYERS[name].defaults(shape)) == text
    if shape:
        _made(text)(torch.randn(shape))


def test_none_is_a_momentum_of_its_own() -> None:
    source = chain.set_fields(BATCH, 1, "BatchNorm2d", {"momentum": "none"})
    assert "bn = nn.BatchNorm2d(4, momentum=None)\n" in source
    assert chain.chips(source)[1].fields["momentum"] == "None"
    assert chain.set_fields(source, 1, "BatchNorm2d", {"momentum": ""}) == BATCH
    # of an epsilon that torch takes no None for, it is no number
    with pytest.raises(ArgumentProblem, match="'None' is not a number"):
        chain.set_fields(BATCH, 1, "BatchNorm2d", {"eps": "None"})


def test_the_shape_of_a_layer_norm_is_read_however_it_is_written() -> None:
    for written, field in (("8", "8"), ("[4, 3, 3]", "4, 3, 3"), ("(4, 3)", "4, 3"), ("x.shape[1:]", "x.shape[1:]")):
        layer = LAYERS["LayerNorm"].parse(ast.parse(f"nn.LayerNorm({written}, bias=False)", mode="eval").body)
        assert layer is not None
        assert (layer["normalized_shape"], layer["bias"]) == (field, "False")


@pytest.mark.parametrize(
    ("name", "field", "text", "words"),
    [
        ("BatchNorm2d", "eps", "1e-5x", "is not a number"),
        ("BatchNorm2d", "momentum", "ten", "is not a number"),
        ("BatchNorm2d", "num_features", "4.5", "is not a whole number"),
        ("BatchNorm2d", "affine", "maybe", "neither True nor False"),
    ],
)
def test_what_makes_no_argument_is_said_at_its_field(name: str, field: str, text: str, words: str) -> None:
    with pytest.raises(ArgumentProblem, match=words) as problem:
        chain.set_fields(BATCH, 1, name, {field: text})
    assert problem.value.field == field


def test_a_layer_after_a_normalised_table_gets_its_features() -> None:
    source = "import torch\nfrom torch import nn\nnet = nn.Sequential(nn.Linear(3, 7), nn.BatchNorm1d(7))\n"
    added, _ = chain.add(source, "Linear", 1, (16, 3))
    assert "nn.BatchNorm1d(7), nn.Linear(7, 10))" in added
