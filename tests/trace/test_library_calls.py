"""Calls of library code that uses torch in turn: modules, optimisers, constructors, data loaders."""

import pytest
import torch
from torch import nn

import explorer
from explorer.trace import Step, Trace
from tests.programs import listed

NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
        self.fc = nn.Linear(2 * 4, 3)

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))

net = Net()
x = torch.randn(2, 1, 4, 4)
out = net(x)
"""


def only(trace: Trace, op: str) -> Step:
    assert trace.error is None, trace.error
    found = [step for step in trace.steps if step.op == op]
    assert len(found) == 1, [step.op for step in trace.steps]
    return found[0]


def test_a_module_is_one_step_with_its_calls_as_details() -> None:
    step = only(explorer.run(NET), "Sequential")
    assert step.expression == "self.conv(x)"
    assert (step.module, step.module_class, step.kind) == ("conv", "Sequential", "compute")
    assert [(d.op, d.module, d.is_module) for d in step.details] == [
        ("conv2d", "conv.0", False),
        ("Conv2d", "conv.0", True),
        ("relu", "conv.1", False),
        ("ReLU", "conv.1", True),
    ]
    assert [site.function for site in step.stack] == ["<module>", "Net.forward"]


def test_module_steps_carry_the_values_that_the_module_gives() -> None:
    trace = explorer.run(NET, seed=3)
    torch.manual_seed(3)
    conv, fc = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU()), nn.Linear(8, 3)
    x = torch.randn(2, 1, 4, 4)
    step = only(trace, "Sequential")
    assert torch.equal(torch.tensor(step.outputs[0].values), conv(x).detach())
    assert torch.equal(torch.tensor(trace.names["out"].values), fc(conv(x).flatten(1)).detach())


def test_a_module_that_the_program_wrote_is_no_step_of_its_own() -> None:
    assert not [step for step in explorer.run(NET).steps if step.op == "Net"]


def test_a_constructor_is_one_step_whose_results_are_the_parameters() -> None:
    step = only(explorer.run("layer = nn.Linear(3, 2)"), "Linear")
    assert step.kind == "create"
    assert [state.shape for state in step.outputs] == [(2, 3), (2,)]
    assert step.bytes_new == (2 * 3 + 2) * 4


@pytest.mark.parametrize(
    ("layer", "given", "kind"),
    [
        ("nn.Flatten()", "torch.ones(2, 3, 4)", "view"),
        ("nn.Flatten()", "torch.ones(2, 3, 4).transpose(1, 2)", "copy"),
        ("nn.ReLU(inplace=True)", "torch.ones(2)", "inplace"),
        ("nn.ReLU()", "torch.ones(2)", "compute"),
        ("nn.Identity()", "torch.ones(2)", "view"),
        ("nn.BatchNorm1d(3)", "torch.randn(4, 3)", "compute"),
    ],
)
def test_the_kind_of_a_module_is_what_it_did_to_memory(layer: str, given: str, kind: str) -> None:
    trace = explorer.run(f"layer = {layer}\nx = {given}\ny = layer(x)")
    assert trace.error is None
    assert trace.steps[-1].kind == kind
    assert trace.steps[-1].expression == "layer(x)"


def test_a_layer_made_of_layers_is_one_step_with_all_their_parameters() -> None:
    step = only(explorer.run("layer = nn.TransformerEncoderLayer(4, 2, 8)"), "TransformerEncoderLayer")
    assert len(step.outputs) == len(list(nn.TransformerEncoderLayer(4, 2, 8).parameters()))


def test_an_optimiser_writes_its_parameters() -> None:
    trace = explorer.run(
        "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.5)\n"
        "for _ in range(2):\n    opt.zero_grad()\n    (w * w).sum().backward()\n    opt.step()"
    )
    steps = [step for step in trace.steps if step.op == "step"]
    assert [step.kind for step in steps] == ["inplace", "inplace"]
    assert [listed(step.outputs[0].values) for step in steps] == [[0.0, 0.0], [0.0, 0.0]]
    assert listed(trace.names_at(steps[0].index)["w"].values) == [0.0, 0.0]
    assert [step.expression for step in trace.steps if step.op == "zero_grad"] == ["opt.zero_grad()"]


def test_each_batch_of_a_loader_is_one_step() -> None:
    trace = explorer.run(
        "from torch.utils.data import TensorDataset, DataLoader\n"
        "data = TensorDataset(torch.arange(4.).view(4, 1), torch.arange(4))\n"
        "for xb, yb in DataLoader(data, batch_size=2):\n    s = xb.sum()"
    )
    assert trace.error is None
    batches = [step for step in trace.steps if step.expression == "DataLoader(data, batch_size=2)" and step.outputs]
    assert [[state.shape for state in step.outputs] for step in batches] == [[(2, 1), (2,)]] * 2


def test_a_write_through_data_is_seen_through_the_parameter() -> None:
    trace = explorer.run("w = torch.ones(2, requires_grad=True)\nw.data -= 0.5\nv = w.detach()")
    assert listed(trace.names["w"].values) == [0.5, 0.5]


def test_the_steps_of_an_own_autograd_function_are_recorded_forward_and_backward() -> None:
    trace = explorer.run(
        "class Double(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a):\n        return a * 2\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * 3\n\n"
        "x = torch.ones(2, requires_grad=True)\ny = Double.apply(x)\ny.sum().backward()"
    )
    assert trace.error is None
    stacks = {step.expression: [site.function for site in step.stack] for step in trace.steps}
    assert stacks["a * 2"] == ["<module>", "Double.forward"]
    assert stacks["g * 3"] == ["<module>", "Double.backward"]
    assert listed(trace.names["x"].grad) == [3.0, 3.0]


def test_a_failing_module_is_named_with_its_place_in_the_text() -> None:
    trace = explorer.run(NET.replace("2 * 4, 3", "7, 3"))
    assert trace.error is not None
    assert trace.error.line == NET.split("\n").index("        return self.fc(self.conv(x).flatten(1))") + 1
    assert trace.error.op == "linear"


def test_functional_transforms_keep_running() -> None:
    trace = explorer.run("g = torch.func.grad(lambda a: (a ** 3).sum())(torch.tensor([1., 2.]))\nprint(g)")
    assert trace.error is None
    assert trace.output == "tensor([ 3., 12.])\n"
    assert listed(trace.names["g"].values) == [3.0, 12.0]


def test_lazy_modules_have_no_shapes_before_their_first_call() -> None:
    trace = explorer.run("layer = nn.LazyLinear(4)\ny = layer(torch.ones(2, 3))")
    assert trace.error is None
    assert trace.steps[-1].outputs[0].shape == (2, 4)


def test_a_transfer_is_timed() -> None:
    trace = explorer.run("x = torch.ones(3)\ny = x.to('meta')\nz = x.to(torch.float64)")
    assert [step.seconds is not None for step in trace.steps] == [False, True, False]
    assert trace.steps[1].kind == "copy"


def test_a_module_inside_takes_what_it_was_given() -> None:
    """Not what its first call took, which in training is a batch norm's counter; nor what it took the time before."""
    trace = explorer.run(
        "act = nn.ReLU()\n"
        "net = nn.Sequential(\n"
        "    nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), act, nn.Conv2d(2, 3, 1), act, nn.ReLU(inplace=True)\n"
        ")\n"
        "y = net(torch.randn(2, 1, 3, 3))"
    )
    (step,) = [step for step in trace.steps if step.op == "Sequential"]
    modules = [detail for detail in step.details if detail.is_module]
    assert [detail.inputs[0].shape[1] for detail in modules] == [1, 2, 2, 2, 3, 3]
    assert [detail.inputs[0].tensor for detail in modules[1:]] == [detail.outputs[0].tensor for detail in modules[:-1]]
    assert modules[-1].inputs[0].version == modules[-1].outputs[0].version - 1
