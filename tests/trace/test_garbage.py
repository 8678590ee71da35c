"""Python's garbage collector, while a program is recorded and after it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from explorer import survivors
from explorer.scene.collection import MANY, uncollected
from explorer.trace import garbage
from explorer.trace.garbage import collect_rarely, collected_rarely

NEW = 200


@pytest.fixture
def looked_through() -> Iterator[list[int]]:
    """The generations that the collector looks through, in order; nothing is frozen, as it is in other tests."""
    thresholds, found = gc.get_threshold(), list[int]()

    def note(phase: str, about: dict[str, int]) -> None:
        if phase == "start":
            found.append(about["generation"])

    gc.unfreeze()
    gc.collect()
    gc.set_threshold(NEW, 2, 10)
    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)
    gc.set_threshold(*thresholds)
    gc.freeze()


def _record(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Make objects that stay, in a context with a threshold of `NEW`: as many as ten collections take."""
    monkeypatch.setattr(garbage, "THRESHOLD", NEW)
    with collected_rarely():
        return [[number] for number in range(10 * NEW)]


def test_what_a_long_recording_left_is_not_looked_through_again_when_it_has_ended(
    looked_through: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _record(monkeypatch)
    looked_through.clear()
    more = [[number] for number in range(2 * NEW)]
    assert set(looked_through) == {0}
    assert len(kept) + len(more) == 12 * NEW


def test_the_objects_of_a_large_scene_are_not_looked_through(looked_through: list[int]) -> None:
    with uncollected():
        kept = [[number] for number in range(2 * MANY)]
    more = [[number] for number in range(NEW // 2)]
    assert not looked_through
    assert len(kept) + len(more) == 2 * MANY + NEW // 2


def test_what_became_garbage_since_is_found_after_enough_recordings(
    looked_through: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survivors, "MOST", 20 * NEW)
    monkeypatch.setattr(survivors.SURVIVORS, "_count", 0)
    for _ in range(3):
        _record(monkeypatch)
    assert looked_through.count(2) == 1


@pytest.mark.usefixtures("looked_through")
def test_frozen_objects_stay_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    _record(monkeypatch)
    # some have been let go of since
    assert 0.9 * frozen < gc.get_freeze_count() <= frozen


@pytest.mark.usefixtures("looked_through")
def test_a_fork_goes_on_collecting_rarely() -> None:
    collect_rarely()
    with collected_rarely():
        pass
    assert gc.get_threshold()[:2] == (garbage.THRESHOLD, garbage.YOUNG)
