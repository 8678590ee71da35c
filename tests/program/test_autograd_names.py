"""What courses on autograd use: it runs, and leaves nothing behind."""

from __future__ import annotations

import pytest
import torch

import explorer

X = "import torch\nx = torch.tensor([1.0, 2.0], requires_grad=True)\n"
PROGRAMS = {
    "saved values": ("y = x**2\nprint(y.grad_fn._saved_self.tolist(), y.grad_fn._saved_exponent)", "[1.0, 2.0] 2"),
    "saved result": (
        "y = x.exp()\nprint(y.grad_fn._saved_result is y, y.grad_fn._saved_result.shape)",
        "False torch.Size([2])",
    ),
    "next functions": ("print((x * 2).grad_fn.next_functions[0][0].name())", "torch::autograd::AccumulateGrad"),
    "anomaly mode": ("torch.autograd.set_detect_anomaly(True)\nprint(torch.is_anomaly_enabled())", "True"),
    "gradcheck": ("print(torch.autograd.gradcheck(lambda x: x**2, x.double()))", "True"),
    "module hooks": (
        (
            "net = torch.nn.Linear(2, 1, bias=False)\n"
            "net.register_full_backward_hook(lambda module, given, received: print(received[0].tolist()))\n"
            "net(x).backward()"
        ),
        "[1.0]",
    ),
    "hook after accumulation": (
        "x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad.tolist()))\n(x * 3).sum().backward()",
        "[3.0, 3.0]",
    ),
    "saved tensor hooks": (
        (
            "with torch.autograd.graph.saved_tensors_hooks(lambda kept: kept.half(), lambda kept: kept.float()):\n"
            "    y = x**2\n"
            "y.sum().backward()\nprint(x.grad.tolist())"
        ),
        "[2.0, 4.0]",
    ),
    "clipping by value": (
        "(x * 3).sum().backward()\ntorch.nn.utils.clip_grad_value_(x, 0.5)\nprint(x.grad.tolist())",
        "[0.5, 0.5]",
    ),
    "reentrant checkpoint": (
        (
            "from torch.utils.checkpoint import checkpoint\n"
            "checkpoint(torch.square, x, use_reentrant=True).sum().backward()\nprint(x.grad.tolist())"
        ),
        "[2.0, 4.0]",
    ),
    "once differentiable": (
        (
            "from torch.autograd.function import once_differentiable\n"
            "class Twice(torch.autograd.Function):\n"
            "    @staticmethod\n    def forward(ctx, x):\n        ctx.factor = 2\n        return x * 2\n"
            "    @staticmethod\n    @once_differentiable\n"
            "    def backward(ctx, grad):\n        return grad * ctx.factor\n"
            "Twice.apply(x).sum().backward()\nprint(x.grad.tolist())"
        ),
        "[2.0, 2.0]",
    ),
    "setup_context": (
        (
            "class Twice(torch.autograd.Function):\n"
            "    @staticmethod\n    def forward(x):\n        return x * 2\n"
            "    @staticmethod\n    def setup_context(ctx, inputs, output):\n        ctx.factor = 2\n"
            "    @staticmethod\n    def backward(ctx, grad):\n        return grad * ctx.factor\n"
            "Twice.apply(x).sum().backward()\nprint(x.grad.tolist())"
        ),
        "[2.0, 2.0]",
    ),
    "torch.func": ("print(torch.func.grad(lambda x: (x**3).sum())(x).tolist())", "[3.0, 12.0]"),
    "torch.func over a batch": (
        "print(torch.func.vmap(torch.func.grad(lambda x: (x**2).sum()))(torch.ones(2, 2)).tolist())",
        "[[2.0, 2.0], [2.0, 2.0]]",
    ),
    "batched gradients": (
        "print(torch.autograd.grad(x**2, x, torch.eye(2), is_grads_batched=True)[0].tolist())",
        "[[2.0, 0.0], [0.0, 4.0]]",
    ),
    "jacobian": ("print(torch.autograd.functional.jacobian(lambda x: x**2, x).diagonal().tolist())", "[2.0, 4.0]"),
    "unused inputs": (
        "y = torch.ones(2, requires_grad=True)\nprint(torch.autograd.grad(x.sum(), (x, y), allow_unused=True)[1])",
        "None",
    ),
}


@pytest.mark.parametrize(("program", "printed"), PROGRAMS.values(), ids=PROGRAMS)
def test_it_runs(program: str, printed: str) -> None:
    trace = explorer.run(X + program)
    assert trace.error is None, trace.error
    assert trace.output.strip() == printed
    assert not torch.is_anomaly_enabled()
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("name", ["_raw_saved_self", "_register_hook_dict", "_sequence_nr", "metadata"])
def test_a_node_shows_no_more_than_that(name: str) -> None:
    trace = explorer.run(f"{X}y = x**2\nprint(y.grad_fn.{name})")
    assert trace.error is not None
    assert trace.error.kind == "policy"
