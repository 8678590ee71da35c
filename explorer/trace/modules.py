"""Names for the modules that are running: their paths inside the outermost one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class ModulePaths:
    """The modules whose forward is running, outermost first, with their paths as `named_modules` calls them."""

    def __init__(self) -> None:
        self._running: list[tuple[torch.nn.Module, str]] = []
        self._tables: dict[int, tuple[torch.nn.Module, dict[int, str]]] = {}

    @property
    def innermost(self) -> tuple[torch.nn.Module | None, str]:
        """The module that is running, and its path; None and "" when none is."""
        return self._running[-1] if self._running else (None, "")

    def push(self, module: torch.nn.Module) -> str:
        """Note that a module begins, and return its path."""
        path = self._path(self._running[0][0], module) if self._running else ""
        self._running.append((module, path))
        return path

    def pop(self, module: torch.nn.Module) -> str:
        """Note that a module has returned, and return its path."""
        while self._running:
            last, path = self._running.pop()
            if last is module:
                return path
        return ""

    def _path(self, root: torch.nn.Module, module: torch.nn.Module) -> str:
        table = self._tables.get(id(root))
        if table is None or id(module) not in table[1]:
            # modules may be added at any time: the table is made again for one that is not in it
            table = self._tables[id(root)] = (root, {id(part): path for path, part in root.named_modules()})
        return table[1].get(id(module), type(module).__name__)
