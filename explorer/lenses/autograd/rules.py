"""What a node does to the gradient, as a line of mathematics and a sentence, with the numbers of this node."""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from explorer.lenses.autograd.rules_calculus import CALCULUS
from explorer.lenses.autograd.rules_complex import of_complex
from explorer.lenses.autograd.rules_layout import LAYOUT
from explorer.lenses.autograd.rules_norms import NORMS
from explorer.lenses.autograd.rules_row import Row

if TYPE_CHECKING:
    from explorer.trace.calls import Call
    from explorer.trace.model import GraphNode, Trace

_NAME = re.compile(r"(\w+?)Backward(\d*)$")
_BLANK = re.compile(r"\{([\w ]+)\}")
_LETTERS = {"self": "u", "other": "v", "exponent": "v"}
_REDUCTIONS = {"0": "", "1": "mean", "2": "sum"}
_RAISED = {"2": "²", "3": "³"}
_DIMENSIONS = {"dim", "dim0", "dim1", "diagonal"}
_FACTORS = {"alpha", "beta", "value"}
_END = 2**63 - 1


@dataclass(frozen=True)
class Rule:
    """What a node does.

    Attributes:
        formula: Its local derivatives, one for each input that takes a gradient: `∂(u · v)/∂u = v`; or "".
        sentence: What that does to the gradient.
    """

    formula: str
    sentence: str


class Rules:
    """The rules of the nodes of one trace.

    Args:
        trace: The run; of one without live calls the numbers among the arguments are not known.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._followed: dict[int, set[int]] = {}
        for (source, _), (gradient, _) in zip(trace.graph.edges, trace.graph.slots, strict=False):
            self._followed.setdefault(source, set()).add(gradient)

    def of(self, number: int) -> Rule | None:
        """Return the rule of node `number` of `Trace.graph`; None where none is known."""
        node = self._trace.graph.nodes[number]
        calls = self._trace.calls
        call = calls[node.step] if calls is not None and 0 <= node.step < len(calls) else None
        return rule_of(node, frozenset(self._followed.get(number, ())), call)


def rule_of(node: GraphNode, followed: frozenset[int] = frozenset(), call: Call | None = None) -> Rule | None:
    """Return the rule of a node; None where none is known.

    Args:
        node: The node.
        followed: Which of its gradients are sent on; all when empty.
        call: The call that made it, for the numbers among its arguments.
    """
    # a function of the program's own may be called like one of torch, and has a backward of its own
    found = None if node.custom else _row(_variant(node))
    if found is None:
        return None
    row = of_complex(*found) if _is_complex(node) else found[1]
    blanks = _blanks(node, followed, call)
    parts = [part for slot, part in enumerate(row.parts) if not followed or slot in followed]
    formula = ",  ".join(_tidy(_filled(part, blanks)) for part in parts)
    return Rule(formula, _filled(row.sentence, blanks))


def _is_complex(node: GraphNode) -> bool:
    """Tell whether a node multiplies by complex numbers: by tensors that it saved, or by one in the program's text."""
    factors = (_literal(text) for _, text in node.constants)
    return any(one.dtype.is_complex for one in node.saved) or any(isinstance(one, complex) for one in factors)


def _variant(node: GraphNode) -> str:
    """Return a node's class name; of a clamp with one bound the name of the operation with that bound.

    Batch norm in eval mode, where mean and variance are constants, has a rule of its own; so have embeddings with a
    row for padding, or with gradients that are divided.
    """
    if node.name.startswith("NativeBatchNorm") and ("training", "False") in node.constants:
        return "NativeBatchNorm eval"
    if node.name.startswith("EmbeddingBackward"):
        constants = dict(node.constants)
        divided = " by frequency" if constants.get("scale_grad_by_freq") == "True" else ""
        return f"Embedding{divided}{' padded' if constants.get('padding_idx', '-1') != '-1' else ''}"
    bounds = {name for name, _ in node.constants} & {"min", "max"}
    if node.name.startswith("ClampBackward") and len(bounds) == 1:
        return f"Clamp{bounds.pop().title()}Backward0"
    return node.name


def _row(name: str) -> tuple[str, Row] | None:
    """Return a node's row, and its name in the tables."""
    found = _NAME.match(name)
    keys = (f"{found[1]}{found[2]}", found[1]) if found is not None else (name,)
    return next(((key, table[key]) for key in keys for table in (CALCULUS, LAYOUT, NORMS) if key in table), None)


def _filled(text: str, blanks: dict[str, str]) -> str:
    return _BLANK.sub(lambda match: blanks.get(match[1], _LETTERS.get(match[1], match[1])), text)


def _tidy(formula: str) -> str:
    """Write powers as people do: `u²`, and u for `u^1`."""
    formula = re.sub(r"\^1(?![\d.])", "", formula)
    return re.sub(r"\^([23])(?![\d.])", lambda match: _RAISED[match[1]], formula)


def _blanks(node: GraphNode, followed: frozenset[int], call: Call | None) -> dict[str, str]:
    """Return what stands for the words in braces."""
    constants = dict(node.constants)
    blanks = {name: text if name in _DIMENSIONS else _number(text) for name, text in constants.items()}
    for name in constants.keys() & _FACTORS:
        blanks[f"{name} times"] = "" if _value(constants[name]) == 1 else f"{blanks[name]} · "
    blanks |= _factor(node, followed, call)
    if "exponent" in constants and _value(constants["exponent"]) is not None:
        blanks["exponent less 1"] = _number(_text((_value(constants["exponent"]) or 0) - 1))
    blanks |= _sizes(node, constants) | _places(constants)
    weighted = any(one.name == "weight" for one in node.saved)
    blanks |= {"g": "g", "with g": ",  g = weight · G"} if weighted else {"g": "G", "with g": ""}
    if "reduction" in constants:
        blanks["reduction"] = _REDUCTIONS.get(constants["reduction"], "")
        count = _averaged(node, blanks) if constants["reduction"] == "1" else ""
        blanks["over"] = f" / {count}" if count else ""
    return blanks


def _averaged(node: GraphNode, blanks: dict[str, str]) -> str:
    """Return how many losses a mean is taken of: one for each element of the target."""
    target = next((one.shape for one in node.saved if one.name == "target"), None)
    return blanks.get("count", "") if target is None else str(math.prod(target))


def _factor(node: GraphNode, followed: frozenset[int], call: Call | None) -> dict[str, str]:
    """Return the number that a tensor was multiplied with or divided by, where there is one."""
    if call is None or len(followed) != 1 or not node.name.startswith(("MulBackward", "DivBackward")):
        return {}
    numbers = [value for value in call.arguments if isinstance(value, int | float) and not isinstance(value, bool)]
    return {("other" if followed == {0} else "self"): _number(_text(numbers[0]))} if len(numbers) == 1 else {}


def _sizes(node: GraphNode, constants: dict[str, str]) -> dict[str, str]:
    """Return the shape of the input, how many elements it has, and how many each result was made of."""
    saved = next((one.shape for one in node.saved if one.name in {"self", "input"}), None)
    shape = _tuple(constants.get("self_sym_sizes", ""))
    shape = saved if shape is None else shape
    if shape is None:
        return {}
    count = math.prod(shape)
    results = math.prod(node.shapes[0]) if node.shapes else 1
    each = count // results if results else 0
    correction = _value(constants.get("correction", "None"))
    return {
        "sizes": str(shape),
        "count": str(count),
        "n": str(each),
        "n less correction": _text(each - (1 if correction is None else correction)),
    }


def _places(constants: dict[str, str]) -> dict[str, str]:
    """Return the index that a node read, and the dimensions or the window that it used."""
    found: dict[str, str] = {}
    shape, dim = _tuple(constants.get("self_sym_sizes", "")), _value(constants.get("dim", ""))
    if shape is not None and dim is not None and ("index" in constants or "start" in constants):
        before = ":, " * (int(dim) % max(len(shape), 1))
        found["place"] = f"u[{before}{constants['index'] if 'index' in constants else _slice(constants)}]"
    dims = _tuple(constants.get("dims", ""))
    if dims is not None:
        order = [d % len(dims) for d in dims] if dims else []
        found["inverse dims"] = str(tuple(sorted(range(len(order)), key=order.__getitem__)))
    window = _tuple(constants.get("kernel_size", ""))
    if window is not None:
        found["window"] = str(math.prod(window))
    return found


def _slice(constants: dict[str, str]) -> str:
    start, end, step = (_value(constants.get(name, "")) for name in ("start", "end", "step"))
    first = "" if not start else _text(start)
    last = "" if end is None or end >= _END else _text(end)
    return f"{first}:{last}" + (f":{_text(step)}" if step not in {None, 1} else "")


@lru_cache(4_096)
def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def _tuple(text: str) -> tuple[int, ...] | None:
    value = _literal(text)
    return tuple(int(one) for one in value) if isinstance(value, tuple | list) else None


def _value(text: str) -> float | None:
    value = _literal(text)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _number(text: str) -> str:
    """Write a number as mathematics does: with a minus, in brackets when negative."""
    value = _value(text)
    if value is None:
        return text
    shown = _text(value)
    return f"(−{shown[1:]})" if shown.startswith("-") else shown
