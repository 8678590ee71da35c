"""What is vendored says what it is, under which licence, and how it is built."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).parents[1]
VENDORED = ("codemirror", "dagre")


def bundle_of(name: str) -> str:
    """Return the text of a vendored bundle."""
    return (ROOT / "explorer" / "stage" / "vendor" / f"{name}.js").read_text(encoding="utf-8")


def built_from(name: str, file: str) -> dict[str, dict[str, str]]:
    """Return a JSON file of the folder that a bundle is built in."""
    content: dict[str, dict[str, str]] = json.loads((ROOT / "scripts" / name / file).read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("name", VENDORED)
def test_the_bundle_names_versions_and_licence_of_all_that_is_in_it(name: str) -> None:
    bundle = bundle_of(name)
    header = bundle[: bundle.index("*/")]
    assert header.startswith("/*!")
    for package, version in built_from(name, "package.json")["dependencies"].items():
        assert f"\n{package} {version} · MIT License · Copyright" in header
    assert "Permission is hereby granted, free of charge" in header


@pytest.mark.parametrize("name", VENDORED)
def test_versions_are_exact_and_locked(name: str) -> None:
    package = built_from(name, "package.json")
    lock = json.loads((ROOT / "scripts" / name / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for one, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert lock[f"node_modules/{one}"]["version"] == version


def test_the_layout_asks_no_other_host() -> None:
    assert "://" not in bundle_of("dagre")


def test_the_layout_can_be_joined_with_other_modules() -> None:
    """Its only names at the top are the two that no module of the stage has."""
    bundle = bundle_of("dagre")
    assert bundle.rstrip().endswith("export const dagre = dagreBundle;")
    assert re.findall(r"^(?:export )?(?:var|let|const|function|class) ?(\w+)", bundle, re.MULTILINE) == [
        "dagreBundle",
        "dagre",
    ]


def test_the_editor_asks_no_other_host() -> None:
    bundle = bundle_of("codemirror")
    assert "https://" not in bundle
    assert bundle.count("http://") == bundle.count("http://www.w3.org/")


def test_exported_pages_do_not_carry_the_editor() -> None:
    page = explorer.scene(explorer.run("x = torch.arange(6)")).to_html()
    assert "EditorView" not in page
    assert len(page) < len(bundle_of("codemirror"))
