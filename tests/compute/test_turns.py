"""Taking turns: never more at once than there are places, in the order of arrival, and not for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.compute.turns import BusyError, Turns


def test_never_more_at_once_than_there_are_places() -> None:
    turns, lock = Turns(3, 100, 30.0), threading.Lock()
    inside, most = 0, 0
    pause = threading.Event()

    def go() -> None:
        nonlocal inside, most
        with turns.turn():
            with lock:
                inside += 1
                most = max(most, inside)
            pause.wait(0.005)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(20) as pool:
        for _ in range(60):
            pool.submit(go)
    assert (most, inside) == (3, 0)


def test_turns_come_in_the_order_of_arrival() -> None:
    turns = Turns(1, 100, 30.0)
    order: list[int] = []

    def go(number: int) -> None:
        with turns.turn():
            order.append(number)

    with ThreadPoolExecutor(8) as pool, turns.turn():
        for number in range(8):
            pool.submit(go, number)
            while len(turns._line) <= number:
                threading.Event().wait(0.001)
    assert order == list(range(8))


def test_a_full_line_sends_away() -> None:
    turns = Turns(1, 0, 30.0)
    with turns.turn(), pytest.raises(BusyError, match="0 programs are waiting"), turns.turn():
        pass
    with turns.turn():
        pass


def test_patience_ends_and_leaves_no_place_taken() -> None:
    turns = Turns(1, 10, 0.02)
    with turns.turn(), pytest.raises(BusyError, match=r"waited 0\.02 s"), turns.turn():
        pass
    for _ in range(3):
        with turns.turn():
            pass


def test_a_turn_is_passed_on_after_an_error() -> None:
    turns = Turns(1, 10, 0.02)
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with turns.turn():
        pass
