"""Finds a Chromium for the tests, and installs Debian's where there is none: `python -m tests.browser.chromium`.

One without a window of its own (the "headless shell") comes first: it draws the same, and a tab costs it half a second
of processor time less.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
_ON_PATH = ("chromium", "chromium-browser", "google-chrome")
_GET = ("apt-get", "install", "-y", "--no-install-recommends")
_INSTALL = (("apt-get", "update"), (*_GET, "chromium-headless-shell"), (*_GET, "chromium"))
_ADVICE = (
    "The browser tests need Chromium, and none was found: install one with your package manager, or with "
    "`.venv/bin/playwright install --with-deps chromium`."
)


def find() -> str | None:
    """Return the path of a Chromium that starts: a headless shell, Playwright's own, else any; None without one."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    shells = [*_shells_beside(Path(own)), *map(shutil.which, _SHELLS)]
    candidates = [*shells, own if Path(own).exists() else None, *map(shutil.which, _ON_PATH)]
    return next((path for path in candidates if path is not None and _starts(path)), None)


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
    """Install Debian's package; what does not work shows in that there is still none."""
    if shutil.which("apt-get") is None:
        return
    is_root = os.geteuid() == 0
    sudo = [] if is_root or shutil.which("sudo") is None else ["sudo"]
    if not is_root and not sudo:
        return
    print("No Chromium found: installing Debian's package.", file=sys.stderr)
    for command in _INSTALL:
        if command[1] == "update" or find() is None:
            subprocess.run([*sudo, *command], stdout=sys.stderr, check=False)


def main() -> int:
    """Print where Chromium is, after installing it if need be; 1 when there is none."""
    path = find()
    if path is None:
        _install()
        path = find()
    print(path or _ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
