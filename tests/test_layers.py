"""Dependencies point one way, and heavy things are imported only where they belong."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What each package may import of the project: pages → ui → lenses → trace, lenses → scene, compute → program → trace.
MAY_IMPORT = {
    "scene": {"scene", "survivors", "swift"},
    "trace": {"trace", "survivors", "swift"},
    "program": {"program", "trace"},
    "compute": {"compute", "program", "trace", "lenses", "scene"},
    "lenses": {"lenses", "trace", "scene", "swift"},
    "figures": {"figures", "program", "scene"},
    "ui": {"ui", "figures", "lenses", "scene", "compute", "program", "trace", ""},
}


def imported_packages(path: Path) -> set[str]:
    """Return the parts of `explorer` that a module imports; "" for the package itself."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] == "explorer":
                found.add([*name.split("."), ""][1])
    return found


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_dependencies_point_one_way(package: str) -> None:
    for path in (ROOT / "explorer" / package).rglob("*.py"):
        wrong = imported_packages(path) - MAY_IMPORT[package]
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_below_the_ui_nothing_imports_streamlit_or_plotly_and_listing_devices_begins_nothing_on_them() -> None:
    code = (
        "import sys, torch, explorer, explorer.__main__, explorer.compute;"
        "from explorer.compute.devices import devices; devices();"
        "print(sorted({'streamlit', 'plotly'} & set(sys.modules)), torch.cuda.is_initialized())"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[] False\n"


def test_the_scene_knows_no_torch() -> None:
    for path in (ROOT / "explorer" / "scene").rglob("*.py"):
        assert not re.search(r"^\s*(import|from) (torch|streamlit)", path.read_text(encoding="utf-8"), re.M), path


def test_pages_are_thin() -> None:
    for path in (ROOT / "pages").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 100, path


def test_every_package_is_installed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent for path in (ROOT / "explorer").rglob("__init__.py")}
    packages = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert packages == set(settings["tool"]["setuptools"]["packages"])
