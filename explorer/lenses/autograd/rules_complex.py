"""Rules of nodes whose tensors are complex: torch sends G · conj(slope), for G the gradient with respect to conj(u)."""

from __future__ import annotations

import re

from explorer.lenses.autograd.rules_row import Row

# Functions that are not holomorphic: what is written as their slope is what the gradient is multiplied by, as it is.
_PLAIN = frozenset({"LinalgVectorNorm", "Var", "Std"})
_WRITTEN = {
    "Abs": Row(
        ("∂L/∂u = G · u / abs(u) where u ≠ 0, else 0",),
        "The gradient takes the direction of u, and stops where u is 0.",
    ),
    "Dot": Row(
        ("∂L/∂u = G · conj(v)", "∂L/∂v = G · conj(u)"), "Each factor receives the gradient times the other one."
    ),
    "Mv": Row(
        ("∂L/∂u = outer(G, conj(v))", "∂L/∂v = uᴴ @ G"),
        "The matrix receives an outer product, the vector the transposed matrix times G.",
    ),
    "Prod": Row(("∂L/∂u = G · conj(prod(u) / u)",), "Each element receives the product of all others."),
}
_CONJUGATED = (
    " The tensors are complex: the gradient is multiplied by the conjugate of the slope, and an input that is real "
    "receives the real part."
)
_LOCAL = re.compile(r"∂.+/∂(\w+) = (.+)")


def of_complex(key: str, row: Row) -> Row:
    """Return the row of a node with complex tensors.

    Args:
        key: The row's name in the tables.
        row: The row that real tensors have.
    """
    if key in _WRITTEN:
        known = _WRITTEN[key]
        return known if key == "Abs" else Row(known.parts, known.sentence + _CONJUGATED)
    if key in _PLAIN:
        return row
    return Row(tuple(map(_conjugated, row.parts)), row.sentence + _CONJUGATED)


def _conjugated(part: str) -> str:
    """Write `∂(u · v)/∂u = v` as `∂L/∂u = G · conj(v)`, and a transposed matrix as a conjugated one."""
    local = None if part.startswith("∂L/") else _LOCAL.fullmatch(part)
    if local is None:
        return re.sub(r"(?<=[uvw])ᵀ", "ᴴ", part)
    return f"∂L/∂{local[1]} = G · conj({local[2]})" if local[2] != "1" else f"∂L/∂{local[1]} = G"
