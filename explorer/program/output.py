"""What a program prints."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explorer.program.limits import LimitError
from explorer.trace.model import Print

if TYPE_CHECKING:
    from types import FrameType

MAX_OUTPUT = 100_000


def _no_step() -> int:
    return -1


class Output:
    """Collects what a program prints, up to a bound, with the step and the line that each piece belongs to.

    `last_step` is asked for the index of the newest step; whoever records the run sets it.

    Args:
        filename: The filename that the program is compiled with.
    """

    def __init__(self, filename: str) -> None:
        self.pieces: list[Print] = []
        self._filename = filename
        self.last_step: Callable[[], int] = _no_step
        self._size = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(piece.text for piece in self.pieces)

    def settle(self) -> None:
        """Let go of whoever recorded the run: what is printed after it belongs to its last step."""
        last = self.last_step()
        self.last_step = lambda: last

    def print(
        self,
        *values: Any,  # noqa: ANN401 - anything can be printed
        sep: str | None = " ",
        end: str | None = "\n",
        file: object = None,
        flush: bool = False,
    ) -> None:
        """Do what `print` does, into the collected text.

        Raises:
            LimitError: The text grows beyond `MAX_OUTPUT` characters; what fits is kept.
            TypeError: `sep` or `end` is not a string, or `file` is given.
        """
        del flush  # there is nothing to flush
        if file is not None:
            raise TypeError("print(file=…) is not available here: everything is shown under the program")
        for name, value in (("sep", sep), ("end", end)):
            if value is not None and not isinstance(value, str):
                raise TypeError(f"{name} must be None or a string, not {type(value).__name__}")
        words = (" " if sep is None else sep).join(_module_text(value) or str(value) for value in values)
        self._write(words + ("\n" if end is None else end))

    def display(self, value: Any) -> None:  # noqa: ANN401
        """Show the value of a last bare expression as a notebook would."""
        if value is not None:
            self._write((_module_text(value) or repr(value)) + "\n")

    def _write(self, text: str) -> None:
        left = MAX_OUTPUT - self._size
        self._size += len(text)
        self.pieces.append(Print(text[: max(left, 0)], self.last_step(), self._line()))
        if self._size > MAX_OUTPUT:
            raise LimitError(
                f"the program printed over {MAX_OUTPUT:,} characters; the first {MAX_OUTPUT:,} are kept.",
                "Print less: inside a loop, only every hundredth pass.",
            )

    def _line(self) -> int:
        """Return the line of the program's innermost frame."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != self._filename:
            frame = frame.f_back
        return 0 if frame is None else frame.f_lineno


def _module_text(value: object) -> str:
    """Return what is printed of a module, which does not tell where it is installed; "" for anything else."""
    return f"<module {value.__name__!r}>" if isinstance(value, types.ModuleType) else ""
