"""Pages opened without a browser wait for each run: nobody would ask again when it has ended."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.ui.latest.PATIENCE", 600.0)
    monkeypatch.setattr("explorer.ui.preview.PATIENCE", 600.0)
