"""Layers as chips: the fields of torch's constructors, elements of stacks, kernels, changes made in the picture."""

from __future__ import annotations

import ast
import inspect
import typing

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.program.builders import ArgumentProblem, EditProblem, chain, kernels
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.pictured import changed
from explorer.program.builders.weights import kernel_text, set_kernel

CONV = """\
import torch
from torch import nn
x = torch.randn(1, 2, 5, 5)
conv = nn.Conv2d(2, 4, 3, stride=2)
y = conv(x)
"""
STACK = """\
import torch
from torch import nn
x = torch.randn(1, 2, 8, 8)
net = nn.Sequential(
    nn.Conv2d(2, 4, 3),  # first
    nn.ReLU(),
    nn.Conv2d(4, 4, 1),
)
net[2].weight.data[:] = torch.ones(1, 1)
y = net(x)
"""
SHAPES = {1: (2, 3, 9), 2: (2, 3, 9, 9), 3: (2, 3, 5, 9, 9)}


def run(source: str) -> dict[str, object]:
    """Run a program as it is."""
    names: dict[str, object] = {}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


def layers(source: str) -> list[str]:
    """Return what the layer chips of a program show."""
    return [chip.text for chip in chain.chips(source) if chip.role == "layer"]


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_has_torchs_parameters_in_torchs_order(name: str) -> None:
    written = getattr(nn, name).__init__
    # torch says the parameters of a recurrent layer only in what it declares for type checkers
    real = list(inspect.signature((*typing.get_overloads(written), written)[0]).parameters)[1:]
    ours = [parameter.name for parameter in LAYERS[name].parameters]
    assert [parameter for parameter in real if parameter in ours] == ours
    left_out = {"device", "dtype", "args", "kwargs"}
    if name.startswith("ConvTranspose"):
        left_out.add("padding_mode")  # torch takes zeros alone there
    assert set(real) - set(ours) <= left_out


@pytest.mark.parametrize("name", LAYERS)
def test_what_a_new_layer_starts_with_runs(name: str) -> None:
    layer = LAYERS[name]
    shape = (2, 4, 9) if name in ("Fold", "BatchNorm1d") else SHAPES[layer.dims or 2]
    shape = (3, 9) if name.endswith("Cell") else (5, 3, 9) if layer.is_recurrent else shape
    module = eval(layer.render(layer.defaults(shape)), {"nn": nn})  # noqa: S307 - text of the table
    assert isinstance(module, getattr(nn, name))
    module(torch.randn(shape))
    # for any other shape there is at least a text that can be read back
    for other in ((), (3,), (2, 1), (2, 3, 0, 4)):
        text = layer.render(layer.defaults(other))
        fields = layer.parse(ast.parse(text, mode="eval").body)
        assert fields is not None
        assert layer.render(fields) == text


@settings(max_examples=60)
@given(st.data())
def test_typed_arguments_make_the_layer_that_torch_makes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d"]))
    dims = LAYERS[name].dims
    numbers = st.integers(1, 4) | st.tuples(*[st.integers(1, 4)] * dims)
    wanted = {"in_channels": 4, "out_channels": 6, **{key: data.draw(numbers) for key in ("kernel_size", "stride")}}
    wanted |= {key: data.draw(numbers) for key in ("padding", "dilation")}
    wanted |= {"groups": data.draw(st.sampled_from([1, 2])), "bias": data.draw(st.booleans())}
    fields = {key: str(value).strip("()") for key, value in wanted.items()}
    text = LAYERS[name].render(fields)
    made = eval(text, {"nn": nn})  # noqa: S307 - text that the builder wrote
    assert repr(made) == repr(getattr(nn, name)(**wanted))
    read = LAYERS[name].parse(ast.parse(text, mode="eval").body)
    assert read is not None
    assert LAYERS[name].render(read) == text


def test_fields_are_written_into_the_constructor() -> None:
    fields = {"kernel_size": "3, 5", "padding": "0, 2", "padding_mode": "reflect", "groups": "2", "bias": "False"}
    source = chain.set_fields(CONV, 1, "Conv2d", fields)
    assert layers(source) == [
        'conv = nn.Conv2d(2, 4, (3, 5), stride=2, padding=(0, 2), groups=2, bias=False, padding_mode="reflect")'
    ]
    assert chain.chips(source)[1].fields | fields == chain.chips(source)[1].fields
    same = chain.set_fields(CONV, 1, "Conv2d", {"padding": "same", "stride": "1"})
    assert layers(same) == ['conv = nn.Conv2d(2, 4, 3, padding="same")']
    assert chain.chips(same)[1].fields["padding"] == "same"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("kernel_size", "3, 3, 3", "takes one number, or 2: one for each dimension"),
        ("stride", "-1", "a number below 0"),
        ("padding", "some", "is not a list of whole numbers"),
        ("padding_mode", "mirror", "Choose one of zeros, reflect, replicate, circular"),
        ("in_channels", "", "in is empty"),
        ("groups", "two", "is not a whole number"),
    ],
)
def test_what_makes_no_argument_is_said_at_its_field(field: str, text: str, words: str) -> None:
    with pytest.raises(ArgumentProblem, match=words) as problem:
        chain.set_fields(CONV, 1, "Conv2d", {field: text})
    assert problem.value.field == field


def test_another_layer_takes_over_what_it_also_has() -> None:
    fields = LAYERS["MaxPool2d"].taken_over((1, 2, 5, 5), chain.chips(CONV)[1].fields)
    source = chain.set_fields(CONV, 1, "MaxPool2d", fields)
    assert layers(source) == ["conv = nn.MaxPool2d(3, stride=2)"]
    run(source)


def test_indices_of_a_pool_are_a_second_result_and_go_again() -> None:
    source = CONV.replace("nn.Conv2d(2, 4, 3, stride=2)", "nn.MaxPool2d(2)")
    both = chain.set_fields(source, 1, "MaxPool2d", {"return_indices": "True"})
    assert "y, indices = conv(x)" in both
    run(both)
    assert chain.set_fields(both, 1, "MaxPool2d", {"return_indices": "False"}) == source
    with pytest.raises(EditProblem, match="indices is still used on line 6"):
        chain.set_fields(both + "z = indices + 1\n", 1, "MaxPool2d", {"return_indices": "False"})


def test_elements_of_a_stack_are_chips() -> None:
    assert layers(STACK) == ["net[0] = nn.Conv2d(2, 4, 3)", "net[1] = nn.ReLU()", "net[2] = nn.Conv2d(4, 4, 1)"]
    nested = "import torch\nnet = torch.nn.Sequential(nn.Sequential(nn.ReLU(), Own()), nn.Linear(2, 3))\n"
    shown = [(chip.role, chip.path) for chip in chain.chips(nested)]
    assert shown == [("layer", "net[0][0]"), ("raw", "net[0][1]"), ("layer", "net[1]")]


def test_an_element_is_added_with_the_channels_that_it_gets() -> None:
    source, index = chain.add(STACK, "BatchNorm2d", 1, (1, 2, 8, 8))
    assert chain.chips(source)[index].text == "net[1] = nn.BatchNorm2d(4)"
    assert "    nn.BatchNorm2d(4),  # first\n" in source
    assert "net[3].weight.data[:]" in source
    run(source)


def test_an_element_is_moved_and_lines_mean_the_layer_that_they_meant() -> None:
    moved = chain.move(STACK, 3, 2)
    assert layers(moved) == ["net[0] = nn.Conv2d(2, 4, 3)", "net[1] = nn.Conv2d(4, 4, 1)", "net[2] = nn.ReLU()"]
    assert "net[1].weight.data[:]" in moved
    run(moved)
    assert chain.move(moved, 2, 3) == STACK


def test_an_element_is_removed_with_the_lines_that_write_to_it() -> None:
    source = chain.remove(STACK, 3)
    assert layers(source) == ["net[0] = nn.Conv2d(2, 4, 3)", "net[1] = nn.ReLU()"]
    assert "weight" not in source
    assert "net[1].weight.data" in chain.remove(STACK, 2)
    with pytest.raises(EditProblem, match=r"net\[2\] is still used on line 11"):
        chain.remove(STACK + "print(net[2])\n", 3)
    one = "from torch import nn\nnet = nn.Sequential(nn.ReLU())\n"
    with pytest.raises(EditProblem, match="no other layer"):
        chain.remove(one, 0)


def test_a_layer_is_added_with_the_line_that_applies_it() -> None:
    source, index = chain.add(CONV, "MaxPool2d", None, (1, 4, 2, 2))
    assert source == CONV + "pool = nn.MaxPool2d(2)\na = pool(y)\n"
    assert chain.chips(source)[index].text == "pool = nn.MaxPool2d(2)"
    assert chain.remove(source, index) == CONV
    alone, _ = chain.add("import torch\nx = torch.ones(1, 1, 4, 4)\n", "Conv2d", 0, (1, 1, 4, 4))
    assert "from torch import nn\n" in alone
    run(alone)
    with pytest.raises(EditProblem, match="no tensor yet"):
        chain.add("from torch import nn\nconv = nn.Conv2d(1, 1, 3)\n", "ReLU", None, ())


def test_an_operation_after_a_layers_line_is_applied_to_a_tensor() -> None:
    source, _ = chain.add(CONV, "clone", 1, (4, 2, 3, 3))
    assert "a = x.clone()" in source


def test_a_layer_goes_with_its_call_and_what_follows_takes_its_input() -> None:
    source = CONV.replace("y = conv", "conv.weight.data[0] = 1\ny = conv") + "z = y.sum()\n"
    assert chain.remove(source, 1).endswith("x = torch.randn(1, 2, 5, 5)\nz = x.sum()\n")
    with pytest.raises(EditProblem, match="conv is still used on line"):
        chain.remove(source + "print(conv.bias)\n", 1)


@pytest.mark.parametrize("size", [(3,), (4,), (3, 3), (5, 4), (7, 7), (3, 3, 3)], ids=str)
def test_presets_fill_a_weight_and_are_known_again(size: tuple[int, ...]) -> None:
    made = getattr(nn, f"Conv{len(size)}d")(2, 3, size)
    for name in kernels.presets(len(size)):
        text = kernels.written(name, size)
        made.weight.data[:] = eval(text, {"torch": torch})  # noqa: S307 - text of the table
        assert made.weight[0, 0].shape == size
        assert torch.equal(made.weight[2, 1], made.weight[0, 0])
        assert kernels.preset_of(text, size) == name
        values = eval(kernels.as_values(text), {"torch": torch})  # noqa: S307
        torch.testing.assert_close(values.to(made.weight.dtype), made.weight[0, 0].detach(), atol=1e-6, rtol=0)


def test_presets_do_what_their_names_say() -> None:
    conv = nn.Conv2d(1, 1, 3, bias=False)
    ramp = torch.arange(5.0).expand(1, 1, 5, 5)
    picture = torch.rand(1, 1, 5, 5)

    def through(name: str, x: torch.Tensor) -> torch.Tensor:
        conv.weight.data[:] = eval(kernels.written(name, (3, 3)), {"torch": torch})  # noqa: S307
        result: torch.Tensor = conv(x).detach()
        return result

    assert torch.equal(through("identity", picture), picture[:, :, 1:-1, 1:-1])
    assert torch.equal(through("Sobel x", ramp), torch.full((1, 1, 3, 3), 8.0))
    assert torch.equal(through("Sobel y", ramp), torch.zeros(1, 1, 3, 3))
    assert torch.equal(through("Sobel y", ramp.mT), torch.full((1, 1, 3, 3), 8.0))
    assert torch.equal(through("Laplacian", ramp), torch.zeros(1, 1, 3, 3))
    torch.testing.assert_close(through("box", picture), nn.functional.avg_pool2d(picture, 3, 1))
    for name in ("box", "Gaussian", "sharpen", "emboss"):
        torch.testing.assert_close(through(name, torch.ones(1, 1, 5, 5)), torch.ones(1, 1, 3, 3))


def test_a_kernel_is_one_line_and_goes_again() -> None:
    sobel = set_kernel(CONV, "conv.weight", kernels.written("Sobel x", (3, 3)))
    line = "conv.weight.data[:] = torch.tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])\n"
    assert sobel == CONV.replace("y = conv", line + "y = conv")
    cell = changed(sobel, {"kind": "weight", "weight": "conv.weight", "index": [0, 0, 1, 1], "value": "9"})
    assert cell == sobel.replace("y = conv", "conv.weight.data[0, 0, 1, 1] = 9\ny = conv")
    again = changed(cell, {"kind": "weight", "weight": "conv.weight", "index": [0, 0, 1, 1], "value": "-.5"})
    assert again == cell.replace("= 9\n", "= -0.5\n")
    assert set_kernel(again, "conv.weight", "torch.ones(3, 3) / 9").count("weight") == 1
    assert set_kernel(again, "conv.weight", "") == CONV
    run(again)


def test_a_preset_follows_the_size_of_its_kernel() -> None:
    source = set_kernel(CONV, "conv.weight", kernels.written("Gaussian", (3, 3)))
    wider = chain.set_fields(source, 1, "Conv2d", {"kernel_size": "1, 5"})
    assert kernel_text(wider, "conv.weight") == "torch.tensor([[1, 4, 6, 4, 1]]) / 16"
    run(wider)
    sobel = set_kernel(CONV, "conv.weight", kernels.written("Sobel x", (3, 3)))
    with pytest.raises(ArgumentProblem, match="at least 3 × 3; this one is 2 × 2"):
        chain.set_fields(sobel, 1, "Conv2d", {"kernel_size": "2"})
    assert "weight" not in chain.set_fields(sobel, 1, "ReLU", {})


def test_typed_values_have_the_size_of_the_kernel() -> None:
    assert kernels.typed("0 1 0; 1 -4 1; 0 1 0", (3, 3)) == "torch.tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]])"
    with pytest.raises(ArgumentProblem, match="These values are 2 × 2; the kernel is 3 × 3"):
        kernels.typed("1 2; 3 4", (3, 3))
    with pytest.raises(ArgumentProblem, match="not a number"):
        kernels.typed("1 2 three", (3,))


def test_weights_inside_modules_are_found_by_their_path() -> None:
    source = (
        "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.conv = nn.Conv2d(1, 1, 2)\n"
        "    def forward(self, x):\n        return self.conv(x)\nnet = Net()\ny = net(torch.ones(1, 1, 3, 3))\n"
    )
    for path in ("conv.weight", "net.conv.weight"):
        edited = changed(source, {"kind": "weight", "weight": path, "index": [0, 0, 0, 0], "value": "2"})
        assert "net = Net()\nnet.conv.weight.data[0, 0, 0, 0] = 2\n" in edited
        run(edited)
    stacked = changed(STACK, {"kind": "weight", "weight": "net.0.weight", "index": [0, 0, 0, 0], "value": "2"})
    assert ")\nnet[0].weight.data[0, 0, 0, 0] = 2\n" in stacked


def test_backward_starts_where_the_picture_says() -> None:
    cell = changed(CONV, {"kind": "gradient", "tensor": "y", "index": [0, 1, 1, 0]})
    assert cell == CONV + "y[0, 1, 1, 0].backward()\n"
    other = changed(cell, {"kind": "gradient", "tensor": "y", "index": []})
    assert other == CONV + "y.sum().backward()\n"
    assert changed(other, {"kind": "no gradient"}) == CONV
    run(cell)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": "other"},
        {"kind": "gradient", "tensor": "nowhere", "index": []},
        {"kind": "gradient", "tensor": "y.sum()", "index": []},
        {"kind": "gradient", "tensor": "y", "index": ["0"]},
        {"kind": "gradient", "tensor": "y", "index": None},
        {"kind": "weight", "weight": "import os", "index": [0], "value": "1"},
        {"kind": "weight", "weight": "w[f()]", "index": [0], "value": "1"},
    ],
)
def test_rubbish_from_the_picture_changes_nothing(asked: dict[str, object]) -> None:
    with pytest.raises(EditProblem):
        changed(CONV, asked)


def test_a_weight_takes_numbers_only() -> None:
    with pytest.raises(ArgumentProblem, match="not a number"):
        changed(CONV, {"kind": "weight", "weight": "conv.weight", "index": [0], "value": "print(1)"})
