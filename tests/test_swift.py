"""Frozen dataclasses that are made swiftly are what they would be otherwise."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from functools import cached_property

import pytest

from explorer.scene import Frame
from explorer.scene.graphs import GraphEdge, GraphNode
from explorer.swift import changed, swift


@dataclass(frozen=True)
class Plain:
    """As `dataclasses` makes it."""

    first: int
    second: str = "b"
    third: tuple[int, ...] = ()


@swift
@dataclass(frozen=True)
class Swift:
    """The same, swift."""

    first: int
    second: str = "b"
    third: tuple[int, ...] = ()


def test_it_is_made_compared_and_changed_as_before() -> None:
    one = Swift(1, third=(2,))
    assert one.__dict__ == Plain(1, third=(2,)).__dict__
    assert one == Swift(first=1, second="b", third=(2,))
    assert hash(one) == hash(Swift(1, third=(2,)))
    assert one != Swift(2, third=(2,))
    assert replace(one, second="c") == Swift(1, "c", (2,))
    assert repr(one) == "Swift(first=1, second='b', third=(2,))"


def test_it_stays_frozen() -> None:
    for made in (Swift(1), GraphEdge(0, 1), GraphNode("", "")):
        name = fields(made)[0].name
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, 3)
        with pytest.raises(FrozenInstanceError):
            delattr(made, name)


def test_it_takes_the_same_arguments() -> None:
    assert inspect.signature(Swift) == inspect.signature(Plain)
    for arguments in ((), (1, "b", (), 4)):
        with pytest.raises(TypeError, match=r"__init__"):
            Swift(*arguments)
    with pytest.raises(TypeError, match="missing"):
        Frame("op")  # type: ignore[call-arg]


def test_a_changed_copy_is_what_replace_gives() -> None:
    one = Swift(1, third=(2,))
    copy = changed(one, second="c", first=5)
    assert type(copy) is Swift
    assert copy == replace(one, second="c", first=5)
    assert list(copy.__dict__) == list(one.__dict__)
    assert one == Swift(1, third=(2,))


def test_what_was_worked_out_of_the_old_values_is_not_copied() -> None:
    @swift
    @dataclass(frozen=True)
    class Doubled:
        number: int

        @cached_property
        def twice(self) -> int:
            return 2 * self.number

    one = Doubled(2)
    assert one.twice == 4
    assert changed(one, number=3).twice == 6


def test_a_copy_has_no_other_fields() -> None:
    with pytest.raises(TypeError, match="Swift has no field fourth"):
        changed(Swift(1), fourth=2)


def test_a_field_may_have_any_name() -> None:
    @swift
    @dataclass(frozen=True)
    class Odd:
        written: bool
        _: int
        __: int

    assert Odd(written=True, _=1, __=2).__dict__ == {"written": True, "_": 1, "__": 2}


def test_a_default_factory_is_refused() -> None:
    @dataclass(frozen=True)
    class Made:
        items: list[int] = field(default_factory=list)

    with pytest.raises(TypeError, match="default factory"):
        swift(Made)
