"""Attribute access: an explicit table, whatever the object."""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import torch

from explorer.program.allowlist import MODULES, WITHHELD
from explorer.program.guards.classes import MARK, program_class
from explorer.program.guards.members import (
    REGISTERS,
    child_of_module,
    defining_class,
    instance_names,
    native_names,
    readable_on_instance,
)
from explorer.program.guards.methods import METHODS, Method
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import TypeStandIn
from explorer.program.guards.types_of import type_of
from explorer.program.names import DEFINABLE, DESCRIBING, OPERATORS, PROTOCOLS

AttributeGuard = Callable[[Any, str], Any]

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
)
_MISSING = object()
_PLAIN: dict[type, frozenset[str]] = {}


def _plain_names(kind: type) -> frozenset[str]:
    """Return the members that an instance of a type of the library gives without further thought."""
    if kind in (super, TypeStandIn, *_FUNCTIONS) or issubclass(kind, type | ModuleType):
        _PLAIN[kind] = frozenset()
        return frozenset()
    if any(map(program_class, kind.__mro__)):
        return frozenset()  # not remembered: the class would keep its whole run alive
    replaced = {name for base, name in METHODS if issubclass(kind, base)}
    shared = {name for base in kind.__mro__ for name, value in vars(base).items() if type(value) in (dict, list, set)}
    names = native_names(kind) - replaced - shared
    # torch makes a class for each `autograd.Function` of a program, which keeps that one
    if not hasattr(kind, "_forward_cls"):
        _PLAIN[kind] = names
    return names


def attribute_guard(replacements: Mapping[tuple[str, str], Any]) -> AttributeGuard:
    """Return the function that programs read attributes with.

    Args:
        replacements: What programs get in place of some names of modules, by module and name.
    """
    modules: dict[tuple[ModuleType, str], Any] = {}

    def guarded_getattr(owner: Any, name: str) -> Any:  # noqa: ANN401 - attributes are of any type
        """Return `owner.name` when the table has it.

        Raises:
            PolicyError: The attribute exists but programs may not use it.
            AttributeError: There is no such attribute; the message names close ones.
        """
        kind = type(owner)
        if MARK in kind.__dict__:
            return _of_program_object(owner, kind, name)
        names = _PLAIN.get(kind)
        if names is None:
            names = _plain_names(kind)
        if name in names:
            return getattr(owner, name)
        if isinstance(owner, ModuleType):
            value = modules.get((owner, name), _MISSING)
            if value is _MISSING:
                value = _of_module(owner, name, replacements)
                if callable(value):
                    modules[owner, name] = value
            return value
        return _checked(_attribute(owner, kind, name))

    return guarded_getattr


def named(read: AttributeGuard, owner: Any, name: str) -> Any:  # noqa: ANN401
    """Read an attribute whose name a program worked out.

    Raises:
        PolicyError: The name is of a class of the program's own, which could equal whatever it is compared with.
    """
    if type(name) is not str:
        raise PolicyError("attribute names must be plain strings.")
    return read(owner, name)


def _attribute(owner: Any, kind: type, name: str) -> Any:  # noqa: ANN401
    if kind is TypeStandIn:
        return _of_class(owner.real, name)
    if isinstance(owner, type):
        return _of_class(owner, name)
    if kind is super:
        return _of_super(owner, name)
    if isinstance(owner, _FUNCTIONS):
        return _of_function(owner, name)
    return _of_instance(owner, kind, name)


def _checked(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, ModuleType) and value.__name__ not in MODULES:
        raise PolicyError("that is a module which programs here may not use.")
    return value


def _of_module(owner: ModuleType, name: str, replacements: Mapping[tuple[str, str], Any]) -> Any:  # noqa: ANN401
    label = owner.__name__
    allowed = MODULES.get(label, frozenset())
    if name in allowed:
        value = replacements.get((label, name), _MISSING)
        return _checked(getattr(owner, name) if value is _MISSING else value)
    if name in DESCRIBING:
        return getattr(owner, name)
    raise _refusal(owner, name, label, f"module '{label}'", exists=hasattr(owner, name))


def _of_function(owner: Any, name: str) -> Any:  # noqa: ANN401
    if name in DESCRIBING or name == "__call__":
        return getattr(owner, name)
    inner = owner.__func__ if isinstance(owner, types.MethodType) else owner
    if program_function(inner) and not name.startswith("_") and name in inner.__dict__:
        return inner.__dict__[name]
    kind = type(owner).__name__
    raise _refusal(owner, name, f"a {kind}", f"'{kind}' object", exists=hasattr(type(owner), name))


def program_function(value: Any) -> bool:  # noqa: ANN401
    """Tell whether the text of a program defined a function."""
    return isinstance(value, types.FunctionType) and "_getattr_" in value.__globals__


def _of_class(owner: type, name: str) -> Any:  # noqa: ANN401
    if name in DESCRIBING:
        return getattr(owner, name)
    if name == "__class__":
        return type_of(owner)
    found = defining_class(owner.__mro__, name)
    if found is not None and _usable(found, name):
        method = METHODS.get((found, name))
        return method.unbound(found) if method else _own_copy(found, name, getattr(owner, name))
    if name == "__new__" and found is object:
        return object.__new__
    raise _refusal(owner, name, owner.__name__, f"type object '{owner.__name__}'", exists=hasattr(owner, name))


def _of_super(owner: Any, name: str) -> Any:  # noqa: ANN401
    mro = owner.__self_class__.__mro__
    found = defining_class(mro[mro.index(owner.__thisclass__) + 1 :], name)
    if found is None and name == "__getattr__":
        raise AttributeError("no base class defines __getattr__")
    if found is not None and (_usable(found, name) or (found, name) in _SUPER_ONLY):
        method = METHODS.get((found, name))
        return method.bound(found, owner.__self__) if method else _own_copy(found, name, getattr(owner, name))
    raise _refusal(owner, name, "super()", "'super' object", exists=found is not None)


# entered by name, a setting of torch would outlive the program
_BY_WITH = frozenset({"__enter__", "__exit__"})
_SUPER_ONLY = frozenset({(torch.nn.Module, "__getattr__"), (object, "__new__"), (torch.Tensor, "__new__")})


def _usable(found: type, name: str) -> bool:
    """Tell whether a member that `found` defines may be used."""
    if name.startswith("__") and name.endswith("__"):
        if program_class(found):
            return name in DEFINABLE
        if name in OPERATORS:
            return issubclass(found, torch._C.TensorBase)
        return name in PROTOCOLS and name not in _BY_WITH
    return program_class(found) or name in native_names(found)


def _own_copy(found: type, name: str, value: Any) -> Any:  # noqa: ANN401
    """Return a copy of what a class of the library holds for all of its objects, such as `arg_constraints`."""
    shared = found.__dict__.get(name) is value and not program_class(found)
    return value.copy() if shared and isinstance(value, dict | list | set) else value


def _of_program_object(owner: Any, kind: type, name: str) -> Any:  # noqa: ANN401
    """Read an attribute of an object whose class the program defined: the same rules, the usual cases first."""
    if name.startswith("__"):
        return _checked(_of_instance(owner, kind, name))
    held = instance_names(owner)
    if name in held:
        if not name.startswith("_") or readable_on_instance(kind, name):
            return _checked(getattr(owner, name))
    else:
        found = defining_class(kind.__mro__, name)
        if found is not None and MARK in found.__dict__:
            return _checked(getattr(owner, name))
        if found is None and name in held.get("_modules", ()) and isinstance(owner, torch.nn.Module):
            return held["_modules"][name]
    return _checked(_of_instance(owner, kind, name))


def _of_instance(owner: Any, kind: type, name: str) -> Any:  # noqa: ANN401
    if name == "__class__":
        return type_of(owner)
    if name == "__doc__":
        return kind.__doc__
    if name in instance_names(owner) and readable_on_instance(kind, name):
        value = getattr(owner, name)
        # a module of the library believes what stands in its registers; only the program's own may be written
        return (
            types.MappingProxyType(value) if name in REGISTERS and not any(map(program_class, kind.__mro__)) else value
        )
    found = defining_class(kind.__mro__, name)
    if found is not None and _usable(found, name):
        method = METHODS.get((found, name))
        return method.bound(found, owner) if method else _own_copy(found, name, getattr(owner, name))
    if found is None and not name.startswith("__"):
        if child_of_module(owner, name) or (name.startswith("_saved_") and "next_functions" in native_names(kind)):
            return getattr(owner, name)
        fallback = defining_class(kind.__mro__, "__getattr__")
        if fallback is not None and program_class(fallback):
            return getattr(owner, name)
    elif child_of_module(owner, name):
        return getattr(owner, name)
    label = "Tensor" if issubclass(kind, torch.Tensor) else kind.__name__
    raise _refusal(owner, name, label, f"'{kind.__name__}' object", exists=found is not None)


def _own_names(owner: Any, kind: type) -> frozenset[str]:  # noqa: ANN401
    held = instance_names(owner)
    children = [held.get(register) or () for register in ("_parameters", "_buffers", "_modules")]
    names = (
        {*held, *(name for register in children for name in register)} if isinstance(owner, torch.nn.Module) else held
    )
    return _program_names(kind) | frozenset(name for name in names if not name.startswith("_"))


def _program_names(kind: type) -> frozenset[str]:
    own = (vars(base) for base in kind.__mro__ if program_class(base))
    return frozenset(name for names in own for name in names if not name.startswith("_"))


def _refusal(owner: Any, name: str, label: str, subject: str, *, exists: bool) -> BaseException:  # noqa: ANN401
    if name == "__dict__":
        return PolicyError("__dict__ is not available here; vars(x) gives a copy of it.")
    if not exists:
        return AttributeError(f"{subject} has no attribute '{name}'", name=name, obj=owner)
    if name in WITHHELD:
        return PolicyError(f"{label}.{name} is not available here: {WITHHELD[name]}.")
    close = difflib.get_close_matches(name, visible_names(owner), n=2)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    return PolicyError(f"{label}.{name} exists, but programs here may not use it.{hint}")


def visible_names(owner: Any) -> list[str]:  # noqa: ANN401
    """Return what `dir` lists for a program: the names that it may use."""
    if isinstance(owner, ModuleType):
        return sorted(MODULES.get(owner.__name__, frozenset()))
    if isinstance(owner, type | TypeStandIn):
        kind = owner.real if isinstance(owner, TypeStandIn) else owner
        return sorted(native_names(kind) | _program_names(kind))
    return sorted(native_names(type(owner)) | _own_names(owner, type(owner)))


__all__ = ["AttributeGuard", "Method", "PolicyError", "attribute_guard", "named", "program_function", "visible_names"]
