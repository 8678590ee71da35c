"""Which names the text of a program may contain."""

from __future__ import annotations

_OPERATORS = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
    "divmod",
)  # fmt: skip

OPERATORS = frozenset(f"__{prefix}{name}__" for name in _OPERATORS for prefix in ("", "r", "i")) | frozenset(
    {"__neg__", "__pos__", "__abs__", "__invert__", "__round__", "__trunc__", "__floor__", "__ceil__"}
)
"""Methods that Python calls for operators."""

PROTOCOLS = frozenset(
    {
        "__init__", "__call__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__iter__", "__next__",
        "__reversed__", "__contains__", "__repr__", "__str__", "__enter__", "__exit__", "__eq__", "__ne__", "__lt__",
        "__le__", "__gt__", "__ge__", "__hash__", "__bool__",
    }
)  # fmt: skip
"""Methods that programs may also call by name, on whatever has them."""

DEFINABLE = OPERATORS | PROTOCOLS | frozenset(
    {
        "__new__", "__getattr__", "__post_init__", "__missing__", "__int__", "__float__", "__complex__", "__array__",
         "__format__",
    }
)  # fmt: skip
"""Methods that the classes of programs may define.

Left out are those by which an object speaks to machinery rather than to people: `__reduce__` and its like (pickling,
copying), `__array_interface__` and `__dlpack__` (memory addresses), `__torch_function__`, `__setattr__`,
`__getattribute__`, `__class_getitem__`, `__init_subclass__`, `__set_name__`, `__del__`; and `__index__`, which runs
while torch and NumPy walk through a list of sizes that it could shorten.
"""

DESCRIBING = frozenset({"__name__", "__qualname__", "__doc__", "__module__"})
"""Attributes of functions and classes that only describe them."""

_READ = DESCRIBING | {"__class__", "__version__", "__dict__"}
_LOADED = frozenset({"__name__", "__class__"})
_BOUND = frozenset({"__slots__", "__all__"})
_FRAMES = frozenset(
    {
        "tb_frame", "tb_next", "f_back", "f_builtins", "f_code", "f_generator", "f_globals", "f_locals", "f_trace",
        "gi_frame", "gi_code", "gi_yieldfrom", "cr_await", "cr_frame", "cr_code", "cr_origin", "ag_await", "ag_frame",
        "ag_code", "co_code",
    }
)  # fmt: skip


def _dunder(name: str) -> bool:
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def allowed_name(name: str) -> bool:
    """Tell whether the text of a program may bind this name: as a variable, function, class or argument.

    `_x_`, with an underscore at both ends, is how the guards are called.
    """
    if _dunder(name):
        return name in DEFINABLE or name in _BOUND
    return name == "_" or not (name.startswith("_") and name.endswith("_")) or not name.strip("_")


def readable_name(name: str) -> bool:
    """Tell whether the text of a program may read a variable of this name."""
    return name in _LOADED or allowed_name(name)


def allowed_attribute(name: str) -> bool:
    """Tell whether the text of a program may read an attribute of this name from anything at all."""
    if _dunder(name):
        return name in DEFINABLE or name in _READ
    return name not in _FRAMES


def allowed_target(name: str) -> bool:
    """Tell whether the text of a program may assign an attribute of this name."""
    return allowed_attribute(name) and (not _dunder(name) or name in DEFINABLE - {"__getattr__"})
