"""The vendored layout says what it is, under which licence, and how it is built."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUNDLE = (ROOT / "explorer" / "stage" / "vendor" / "dagre.js").read_text(encoding="utf-8")
HEADER = BUNDLE[: BUNDLE.index("*/")]
PACKAGE = json.loads((ROOT / "scripts" / "dagre" / "package.json").read_text(encoding="utf-8"))


def test_the_bundle_names_versions_and_licence_of_all_that_is_in_it() -> None:
    assert HEADER.startswith("/*!")
    for package, version in PACKAGE["dependencies"].items():
        assert f"\n{package} {version} · MIT License · Copyright" in HEADER
    assert "Permission is hereby granted, free of charge" in HEADER


def test_versions_are_exact_and_locked() -> None:
    lock = json.loads((ROOT / "scripts" / "dagre" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package, version in {**PACKAGE["dependencies"], **PACKAGE["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert lock[f"node_modules/{package}"]["version"] == version


def test_the_bundle_asks_no_other_host() -> None:
    assert "://" not in BUNDLE


def test_the_bundle_can_be_joined_with_other_modules() -> None:
    """Its only names at the top are the two that no module of the stage has."""
    assert BUNDLE.rstrip().endswith("export const dagre = dagreBundle;")
    assert re.findall(r"^(?:export )?(?:var|let|const|function|class) ?(\w+)", BUNDLE, re.MULTILINE) == [
        "dagreBundle",
        "dagre",
    ]
