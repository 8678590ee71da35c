"""What a call that started the backward engine did in all, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lenses.autograd.nodes import Sources
from explorer.lenses.autograd.runs import COMPARISONS
from explorer.lenses.autograd.wording import and_text, count_text, told, values_text
from explorer.trace import Step
from explorer.trace.model import BackwardEvent

# What the functions of torch.func and torch.autograd.functional return, in words.
_RETURNED = {
    "grad": ("the gradient",),
    "grad_and_value": ("the gradient", "the value"),
    "hessian": ("the Hessian",),
    "hvp": ("the value", "H·v"),
    "jacfwd": ("the Jacobian",),
    "jacobian": ("the Jacobian",),
    "jacrev": ("the Jacobian",),
    "jvp": ("the value", "J·v"),
    "vhp": ("the value", "vᵀ·H"),
    "vjp": ("the value", "vᵀ·J"),
}
_MOST_LEAVES = 2


@dataclass(frozen=True, eq=False)
class RunWords:
    """Sentences about the steps that started the engine."""

    sources: Sources

    def describe(self, step: Step, run: int, call: str) -> str:
        """Say how many nodes ran, and where the gradients are."""
        trace = self.sources.trace
        calls = self.sources.runs.calls
        events = [event for event in trace.backward if event.run == run or calls[event.run] == step.index]
        if step.op in COMPARISONS:
            return (
                f"{call} compared gradients with finite differences; the engine ran {count_text(len(events), 'node')}."
            )
        if step.outputs:
            return f"{call} ran {count_text(len(events), 'node')} and {self._returned(step, run)}."
        written = {event.accumulated: event for event in events if event.accumulated is not None}
        said = [
            f"{self.sources.name(leaf) or 'leaf'}.grad {_left(event)}"
            for leaf, event in list(written.items())[:_MOST_LEAVES]
        ]
        rest = len(written) - len(said)
        more = f", and {rest:,} more {'leaf has its own' if rest == 1 else 'leaves have theirs'}" if rest > 0 else ""
        ending = f" {and_text(said)}{more}." if said else ""
        return f"{call} is done: {count_text(len(events), 'node')} ran.{ending}"

    def explain(self, step: Step, run: int) -> str:
        """Say what becomes of what was saved."""
        started = self.sources.trace.engine_runs[run]
        # these functions keep their graphs for themselves
        if step.op in COMPARISONS or _is_functional(step, self.sources):
            return ""
        if started.create_graph:
            return "create_graph=True: the gradients hang on a graph of their own, and can be differentiated again."
        if started.retain_graph:
            return "retain_graph=True: what was saved is kept, so that backward can run through this graph again."
        return "What was saved for backward is freed now: a second backward through the same nodes would fail."

    def _returned(self, step: Step, run: int) -> str:
        """Return what the call gave back: a gradient for each tensor that was asked for, or what torch.func makes."""
        calls, asked = self.sources.trace.calls, self.sources.trace.engine_runs[run].inputs
        call = calls[step.index] if calls is not None else None
        texts = [told(state.values, state.shape) for state in step.outputs]
        result = None if call is None else call.result
        if _is_functional(step, self.sources) or not isinstance(result, tuple | list) or len(result) != len(asked):
            names = _RETURNED.get(step.op, ())
            named = [f"{name} {text}" for name, text in zip(names, texts, strict=False)]
            return f"returns {and_text(named if len(names) == len(texts) else texts)}"
        left = iter(texts)
        pairs = [
            f"{'None' if one is None else next(left, '')} for {self.sources.name(tensor) or 'an input'}"
            + (" (not used)" if one is None else "")
            for one, tensor in zip(result, asked, strict=True)
        ]
        return f"returns {and_text(pairs)}; no .grad is written"


def _left(event: BackwardEvent) -> str:
    """Return what an event left in `.grad`: `is [1, 2]`, `has norm 3`."""
    shape = event.shapes_in[0] if event.shapes_in else None
    text = values_text(event.grad_after, shape, "norm ")
    return f"{'has' if text.startswith(('norm', 'shape', 'no ')) else 'is'} {text}"


def _is_functional(step: Step, sources: Sources) -> bool:
    """Tell whether a step is a call of torch.func or torch.autograd.functional, rather than of torch.autograd.grad."""
    calls = sources.trace.calls
    call = calls[step.index] if calls is not None else None
    return step.op in _RETURNED and call is None and "autograd.grad(" not in step.expression
