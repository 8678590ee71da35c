"""A stretch of the program's text."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.swift import swift


@swift
@dataclass(frozen=True)
class Span:
    """A stretch of the program's text: lines count from 1, columns from 0 in characters, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
