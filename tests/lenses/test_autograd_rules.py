"""The formulas of the rules are evaluated with torch, and must give the gradients that torch gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
from torch.nn import functional

import explorer
from explorer.lenses.autograd.rules import Rule, Rules
from explorer.lenses.autograd.rules_calculus import CALCULUS
from explorer.lenses.autograd.rules_layout import LAYOUT
from explorer.lenses.autograd.rules_norms import NORMS
from tests.lenses.rule_programs import EVALUATED, NAMES, U, V


def python(text: str) -> str:
    """Write mathematics as Python."""
    for sign, code in (
        ("·", "*"), ("−", "-"), ("√", "sqrt"), ("σ", "sigma"), ("Φ", "Phi"), ("φ", "phi"), ("π", "pi"), ("²", "**2"),
        ("³", "**3"), ("^", "**"), ("≤", "<="), ("≥", ">="), ("ᵀ", ".mT"), ("ᴴ", ".mH"), ("≠", "!="),
    ):  # fmt: skip
        text = text.replace(sign, code)
    text = re.sub(r"‖(\w+)‖", r"norm(\1)", text)
    text = re.sub(r"(\S+) (<=?) (\w+) (<=?) ([^\s,]+)", r"(\1 \2 \3) & (\3 \4 \5)", text)
    choice = re.match(r"(.*?) where (.*?), (?:else )?(.*)$", text)
    if choice is None:
        return text
    condition = choice[2].replace(" = ", " == ")
    return f"where({condition}, torch_number({choice[1]}), torch_number({python(choice[3])}))"


def number(one: Any) -> torch.Tensor:
    """Return a tensor as it is, and a number as one in single precision."""
    return one if isinstance(one, torch.Tensor) else torch.as_tensor(one, dtype=torch.float32)


def evaluated(text: str, names: dict[str, Any]) -> torch.Tensor:
    """Evaluate a formula's side."""
    held = {**NAMES, **names, "torch_number": number}
    return torch.as_tensor(eval(python(text), held))  # noqa: S307 - the formulas are the project's own


@cache
def ran(program: str) -> tuple[dict[str, torch.Tensor], torch.Tensor, Rule]:
    """Run a program plainly, and recorded; return its names, its y and the rule of y's node."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"torch": torch, "F": functional}
    exec(program, names)  # noqa: S102 - the tests' own text
    scalar = "y.abs().sum()" if names["y"].is_complex() else "y.sum()"
    trace = explorer.run(f"{program}\n{scalar}.backward()")
    assert trace.error is None
    node = trace.names["y"].node
    rule = Rules(trace).of(node)
    assert rule is not None, trace.graph.nodes[node].name
    return names, names["y"], rule


def gradient_of(part: str, names: dict[str, Any], upstream: torch.Tensor) -> tuple[str, torch.Tensor]:
    """Return which input a formula is about, and the gradient that it says."""
    part, _, also = part.partition(",  s = ")
    known = {key: value.detach() if isinstance(value, torch.Tensor) else value for key, value in names.items()}
    known["G"] = upstream
    along = {"softmax": lambda one: one.softmax(1), "logsumexp": lambda one: one.logsumexp(1)}
    if "softmax" in part or also:
        known |= along | {"sum": lambda one: one.sum(1, keepdim=True)}
        known["s"] = known["u"].softmax(1)
    place = re.fullmatch(r"∂L/∂(\w+)(\[.*\]) (\+?=) (.+?)(, 0 elsewhere)?", part)
    if place is not None:
        found = torch.zeros_like(known[place[1]])
        index = eval(f"INDEX{place[2]}", {**known, "INDEX": _Index()})  # noqa: S307
        found.index_put_((index,), known["G"], accumulate=True) if place[3] == "+=" else found.__setitem__(
            index, known["G"]
        )
        return place[1], found
    local = re.fullmatch(r"∂(.+)/∂(\w+) = (.+)", part)
    assert local is not None, part
    if local[1] == "L":
        return local[2], evaluated(
            local[3].replace("zeros.", "zeros_like_u."), known | {"zeros_like_u": torch.zeros(2, 3)}
        )
    slope = evaluated(local[3], known)
    spread = (
        upstream.unsqueeze(-1) if upstream.dim() == 1 and known["u"].dim() == 2 and len(upstream) == 2 else upstream
    )
    return local[2], (slope * spread).expand(known[local[2]].shape)


class _Index:
    def __getitem__(self, index: Any) -> Any:
        return index


@pytest.mark.parametrize("name", EVALUATED)
def test_the_formula_gives_the_gradient(name: str) -> None:
    names, y, rule = ran(EVALUATED[name])
    upstream = torch.rand_like(y)
    parts = re.split(r",  (?=∂)", rule.formula)
    wanted = [key for key in ("u", "v", "w") if isinstance(names.get(key), torch.Tensor) and names[key].requires_grad]
    assert len(parts) == len(wanted)
    for part in parts:
        key, found = gradient_of(part, names, upstream)
        [expected] = torch.autograd.grad(y, names[key], upstream, retain_graph=True)
        torch.testing.assert_close(found.to(expected.dtype), expected, rtol=1e-4, atol=1e-5, msg=part)
    assert rule.sentence.endswith(".")
    assert not re.search(r"[{}]", rule.formula + rule.sentence)


@pytest.mark.parametrize("name", EVALUATED)
def test_the_left_side_is_what_was_computed(name: str) -> None:
    names, y, rule = ran(EVALUATED[name])
    for part in re.split(r",  (?=∂)", rule.formula):
        local = re.fullmatch(r"∂(.+)/∂(\w+)(\[.*\])? \+?= (.+)", part)
        assert local is not None
        if local[1] == "L" or re.match(
            r"(leaky_relu|elu|gelu|softplus|hardtanh|clamp|masked_fill|max|min)\(", local[1]
        ):
            continue
        if re.search(r"huber|smooth_l1|ln\(1 − u\)|exp\(u\) − 1", local[1]) or name.endswith(("dim", "biased")):
            continue
        value = evaluated(local[1], names)
        torch.testing.assert_close(value.to(y.dtype), y, rtol=1e-4, atol=1e-5, msg=part)


def test_numbers_of_the_program_stand_in_the_formula() -> None:
    assert ran(EVALUATED["Mul 3"])[2].formula == "∂(u · 3)/∂u = 3"
    assert ran(EVALUATED["Mul -2.5"])[2].formula == "∂(u · (−2.5))/∂u = (−2.5)"
    assert ran(EVALUATED["Pow0"])[2].formula == "∂(u³)/∂u = 3 · u²"
    assert ran(EVALUATED["Pow0 2"])[2].formula == "∂(u²)/∂u = 2 · u"
    assert ran(EVALUATED["Add ×2"])[2].formula == "∂(u + 2 · v)/∂u = 1,  ∂(u + 2 · v)/∂v = 2"
    assert ran(EVALUATED["Mean"])[2].formula == "∂mean(u)/∂u = 1 / 6"
    assert ran(EVALUATED["Select"])[2].formula == "∂L/∂u[:, 1] = G, 0 elsewhere"


def test_only_inputs_that_take_a_gradient_have_a_formula() -> None:
    assert ran(U + "v = torch.rand(2, 3)\ny = u * v")[2].formula == "∂(u · v)/∂u = v"
    assert ran("u = torch.rand(2, 3)\n" + V + "y = u * v")[2].formula == "∂(u · v)/∂v = u"


def test_a_function_of_the_programs_own_has_no_rule_of_torch() -> None:
    program = """import torch
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, u):
        return u.exp()
    @staticmethod
    def backward(ctx, g):
        return g * 0.5
u = torch.rand(3, requires_grad=True)
y = Exp.apply(u)
y.sum().backward()
"""
    trace = explorer.run(program)
    assert trace.error is None
    node = trace.names["y"].node
    assert trace.graph.nodes[node].name == "ExpBackward"
    assert Rules(trace).of(node) is None


def grads(
    function: Callable[..., torch.Tensor], *shapes: tuple[int, ...]
) -> tuple[list[torch.Tensor], torch.Tensor, Any]:
    """Return inputs, a gradient that comes in and the gradients that torch makes of it."""
    inputs = [torch.rand(shape, requires_grad=True) for shape in shapes]
    y = function(*inputs)
    upstream = torch.rand_like(y)
    return inputs, upstream, torch.autograd.grad(y, inputs, upstream)


def rule(key: str) -> str:
    """Return the formulas and the sentence of a row."""
    row = (CALCULUS | LAYOUT | NORMS)[key]
    return " | ".join((*row.parts, row.sentence))


def test_equal_elements_share_the_gradient_of_the_largest() -> None:
    u = torch.tensor([1.0, 3.0, 3.0], requires_grad=True)
    for largest in (u.amax(), u.max()):
        assert torch.autograd.grad(largest, u)[0].tolist() == [0, 0.5, 0.5]
    assert torch.autograd.grad(u.max(0).values, u)[0].tolist() in ([0, 1, 0], [0, 0, 1])
    smallest = torch.tensor([1.0, 1.0, 3.0], requires_grad=True)
    for least in (smallest.amin(), smallest.min()):
        assert torch.autograd.grad(least, smallest)[0].tolist() == [0.5, 0.5, 0]
    for key in ("Amax", "Amin", "Max1", "Min1"):
        assert "equal ones share it" in rule(key)
    for key in ("Max0", "Min0"):
        assert "Only the element that was taken" in rule(key)


@pytest.mark.parametrize("name", ["amax", "amin", "max", "min"])
def test_the_formula_shares_the_gradient_among_equal_elements(name: str) -> None:
    names, y, found = ran(f"u = torch.tensor([1.0, 3.0, 3.0, 1.0, 1.0], requires_grad=True)\ny = u.{name}()")
    word = "largest" if "max" in name else "smallest"
    assert found.formula == f"∂L/∂u = G / k where u is the {word}, else 0"
    assert f"k is how many are the {word}" in found.sentence
    taken = names["u"] == y
    [expected] = torch.autograd.grad(y, names["u"], torch.tensor(6.0))
    assert torch.where(taken, 6.0 / taken.sum(), 0.0).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("options", "formula", "said"),
    [
        ("padding_idx=0", "∂L/∂u[index] += G where index ≠ 0", "Row 0 is padding (padding_idx): it receives 0"),
        ("padding_idx=-1", "∂L/∂u[index] += G where index ≠ 2", "Row 2 is padding"),
        ("scale_grad_by_freq=True", "∂L/∂u[index] += G / how often index was looked up", "the mean of both"),
        (
            "padding_idx=1, scale_grad_by_freq=True",
            "∂L/∂u[index] += G / how often index was looked up, where index ≠ 1",
            "Row 1 is padding",
        ),
    ],
)
def test_the_row_for_padding_receives_nothing(options: str, formula: str, said: str) -> None:
    program = "u = torch.rand(3, 2, requires_grad=True)\nindex = torch.tensor([[1, 2, 0], [1, 0, 0]])\n"
    names, y, found = ran(f"{program}y = F.embedding(index, u, {options})")
    assert found.formula == formula
    assert said in found.sentence
    upstream, index = torch.rand_like(y), names["index"]
    counts = index.flatten().bincount()[index] if "freq" in options else torch.ones_like(index)
    excluded = re.search(r"≠ (\d)", formula)
    read = index != (int(excluded[1]) if excluded else -1)
    wanted = torch.zeros(3, 2).index_put_((index[read],), (upstream / counts[..., None])[read], accumulate=True)
    torch.testing.assert_close(torch.autograd.grad(y, names["u"], upstream)[0], wanted)


def test_the_sentences_on_lines_that_add_up_to_zero() -> None:
    for key, function, dim in (
        ("Softmax", lambda u: u.softmax(1), 1),
        ("LogSoftmax", lambda u: u.log_softmax(1), 1),
        ("NativeLayerNorm", lambda u: functional.layer_norm(u, (3,)), 1),
        ("NativeBatchNorm", lambda u: functional.batch_norm(u, None, None, training=True), 0),
    ):
        _, _, [found] = grads(function, (4, 3))
        torch.testing.assert_close(found.sum(dim), torch.zeros_like(found.sum(dim)), atol=1e-5, rtol=0)
        assert "add up to 0" in rule(key)


def test_what_was_picked_receives_all() -> None:
    u = torch.rand(1, 1, 4, 4, requires_grad=True)
    [found] = torch.autograd.grad(functional.max_pool2d(u, 2).sum(), u)
    assert (found != 0).sum() == 4
    [found] = torch.autograd.grad(functional.avg_pool2d(u, 2).sum(), u)
    assert (found == 0.25).all()
    assert "Only the element that was taken" in rule("MaxPool2DWithIndices")
    assert "equally" in rule("AvgPool2D")


def test_a_target_receives_minus_one_over_the_batch() -> None:
    program = "u = torch.rand(4, 3, requires_grad=True)\ny = F.nll_loss(u, torch.tensor([0, 1, 2, 0]))"
    names, y, found = ran(program)
    assert found.formula == "∂L/∂u = −G / 4 where the class is the target, else 0"
    [gradient] = torch.autograd.grad(y, names["u"])
    assert gradient[0].tolist() == [-0.25, 0, 0]


def test_a_weight_of_a_convolution_sums_over_all_places() -> None:
    _, g, [inputs, weight, bias] = grads(functional.conv2d, (1, 1, 4, 4), (1, 1, 2, 2), (1,))
    del inputs, weight
    torch.testing.assert_close(bias, g.sum((0, 2, 3)))
    assert LAYOUT["Convolution"].parts[2] == "∂L/∂bias = sum of G over all but channels"


def test_parts_and_writes() -> None:
    u = torch.rand(2, 3, requires_grad=True)
    [found] = torch.autograd.grad(u.unbind(0)[1].sum(), u)
    assert found.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert "of a part that was not used it is 0" in rule("Unbind")
    copy = u.clone()
    copy[0] = 5
    [found] = torch.autograd.grad(copy.sum(), u)
    assert found.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert "outside of it the gradient passes" in rule("CopySlices")


def test_every_class_of_nodes_is_one_of_torch() -> None:
    known = {*dir(torch._C._functions), *dir(torch.nn.modules._functions)}
    for key in (name.partition(" ")[0] for name in (*CALCULUS, *LAYOUT, *NORMS)):
        names = [f"{key}Backward{number}" for number in "01"] + [f"{re.sub('[0-9]$', '', key)}Backward{key[-1]}", key]
        assert any(name in known for name in names) or key in {"AccumulateGrad", "CopySlices", "CopyBackwards"}, key


def test_a_node_for_the_hooks_of_a_module_passes_the_gradient() -> None:
    layer = torch.nn.Tanh()
    layer.register_full_backward_hook(lambda *_: None)
    u = torch.rand(3, requires_grad=True)
    y = layer(u)
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "BackwardHookFunctionBackward"
    [found] = torch.autograd.grad(y.sum(), u)
    torch.testing.assert_close(found, 1 - u.tanh() ** 2)
    assert "passes unchanged unless a hook returns another one" in rule("BackwardHookFunction")
