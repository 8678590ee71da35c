"""The PyTorch subset that people may write: policy, running, errors with hints, builders."""

from explorer.program.limits import LimitError
from explorer.program.run import run

__all__ = ["LimitError", "run"]
