"""Element numbers: which stored values are the same element, through copies and time.

Every value that is computed or created gets a number of its own; a copy carries the numbers of what it copied
(from `origins`), a write gives new numbers to what it changed. Views need nothing: they read the same storage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from explorer.lenses.shapes.timeline import Moment
from explorer.scene import Run
from explorer.trace import NotMovedError, Origins, Step, TensorState, Trace, origins
from explorer.trace.addresses import Numbers, addresses_of
from explorer.trace.values import HEAD_ELEMENTS, KEEP_ELEMENTS, window_of

if TYPE_CHECKING:
    from explorer.lenses.shapes.panels import Panels, StorageView

# larger storages are not marked: a byte for each of their elements would be much memory
_MOST_MARKED = 4_194_304


@dataclass
class _History:
    """The element numbers of one storage: a new version from each frame that changed them.

    `shown` are the addresses that have numbers, sorted; None when all of them have.
    """

    itemsize: int
    length: int
    shown: Numbers | None
    versions: list[tuple[int, Run | Numbers]] = field(default_factory=list)

    def at(self, frame: int) -> Run | Numbers:
        return next((e for first, e in reversed(self.versions) if first <= frame), self.versions[0][1])

    def numbers_at(self, frame: int) -> Numbers:
        elements = self.at(frame)
        if isinstance(elements, Run):
            return np.arange(elements.first, elements.first + self.length, dtype=np.int64)
        return elements

    def read(self, state: TensorState, frame: int, window: tuple[int, ...] | None = None) -> Numbers:
        """Return the numbers of the tensor's elements; -1 where an address has none."""
        addresses = addresses_of(state, window, self.itemsize)
        numbers = self.numbers_at(frame)
        if self.shown is None:
            return numbers[addresses]
        place = np.minimum(np.searchsorted(self.shown, addresses), max(self.shown.size - 1, 0))
        found = self.shown[place] == addresses if self.shown.size else np.zeros(addresses.shape, bool)
        return np.where(found, numbers[place] if numbers.size else -1, -1)


class ElementNumbers:
    """Numbers for every storage that is shown, through all frames."""

    def __init__(self, panels: Panels) -> None:
        self.count = 0
        self._panels = panels
        self._histories: dict[int, _History] = {}

    def of_strip(self, storage: int, frame: int) -> Run | Numbers:
        """Return the numbers of the cells of a storage's strip; the same object while they stay the same."""
        history = self._histories[storage]
        if history.shown is None:
            return history.at(frame)
        # the strip shows the head of a large storage, and the lowest addresses have the lowest numbers
        first = history.at(frame)
        return first if isinstance(first, Run) else Run(int(first[0]) if first.size else 0)

    def of_window(self, state: TensorState, frame: int) -> Numbers:
        """Return the numbers of the cells of a tensor's window, flat."""
        return self._histories[state.storage].read(state, frame, shown_window(state)).reshape(-1)

    def knows(self, storage: int) -> bool:
        """Tell whether the storage has numbers yet."""
        return storage in self._histories

    def begin(self, storage: int, frame: int) -> None:
        """Give a storage that has none new numbers."""
        if storage not in self._histories:
            history = self._new_history(storage)
            history.versions.append((frame, Run(self.count)))
            self.count += history.length

    def carry(self, step: Step, output: TensorState, found: Origins, frame: int) -> None:
        """Give the elements of `output` the numbers of those that they came from; new ones where from none."""
        history = self._histories.get(output.storage) or self._new_history(output.storage)
        if history.shown is not None:
            self.begin(output.storage, frame)
            return
        numbers = history.numbers_at(frame).copy() if history.versions else np.full(history.length, -1, dtype=np.int64)
        carried = np.full(output.shape, -1, dtype=np.int64)
        for argument, given in enumerate(step.inputs):
            here = found.argument == argument
            if here.any():
                source = self._histories[given.storage].read(given, max(frame - 1, 0)).reshape(-1)
                carried[here] = source[found.element[here]]
        carried[carried < 0] = self._fresh(int((carried < 0).sum()))
        numbers[addresses_of(output, None, history.itemsize)] = carried
        numbers[numbers < 0] = self._fresh(int((numbers < 0).sum()))
        history.versions.append((frame, numbers))

    def renew(self, storage: int, changed: Numbers, frame: int) -> None:
        """Give new numbers to the elements at the addresses `changed`; of a storage without numbers, to all."""
        if not self.knows(storage):
            self.begin(storage, frame)
            return
        history = self._histories[storage]
        if history.shown is not None or changed.size == 0:
            return
        numbers = history.numbers_at(frame).copy()
        numbers[changed] = self._fresh(changed.size)
        history.versions.append((frame, numbers))

    def _new_history(self, storage: int) -> _History:
        view = self._panels.storages[storage]
        shown = None if view.whole else _shown_addresses(storage, view, self._panels)
        history = _History(view.state.itemsize, view.length if shown is None else shown.size, shown)
        self._histories[storage] = history
        return history

    def _fresh(self, count: int) -> Numbers:
        self.count += count
        return np.arange(self.count - count, self.count, dtype=np.int64)


def shown_window(state: TensorState) -> tuple[int, ...]:
    """Return how many indices of each dimension are shown of a tensor."""
    return window_of(state.shape) if state.contents is None else state.contents.window


def number_elements(trace: Trace, moments: tuple[Moment, ...], panels: Panels) -> ElementNumbers:
    """Follow all elements through the moments."""
    numbers = ElementNumbers(panels)
    for moment in moments:
        step = moment.step
        for state in step.inputs if step else ():
            numbers.begin(state.storage, max(moment.frame - 1, 0))
        if step is not None and step.kind == "copy":
            _number_copy(trace, step, moment.frame, numbers, panels)
        elif step is not None and step.kind == "inplace":
            _number_write(trace, step, moment.frame, numbers)
        for state in moment.states:
            numbers.begin(state.storage, moment.frame)
    return numbers


def _number_copy(trace: Trace, step: Step, frame: int, numbers: ElementNumbers, panels: Panels) -> None:
    for index, output in enumerate(step.outputs):
        if numbers.knows(output.storage):
            continue
        found = _try_origins(trace, step, index)
        if found is None:
            panels.cut_links(output)
        else:
            numbers.carry(step, output, found, frame)


def _number_write(trace: Trace, step: Step, frame: int, numbers: ElementNumbers) -> None:
    output = step.outputs[0]
    found = _try_origins(trace, step, 0)
    if found is not None:
        numbers.carry(step, output, found, frame)
        return
    before = next((given for given in step.inputs if given.storage == output.storage), None)
    numbers.renew(output.storage, _changed(before, output), frame)


def _changed(before: TensorState | None, after: TensorState) -> Numbers:
    """Return the addresses whose recorded bits differ; all of the tensor's when they were not recorded."""
    kept = before is not None and before.contents is not None and after.contents is not None
    if not kept or before is None or before.contents is None or after.contents is None:
        return np.unique(addresses_of(after))
    old, new = before.contents.flat, after.contents.flat
    if old.shape != new.shape or old.dtype != new.dtype:
        return np.unique(addresses_of(after))
    differ = (old != new) & ~((old != old) & (new != new))  # noqa: PLR0124 - NaN is the value that differs from itself
    return np.flatnonzero(differ).astype(np.int64)


def _try_origins(trace: Trace, step: Step, output: int) -> Origins | None:
    states = (*step.inputs, step.outputs[output])
    # wrappers that torch.func makes have a shape, but no strides of their own
    if step.outputs[output].numel > KEEP_ELEMENTS or any(len(s.stride) != len(s.shape) for s in states):
        return None
    try:
        return origins(trace, step.index, output)
    except (NotMovedError, ValueError):
        return None


def _shown_addresses(storage: int, view: StorageView, panels: Panels) -> Numbers:
    """Return the addresses of a large storage that anything shows, sorted."""
    parts = [np.arange(min(view.length, HEAD_ELEMENTS), dtype=np.int64)]
    parts += [
        addresses_of(state, shown_window(state), view.state.itemsize).reshape(-1)
        for state in panels.windows()
        if state.storage == storage
    ]
    if view.length > _MOST_MARKED:
        return np.unique(np.concatenate(parts))
    marked = np.zeros(view.length, dtype=bool)  # in a tenth of the time that it takes to put them in order
    for part in parts:
        marked[part] = True
    return np.flatnonzero(marked)
