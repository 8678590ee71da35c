"""Small Jacobians and Hessians, and the vector–Jacobian product that backward computes."""

from __future__ import annotations

import time

import torch

from explorer.lenses.autograd.checking_case import Case, Checked, Matrix
from explorer.lenses.autograd.checking_causes import cause_of
from explorer.scene.tables import Table
from explorer.trace.checks import hessian, jacobian
from explorer.trace.replay import CannotReplayError

MAX_SIDE = 64
_MOST_LEAVES = 4
_TOLERANCE = 1e-4
# Processor time for all Jacobians and Hessians; a Hessian takes about so many times that of its Jacobian.
MAX_SECONDS = 1.0
_HESSIAN_COST = 50


def product(case: Case) -> Checked:
    """Show vᵀ · J of a root that is not a scalar, for the first leaf whose Jacobian is small."""
    leaves = [leaf for leaf in _small(case) if case.received(leaf) is not None]
    if not leaves:
        return Checked()
    leaf = leaves[0]
    try:
        seed, found = case.seed(), jacobian(case.function, leaf)
    except CannotReplayError as error:
        return Checked(notes=(f"The Jacobian is not shown: {error}.",))
    received = case.received(leaf)
    if received is None:
        return Checked()
    row, own = seed.reshape(1, -1) @ found, received.reshape(1, -1)
    root, name = case.root, case.name(leaf)
    captions = (("vᵀ", "", f"elements of {root}", seed.reshape(1, -1)), _jacobian(case, leaf, found))
    matrices = (*captions, ("vᵀ · J", "", f"elements of {name}", row))
    return Checked((_compared(case, leaf, row, own),), tuple(_matrix(*one) for one in matrices))


def jacobians(case: Case) -> Checked:
    """Show the Jacobians of a root that is not a scalar, but for the first, which `product` shows."""
    leaves = [leaf for leaf in _small(case) if case.received(leaf) is not None][1:_MOST_LEAVES]
    matrices, notes = [], []
    for leaf in leaves:
        try:
            matrices.append(_matrix(*_jacobian(case, leaf, jacobian(case.function, leaf))))
        except CannotReplayError as error:
            notes.append(f"The Jacobian by `{case.name(leaf)}` is not shown: {error}.")
    return Checked((), tuple(matrices), tuple(notes))


def second_derivatives(case: Case) -> Checked:
    """Show the Jacobian and the Hessian of a scalar root by its small leaves, within a time."""
    found: list[Checked] = []
    end = time.thread_time() + MAX_SECONDS
    for leaf in _small(case)[:_MOST_LEAVES]:
        try:
            found.append(_second(case, leaf, end))
        except CannotReplayError as error:
            found.append(Checked(notes=(f"The derivatives by `{case.name(leaf)}` are not shown: {error}.",)))
    matrices = tuple(matrix for one in found for matrix in one.matrices)
    return Checked(matrices=matrices, notes=tuple(note for one in found for note in one.notes))


def _second(case: Case, leaf: int, end: float) -> Checked:
    name, begin = case.name(leaf), time.thread_time()
    first = _matrix(*_jacobian(case, leaf, jacobian(case.function, leaf)))
    now = time.thread_time()
    if now + _HESSIAN_COST * (now - begin) > end:
        return Checked(matrices=(first,), notes=(f"The Hessian by `{name}` is not shown: it would take too long.",))
    try:
        values = hessian(case.function, leaf)
    except CannotReplayError as error:
        return Checked(matrices=(first,), notes=(f"The Hessian by `{name}` is not shown: {error}.",))
    elements = f"elements of {name}"
    return Checked(matrices=(first, _matrix(f"H = ∂²{case.root}/∂{name}²", elements, elements, values)))


def _small(case: Case) -> list[int]:
    """Return the leaves whose Jacobian, or Hessian, is small enough to be shown."""
    if not 0 < case.function.value.numel() <= MAX_SIDE:
        return []
    return [leaf for leaf, value in enumerate(case.function.start) if 0 < value.numel() <= MAX_SIDE]


def _jacobian(case: Case, leaf: int, values: torch.Tensor) -> tuple[str, str, str, torch.Tensor]:
    root, name = case.root, case.name(leaf)
    return (
        f"J = ∂{root}/∂{name}",
        f"elements of {root}" if case.function.value.dim() else "",
        f"elements of {name}",
        values,
    )


def _matrix(caption: str, rows: str, columns: str, values: torch.Tensor) -> Matrix:
    return Matrix(caption, rows, columns, values.detach().numpy())


def _compared(case: Case, leaf: int, row: torch.Tensor, own: torch.Tensor) -> Table:
    """Compare vᵀ · J with the gradient that the engine gave, which never made J."""
    apart = (row - own).abs().nan_to_num(torch.inf)
    size = float(row.abs().nan_to_num().max())
    equal = float(apart.max()) <= _TOLERANCE * max(size, 1.0)
    name, root = case.name(leaf), case.root
    columns = own.numel()
    cells = [(f"{number}", f"{row[0, number]:.6g}", f"{own[0, number]:.6g}") for number in range(columns)]
    return Table(
        title=f"vᵀ · J by {name}",
        header=(f"element of {name}", "vᵀ · J", "the engine's gradient"),
        rows=tuple(cells),
        note=(
            f"{root} has {case.function.value.numel()} elements, so its derivative by {name} is a matrix J. backward "
            "takes a vector v and gives vᵀ · J, without making J."
            if equal
            else f"The engine's gradient is another one. {cause_of(case)}"
        ),
        tone="plain" if equal else "warning",
    )
