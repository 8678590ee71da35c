"""What programs may use: an explicit table of (module or type, name).

torch's part is generated from its documented names and committed (`generate`), less what `excluded` names with a
reason; the rest is chosen by hand (`reviewed`). A name that is not here is refused with an explanation.
"""

from __future__ import annotations

from pathlib import Path

from explorer.program.allowlist import reviewed
from explorer.program.allowlist.excluded import BUILTINS, MODULE_REASONS, REASONS

_NAMES = Path(__file__).parent / "names"


def _table(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").split("\n")) - {""}


def _classes() -> dict[str, frozenset[str]]:
    rows = (line.split(" ") for line in sorted(_table(_NAMES / "classes.txt")))
    return {row[0]: frozenset(row[1:]) for row in rows}


TENSOR = _table(_NAMES / "torch.Tensor.txt")
"""Attributes and methods of tensors."""

MODULES: dict[str, frozenset[str]] = {
    path.stem: _table(path) for path in sorted(_NAMES.glob("*.txt")) if path.stem not in ("classes", "torch.Tensor")
} | reviewed.MODULES
"""Names of modules that programs may use."""
for _package in ("numpy.random", "numpy.linalg", "numpy.fft"):
    MODULES["numpy"] |= {_package.split(".")[1]}

CLASSES: dict[str, frozenset[str]] = _classes() | reviewed.TYPES
"""Members of classes, by module and qualified name; those of the base classes stand there."""

TYPES: dict[str, frozenset[str]] = {name.rsplit(".", 1)[1]: members for name, members in CLASSES.items()}
"""The same by the class's name alone, for messages."""

TENSOR_WRITABLE = frozenset({"grad", "requires_grad", "data", "names", "real", "imag"})
"""Attributes of tensors that may be assigned."""

WITHHELD: dict[str, str] = REASONS
"""Why some well-known names are not in the table."""

REFUSED_BUILTINS: dict[str, str] = BUILTINS
"""Why programs do not have some of Python's own functions."""

RETURN_TYPES: frozenset[str] = frozenset().union(
    *(members for name, members in CLASSES.items() if name.startswith("torch.return_types."))
)
"""Fields of torch's named tuples, such as the result of `x.max(dim=0)`."""

__all__ = [
    "CLASSES",
    "MODULES",
    "MODULE_REASONS",
    "REFUSED_BUILTINS",
    "RETURN_TYPES",
    "TENSOR",
    "TENSOR_WRITABLE",
    "TYPES",
    "WITHHELD",
]
