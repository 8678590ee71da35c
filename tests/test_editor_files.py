"""The editor's own files: what is vendored says what it is, and stays out of exported pages."""

from __future__ import annotations

import json
from pathlib import Path

import explorer

ROOT = Path(__file__).parents[1]
BUNDLE = (ROOT / "explorer" / "stage" / "vendor" / "codemirror.js").read_text(encoding="utf-8")
HEADER = BUNDLE[: BUNDLE.index("*/")]
PACKAGE = json.loads((ROOT / "scripts" / "codemirror" / "package.json").read_text(encoding="utf-8"))


def test_the_bundle_names_versions_and_licence_of_all_that_is_in_it() -> None:
    assert HEADER.startswith("/*!")
    for package, version in PACKAGE["dependencies"].items():
        assert f"\n{package} {version} · MIT License · Copyright" in HEADER
    assert "Permission is hereby granted, free of charge" in HEADER


def test_versions_are_exact_and_locked() -> None:
    lock = json.loads((ROOT / "scripts" / "codemirror" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package, version in {**PACKAGE["dependencies"], **PACKAGE["devDependencies"]}.items():
        assert lock[f"node_modules/{package}"]["version"] == version


def test_the_bundle_asks_no_other_host() -> None:
    assert "https://" not in BUNDLE
    assert BUNDLE.count("http://") == BUNDLE.count("http://www.w3.org/")


def test_exported_pages_do_not_carry_the_editor() -> None:
    page = explorer.scene(explorer.run("x = torch.arange(6)")).to_html()
    assert "EditorView" not in page
    assert len(page) < len(BUNDLE)
