"""Programs after a common prelude: phrases of the message, and the programs that the fixes give."""

from __future__ import annotations

from explorer.trace.model import ProgramError
from tests.explain.failing import changed, explained

Row = tuple[str, list[str], list[str]]
"""A program, phrases of its message, the programs of its fixes."""


def check_row(row: Row) -> None:
    """Check the words and the fixes; `explained` runs each fix in plain torch."""
    program, phrases, fixes = row
    explanation = explained(program)
    for phrase in phrases:
        assert phrase in explanation.message
    assert changed(explanation) == fixes
    assert len(fixes) <= 3
    assert_readable(explanation)


def assert_readable(explanation: ProgramError) -> None:
    """Check that a message is a sentence, without torch's internals and without placeholders."""
    assert explanation.message[-1] in ".!?"
    assert "\n" not in explanation.message
    assert "C++" not in explanation.message
    assert "__h" not in "".join((explanation.message, *(fix.label + fix.source for fix in explanation.fixes)))
