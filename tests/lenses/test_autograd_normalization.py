"""Backward through normalisations: the rules evaluated with torch, the two mean terms in numbers, no false alarm."""

from __future__ import annotations

import ast
import math
import re
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.autograd.norm_numbers import mean_terms, terms_of
from explorer.lenses.autograd.rules import Rules
from explorer.lenses.autograd.rules_norms import NORMS
from explorer.trace.model import BackwardEvent, Trace
from tests.lenses.test_autograd_rules import evaluated

PROGRAM = """\
import torch
from torch import nn

norm = nn.{layer}
x = torch.as_tensor(data).requires_grad_()
y = norm(x)
(y ** 3).sum().backward()
"""


def run(layer: str, data: torch.Tensor, program: str = PROGRAM) -> tuple[Trace, BackwardEvent]:
    """Return the trace, and the run of the first node that normalises."""
    trace = explorer.run(program.format(layer=layer), inputs={"data": data.numpy()})
    assert trace.error is None, trace.error
    return trace, next(event for event in trace.backward if re.search("Norm", event.node))


def parts(trace: Trace, event: BackwardEvent) -> dict[str, str]:
    """Return the right sides of a node's formulas, and what g is, by what they say."""
    rule = Rules(trace).of(event.index)
    assert rule is not None
    assert not re.search(r"[{}]", rule.formula + rule.sentence)
    return dict(re.sub("^∂L/∂", "", part).split(" = ", 1) for part in rule.formula.split(",  "))


def said(layer: str, data: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the gradients that the rule's formulas give, for an input (N, C): groups are its columns or rows."""
    trace, event = run(layer, data)
    found, dim = parts(trace, event), 0 if layer.startswith("Batch") else 1
    saved = {one.name: torch.tensor(one.state.values) for one in trace.graph.nodes[event.index].saved if one.state}
    var = data.var(dim, correction=0, keepdim=True)
    names: dict[str, Any] = {
        "u": data, "var": var, "G": torch.tensor(event.gradients_in[0]), **saved, "ε": 1e-5,
        "mean": lambda one: one.mean(dim, keepdim=True), "sum": lambda one: one.sum(0),
        "x̂": (data - data.mean(dim, keepdim=True)) / (var + 1e-5).sqrt(),
    }  # fmt: skip
    if layer.endswith("eval()"):
        names["x̂"] = (data - saved["running_mean"]) / (saved["running_var"] + 1e-5).sqrt()
    names = {name.replace("x̂", "hat").replace("ε", "eps"): value for name, value in names.items()}
    if "g" in found:
        names["g"] = evaluated(found.pop("g"), names)
    return {key: evaluated(text.replace("x̂", "hat").replace("ε", "eps"), names) for key, text in found.items()}


@settings(max_examples=25)
@given(
    st.sampled_from(
        ["BatchNorm1d({c})", "BatchNorm1d({c}, affine=False)", "BatchNorm1d({c}).eval()", "LayerNorm({c})"]
    ),
    st.integers(2, 6),
    st.integers(2, 5),
    st.integers(0, 99),
)
def test_the_formulas_give_the_gradients(layer: str, samples: int, channels: int, seed: int) -> None:
    text = layer.format(c=channels)
    data = torch.randn(samples, channels, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    _, event = run(text.replace(f"({channels}", f"({channels}, dtype=torch.float64", 1), data)
    found = said(text.replace(f"({channels}", f"({channels}, dtype=torch.float64", 1), data)
    assert len(found) == sum(one is not None for one in event.gradients_out)
    for key, sent in zip(("u", "weight", "bias"), event.gradients_out, strict=True):
        if sent is not None:
            torch.testing.assert_close(found[key], torch.tensor(sent), rtol=1e-6, atol=1e-8)


@st.composite
def layers(draw: st.DrawFn) -> tuple[str, torch.Tensor]:
    """Draw a layer with two mean terms, and an input for it."""
    samples, groups, each, side = (draw(st.integers(low, high)) for low, high in ((2, 3), (1, 3), (1, 3), (2, 3)))
    channels = groups * each
    affine = draw(st.booleans())
    layer = draw(
        st.sampled_from(
            [
                f"BatchNorm2d({channels}, affine={affine})",
                f"GroupNorm({groups}, {channels}, affine={affine})",
                f"LayerNorm([{channels}, {side}, {side}], elementwise_affine={affine})",
                f"LayerNorm({side}, elementwise_affine={affine})",
                f"InstanceNorm2d({channels}, affine={affine})",
            ]
        )
    )
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    return layer, torch.randn(samples, channels, side, side, generator=generator) * 2 + 1


@settings(max_examples=40)
@given(layers())
def test_the_terms_give_what_the_engine_sent_and_add_up_to_zero(drawn: tuple[str, torch.Tensor]) -> None:
    trace, event = run(*drawn)
    node = trace.graph.nodes[event.index]
    terms = terms_of(node, torch.tensor(event.gradients_in[0]).double())
    assert terms is not None
    sent = torch.tensor(event.gradients_out[0]).double()
    largest = (terms.upstream.abs() * terms.scale).max().item()
    every = (one.flatten().sort().values for one in (terms.total, sent))
    torch.testing.assert_close(*every, atol=1e-5 * largest, rtol=1e-4)
    torch.testing.assert_close(terms.total.sum(1), torch.zeros(len(terms.total)).double(), atol=1e-6 * largest, rtol=0)
    text = mean_terms(node, event)
    found = re.fullmatch(r"At (\[.*\]): (.*) = (.*); the means are over (\d+) cells\.", text)
    assert found is not None, text
    assert int(found[4]) == terms.total.shape[1]
    total = float(found[3].replace("−", "-"))
    assert sent[tuple(ast.literal_eval(found[1]))].item() == pytest.approx(total, rel=1e-3)
    assert abs(total) == pytest.approx(sent.abs().max().item(), rel=1e-3)
    written = eval(found[2].replace("−", "-").replace("·", "*"))  # noqa: S307 - numbers of the sentence
    assert written == pytest.approx(total, abs=5e-3 * largest, rel=5e-3)


def test_the_rule_and_the_numbers_stand_in_the_frame() -> None:
    trace, event = run("BatchNorm2d(3)", torch.randn(2, 3, 2, 2))
    [frame] = [f for f in explorer.scene(trace, "autograd").frames if "mean(g)" in f.rule]
    assert mean_terms(trace.graph.nodes[event.index], event) in frame.why
    assert frame.relations


def test_of_eval_mode_and_of_what_is_not_kept_there_are_no_mean_terms() -> None:
    for layer, data in (("BatchNorm1d(3).eval()", torch.randn(4, 3)), ("BatchNorm1d(2)", torch.randn(20_000, 2))):
        trace, event = run(layer, data)
        assert mean_terms(trace.graph.nodes[event.index], event) == ""
    trace, event = run(
        "Sigmoid",
        torch.randn(3),
        "import torch\nx = torch.as_tensor(data).requires_grad_()\ntorch.linalg.vector_norm(x).backward()",
    )
    assert mean_terms(trace.graph.nodes[event.index], event) == ""


def test_a_gradient_that_a_hook_changed_has_no_numbers() -> None:
    program = PROGRAM.replace(
        "(y ** 3)", "y.grad_fn.register_hook(lambda given, got: (given[0] * 5, *given[1:]))\n(y ** 3)"
    )
    trace, event = run("LayerNorm(4, elementwise_affine=False)", torch.randn(3, 4), program)
    assert mean_terms(trace.graph.nodes[event.index], event) == ""


@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm(dim: int | None) -> None:
    program = (
        "import torch\nfrom torch import nn\n\nlayer = nn.utils.parametrizations.weight_norm("
        "nn.Linear(3, 2, bias=False), dim={dim})\n(layer(torch.as_tensor(data)) ** 2).sum().backward()"
    )
    trace = explorer.run(program.format(dim=dim), inputs={"data": torch.randn(4, 3).numpy()})
    assert trace.error is None
    found = [event for event in trace.backward if event.node.startswith("WeightNorm")]
    assert len(found) == (dim is not None)
    for event in found:
        formulas = parts(trace, event)
        saved = {one.name: one.state for one in trace.graph.nodes[event.index].saved}
        values = {name: torch.tensor(state.values) for name, state in saved.items() if state is not None}
        rest = 1 - (dim or 0)
        text = {key: formula.replace("‖u‖", "length") for key, formula in formulas.items()}
        names = {
            "u": values["v"], "v": values["g"], "G": torch.tensor(event.gradients_in[0]),
            "length": values["v"].norm(dim=rest, keepdim=True), "sum": lambda one, d=rest: one.sum(d, keepdim=True),
        }  # fmt: skip
        for key, sent in zip(("u", "v"), event.gradients_out, strict=True):
            torch.testing.assert_close(evaluated(text[key], names), torch.tensor(sent), rtol=1e-4, atol=1e-5)


def test_rms_norm_is_made_of_nodes_that_all_have_rules() -> None:
    for layer in ("RMSNorm(4)", "LocalResponseNorm(3)", "GroupNorm(2, 4)", "InstanceNorm1d(4, affine=True)"):
        trace = explorer.run(PROGRAM.format(layer=layer), inputs={"data": torch.randn(2, 4, 4).numpy()})
        assert trace.error is None
        rules = Rules(trace)
        missing = {event.node for event in trace.backward if event.index >= 0 and rules.of(event.index) is None}
        assert missing == set()


def _mean_of_rows(one: torch.Tensor) -> torch.Tensor:
    return one.mean(1, keepdim=True)


def test_the_formula_of_the_fused_rms_norm() -> None:
    u, g, w = (
        torch.randn(3, 4, dtype=torch.float64),
        torch.randn(3, 4, dtype=torch.float64),
        torch.rand(4, dtype=torch.float64),
    )
    x = u.clone().requires_grad_()
    [expected] = torch.autograd.grad(torch.nn.functional.rms_norm(x, (4,), w, 1e-5), x, g)
    side = NORMS["FusedRmsNorm"].parts[0].partition(" = ")[2].partition("{with")[0].replace("{g}", "g")
    root = (u.square().mean(1, keepdim=True) + 1e-5).sqrt()
    found = evaluated(
        side.replace("x̂", "hat").replace("ε", "1e-5"), {"u": u, "g": g * w, "hat": u / root, "mean": _mean_of_rows}
    )
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("between", ["", "norm(x + 1)", "norm.running_var.data.mul_(2)"])
def test_running_statistics_of_training_are_never_called_stale(between: str) -> None:
    source = PROGRAM.format(layer="BatchNorm1d(3)").replace("(y **", f"{between}\n(y **")
    trace = explorer.run(source, inputs={"data": torch.randn(4, 3).numpy()})
    assert trace.error is None
    assert not any("behind the graph" in frame.why for frame in explorer.scene(trace, "autograd").frames)


def test_running_statistics_that_a_training_call_wrote_before_the_backward_of_an_eval_call_are_wrong() -> None:
    source = PROGRAM.format(layer="BatchNorm1d(3).eval()").replace("(y **", "norm.train()\nnorm(x.detach() + 1)\n(y **")
    trace = explorer.run(source, inputs={"data": torch.randn(4, 3).numpy()})
    assert trace.error is None
    assert any("behind the graph" in frame.why for frame in explorer.scene(trace, "autograd").frames)
    event = next(event for event in trace.backward if event.node.startswith("NativeBatchNorm"))
    y = torch.tensor(trace.names["y"].values)
    fresh = 3 * y**2 / math.sqrt(1 + 1e-5)
    assert not torch.allclose(torch.tensor(event.gradients_out[0]), fresh)
