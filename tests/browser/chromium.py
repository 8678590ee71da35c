"""Finds a Chromium for the tests, and installs Debian's where there is none: `python -m tests.browser.chromium`.

One without a window of its own (the "headless shell") comes first: it draws the same, and a tab costs it a third of the
processor time less. Where nobody is asked for a password, as in CI, it is installed beside a Chromium that has windows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import sync_playwright

_SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
_ON_PATH = ("chromium", "chromium-browser", "google-chrome")
_APT = ("apt-get", "-qq", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1")
_GET = (*_APT, "install", "-y", "--no-install-recommends")
_PATIENCE_SECONDS = 300
_ADVICE = (
    "The browser tests need Chromium, and none was found: install one with your package manager, or with "
    "`.venv/bin/playwright install --with-deps chromium`."
)


def find() -> str | None:
    """Return the path of a Chromium that starts: a headless shell, Playwright's own, else any; None without one."""
    own = _playwrights()
    return _first_that_starts([*_shells(own), own if Path(own).exists() else None, *map(shutil.which, _ON_PATH)])


def find_shell() -> str | None:
    """Return the path of a headless shell that starts; None without one."""
    return _first_that_starts(_shells(_playwrights()))


def _playwrights() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _shells(own: str) -> list[str | None]:
    return [*_shells_beside(Path(own)), *map(shutil.which, _SHELLS)]


def _first_that_starts(paths: list[str | None]) -> str | None:
    return next((path for path in paths if path is not None and _starts(path)), None)


def _shells_beside(own: Path) -> list[str]:
    """Return the headless shells that Playwright has installed, the newest first."""
    folder = next((parent.parent for parent in own.parents if parent.name.startswith("chromium-")), None)
    found = [] if folder is None else folder.glob("chromium_headless_shell-*/*/*headless*shell")
    return [str(path) for path in sorted(found, reverse=True) if path.is_file()]


def _starts(path: str) -> bool:
    """Tell a browser from a stub that only says how to install one, or one whose libraries are missing."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> None:
    """Install Debian's packages; what does not work shows in what is found afterwards."""
    is_root = os.geteuid() == 0
    sudo = [] if is_root or shutil.which("sudo") is None else ["sudo"]
    if shutil.which("apt-get") is None or not (is_root or (sudo and find() is None)):
        return
    print("Installing Debian's Chromium for the tests.", file=sys.stderr)
    _run([*sudo, *_APT, "update"])
    _run([*sudo, *_GET, "chromium-headless-shell"])
    if find() is None:
        _run([*sudo, *_GET, "chromium"])


def _run(command: list[str]) -> None:
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, stdout=sys.stderr, timeout=_PATIENCE_SECONDS, check=False)


def main() -> int:
    """Print where Chromium is, after installing it if need be; 1 when there is none."""
    if find_shell() is None:
        _install()
    path = find()
    print(path or _ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
