"""What a lens does only when asked: one switch for each such option, kept in the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.ui.renewal import is_current, renewed
from explorer.ui.workspace import Workspace


@dataclass(frozen=True)
class Switch:
    """A switch.

    Attributes:
        option: The lens's option, and the link's parameter.
        label: What it does.
        help: What comes of it.
        offered: Whether what the workspace shows has something to switch.
    """

    option: str
    label: str
    help: str
    offered: Callable[[Workspace], bool] = lambda _: True


def switches(workspace: Workspace, offered: Sequence[Switch]) -> None:
    """Draw those of a page's switches in a row that what is shown offers."""
    offered = [switch for switch in offered if switch.offered(workspace)]
    if not offered:
        return
    with st.container(horizontal=True, key=workspace.key("switches"), gap="medium"):
        for switch in offered:
            key = renewed(_name(workspace, switch.option), switch.option in workspace.options)
            st.toggle(switch.label, key=key, help=switch.help, on_change=_turned, args=(workspace, switch.option, key))


def _name(workspace: Workspace, option: str) -> str:
    return workspace.key(f"switch/{option}")


def _turned(workspace: Workspace, option: str, key: str) -> None:
    if is_current(_name(workspace, option), key):
        workspace.choose({option: bool(st.session_state[key])})
