"""Pages opened without a browser wait for each run: nobody would ask again when it has ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.ui.latest.PATIENCE", 600.0)
    monkeypatch.setattr("explorer.ui.preview.PATIENCE", 600.0)


@pytest.fixture(autouse=True, scope="session")
def _scanned_once() -> Iterator[None]:
    """Look through the installed packages once: Streamlit's test runner does so for each page, for half of its time."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield
