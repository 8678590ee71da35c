"""What recurrent layers return, taken for something else: pairs for tensors, packed batches for padded ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from torch import nn
from torch.nn.utils.rnn import PackedSequence

from explorer.program.explain.layer import described
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_names, did_you_mean
from explorer.program.explain.text import article, count_text, list_text, sentence

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_UNPACKED = re.compile(r"(not enough|too many) values to unpack")
_PAIR_MISUSED = re.compile(r"'tuple' object has no attribute|tuple indices must be integers|not tuple\b|'tuple' and")
_PACKED_MISUSED = re.compile(r"'PackedSequence' object has no attribute|not PackedSequence\b")
_WEIGHT = re.compile(r"'\w+' object has no attribute '((?:weight|bias)_(?:ih|hh|hr)\w*)'")
_RETURNS: Final[tuple[tuple[type[nn.Module], str], ...]] = (
    (nn.LSTM, "output, (h_n, c_n)"),
    (nn.RNNBase, "output, h_n"),
    (nn.LSTMCell, "h, c"),
    (nn.RNNCellBase, "h"),
)


@dataclass(frozen=True, eq=False)
class _Made:
    """A statement that takes what a recurrent layer returned.

    Attributes:
        statement: `output, h_n = lstm(x)`.
        call: `lstm(x)`.
        module: The layer.
    """

    statement: ast.Assign
    call: ast.Call
    module: nn.Module

    @property
    def target(self) -> ast.expr:
        """What stands on the left."""
        return self.statement.targets[0]

    @property
    def returns(self) -> str:
        """What the layer returns, as it is taken apart."""
        return next(text for kind, text in _RETURNS if isinstance(self.module, kind))

    def title(self, fault: Fault) -> str:
        """Return `lstm (LSTM(4, 6))`."""
        return f"{fault.text.text(self.call.func)} ({described(self.module)})"


def _made(fault: Fault, statement: ast.AST | None) -> _Made | None:
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return None
    module = fault.value(statement.value.func)
    known = isinstance(module, nn.RNNBase | nn.RNNCellBase)
    return _Made(statement, statement.value, module) if known and isinstance(module, nn.Module) else None


def explain_recurrent_result(fault: Fault) -> Explanation | None:
    """Explain an error about what a recurrent layer returned; None for anything else."""
    return next((words for explain in _EXPLAINERS if (words := explain(fault)) is not None), None)


def _unpacked(fault: Fault) -> Explanation | None:
    made = _made(fault, fault.statement) if _UNPACKED.search(fault.said) else None
    if made is None:
        return None
    names = [node.id for node in ast.walk(made.target) if isinstance(node, ast.Name)]
    given = fault.text.text(made.target)
    fitting = _named_as(made.returns, names)
    no_cell = " It has no cell state." if not isinstance(made.module, nn.LSTM | nn.LSTMCell) else ""
    return Explanation(
        f"{made.title(fault)} returns {_in_words(made)}.{no_cell} On the left stands `{given}`, which takes it apart "
        "in another way.",
        f"Write `{fitting} = {fault.text.text(made.call)}`.",
        fault.fixes(lambda: iter([(fitting, fault.text.replaced((fault.text.span(made.target), fitting)))])),
    )


def _in_words(made: _Made) -> str:
    return {
        "output, (h_n, c_n)": "two things: output, and the pair (h_n, c_n)",
        "output, h_n": "two things: output and h_n",
        "h, c": "two things: h and c",
        "h": "one tensor, h",
    }[made.returns]


def _named_as(returns: str, names: list[str]) -> str:
    """Write what is returned with the program's own names, in their order, where there are enough."""
    own = iter(names)
    return re.sub(r"\w+", lambda found: next(own, found[0]), returns)


def _pair(fault: Fault) -> Explanation | None:
    if not _PAIR_MISUSED.search(fault.said) or fault.node is None:
        return None
    for node in ast.walk(fault.node):
        if isinstance(node, ast.Name) and isinstance(fault.value(node), tuple):
            words = _pair_of(fault, node.id)
            if words is not None:
                return words
    return None


def _pair_of(fault: Fault, name: str) -> Explanation | None:
    """Explain a name that holds a pair, from the last line that gave it one."""
    for statement in reversed(list(ast.walk(fault.text.tree))):
        made = _made(fault, statement)
        if made is None or made.statement.lineno >= fault.position.line or made.returns == "h":
            continue
        if isinstance(made.target, ast.Name) and made.target.id == name:
            return _whole(fault, made, name)
        places = made.target.elts if isinstance(made.target, ast.Tuple) else []
        state = places[1] if len(places) == 2 and isinstance(made.module, nn.LSTM) else None
        if isinstance(state, ast.Name) and state.id == name:
            return _state(fault, made, state)
    return None


def _whole(fault: Fault, made: _Made, name: str) -> Explanation:
    free = all(one not in fault.known for one in ("h_n", "c_n", "c"))
    rest = made.returns.partition(", ")[2] if free else "_"
    fitting = f"{name}, {rest}"
    last = (
        f" {name}[-1] is {rest if free else 'the state'}, not the last time step."
        if isinstance(made.module, nn.RNNBase)
        else ""
    )
    return Explanation(
        f"{sentence(name)} is all that {made.title(fault)} returned: {_in_words(made)}.{last}",
        f"Take it apart: `{fitting} = {fault.text.text(made.call)}`.",
        fault.fixes(lambda: iter([(fitting, fault.text.replaced((fault.text.span(made.target), fitting)))])),
    )


def _state(fault: Fault, made: _Made, state: ast.Name) -> Explanation:
    cell = "c_n" if "c_n" not in fault.known else "_"
    return Explanation(
        f"{sentence(state.id)} is a pair: {made.title(fault)} returns {_in_words(made)}.",
        f"Take the pair apart: `({state.id}, {cell})` on the left, in line {made.statement.lineno}.",
        fault.fixes(
            lambda: iter(
                [(f"({state.id}, {cell})", fault.text.replaced((fault.text.span(state), f"({state.id}, {cell})")))]
            )
        ),
    )


def _in_sequential(fault: Fault) -> Explanation | None:
    frames = fault.frames[1:]
    root = next((frame["self"] for frame in frames if isinstance(frame.get("self"), nn.Sequential)), None)
    if not isinstance(root, nn.Sequential) or not _PAIR_MISUSED.search(fault.said):
        return None
    inside = [frame["self"] for frame in frames if isinstance(frame.get("self"), nn.Module)]
    before, after = next(
        ((a, b) for a, b in zip(root, list(root)[1:], strict=False) if b in inside and isinstance(a, nn.RNNBase)),
        (None, None),
    )
    if before is None or after is None:
        return None
    return Explanation(
        f"nn.Sequential hands all that {described(before)} returns to {described(after)}: a pair of output and state, "
        "and that takes one tensor.",
        "Write a class: `output, _ = self.rnn(x)` in its forward, then `self.head(output)`.",
    )


def _packed(fault: Fault) -> Explanation | None:
    if not _PACKED_MISUSED.search(fault.said) or fault.node is None:
        return None
    nodes = (node for node in ast.walk(fault.node) if isinstance(node, ast.Name))
    node = next((one for one in nodes if isinstance(fault.value(one), PackedSequence)), None)
    name = node.id if node is not None else "this"

    def changes() -> Iterator[Change]:
        if node is not None:
            code = f"torch.nn.utils.rnn.pad_packed_sequence({name})[0]"
            yield f"pad_packed_sequence({name})[0]", fault.text.replaced((fault.text.span(node), code))

    return Explanation(
        f"{sentence(name)} is a packed batch: only the steps that there are, one time step after the other, without "
        "padding. It is no tensor.",
        f"`output, lengths = nn.utils.rnn.pad_packed_sequence({name})` makes a padded tensor; `{name}.data` are its "
        "rows.",
        fault.fixes(changes),
    )


def _weight_name(fault: Fault) -> Explanation | None:
    found = _WEIGHT.search(fault.said)
    nodes = list(ast.walk(fault.node)) if fault.node is not None and found is not None else []
    node = next((one for one in nodes if isinstance(one, ast.Attribute) and found and one.attr == found[1]), None)
    module = fault.value(node.value) if node is not None else None
    if node is None or not isinstance(module, nn.RNNBase | nn.RNNCellBase):
        return None
    names = [name for name, _ in module.named_parameters()]
    close = close_names(node.attr, names)
    layers = count_text(module.num_layers, "layer") if isinstance(module, nn.RNNBase) else "no layers to number"
    both = isinstance(module, nn.RNNBase) and module.bidirectional

    def changes() -> Iterator[Change]:
        end = fault.text.span(node)[1]
        for name in close:
            yield name, fault.text.replaced(((end - len(node.attr), end), name))

    return Explanation(
        f"{sentence(article(described(module)))} has {layers} and {'both directions' if both else 'one direction'}: "
        f"its parameters are {list_text(names[:8])}{' …' if len(names) > 8 else ''}. {node.attr} is none of them.",
        did_you_mean(close),
        fault.fixes(changes),
    )


_EXPLAINERS = (_unpacked, _in_sequential, _pair, _packed, _weight_name)
