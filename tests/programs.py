"""Generated tensor programs, and what plain torch makes of them: the truth that traces are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from explorer.trace.values import Array

DTYPES = [
    *("float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "complex64", "complex128", "bool"),
    *("int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8"),
]

# Calls on a tensor `x`; each is tried on any shape, and plain torch says whether it may.
CALLS = (
    """
x.reshape(-1); x.view(-1); x.view(x.shape); x.flatten(); x.contiguous(); x.clone(); x.unsqueeze(0); x.unsqueeze(-1)
x.squeeze(); x.transpose(0, -1); x.transpose(-1, -2); x.t(); x.T; x.mT; x.permute(*range(x.dim() - 1, -1, -1))
x.expand(2, *x.shape); x.expand(-1, 3); x.repeat(2, 1); x.repeat(*[2] * x.dim()); x.tile(2); x.flip(0); x.flip(-1)
x.roll(1, 0); x.roll(2); x.narrow(0, 0, 1); x.narrow(-1, 1, 1); x[0]; x[..., 0]; x[:, None]; x[1:]; x[::2]
x[..., 1:2]; x[[0, 0]]; torch.stack([x, x]); torch.cat([x, x], -1); x.movedim(0, -1); x.swapaxes(0, 1)
x.select(-1, 0); x.diagonal(); x.unfold(0, 1, 1); torch.rot90(x); x.reshape(2, -1); x.view(-1, 2)
x.index_select(0, torch.tensor([0])); F.pad(x, (1, 2)); x.as_strided((1,), (1,)); x.detach(); x.ravel()
x.broadcast_to(2, 2)
""".strip()
    .replace("\n", "; ")
    .split("; ")
)

shapes = st.lists(st.integers(0, 3), max_size=5).map(tuple)
dtypes = st.sampled_from(DTYPES)
calls = st.lists(st.sampled_from(CALLS), min_size=1, max_size=4)


def program(shape: tuple[int, ...], dtype: str, chain: list[str]) -> str:
    """Return a program that makes a tensor and applies the calls, each to the result before it."""
    count = int(np.prod(shape, dtype=np.int64))
    lines = [f"x0 = torch.arange({count}).to(torch.{dtype}).reshape({shape})"]
    for number, call in enumerate(chain):
        text = call.replace("x.", f"x{number}.").replace("x[", f"x{number}[").replace("(x,", f"(x{number},")
        text = text.replace("[x, x]", f"[x{number}, x{number}]").replace("(x)", f"(x{number})")
        lines.append(f"x{number + 1} = {text}")
    return "\n".join(lines)


def plain_run(source: str) -> tuple[dict[str, torch.Tensor], int | None]:
    """Run a program as plain Python, line by line; return its tensors and the line that raised, if one did."""
    names: dict[str, Any] = {"torch": torch, "F": torch.nn.functional, "np": np}
    torch.manual_seed(0)
    for number, line in enumerate(source.split("\n"), 1):
        try:
            exec(line, names)  # noqa: S102 - the test's own text
        except Exception:
            return _tensors(names), number
    return _tensors(names), None


def _tensors(names: dict[str, Any]) -> dict[str, torch.Tensor]:
    return {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}


def as_numpy(tensor: torch.Tensor) -> np.ndarray[Any, Any]:
    """Return a tensor's values as a trace gives them."""
    plain = tensor.detach().resolve_conj().resolve_neg()
    if plain.dtype in (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2):
        plain = plain.float()
    array: np.ndarray[Any, Any] = plain.numpy()
    return array


def listed(array: Array | None) -> Any:
    """Return recorded values as nested lists; there must be some."""
    assert array is not None
    return array.tolist()
