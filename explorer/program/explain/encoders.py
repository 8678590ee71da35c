"""States of another recurrent layer, an encoder, given to a layer with other directions or layers than it has."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.layer import described
from explorer.program.explain.recurring import Recurring, State
from explorer.program.explain.source import parenthesised
from explorer.program.explain.text import count_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

# of the state of a layer that got a batch: layers and directions, batch, features
_RANK = 3
# what a button has room for
_LONGEST = 60


@dataclass(frozen=True, eq=False)
class Encoder:
    """The recurrent layer that returned a state which does not fit the layer that got it.

    Attributes:
        name: How the program calls it.
        module: Its module.
        decoder: The layer that got its state.
    """

    name: str
    module: nn.RNNBase
    decoder: Recurring

    @property
    def is_both_ways(self) -> bool:
        """Whether it alone of the two reads in both directions."""
        return self.module.bidirectional and not getattr(self.decoder.module, "bidirectional", False)

    def words(self, state: State) -> str:
        """Say where the rows of a state come from; "" where they are as many as they must be."""
        directions, layers = 1 + self.module.bidirectional, self.module.num_layers
        rows = directions * layers
        fits = not self.decoder.is_cell and state.wanted[0] == rows
        if len(state.shape) != _RANK or state.shape[0] != rows or fits:
            return ""
        why = ", which reads in both directions" if self.is_both_ways else ""
        return (
            f" The {count_text(rows, 'row')} of the state {'comes' if rows == 1 else 'come'} from {self.name} "
            f"({described(self.module)}){why}: {count_text(directions, 'direction')} · {count_text(layers, 'layer')} "
            f"= {rows}."
        )

    def hint(self, state: State) -> str:
        """Say what to try."""
        settings = ", ".join(f"{name}={value}" for name, value in self._settings(state).items())
        like = f"give {self._own} the setting of {self.name}, {settings}" if settings else ""
        rows = f"hand over {found[1]}" if (found := self._rows(state)) else ""
        told = ", or ".join(filter(None, (like, rows)))
        zeros = f"ithout the state {self._own} starts from zeros and knows nothing of what {self.name} read."
        return f"{told[0].upper()}{told[1:]}. W{zeros}" if told else f"W{zeros}"

    def changes(self, wrong: Sequence[State]) -> Iterator[Change]:
        """Yield the program in which both layers have the same directions, then with some rows of the state."""
        for label, source in with_arguments(self.decoder.layer, self._settings(wrong[0])):
            yield f"{self._own} with {label}", source
        rows = {self._rows(state) for state in wrong}
        node = self.decoder.state_node
        if len(rows) == 1 and len(wrong) == len(self.decoder.states) and node is not None and (found := rows.pop()):
            for code, source in self.decoder.with_state(_part(self.decoder, node, found[0])):
                yield code if len(code) < _LONGEST else found[1], source

    @property
    def _own(self) -> str:
        return self.decoder.layer.place or "this layer"

    def _settings(self, state: State) -> dict[str, str]:
        """Return the settings with which the layer that got the state could take all of it."""
        own, names = self.decoder.module, ("bidirectional", "num_layers")
        if not isinstance(own, nn.RNNBase) or state.shape[1:] != state.wanted[1:]:
            return {}
        pairs = {name: (getattr(own, name), getattr(self.module, name)) for name in names}
        return {name: str(other) for name, (one, other) in pairs.items() if one != other}

    def _rows(self, state: State) -> tuple[str, str] | None:
        """Return code for the rows that fit, with {} for the tensor, and words for them; None where none do."""
        given, wanted = state.shape, state.wanted
        twice = self.is_both_ways and given[0] == 2 * wanted[0]
        if self.decoder.is_cell and given[1:] == wanted:
            one = "one direction" if self.module.bidirectional else "the last layer"
            return f"{{}}[{-1 - self.module.bidirectional}]", f"the row of {one}"
        if self.decoder.is_cell or len(given) != len(wanted) or given[1:-1] != wanted[1:-1]:
            return None
        if twice and given[-1] == wanted[-1]:
            return "{}[:1]" if wanted[0] == 1 else "{}[::2]", "the rows of one direction"
        if twice and 2 * given[-1] == wanted[-1]:
            return "torch.cat(({0}[::2], {0}[1::2]), -1)", "both directions side by side"
        same = self.module.bidirectional == getattr(self.decoder.module, "bidirectional", False)
        if same and given[0] > wanted[0] and given[-1] == wanted[-1]:
            last = "the row of the last layer" if wanted[0] == 1 else "the rows of the last layers"
            return f"{{}}[-{wanted[0]}:]", last
        return None


def encoder_of(layer: Recurring) -> Encoder | None:
    """Return the layer whose state another one got, where the text says which; None for any other state."""
    node = layer.state_node
    if node is None:
        return None
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    call = _call_in(layer.fault, node) or _bound(layer.fault, names)
    module = layer.fault.value(call.func) if call is not None else None
    if call is None or not isinstance(module, nn.RNNBase) or module is layer.module:
        return None
    return Encoder(layer.fault.text.text(call.func), module, layer)


def _call_in(fault: Fault, node: ast.expr) -> ast.Call | None:
    """Return the call of a recurrent layer within an expression: `enc(x)[1]`."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    return next((one for one in calls if isinstance(fault.value(one.func), nn.RNNBase)), None)


def _bound(fault: Fault, names: set[str]) -> ast.Call | None:
    """Return the call whose results the last assignment before the failing line gave one of these names."""
    lines = [
        line
        for line in ast.walk(fault.text.tree)
        if isinstance(line, ast.Assign) and line.lineno < fault.position.line and names & _targets(line)
    ]
    return _call_in(fault, max(lines, key=lambda line: line.lineno).value) if lines else None


def _targets(line: ast.Assign) -> set[str]:
    return {node.id for target in line.targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def _part(layer: Recurring, node: ast.expr, rows: str) -> str:
    """Write some rows of a state: of both of a pair, as it is written or held by a name."""
    text = layer.fault.text.text
    if not layer.has_cell_state:
        return rows.format(parenthesised(text(node), node))
    if isinstance(node, ast.Tuple):
        return f"({', '.join(rows.format(parenthesised(text(one), one)) for one in node.elts)})"
    if any(isinstance(one, ast.Call) for one in ast.walk(node)):
        # not called twice
        return f"tuple({rows.format('part')} for part in {text(node)})"
    whole = parenthesised(text(node), node)
    return f"({rows.format(f'{whole}[0]')}, {rows.format(f'{whole}[1]')})"
