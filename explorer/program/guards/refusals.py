"""What a program may neither do nor catch."""

from __future__ import annotations

from explorer.program.limits import LimitError


class PolicyError(BaseException):
    """A program used something that programs may not use.

    Not an `Exception`: a program that catches whatever it can must not catch this.
    """


UNSTOPPABLE = (PolicyError, LimitError)
"""What every `except` of a program lets pass."""
