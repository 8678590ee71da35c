"""What a builder raises when it cannot do what a widget asked for."""

from __future__ import annotations


class ArgumentProblem(ValueError):  # noqa: N818 - a person's typing is no error of the program
    """What was typed into a field makes no argument.

    Attributes:
        message: What is wrong and what to type instead, in the field's words, with what was typed.
        field: Name of the parameter, or "".
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class EditProblem(ValueError):  # noqa: N818
    """A chip cannot be changed, removed, moved or added as asked; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
