"""How many elements NumPy's makers are asked for: NumPy fills memory without a word."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.program.guards.arithmetic import LARGEST_ARRAY
from explorer.program.limits import LimitError, nested_size

Size = Callable[[tuple[Any, ...], dict[str, Any]], float]


def _product(shape: Any) -> float:  # noqa: ANN401
    try:
        return math.prod(float(size) for size in np.atleast_1d(shape))
    except (TypeError, ValueError):
        return 0  # NumPy says what is wrong with it


def _argument(args: tuple[Any, ...], kwargs: dict[str, Any], place: int, name: str, default: Any = 1) -> Any:  # noqa: ANN401
    return args[place] if len(args) > place else kwargs.get(name, default)


def _shaped(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    return _product(_argument(args, kwargs, 0, "shape"))


def _listed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    return max(map(nested_size, [*args, *kwargs.values()]), default=0)


def _square(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    rows = _argument(args, kwargs, 0, "N")
    columns = _argument(args, kwargs, 1, "M", None)
    return _product((rows, rows if columns is None else columns))


def _stepped(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    numbers = [float(value) for value in (*args, *kwargs.values()) if isinstance(value, int | float)]
    start, stop, step = (0.0, *numbers, 1.0) if len(numbers) == 1 else (*numbers, 1.0)[:3] if numbers else (0, 0, 1)
    return abs(stop - start) / abs(step) if step else 0


def _spaced(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    return _product(_argument(args, kwargs, 2, "num", 50))


def _repeated(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    times = _argument(args, kwargs, 1, "reps", None)
    times = kwargs.get("repeats", 1) if times is None else times
    return np.size(_argument(args, kwargs, 0, "a")) * _product(times)


def _crossed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    del kwargs
    return math.prod(float(np.size(value)) for value in args) * len(args)


def _sized(place: int) -> Size:
    def size(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
        wanted = _argument(args, kwargs, place, "size", None)
        return 0 if wanted is None else _product(wanted)

    return size


def _unpacked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    del kwargs
    return _product(args)


_SIZES: dict[tuple[str, Size], str] = {
    ("numpy", _shaped): "zeros ones full",
    ("numpy", _listed): "array asarray zeros_like ones_like full_like",
    ("numpy", _square): "eye tri",
    ("numpy", _stepped): "arange",
    ("numpy", _spaced): "linspace logspace geomspace",
    ("numpy", _repeated): "tile repeat",
    ("numpy", _crossed): "outer kron meshgrid",
    ("numpy.random", _unpacked): "rand randn",
    ("numpy.random", _sized(0)): "random random_sample ranf sample standard_normal standard_cauchy",
    ("numpy.random", _sized(1)): "choice exponential poisson geometric chisquare",
    ("numpy.random", _sized(2)): "normal uniform randint beta binomial gamma laplace logistic lognormal",
}
NUMPY_SIZES: dict[tuple[str, str], Size] = {
    (module, name): size for (module, size), names in _SIZES.items() for name in names.split()
}
"""By module and name: from a call's arguments to about how many elements it makes."""


def bounded_numpy(function: Callable[..., Any], size: Size) -> Callable[..., Any]:
    """Return `function` with a look at the sizes asked for before it is called."""
    name = function.__name__

    def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if size(args, kwargs) > LARGEST_ARRAY:
            raise LimitError(f"numpy.{name} with these sizes could make more than {LARGEST_ARRAY:,} elements.")
        return function(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = function.__doc__
    return call
