"""How wide the fields of a chip are: all of a layer's that are often changed shall stand in one row."""

from __future__ import annotations

from explorer.program.builders import chain
from explorer.program.builders.layers import LAYERS, LayerType
from explorer.program.builders.parameters import Parameter

MORE = 90
"""Width of the button of seldom changed fields, in pixels."""
_NAME, _NORM_NAME, _RECURRENT_NAME = 170, 150, 120
_WINDOW_NAME, _LONG_NAME = 160, 190
_LONGEST_NAME = len("ConvTranspose2d")
_WIDE, _OTHER, _SHORT = 340, 170, 108
_LISTS = frozenset({"values", "tensors", "tensor", "operand", "expression"})
_NORM_NUMBER, _RECURRENT_NUMBER, _WINDOW_NUMBER = 88, 100, 77
_WINDOW_WORD, _WINDOW_WORDS = 116, 140
_LABEL, _NORM_LABEL, _WINDOW_LABEL = 9, 8, 15


def name_width(chip: chain.Chip) -> int:
    """Return the width of the field that says what a chip is, in pixels."""
    layer = _layer(chip)
    if layer is not None and layer.is_recurrent:
        return _RECURRENT_NAME
    if layer is not None and layer.is_window:
        return _LONG_NAME if len(layer.name) > _LONGEST_NAME else _WINDOW_NAME
    return _NORM_NAME if layer is not None and layer.is_norm else _NAME


def width(chip: chain.Chip, parameter: Parameter) -> int:
    """Return the width of the field of a chip's parameter, in pixels: a layer has many, most of them short numbers."""
    layer = _layer(chip)
    if parameter.kind in _LISTS:
        return _WIDE
    if layer is None:
        return _OTHER
    return _of_layer(layer, parameter)


def _layer(chip: chain.Chip) -> LayerType | None:
    return LAYERS[chip.name] if chip.role == "layer" else None


def _of_layer(layer: LayerType, parameter: Parameter) -> int:
    letters = len(parameter.label)
    if layer.is_recurrent:
        return _RECURRENT_NUMBER if parameter.kind == "int" else _SHORT
    if layer.is_norm and letters < _NORM_LABEL:
        return _NORM_NUMBER
    if layer.is_window:
        wide = _WINDOW_WORD if letters < _WINDOW_LABEL else _WINDOW_WORDS
        return _WINDOW_NUMBER if letters < _LABEL else wide
    return _SHORT if letters < _LABEL else _OTHER
