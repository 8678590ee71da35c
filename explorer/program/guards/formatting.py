"""Text formatting that follows no attribute past the guard and makes no field wider than a page."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from explorer.program.guards.bounds import check_text
from explorer.program.limits import LimitError

WIDEST = 9_999
_WIDE = re.compile(rf"\d{{{len(str(WIDEST)) + 1},}}")
_PERCENT_STAR = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(?:\*|\d*\.\*)")


def check_specification(specification: str) -> None:
    """Refuse format specifications with very wide fields.

    Raises:
        LimitError: A width or precision is over `WIDEST`.
    """
    if _WIDE.search(specification):
        raise LimitError(f"the format {specification!r} is wider than {WIDEST:,} characters.")


class _Formatter(string.Formatter):
    """`str.format` by the guard's rules."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401
        from explorer.program.guards.attributes import attribute_guard  # noqa: PLC0415 - it imports this module

        first, rest = string._string.formatter_field_name_split(field_name)  # type: ignore[attr-defined]
        read = attribute_guard({})
        value = self.get_value(first, args, kwargs)
        for is_attribute, name in rest:
            value = read(value, name) if is_attribute else value[name]
        return value, first

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401
        check_specification(format_spec)
        text: str = format(value, format_spec)
        check_text(len(text))
        return text


_FORMATTER = _Formatter()


def format_text(template: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Do what `template.format(*args, **kwargs)` does."""
    return _FORMATTER.vformat(template, args, kwargs)


def format_value(value: Any, specification: str = "") -> str:  # noqa: ANN401
    """Do what `format(value, specification)` does.

    Raises:
        LimitError: The field is too wide.
    """
    check_specification(specification)
    return format(value, specification)


def format_field(value: Any, conversion: int, specification: str) -> str:  # noqa: ANN401
    """Do what `{value!conversion:specification}` does in an f-string whose specification has values in it."""
    return format_value(_CONVERSIONS.get(conversion, _as_it_is)(value), specification)


def _as_it_is(value: Any) -> Any:  # noqa: ANN401
    return value


_CONVERSIONS: dict[int, Callable[[Any], Any]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}


def text(value: str) -> str:
    """Return an f-string's text after a look at its length: texts that hold themselves twice grow fast."""
    check_text(len(value))
    return value


def check_percent(template: str | bytes, values: Any) -> None:  # noqa: ANN401
    """Refuse `template % values` with very wide fields.

    Raises:
        LimitError: A width or precision is over `WIDEST`.
    """
    words = template.decode(errors="replace") if isinstance(template, bytes) else str(template)
    check_specification(words)
    if _PERCENT_STAR.search(words):
        for value in values if isinstance(values, tuple) else (values,):
            if isinstance(value, int) and int(value) > WIDEST:
                raise LimitError(f"a field of {int(value):,} characters is wider than {WIDEST:,}.")
