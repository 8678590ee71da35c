"""Names of dimensions in comments: `# x: N C H W`."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from functools import lru_cache

_COMMENT = re.compile(r"#\s*([^\W\d]\w*)\s*:\s*([^\W\d]\w*(?:[\s,]+[^\W\d]\w*)*)\s*$")
_LONGEST_NAME = 12


@dataclass(frozen=True)
class AxesComment:
    """A comment on `line` that names the dimensions of what `name` holds."""

    line: int
    name: str
    axes: tuple[str, ...]


@lru_cache(maxsize=64)
def comments_of(source: str) -> tuple[AxesComment, ...]:
    """Return the comments of a program that name dimensions, as `# x: N C H W` or `# x: N, C, H, W`."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            match = _COMMENT.match(token.string) if token.type == tokenize.COMMENT else None
            if match is not None:
                axes = tuple(re.split(r"[\s,]+", match[2].strip()))
                if all(len(axis) <= _LONGEST_NAME for axis in axes):
                    found.append(AxesComment(token.start[0], match[1], axes))
    except (tokenize.TokenError, SyntaxError):
        return tuple(found)
    return tuple(found)
