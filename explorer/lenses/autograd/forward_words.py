"""What a step of the program did to the graph, and why it matters, in a sentence each."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lenses.autograd.cuts import Cut, cut_of
from explorer.lenses.autograd.makers import FREEZES
from explorer.lenses.autograd.memory import kept_bytes
from explorer.lenses.autograd.nodes import Sources
from explorer.lenses.autograd.run_words import RunWords
from explorer.lenses.autograd.tables import CLIPPING
from explorer.lenses.autograd.ways import Ways
from explorer.lenses.autograd.wording import and_text, count_text, flat, told, values_text
from explorer.trace import Step, TensorState

_LONGEST = 60
# These change a tensor, rather than making another that shares its memory.
_OWN = frozenset({"detach_", *FREEZES})
_MOST_NAMES = 4


@dataclass(frozen=True, eq=False)
class ForwardWords:
    """Sentences about steps."""

    sources: Sources
    ways: Ways

    def describe(self, step: Step) -> str:
        """Say what a step did."""
        call = flat(step.expression, _LONGEST)
        run = self._started(step)
        if run is not None:
            return RunWords(self.sources).describe(step, run, call)
        if not step.outputs or step.op == "zero_grad":
            return self._without_result(step, call)
        inside = self._inside(step, call)
        if inside or step.kind != "inplace":
            return inside or self._made(step, step.outputs[0], call)
        return self._write(step, call)

    def _inside(self, step: Step, call: str) -> str:
        """Tell of a step in the program's own Function, or in a hook; "" for others."""
        method, output = self.sources.standing.method(step), step.outputs[0]
        if method is None and (not self.sources.standing.in_engine(step) or output.requires_grad):
            return ""
        where = f"inside {method[0]}.{method[1]}" if method is not None else "while the engine runs"
        return f"{call} computes {values_text(output.values, output.shape, 'values of norm ')}, {where}."

    def _made(self, step: Step, output: TensorState, call: str) -> str:
        """Tell of a step with a result."""
        if step.op in CLIPPING:
            norm = values_text(output.values, output.shape)
            return f"{call} found the norm {norm} of all gradients together{_factor(step)}."
        if step.op == "grad":
            return f"{call} reads the gradient of {self._given(step)}: {told(output.values, output.shape)}."
        cut = cut_of(step, output)
        if cut is not None:
            return self._cut(step, output, call, cut)
        if output.requires_grad and output.is_leaf:
            return f"{call} makes {self._leaves(step)}: gradients will be accumulated there."
        if not output.requires_grad:
            return f"{call} makes {self._named(output)}, which autograd does not track."
        return self._tracked(step, call)

    def explain(self, step: Step) -> str:
        """Say why it matters; "" when there is nothing worth saying."""
        run = self._started(step)
        if run is not None:
            return RunWords(self.sources).explain(step, run)
        method = self.sources.standing.method(step)
        if method is not None:
            name = method[0]
            recorded = f"Inside {name}.forward autograd records nothing: {name}.backward stands for its derivative."
            return recorded if method[1] == "forward" else f"{name}.backward computes what its node sends on."
        output = step.outputs[0] if step.outputs else None
        cut = None if output is None else cut_of(step, output)
        if cut is not None:
            shared = any(given.storage == output.storage for given in step.inputs) if output is not None else False
            memory = " It still shares memory: a write to one is seen in the other." if shared else ""
            return cut.note + (memory if step.op not in _OWN else "")
        if step.op == "retain_grad":
            return "Only leaves keep their gradient; retain_grad() asks for it here as well."
        if step.kind == "inplace" and output is not None and step.inputs:
            return self._versions(step, output)
        return ""

    def _started(self, step: Step) -> int | None:
        calls = self.sources.runs.calls
        return next((run for run in range(len(calls)) if calls[run] == step.index), None)

    def _name(self, state: TensorState) -> str:
        """Return what a tensor is called; "" when it has no name."""
        return self.sources.name(state.tensor)

    def _named(self, state: TensorState) -> str:
        name, shape = self._name(state), tuple(state.shape)
        return f"{name}, shape {shape}" if name else f"a tensor of shape {shape}"

    def _frozen(self, step: Step) -> str:
        """Return the names of the tensors that a step froze."""
        named = [name for name in map(self._name, step.outputs) if name]
        listed = 0 < len(named) <= _MOST_NAMES
        return and_text(named) if listed else count_text(len(step.outputs), "tensor")

    def _given(self, step: Step) -> str:
        return (self._name(step.inputs[0]) if step.inputs else "") or "the tensor"

    def _leaves(self, step: Step) -> str:
        leaves = [state for state in step.outputs if state.requires_grad and state.is_leaf]
        if len(leaves) == 1:
            name = self._name(leaves[0])
            return f"the leaf {name}, shape {tuple(leaves[0].shape)}" if name else f"a leaf of shape {leaves[0].shape}"
        names = self.sources.leaf_names
        found = [names[leaf.tensor] for leaf in leaves if leaf.tensor in names][:_MOST_NAMES]
        listed = f" ({', '.join(found)}{', …' if len(leaves) > len(found) else ''})" if found else ""
        return f"{len(leaves)} leaves{listed}"

    def _tracked(self, step: Step, call: str) -> str:
        """Tell of a step whose result hangs on the graph."""
        output = step.outputs[0]
        made = self.sources.makers.results_of.get(step.index, ())
        nodes = self.sources.trace.graph.nodes
        if output.node not in made or output.grad_fn is None:
            return f"{call} gives {self._named(output)}; the graph stays as it is."
        if len(made) > 2:
            return f"{call} makes {self._named(output)}; {count_text(len(made), 'node')} join the graph."
        looks = "looks at the same memory" if step.kind == "view" else f"computes {self._named(output)}"
        node = nodes[output.node]
        return f"{call} {looks}; {node.name} joins the graph{self._kept(output.node)}."

    def _kept(self, number: int) -> str:
        saved = self.sources.trace.graph.nodes[number].saved
        if not saved:
            return " and keeps no tensor for backward"
        total = kept_bytes(saved)
        names = and_text(dict.fromkeys(tensor.name for tensor in saved[:_MOST_NAMES]))
        return f" and keeps {names} for backward ({count_text(total, 'byte')})"

    def _write(self, step: Step, call: str) -> str:
        output = step.outputs[0]
        if len(step.outputs) > 1:
            listed = [self._name(state) for state in step.outputs if self._name(state)]
            which = f": {and_text(listed)}" if 0 < len(listed) <= _MOST_NAMES else ""
            return f"{call} writes into {count_text(len(step.outputs), 'tensor')}{which}."
        name = self._name(output) or "the tensor"
        before = next((given for given in step.inputs if given.tensor == output.tensor), None)
        if self.sources.standing.leaf_of_gradient(output.tensor) >= 0:
            return _gradient_write(step, name, before, call)
        version = "" if before is None else f" (version {before.version} → {output.version})"
        node = f"; its grad_fn is now {output.grad_fn.rpartition('::')[2]}" if output.grad_fn is not None else ""
        return f"{call} writes into the memory of {name}{version}{node}."

    def _versions(self, step: Step, output: TensorState) -> str:
        if step.inputs[0].grad_fn is None and output.grad_fn is None:
            return (
                "" if not output.requires_grad else "Written where autograd does not record: the graph stays as it is."
            )
        return "Nodes that saved the old values compare versions: backward refuses to use what was overwritten."

    def _cut(self, step: Step, output: TensorState, call: str, cut: Cut) -> str:
        if step.op in FREEZES:
            return f"{call} freezes {self._frozen(step)}: no gradient is computed."
        if step.op == "detach_":
            return (
                f"{call} takes {self._name(output) or 'the tensor'} off the graph: it is a leaf without a gradient now."
            )
        return (
            f"{call} makes {self._named(output)}, outside of the graph{'' if cut.is_cut else ': it has no derivative'}."
        )

    def _without_result(self, step: Step, call: str) -> str:
        name = self._given(step)
        if step.op == "retain_grad":
            return f"{call}: {name} will keep its gradient in {name}.grad."
        if step.op == "register_hook":
            return f"{call}: the function is called with the gradient of {name}, and may change it."
        if step.op == "grad" and step.inputs:
            return self._no_gradient(step, name, call)
        if step.op == "zero_grad":
            zeros = bool(step.outputs) or any(
                detail.op.startswith(("zero_", "_foreach_zero_")) for detail in step.details
            )
            return f"{call} {'fills the gradients with zeros' if zeros else 'sets the gradients to None'}."
        return f"{call} ran."

    def _no_gradient(self, step: Step, name: str, call: str) -> str:
        """Tell of a `.grad` that is None: it was read, or the program set it so."""
        calls = self.sources.trace.calls
        made = None if calls is None else calls[step.index]
        if made is not None and getattr(made.function, "__name__", "") == "__set__":
            return f"{call} sets {name}.grad to None: the next backward writes a new gradient instead of adding to one."
        return f"{name}.grad is None: {self.ways.reason(step.inputs[0]).rstrip('.')}."


def _gradient_write(step: Step, name: str, before: TensorState | None, call: str) -> str:
    """Tell of a write into a `.grad`."""
    then = "" if before is None else f"it was {told(before.values, before.shape)}"
    if step.op == "zero_":
        return f"{call} fills {name} with zeros{then and f': {then}'}."
    left = f"is {told(step.outputs[0].values, step.outputs[0].shape)} now"
    return f"{call} writes into {name}: {f'{then} and ' if then else 'it '}{left}."


def _factor(step: Step) -> str:
    """Say by what a clipping multiplied the gradients; "" where that was not recorded."""
    clamped = [detail.outputs[0] for detail in step.details if detail.op == "clamp" and detail.outputs]
    values = clamped[-1].values if clamped else None
    if values is None or values.ndim or step.op != "clip_grad_norm_":
        return ""
    return (
        ", which is small enough: they stay as they are"
        if values == 1
        else f", and multiplied each by {values_text(values)}"
    )
