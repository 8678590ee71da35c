"""One failing call, as the explanations see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from explorer.program.explain.check import runs
from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN, Part, Site
from explorer.program.explain.text import plain_words, sentence, shape_text
from explorer.trace.calls import FailedCall
from explorer.trace.model import Fix

_MOST_FIXES = 3
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class Candidate:
    """A change that may mend the call.

    Attributes:
        template: The call's new text, with holes.
        trial: What to run to see whether it works, where the text itself is a statement; "" for the text.
        label: What the button says; "" for the text without the receiver.
    """

    template: str
    trial: str = ""
    label: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """A failing call with its place in the text."""

    call: FailedCall
    site: Site

    @cached_property
    def words(self) -> str:
        """torch's own words, cleaned."""
        return plain_words(self.call.error)

    @property
    def op(self) -> str:
        """The operation's name without the underscores of operators: `matmul` for `__matmul__`."""
        return self.call.op.strip("_") if self.call.op.startswith("__") else self.call.op

    @property
    def tensor(self) -> torch.Tensor:
        """The first tensor."""
        return self.call.tensors[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """The first tensor's sizes."""
        return tuple(self.tensor.shape)

    @cached_property
    def operands(self) -> tuple[Part | None, ...]:
        """The part of the text that each tensor came from, where it is known."""
        parts = [p for p in self.site.parts if isinstance(p.value, torch.Tensor)]
        found: list[Part | None] = []
        for tensor in self.call.tensors:
            part = next((part for part in parts if part.value is tensor and part not in found), None)
            found.append(part)
        return tuple(found)

    @property
    def receiver(self) -> str:
        """The first tensor's hole.

        Raises:
            LookupError: It is not known where it stands in the text.
        """
        return self.hole(0)

    def hole(self, index: int) -> str:
        """Return an operand's hole.

        Raises:
            LookupError: It is not known where it stands in the text.
        """
        part = self.operands[index] if index < len(self.operands) else None
        if part is None:
            raise LookupError(f"operand {index} does not stand in the call")
        return part.hole

    def name(self, index: int = 0, default: str = "the tensor") -> str:
        """Return an operand's name in the program, or `default`."""
        part = self.operands[index] if index < len(self.operands) else None
        return part.name if part is not None and part.name else default

    def has_shape(self, index: int = 0, default: str = "the tensor") -> str:
        """Return `x has shape (4, 6)`."""
        return f"{sentence(self.name(index, default))} has shape {shape_text(self.call.tensors[index].shape)}"

    def argument(self, position: int, *keywords: str) -> object:
        """Return the argument at a position (the tensor's is 0) or of one of these names; `UNKNOWN` if absent."""
        for keyword in keywords:
            if self.call.keywords.get(keyword) is not None:
                return self.call.keywords[keyword]
        return self.call.arguments[position] if position < len(self.call.arguments) else UNKNOWN

    def sizes(self) -> tuple[int, ...]:
        """Return the integers after the tensor, however they were handed over.

        Raises:
            LookupError: There are none.
        """
        rest: Sequence[object] = self.call.arguments[1:] if self._tensor_first else self.call.arguments
        for keyword in ("size", "shape", "sizes", "repeats", "dims"):
            rest = rest or [self.call.keywords[keyword]] if keyword in self.call.keywords else rest
        if len(rest) == 1 and isinstance(rest[0], list | tuple):
            rest = rest[0]
        if not rest or not all(isinstance(size, int) for size in rest):
            raise LookupError("no sizes")
        return tuple(size for size in rest if isinstance(size, int))

    @property
    def _tensor_first(self) -> bool:
        return bool(self.call.arguments) and isinstance(self.call.arguments[0], torch.Tensor)

    def size_codes(self, old: Sequence[int], new: Sequence[int]) -> list[str]:
        """Return code for new sizes: those that stay keep the text that they have in the program."""
        parts = [p for p in self.site.parts if isinstance(p.value, int) and p.path[0] in {"arg", "key"}]
        if tuple(p.value for p in parts) != tuple(old) or len(new) != len(old):
            return [str(size) for size in new]
        return [p.hole if a == b else str(b) for p, a, b in zip(parts, old, new, strict=True)]

    def call_code(self, receiver: str, op: str, codes: Sequence[str]) -> str:
        """Return a call of `op` with sizes, written as the program writes it: as a method or a function."""
        callee = self.site.part("callee")
        listed = f"({', '.join(codes)}{',' if len(codes) == 1 else ''})"
        if callee is not None and op == self.call.op:
            return f"{callee.hole}({receiver}, {listed})"
        return f"{receiver}.{op}({', '.join(codes)})"

    def label(self, candidate: Candidate) -> str:
        """Return what a candidate's button says: its code, without the receiver where that goes first."""
        part, template = self.operands[0] if self.operands else None, candidate.template
        if part is not None and template.startswith(f"{part.hole}."):
            template = template.removeprefix(part.hole)
        text = " ".join(candidate.label.split() or self.site.render(template).split())
        return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"

    def fixes(self, candidates: Callable[[], Iterator[Candidate]]) -> tuple[Fix, ...]:
        """Return the first few candidates that run, as programs.

        Args:
            candidates: Yields them, best first; a `LookupError` in it ends them, since the text is not known.
        """
        if self.site.form == "unknown":
            return ()
        found: dict[str, Fix] = {}
        for candidate in _until_lookup_error(candidates()):
            source = self.site.program(self.site.render(candidate.template))
            if source not in found and runs(self.site, candidate.trial or candidate.template):
                found[source] = Fix(self.label(candidate), source)
            if len(found) == _MOST_FIXES:
                break
        return tuple(found.values())

    def matches(self, pattern: str) -> re.Match[str] | None:
        """Search torch's own message, all lines of it."""
        return re.search(pattern, str(self.call.error))


Explainer = Callable[[Case], Explanation | None]


def _until_lookup_error(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    try:
        yield from candidates
    except LookupError:
        return
