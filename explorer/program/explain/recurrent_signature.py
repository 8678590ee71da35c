"""What nn.RNN, nn.LSTM and nn.GRU take: their constructors only say `*args, **kwargs`."""

from __future__ import annotations

import inspect

from torch import nn


def constructor_signature(cls: type) -> inspect.Signature:
    """Return what a class is made with, without `self`.

    Raises:
        TypeError: Python does not know.
        ValueError: Python does not know.
    """
    signature = inspect.signature(cls)
    if not issubclass(cls, nn.RNNBase) or set(signature.parameters) != {"args", "kwargs"}:
        return signature
    _mode, *parameters = inspect.signature(nn.RNNBase).parameters.values()
    if not issubclass(cls, nn.LSTM):
        parameters = [one for one in parameters if one.name != "proj_size"]
    if issubclass(cls, nn.RNN):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.insert(3, inspect.Parameter("nonlinearity", kind, default="tanh"))
    return signature.replace(parameters=parameters)
