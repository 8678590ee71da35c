"""The app in one browser tab, used as a person uses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import expect

from explorer.ui.permalink import decode_program, encode_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator, Page, Position

# where the cells begin inside their box: the indices of columns stand above them, those of rows (one digit) before them
_ABOVE, _BEFORE, _EDGE = 16, 17, 2
_DEEP_FOCUS = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const figure = element?.closest("figure");
    return element?.dataset?.testid?.replace(/^st[A-Z].*/, "") || figure?.dataset.testid
        || element?.getAttribute("aria-label") || element?.textContent?.trim() || element?.tagName || "";
}"""

# the text of the editor, wherever it is at the moment; the placeholder of an empty program is no text of it
_EDITOR_TEXT = """() => {
    const inner = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter((root) => root);
    const editor = [document, ...inner].map((root) => root.querySelector("[data-testid=program]")).find((it) => it);
    return [...(editor?.querySelectorAll(".cm-line") ?? [])]
        .map((line) => line.querySelector(".cm-placeholder") ? "" : line.textContent).join("\\n");
}"""


class App:
    """One tab. Everything that it looks for is what a person sees, or one of the stage's test ids."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home
        self.stage = page.get_by_test_id("stage")
        self.program = page.get_by_test_id("program")
        self.readout = page.get_by_test_id("readout")
        self.error = page.get_by_test_id("error")
        self.chips = page.get_by_test_id(re.compile(r"^chip-\d+$"))

    def open(self, program: str | None = None, page: str = "shape", **parameters: str) -> App:
        """Open a page by its address, on a program, and wait until it is drawn."""
        return self.visit(self.address(program, page, **parameters))

    def address(self, program: str | None, page: str, **parameters: str) -> str:
        """Return the link to a page with a program."""
        link = parameters if program is None else {"program": encode_program(program), **parameters}
        return f"{self.home}/{page}?{urlencode(link)}" if link else f"{self.home}/{page}"

    def visit(self, address: str) -> App:
        """Open any address of the app, and wait until the stage is drawn."""
        self.page.goto(address)
        return self.drawn()

    # `wait_for` looks more often than `expect`, whose looks are a second apart in the end

    def drawn(self) -> App:
        """Wait until the stage shows something."""
        self.page.locator('[data-testid="stage"][data-ready]').wait_for(state="attached")
        return self

    def settled(self) -> App:
        """Wait until the server has nothing more to say."""
        expect(self.page.get_by_test_id("running")).to_have_count(0)  # a program that takes its time
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(state="attached")
        return self.drawn()

    # what stands in the address

    def parameter(self, name: str) -> str | None:
        """Return a parameter of the address."""
        return parse_qs(urlsplit(self.page.url).query).get(name, [None])[0]

    def expect_linked_program(self, source: str | None) -> None:
        """Wait until the address holds this program, or none: it is written when all else is done."""
        self.expect_parameter("program", None if source is None else encode_program(source))

    def linked_program(self) -> str | None:
        """Return the program in the address, once the server is not at work."""
        self.settled()
        text = self.parameter("program")
        return None if text is None else decode_program(text)

    def expect_parameter(self, name: str, value: str | None) -> None:
        """Wait until the address has this parameter, or has it no more."""
        wanted = "null" if value is None else repr(value)
        self.page.wait_for_function(f"new URLSearchParams(location.search).get({name!r}) === {wanted}")

    # the program and the chain

    def run(self, source: str) -> None:
        """Type a program over the one in the editor and run it with the keyboard."""
        self.retype(source)
        self.program.press("Control+Enter")

    def retype(self, source: str) -> None:
        """Type a program over the one in the editor.

        By its own keys: what `fill` selects behind the editor's back is forgotten where a picture comes in between.
        """
        self.program.press("ControlOrMeta+a")
        if source:
            self.page.keyboard.insert_text(source)
        else:
            self.page.keyboard.press("Delete")

    def program_text(self) -> str:
        """Return what the editor holds."""
        return str(self.page.evaluate(_EDITOR_TEXT))

    def expect_program(self, source: str, chips: Sequence[str] | None = None) -> None:
        """Wait until the editor holds this text and, if given, the chain reads so."""
        self.page.wait_for_function(f"(wanted) => ({_EDITOR_TEXT})() === wanted", arg=source)
        if chips is not None:
            self.expect_chips(chips)

    def expect_chips(self, texts: Sequence[str]) -> None:
        """Wait until the chain reads so."""
        expect(self.chips.locator(".tc-text")).to_have_text(list(texts))

    def chip(self, number: int) -> Locator:
        """Return a chip of the chain."""
        return self.page.get_by_test_id(f"chip-{number}")

    def select(self, number: int) -> None:
        """Open the form of a chip, and wait until the fields of another one are gone."""
        self.chip(number).click()
        expect(self.chip(number)).to_have_attribute("aria-pressed", "true")
        expect(self._fields_but(f"-field-{number}-")).to_have_count(0)

    def field(self, label: str) -> Locator:
        """Return a field of the form; while it is replaced, the one of before still stands behind it for a moment."""
        return self.page.get_by_label(label, exact=True).first

    def fill(self, label: str, text: str) -> None:
        """Type into a field and press Enter."""
        self.field(label).fill(text)
        self.field(label).press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.field(label).click()
        self.field(label).press("ArrowDown")  # opens it again where scrolling to the field has closed it
        self.page.get_by_role("option", name=option, exact=True).click()

    def remake(self, label: str, option: str) -> None:
        """Make another operation or tensor of the selected chip, and wait until the fields of what it was are gone."""
        self.choose(label, option)
        expect(self._fields_but(f"-{option}-")).to_have_count(0)

    def _fields_but(self, part: str) -> Locator:
        """Return the form's fields whose key, with chip, operation and argument in it, lacks a part."""
        return self.page.locator(f'[class*="st-key-"][class*="-field-"]:not([class*="{part}"])')

    def add(self, operation: str, search: str | None = None) -> None:
        """Add an operation through the menu, with the keyboard: type a part of its name, Enter."""
        self.page.get_by_test_id("add-operation").click()
        search_field = self.page.get_by_test_id("operation-search")
        expect(search_field).to_be_focused()
        search_field.press_sequentially(search or operation)
        chosen = self.page.locator('[role="option"][aria-selected="true"]')
        expect(chosen).to_have_attribute("data-testid", f"operation-{operation}")
        search_field.press("Enter")

    # the stage

    def grid(self, number: int) -> Locator:
        """Return the picture of a tensor."""
        return self.page.get_by_test_id(f"grid-{number}")

    def strip(self, letter: str) -> Locator:
        """Return the picture of a storage."""
        return self.page.get_by_test_id(f"strip-{letter}")

    def expect_grids(self, titles: Sequence[str]) -> None:
        """Wait until tensors with these headings are drawn."""
        expect(self.page.get_by_test_id(re.compile(r"^grid-\d+$")).locator(".te-title")).to_have_text(list(titles))

    def expect_frame(self, frame: int) -> None:
        """Wait until the stage shows this frame, counted from 0."""
        expect(self.stage).to_have_attribute("data-frame", str(frame))

    def hover_cell(self, figure: Locator, shape: Sequence[int], index: Sequence[int]) -> None:
        """Move the mouse over a cell."""
        cells = figure.locator(".te-cells")
        cells.hover(position=_middle(cells, shape, index))

    def click_cell(self, figure: Locator, shape: Sequence[int], index: Sequence[int]) -> None:
        """Click a cell."""
        cells = figure.locator(".te-cells")
        cells.click(position=_middle(cells, shape, index))

    def hover_strip(self, figure: Locator, count: int, cell: int) -> None:
        """Move the mouse over a cell of a storage that is drawn in one line."""
        cells = figure.locator(".te-cells")
        width = cells.evaluate("box => box.offsetWidth") - 2 * _EDGE
        cells.hover(position={"x": _EDGE + width * (cell + 0.5) / count, "y": 16})

    def expect_lit(self, lit: dict[str, str]) -> None:
        """Wait until these cells are lit, by test id of the panel: their numbers, with spaces between."""
        for panel, cells in lit.items():
            expect(self.page.get_by_test_id(panel), panel).to_have_attribute("data-lit", cells)

    def leave_cells(self) -> None:
        """Move the mouse to where there are no cells."""
        self.page.mouse.move(3, 3)

    def rest(self) -> None:
        """Point at nothing, let go of what is pinned, and go to the last step."""
        self.leave_cells()
        self.leave_focus()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("End")

    # the keyboard

    def leave_focus(self) -> None:
        """Take the focus from whatever has it, as a click on an empty place does."""
        self.page.evaluate("document.activeElement?.blur()")

    def focused(self) -> str:
        """Return what has the focus: its test id, that of the picture around it, or its label."""
        return str(self.page.evaluate(_DEEP_FOCUS))

    def tab_to(self, name: str, most: int = 40) -> list[str]:
        """Press Tab until something has the focus; return what had it on the way."""
        way: list[str] = []
        while name not in way:
            assert len(way) < most, f"Tab never reached {name}: {way}"
            self.page.keyboard.press("Tab")
            way.append(self.focused())
        return way


def _middle(cells: Locator, shape: Sequence[int], index: Sequence[int]) -> Position:
    """Return the middle of a cell of a tensor with one or two dimensions, inside the box of its cells."""
    width, height = cells.evaluate("box => [box.offsetWidth, box.offsetHeight]")
    rows, columns = (1, *shape)[-2:]
    row, column = (0, *index)[-2:]
    left = _BEFORE if len(shape) > 1 else _EDGE
    return {
        "x": left + (width - left - _EDGE) * (column + 0.5) / columns,
        "y": _ABOVE + (height - _ABOVE - _EDGE) * (row + 0.5) / rows,
    }
