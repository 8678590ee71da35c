"""One page's program in one browser tab: its text, what is selected, what was uploaded, and the link to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import streamlit as st

from explorer.program.builders.modes import named
from explorer.program.builders.weights import bracketed
from explorer.program.uploads import UploadProblem, from_link, to_link
from explorer.trace.values import Array
from explorer.ui import options as lens_options
from explorer.ui.evaluation import Evaluation, Start
from explorer.ui.latest import Latest
from explorer.ui.opening import Opening
from explorer.ui.permalink import LinkError, decode_program, encode_program
from explorer.ui.subjects import Subjects

PROGRAM = "program"
DATA = "data"
STEP = "step"
MAX_DATA_IN_LINK = 8_000


@dataclass(frozen=True)
class FieldProblem:
    """What was typed into a field, and why it makes no program."""

    typed: str
    message: str


class Workspace:
    """The state of a page that has a program.

    Args:
        page: Prefix of its keys in the session.
        default: The program that the page opens on; it needs no link.
        lens: The lens that it is looked at through; its options are parameters of the link.
    """

    def __init__(self, page: str, default: str, lens: str) -> None:
        self._page = page
        self._default = default
        self._lens = lens
        self._latest = Latest(page, lens, self._correct)
        if self._key("source") not in st.session_state:
            self.adopt(st.query_params.to_dict())
            self._set("opening", value=True)

    @property
    def source(self) -> str:
        """The program's text."""
        return cast(str, self._get("source"))

    @property
    def lens(self) -> str:
        """The lens that the program is looked at through."""
        return self._lens

    @property
    def options(self) -> dict[str, lens_options.Value]:
        """The lens's options that are not what they are by themselves."""
        return dict(cast("Mapping[str, lens_options.Value]", self._get("options", {})))

    @property
    def frame(self) -> int | None:
        """The frame that the stage showed at the last rerun, from 0; None where it was the one to open on."""
        step = _whole(st.query_params.get(STEP))
        return None if step is None else max(0, int(step) - 1)

    @property
    def selected(self) -> int | None:
        """Index of the chip whose form is open."""
        return cast("int | None", self._get("selected"))

    @property
    def inputs(self) -> Mapping[str, Array]:
        """Uploaded arrays by the name that the program knows them by."""
        return cast("Mapping[str, Array]", self._get("inputs", {}))

    @property
    def problems(self) -> dict[str, FieldProblem]:
        """Fields with text that makes no program, by the field's key."""
        return cast("dict[str, FieldProblem]", self._get("problems", {}))

    @property
    def notice(self) -> str:
        """What went wrong with the last action, or with the link; "" when nothing did."""
        return cast(str, self._get("notice", ""))

    @property
    def data_left_out(self) -> bool:
        """Whether an upload is too large for the link."""
        return bool(self.inputs) and self._data_text() is None

    @property
    def edition(self) -> int:
        """How often the program's lines were changed; a form drawn for another edition is out of date."""
        return cast(int, self._get("edition", 0))

    def change(self, source: str) -> None:
        """Take another program text; the same one again leaves what is drawn valid."""
        is_other = source != self._get("source")
        self.amend(source)
        self._set("problems", {})
        if is_other:
            self._set("edition", self.edition + 1)

    def start(self, source: str, opens: Mapping[str, object]) -> None:
        """Take another program, an example: no chip is selected, and what it `opens` of the lens's options is open."""
        self._set("subjects", self._subjects.opened(source))
        self.change(source)
        self.select(None)
        kept = lens_options.kept(self._lens, self.options)
        self._set("options", lens_options.chosen(self._lens, {**kept, **opens}))

    def amend(self, source: str) -> None:
        """Take the program with another argument in one of its calls: the forms that are drawn stay valid.

        What was typed into their other fields and makes no program stays, too. A program that was stopped is run again.
        """
        self._latest.doubt()
        self._set("source", source)
        self._set("subjects", self._subjects.edited(source))
        self._set("notice", "")

    def choose(self, asked: Mapping[str, object]) -> None:
        """Take other values for some of the lens's options; what is no value of an option is its default."""
        self._set("options", lens_options.chosen(self._lens, {**self.options, **asked}))

    def select(self, index: int | None) -> None:
        """Open the form of a chip."""
        self._set("selected", index)
        self._set("problems", {})

    def refuse(self, message: str) -> None:
        """Say why an action was not done."""
        self._set("notice", message)

    def refuse_field(self, field: str, typed: str, message: str) -> None:
        """Say at a field what is wrong with the text in it; the text stays."""
        self._set("problems", {**self.problems, field: FieldProblem(typed, message)})

    def accept_field(self, field: str) -> None:
        """Forget what was wrong with a field."""
        self._set("problems", {key: problem for key, problem in self.problems.items() if key != field})

    def bind(self, name: str, array: Array | None) -> None:
        """Bind an uploaded array to a name of the program, or let it go."""
        others = {key: value for key, value in self.inputs.items() if key != name}
        self._set("inputs", others if array is None else {**others, name: array})
        self._set("data_text", None)

    def adopt(self, parameters: Mapping[str, str]) -> None:
        """Take the program and the data that a link carries; the default program when it carries none."""
        self._set("selected", None)
        self._set("options", lens_options.chosen(self._lens, parameters))
        text, data = parameters.get(PROGRAM), parameters.get(DATA)
        notice = lens_options.misread(self._lens, parameters)
        source = self._default
        try:
            source = self._default if text is None else decode_program(text)
            self._set("inputs", {} if data is None else {DATA: from_link(data)})
        except (LinkError, UploadProblem) as problem:
            notice = f"{str(problem)[:1].upper()}{str(problem)[1:]}. The page opened on its first example instead."
            source = self._default
            self._set("inputs", {})
        self._set("subjects", self._subjects.opened(source))
        self.change(source)
        self._set("data_text", None)
        self._set("notice", notice)
        self._set("link", (text, data, *self.options.items()))

    def write_link(self) -> None:
        """Bring the address up to date; the browser gets an entry in its history for each program."""
        source, data = self.source, self._data_text() or None
        text = None if source == self._default and not self.inputs else encode_program(source)
        link = (text, data, *self.options.items())
        opening = self._get("opening", default=False)
        if self._get("link") == link and not opening:
            return
        self._set("link", link)
        self._set("opening", value=False)
        known = st.query_params.to_dict()
        written = {
            **known,
            PROGRAM: text,
            DATA: data,
            STEP: _whole(known.get(STEP)),
            **lens_options.written(self._lens, self.options),
        }
        wanted = {key: value for key, value in written.items() if value is not None}
        if wanted != known:  # all at once: each writing is an entry in the browser's history
            st.query_params.from_dict(wanted)

    def evaluate(self, device: str) -> Evaluation:
        """Run the program, unless nothing changed since it last ran; return what there is to show of it by now."""
        start = Start(self.source, device, self.inputs, self._subjects.current)
        return self._latest.evaluate(start, self.options)

    @property
    def running(self) -> str:
        """The token of the run that is under way; "" where none is."""
        return self._latest.running

    def _correct(self, evaluation: Evaluation) -> dict[str, lens_options.Value]:
        """Take the numbers that the picture shows where others were asked for: there are not so many channels.

        A page that opens writes what it shows. A link that the browser went back to stays in the address: writing it
        would add an entry to the history, and going back would lead to the same link again.
        """
        # a number below 0 asks for none, or for what the lens takes by itself
        numbers = {name: value for name, value in self.options.items() if not isinstance(value, bool) and value >= 0}
        shown = evaluation.opening.options if numbers else {}
        link, was = self._get("link"), tuple(self.options.items())
        self.choose({name: shown[name] for name in numbers if name in shown})
        if link is not None and link[2:] == was and not self._get("opening", default=False):
            self._set("link", (*link[:2], *self.options.items()))
        return self.options

    def input_shape(self, index: int) -> tuple[int, ...]:
        """Return the shape of what chip `index` was applied to when the program last ran."""
        known = self._latest.evaluation
        shapes = known.shapes if known else ()
        before = [shape for shape in shapes[:index] if shape is not None]
        own = [shape for shape in shapes[index : index + 1] if shape is not None]
        return next(iter([*before[::-1][:1], *own]), (24,))

    def layer_path(self, stop: int) -> str:
        """Return how the program calls a layer of the picture, `net[0]`, by its number; "" where it has no name."""
        labels = self._opening.labels
        return bracketed(labels[stop]) if 0 <= stop < len(labels) else ""

    @property
    def opened_path(self) -> str:
        """How the program calls the layer that is open in the picture; "" where it has no name."""
        return bracketed(self._opening.label)

    def layers_beside(self, path: str) -> frozenset[str]:
        """Return how the program calls the layers that took the same tensor as one, when it last ran."""
        found = self._opening
        labels = [label for label in found.labels if bracketed(label) == path]
        return frozenset(bracketed(other) for label in labels for other in found.beside(label))

    @property
    def running_path(self) -> str:
        """How the program calls the layer that is open, where that keeps running statistics; "" where it does not."""
        found = self._opening
        return named(self.source, found.label) if found.keeps_running else ""

    @property
    def weight_path(self) -> str:
        """How the program calls the layer whose weight is open as magnitude and direction; "" where none is."""
        found = self._opening
        owner, _, _ = found.label.rpartition(".")  # it is called as the weight: `lin.weight`
        return named(self.source, owner) if found.is_weight else ""

    @property
    def has_kernel(self) -> bool:
        """Whether the layer that is open may have a kernel: a pooling has none."""
        return not self._opening.lacks_kernel

    @property
    def _subjects(self) -> Subjects:
        return cast(Subjects, self._get("subjects", Subjects()))

    @property
    def _opening(self) -> Opening:
        known = self._latest.evaluation
        return known.opening if known else Opening()

    def key(self, name: str) -> str:
        """Return the key of one of the page's widgets."""
        return self._key(name)

    def _data_text(self) -> str | None:
        """Return the upload as text for the link; "" when there is none, None when it is too large."""
        if not self.inputs:
            return ""
        if self._get("data_text") is None:
            text = to_link(next(iter(self.inputs.values())))
            self._set("data_text", text if len(text) <= MAX_DATA_IN_LINK else "too large")
        text = self._get("data_text")
        return None if text == "too large" else cast(str, text)

    def _key(self, name: str) -> str:
        return f"{self._page}/{name}"

    def _get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - the session holds values of any type
        return st.session_state.get(self._key(name), default)

    def _set(self, name: str, value: Any) -> None:  # noqa: ANN401
        st.session_state[self._key(name)] = value


def _whole(text: str | None) -> str | None:
    """Return the number of a step in a link, which the stage writes; None where it is none."""
    return text if text is not None and text.isdecimal() else None
