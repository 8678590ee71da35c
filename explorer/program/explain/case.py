"""One failing call, as the explanations see it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.check import runs
from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN, Part, Site
from explorer.program.explain.text import plain_words, sentence, shape_text, words_of
from explorer.trace.model import Fix

if TYPE_CHECKING:
    from explorer.trace.calls import FailedCall

_MOST_FIXES = 3
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class Candidate:
    """A change that may mend the call.

    Attributes:
        template: The call's new text, with holes.
        trial: What to run to see whether it works, where the text itself is a statement; "" for the text.
        label: What the button says; "" for the text without the receiver.
        key: What the change is about; of candidates with one key only the first that works is offered.
    """

    template: str
    trial: str = ""
    label: str = ""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """A failing call with its place in the text."""

    call: FailedCall
    site: Site

    @cached_property
    def said(self) -> str:
        """What torch said, as it is."""
        return words_of(self.call.error)

    @cached_property
    def words(self) -> str:
        """What torch said, cleaned."""
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
        """Return the argument at a position (the tensor's is 0) or of one of these names, or `UNKNOWN`."""
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
        if part is not None and self.site.form in {"method", "subscript"} and template.startswith(part.hole):
            rest = template.removeprefix(part.hole).lstrip()
            template = rest if rest.startswith(".") else template
        text = re.sub(r"\s+", " ", re.sub(r"\s+\.", ".", candidate.label or self.site.render(template)))
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
            key = candidate.key or source
            if key not in found and runs(self.site, candidate.trial or self.trial(candidate.template)):
                found[key] = Fix(self.label(candidate), source)
            if len(found) == _MOST_FIXES:
                break
        return tuple(found.values())

    def trial(self, template: str) -> str:
        """Return an expression that works just when the template does: an assignment to an index is none."""
        if self.site.form != "setitem":
            return template
        target, value = assigned(template)
        return f"{target}.copy_({value})" if len(self.call.tensors) > 1 else target

    def matches(self, pattern: str) -> re.Match[str] | None:
        """Search torch's own message, all lines of it."""
        return re.search(pattern, self.said)


Explainer = Callable[[Case], Explanation | None]


def assigned(template: str) -> tuple[str, str]:
    """Return both sides of an assignment, as code."""
    statement = ast.parse(template).body[0]
    if not isinstance(statement, ast.Assign):
        raise LookupError("not an assignment")
    return ast.unparse(statement.targets[0]), ast.unparse(statement.value)


def _until_lookup_error(candidates: Iterator[Candidate]) -> Iterator[Candidate]:
    try:
        yield from candidates
    except LookupError:
        return
