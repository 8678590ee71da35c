"""Where a program stood: in its text, in its loops, in its functions."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.swift import swift


@swift
@dataclass(frozen=True)
class Position:
    """A stretch of the program's text: lines count from 1, columns from 0 in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@swift
@dataclass(frozen=True)
class Iteration:
    """One pass of a loop: the line of its `for` or `while` (or of its comprehension), and which pass, from 0."""

    line: int
    number: int


@swift
@dataclass(frozen=True)
class Site:
    """A place where the program stood while a step ran: one for each of its own frames.

    Attributes:
        function: Name of the function with that of its class (`Net.forward`); `<module>` at the top level.
        position: The expression that was being evaluated.
        iterations: The loops of this frame that it stands in, outermost first.
        activation: A number for this call of the function; 0 is the top level. `Binding.activation` refers to it.
    """

    function: str
    position: Position
    iterations: tuple[Iteration, ...]
    activation: int
