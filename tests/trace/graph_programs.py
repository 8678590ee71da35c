"""Generated programs with gradients, and what plain torch's own hooks say about their backward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st

from explorer.trace.under_way import reachable_nodes

Gradients = tuple[torch.Tensor | None, ...]

_LINES = (
    *("{new} = {a} + {b}", "{new} = {a} * {b}", "{new} = {a} @ {b}.transpose(0, -1)", "{new} = {a}.sum(-1)"),
    *("{new} = {a}.relu()", "{new} = {a}.exp()", "{new} = {a}.sigmoid()", "{new} = torch.tanh({a})"),
    *("{new} = {a} / {b}.abs().add(1)", "{new} = {a}.mean()", "{new} = {a}.max(-1)[0]", "{new} = {a}.clone()"),
    *("{new} = {a}[0]", "{new} = {a}[..., :1]", "{new} = {a}[[0, 0]]", "{new} = {a}.transpose(0, -1)"),
    *("{new} = {a}.unbind()[-1]", "{new}, _ = {a}.split([1, 1])", "{new} = {a}.reshape(-1)"),
    *("{new} = {a}.expand(2, *{a}.shape)", "{new} = torch.cat([{a}, {b}])", "{new} = torch.stack([{a}, {b}])"),
    *("{new} = {a}.detach() * {b}", "{new} = F.layer_norm({a}, {a}.shape[-1:])"),
    *("{a}.mul_(2)", "{a}[0] = {b}[0]", "{a}.add_({b})", "{a}[..., 0].sub_(1)"),
)
_STARTS = ("torch.arange(1.0, 7.0).view(2, 3)", "torch.tensor(1.5)", "torch.empty(2, 0)", "torch.ones(1)")


@dataclass(frozen=True)
class Ran:
    """One node that plain torch's engine ran: its class name, and the gradients of its results and inputs."""

    node: str
    incoming: Gradients
    outgoing: Gradients


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Return a program that ends in `loss.backward()`; each of its lines is legal, judged by plain torch."""
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    start, dtype = draw(st.sampled_from(_STARTS)), draw(st.sampled_from(["float32", "float64"]))
    lines = [f"x = {start}.to(torch.{dtype}).requires_grad_()", "y = (torch.ones_like(x) * 0.5).requires_grad_()"]
    known = ["x", "y"]
    for line in lines:
        exec(line, names)  # noqa: S102 - the test's own text
    for template in draw(st.lists(st.sampled_from(_LINES), min_size=1, max_size=8)):
        new = f"v{len(lines)}"
        a, b = draw(st.sampled_from(known)), draw(st.sampled_from(known))
        line = template.format(a=a, b=b, new=new)
        if _runs([*lines, line]):
            lines.append(line)
            known += [new] if line.startswith(new) else []
    lines.append("loss = " + " + ".join(f"({name} * {index + 2}).sum()" for index, name in enumerate(known[-3:])))
    return "\n".join(lines)


def _runs(lines: list[str]) -> bool:
    """Tell whether plain torch runs the lines, and backward from the last tensors after them."""
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    try:
        exec("\n".join(lines), names)  # noqa: S102
        total = sum(value.sum() for name, value in names.items() if name[0] == "v" and isinstance(value, torch.Tensor))
        if isinstance(total, torch.Tensor) and total.requires_grad:
            torch.autograd.backward(total)
    except (RuntimeError, IndexError, TypeError, ValueError):
        return False
    return True


def plain_backward(source: str) -> tuple[list[Ran], dict[str, Any]] | None:
    """Run a program as plain Python, then backward from its `loss` with hooks; None when torch refuses that."""
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    exec(source, names)  # noqa: S102
    ran: list[Ran] = []
    loss = names["loss"]
    if not loss.requires_grad:
        return None
    for node in reachable_nodes([loss.grad_fn]):
        node.register_hook(_noting(node.name(), ran))
    try:
        torch.autograd.backward(loss)
    except RuntimeError:
        return None
    return ran, names


def _noting(name: str, ran: list[Ran]) -> Callable[..., None]:
    def note(outgoing: Gradients, incoming: Gradients) -> None:
        ran.append(Ran(name, _copies(incoming), _copies(outgoing)))

    return note


def _copies(gradients: Gradients) -> Gradients:
    return tuple(None if gradient is None else gradient.detach().clone() for gradient in gradients)
