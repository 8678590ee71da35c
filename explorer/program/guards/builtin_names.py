"""Python's own functions, as programs have them."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from explorer.program.guards.attributes import AttributeGuard, named, visible_names
from explorer.program.guards.bounds import bounded, check_bits, check_count
from explorer.program.guards.classes import build_class, program_class
from explorer.program.guards.formatting import format_value
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import TypeStandIn
from explorer.program.guards.types_of import BYTES, RANGE, TYPE
from explorer.program.guards.writing import delete_attribute, set_attribute

if TYPE_CHECKING:
    from explorer.program.output import Output

_AS_THEY_ARE = """
Ellipsis False None NotImplemented True abs all any ascii bin bool callable chr classmethod complex dict divmod
enumerate filter float frozenset hash hex id int isinstance issubclass len list map max min next object oct ord
property repr reversed set slice sorted staticmethod str sum super tuple zip
""".split()  # noqa: SIM905 - a list of words reads better than a list of literals


class _Interrupt(Exception):  # noqa: N818 - it stands for Python's
    """What programs have for KeyboardInterrupt: the real one would stop the server."""


_Interrupt.__name__ = _Interrupt.__qualname__ = "KeyboardInterrupt"


def python_names(output: Output, read: AttributeGuard) -> dict[str, Any]:
    """Return Python's own names: the exceptions, and functions that only compute.

    `__import__` is the real one because torch's C code calls it too; import statements do not use it here.
    """
    exceptions = {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException) and "Group" not in name
    }
    return {
        **exceptions,
        "KeyboardInterrupt": _Interrupt,
        **{name: getattr(builtins, name) for name in _AS_THEY_ARE},
        **_reading(output, read),
        "type": TYPE,
        "range": RANGE,
        "bytes": BYTES,
        "setattr": set_attribute,
        "delattr": delete_attribute,
        "pow": _pow,
        "round": _round,
        "iter": _iter,
        "format": format_value,
        "print": output.print,
        "__build_class__": build_class,
        "__import__": __import__,
    }


def _reading(output: Output, read: AttributeGuard) -> dict[str, Callable[..., Any]]:
    missing = object()

    def get(owner: Any, name: str, default: Any = missing, /) -> Any:  # noqa: ANN401
        try:
            return named(read, owner, name)
        except (AttributeError, PolicyError):
            if default is missing:
                raise
            return default

    def has(owner: Any, name: str, /) -> bool:  # noqa: ANN401
        try:
            named(read, owner, name)
        except (AttributeError, PolicyError):
            return False
        return True

    def names(owner: Any = missing, /) -> list[str]:  # noqa: ANN401
        if owner is missing:
            raise PolicyError("dir() without an argument is not available here.")
        return visible_names(owner)

    def explain(owner: Any = missing, /) -> None:  # noqa: ANN401
        if owner is missing:
            raise PolicyError("help() needs the thing that it shall explain.")
        output.print(_help(owner))

    return {"getattr": get, "hasattr": has, "dir": names, "help": explain, "vars": _vars}


def _help(owner: Any) -> str:  # noqa: ANN401
    real = owner.real if isinstance(owner, TypeStandIn) else owner
    kind = real if isinstance(real, type | FunctionType | BuiltinFunctionType | MethodType) else type(real)
    return f"Help on {getattr(kind, '__name__', type(kind).__name__)}:\n\n{kind.__doc__ or '(no description)'}"


def _vars(owner: Any, /) -> dict[str, Any]:  # noqa: ANN401
    """Return a copy of what an object of the program's own class holds."""
    if not any(map(program_class, type(owner).__mro__)):
        raise PolicyError(f"vars() of a {type(owner).__name__} is not available here.")
    return dict(vars(owner))


def _pow(base: Any, exponent: Any, modulus: Any = None) -> Any:  # noqa: ANN401
    if modulus is not None:
        return pow(base, exponent, modulus)
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 1:
        check_bits("the power", int(base).bit_length() * float(exponent))
    return pow(base, exponent)


def _round(number: Any, ndigits: Any = None) -> Any:  # noqa: ANN401
    if isinstance(ndigits, int) and abs(int(ndigits)) > 10_000:
        check_count("digits", 10**9)
    return round(number) if ndigits is None else round(number, ndigits)


def _iter(source: Any, *sentinel: Any) -> Any:  # noqa: ANN401
    return bounded(iter(source, *sentinel)) if sentinel else iter(source)
