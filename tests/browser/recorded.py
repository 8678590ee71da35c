"""Programs by name, each recorded once for all tests of a module, as one lens shows them."""

from __future__ import annotations

from collections.abc import Mapping

import torch

import explorer
from explorer.scene import Scene
from explorer.trace import Trace


class Recorded:
    """What programs give.

    Args:
        programs: Their texts by name.
        lens: The lens that they are looked at through.
    """

    def __init__(self, programs: Mapping[str, str], lens: str) -> None:
        self._programs = programs
        self._lens = lens
        self._traces: dict[str, Trace] = {}
        self._scenes: dict[object, Scene] = {}

    def trace(self, name: str) -> Trace:
        """Return the trace of a program."""
        if name not in self._traces:
            self._traces[name] = explorer.run(self._programs[name])
        return self._traces[name]

    def scene(self, name: str, **options: int) -> Scene:
        """Return the scene of a program, with options of the lens."""
        key = (name, *sorted(options.items()))
        if key not in self._scenes:
            self._scenes[key] = explorer.scene(self.trace(name), lens=self._lens, **options)
        return self._scenes[key]

    def values(self, name: str, variable: str) -> torch.Tensor:
        """Return what a variable of a program holds at its end."""
        held = self.trace(name).names[variable].values
        assert held is not None
        return torch.tensor(held)
