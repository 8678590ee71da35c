"""The dialog that times the page's program on each device."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.compute.devices import devices
from explorer.compute.timing import Comparison
from explorer.figures.units import seconds_text
from explorer.program.timing import NOTHING_ON_META, Plan, Timing
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

_TICK_SECONDS = 0.25
_HOW = (
    "The program runs as it is, not recorded: {warm_up} runs to warm up, then up to {repeats} timed ones within"
    " {budget:g} seconds on each device. A run ends when the device has finished its work."
)
_ALONE = (
    "Only the {device} computes here, so there is nothing to compare it with. The spread of its times still says how"
    " much a single measurement can be trusted."
)


def timing_button(workspace: Workspace) -> None:
    """Draw the button that opens the dialog."""
    if st.button("Time it", key=workspace.key("time"), help="Run this program on each device and compare the times."):
        left = st.session_state.get(workspace.key("timing"))
        if isinstance(left, Comparison):
            # the dialog was closed while it ran; nobody has watched it since
            left.stop()
        _dialog(workspace)


@st.dialog("Time on each device", width="medium")
def _dialog(workspace: Workspace) -> None:
    timing_panel(workspace)


def timing_panel(workspace: Workspace) -> None:
    """Draw what the dialog holds: how it is timed, Start or Stop, and the results."""
    plan = Plan()
    st.markdown(_HOW.format(warm_up=plan.warm_up, repeats=plan.repeats, budget=plan.budget_seconds))
    timed = [device.name for device in devices() if device.computes]
    if len(timed) == 1:
        st.caption(plain(_ALONE.format(device=timed[0])))
    known = _known(workspace, timed)
    if known is not None and known.current is not None:
        _watch(workspace, known)
        return

    def start() -> None:
        comparison = Comparison(workspace.source, timed, inputs=workspace.inputs)
        st.session_state[workspace.key("timing")] = comparison
        comparison.start()

    _button(workspace, "Start" if known is None else "Time it again", start, "timer")
    if known is not None:
        _results(known)


def _button(workspace: Workspace, label: str, on_click: Callable[[], None], icon: str) -> None:
    """Draw the one button: with the same key and look it keeps the focus, and with it the dialog the keys."""
    key = workspace.key("timing/action")
    st.button(label, key=key, on_click=on_click, type="primary", icon=f":material/{icon}:")


def _known(workspace: Workspace, timed: list[str]) -> Comparison | None:
    """Return the last comparison, if it was of this program on these devices."""
    known = st.session_state.get(workspace.key("timing"))
    if not isinstance(known, Comparison):
        return None
    same = known.source == workspace.source and list(known.devices) == timed
    return known if same and known.inputs.keys() == workspace.inputs.keys() else None


def _watch(workspace: Workspace, comparison: Comparison) -> None:
    """Show how far it is, and look again a moment later, or when it has ended.

    Each look is a rerun: a click in a fragment does not end the run of a fragment that is still drawing.
    """
    _button(workspace, "Stop", comparison.stop, "stop")
    done, count = len(comparison.timings), len(comparison.devices)
    st.progress(done / count, f"Timing {plain(comparison.current or '')}, {min(done + 1, count)} of {count}")
    comparison.wait(_TICK_SECONDS)
    _draw_again()


def _draw_again() -> None:
    st.rerun(scope="fragment")


def _results(comparison: Comparison) -> None:
    timed = [timing for timing in comparison.timings if timing.seconds]
    if comparison.stopped:
        st.warning("Stopped; the devices that are missing below were not timed.")
    if timed:
        _figure(timed)
        st.markdown(_table(timed))
    failed = [timing for timing in comparison.timings if not timing.seconds]
    for timing in failed:
        st.error(plain(f"{timing.device}: {timing.error}"))
    if any(not device.computes for device in devices()):
        st.caption(f"meta is left out: {NOTHING_ON_META}.")


def _figure(timed: Sequence[Timing]) -> None:
    # Plotly takes a moment to import; most visitors never time anything
    from explorer.figures.timing import timing_figure  # noqa: PLC0415

    medians = [f"{timing.device} {seconds_text(statistics.median(timing.seconds))}" for timing in timed]
    st.plotly_chart(
        timing_figure(timed, dark=st.context.theme.type == "dark"),
        theme=None,
        config={"displayModeBar": False, "responsive": True},
        alt=f"Times of all runs on each device; medians: {', '.join(medians)}.",
    )


def _table(timed: Sequence[Timing]) -> str:
    """Return the numbers behind the figure as a Markdown table."""
    rows = ["| device | median | fastest … slowest | runs |", "| --- | ---: | ---: | ---: |"]
    for timing in timed:
        threads = f", {timing.threads} thread{'s' if timing.threads != 1 else ''}" if timing.threads else ""
        spread = f"{seconds_text(min(timing.seconds))} … {seconds_text(max(timing.seconds))}"
        median = seconds_text(statistics.median(timing.seconds))
        rows.append(f"| {plain(timing.device + threads)} | {median} | {spread} | {len(timing.seconds)} |")
    return "\n".join(rows)
