"""What the picture of a page is of: programs that were edited into each other are one subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

_MOST_KNOWN: Final = 300


@dataclass(frozen=True)
class Subjects:
    """Which subject a page shows, and which programs belonged to one.

    Attributes:
        current: Number of the subject; its last good picture stays while its program fails.
        known: The subjects of programs that were shown, by the hash of their text, the last shown last.
    """

    current: int = 0
    known: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    def edited(self, source: str) -> Subjects:
        """Return them after the program became this one by an edit."""
        others = {text: subject for text, subject in self.known.items() if text != hash(source)}
        kept = dict(list(others.items())[1 - _MOST_KNOWN :])
        return Subjects(self.current, MappingProxyType({**kept, hash(source): self.current}))

    def opened(self, source: str) -> Subjects:
        """Return them after this program was chosen: one of before, as by going back, has its subject again."""
        unused = max((self.current, *self.known.values())) + 1
        return Subjects(self.known.get(hash(source), unused), self.known).edited(source)
