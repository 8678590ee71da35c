"""Recurrent layers with generated parameters: their programs, run by the explorer and by plain torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

import explorer
from explorer.lenses import recurrent
from explorer.scene import Scene
from explorer.scene.recurrent import Recurrent, Unrolled

TOLERANCE = {"float64": 1e-12, "float32": 2e-6, "float16": 8e-3, "bfloat16": 6e-2}
"""Of a number between -1 and 1, or of a sum of few of those: some steps of the dtype."""
KINDS = ("LSTM", "GRU", "RNN", "relu")


@dataclass(frozen=True)
class Case:
    """A layer and what it is given."""

    kind: str = "LSTM"
    layers: int = 1
    both: bool = False
    bias: bool = True
    batch_first: bool = False
    proj: int = 0
    dropout: float = 0.0
    steps: int = 5
    batch: int = 2
    given: int = 3
    hidden: int = 4
    lengths: tuple[int, ...] = ()
    batched: bool = True
    starts: bool = False
    dtype: str = "float32"
    seed: int = 0

    @property
    def directions(self) -> int:
        """1 or 2."""
        return 2 if self.both else 1

    @property
    def shown(self) -> int:
        """Numbers of h."""
        return self.proj or self.hidden

    @property
    def layer(self) -> str:
        """The layer as a program writes it."""
        name = "RNN" if self.kind == "relu" else self.kind
        options = [
            *([f"num_layers={self.layers}"] if self.layers > 1 else []),
            *(["nonlinearity='relu'"] if self.kind == "relu" else []),
            *(["bias=False"] if not self.bias else []),
            *(["batch_first=True"] if self.batch_first else []),
            *([f"dropout={self.dropout}"] if self.dropout else []),
            *(["bidirectional=True"] if self.both else []),
            *([f"proj_size={self.proj}"] if self.proj else []),
        ]
        return f"nn.{name}({', '.join((str(self.given), str(self.hidden), *options))})"

    @property
    def program(self) -> str:
        """The program: `x`, `layer`, `output` (padded), `h_n`, and `c_n` of an LSTM."""
        sizes = (self.batch, self.steps) if self.batch_first else (self.steps, self.batch)
        shape = (*sizes, self.given) if self.batched else (self.steps, self.given)
        lines = [
            "import torch",
            "from torch import nn",
            f"torch.manual_seed({self.seed})",
            f"x = torch.randn{shape}.to(torch.{self.dtype})",
            f"layer = {self.layer}.to(torch.{self.dtype})",
        ]
        results = "output, (h_n, c_n)" if self.kind == "LSTM" else "output, h_n"
        given = "x"
        if self.lengths:
            first = ", batch_first=True" if self.batch_first else ""
            packing = f"x, torch.tensor({list(self.lengths)}){first}, enforce_sorted=False"
            lines.append(f"packed = nn.utils.rnn.pack_padded_sequence({packing})")
            given = "packed"
        if self.starts:
            lines += self._starts()
            given += ", (h_0, c_0)" if self.kind == "LSTM" else ", h_0"
        lines.append(f"{results} = layer({given})")
        if self.lengths:
            lines[-1] = lines[-1].replace("output", "packed_output", 1)
            first = ", batch_first=True" if self.batch_first else ""
            lines.append(f"output, _ = nn.utils.rnn.pad_packed_sequence(packed_output{first})")
        return "\n".join(lines) + "\n"

    def _starts(self) -> list[str]:
        lead = (self.layers * self.directions, *((self.batch,) if self.batched else ()))
        made = [f"h_0 = torch.randn{(*lead, self.shown)}.to(torch.{self.dtype})"]
        if self.kind == "LSTM":
            made.append(f"c_0 = torch.randn{(*lead, self.hidden)}.to(torch.{self.dtype})")
        return made

    def length(self, item: int) -> int:
        """Return how many steps an item has."""
        return self.lengths[item] if self.lengths else self.steps


def plain(program: str) -> dict[str, Any]:
    """Run a program without the explorer; return its names."""
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - a program of these tests
    return names


def cell_of(kind: str) -> tuple[type[torch.nn.Module], dict[str, str]]:
    """Return torch's cell of a kind."""
    if kind == "relu":
        return torch.nn.RNNCell, {"nonlinearity": "relu"}
    return {"LSTM": torch.nn.LSTMCell, "GRU": torch.nn.GRUCell, "RNN": torch.nn.RNNCell}[kind], {}


@st.composite
def cases(draw: st.DrawFn, dtypes: tuple[str, ...] = ("float64", "float32"), *, packed: bool = True) -> Case:
    """Return layers over their whole range of parameters."""
    kind = draw(st.sampled_from(KINDS))
    hidden, batch, steps = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 6))
    lengths: tuple[int, ...] = ()
    if packed and draw(st.booleans()):
        rest = draw(st.lists(st.integers(1, steps), min_size=batch - 1, max_size=batch - 1))
        lengths = tuple(draw(st.permutations([steps, *rest])))
    batched = bool(lengths) or draw(st.booleans()) or batch > 1
    return Case(
        kind=kind,
        layers=draw(st.integers(1, 3)),
        both=draw(st.booleans()),
        bias=draw(st.booleans()),
        batch_first=draw(st.booleans()),
        proj=draw(st.integers(0, hidden - 1)) if kind == "LSTM" else 0,
        steps=steps,
        batch=batch,
        given=draw(st.integers(1, 4)),
        hidden=hidden,
        lengths=lengths,
        batched=batched,
        starts=draw(st.booleans()),
        dtype=draw(st.sampled_from(dtypes)),
        seed=draw(st.integers(0, 99)),
    )


def scene_of(program: str, **options: int) -> Scene:
    """Run a program, which must not fail, and look at its recurrent layers."""
    trace = explorer.run(program)
    assert trace.error is None, trace.error.message
    return recurrent(trace, **options)  # type: ignore[arg-type]


def found_in(scene: Scene) -> Recurrent:
    assert scene.recurrent is not None
    return scene.recurrent


def opened(program: str, **options: int) -> tuple[Scene, Unrolled]:
    """Return the scene of a program and what is open."""
    scene = scene_of(program, **options)
    unrolled = found_in(scene).unrolled
    assert unrolled is not None, found_in(scene).reason
    return scene, unrolled


def values(scene: Scene, grid: int) -> np.ndarray:
    """Return what is shown of a grid, all of it, in double precision."""
    shown = scene.grids[grid]
    held = scene.buffers[shown.buffer].versions[-1].values
    assert held is not None
    assert shown.window == shown.shape
    return np.asarray(held, dtype=np.float64).reshape(shown.shape)


def numbers(array: object) -> np.ndarray:
    """Return an array of the scene that must be there, in double precision."""
    assert isinstance(array, np.ndarray)
    return array.astype(np.float64)


def state(unrolled: Unrolled, name: str) -> np.ndarray:
    """Return one of the states over time."""
    return numbers(next(one for one in unrolled.states if one.name == name).values)
