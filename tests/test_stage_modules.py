"""The standalone page concatenates the stage's modules: names must be unique and imports plain."""

import re
from collections import Counter
from pathlib import Path

STAGE = Path(__file__).parents[1] / "explorer" / "stage"
MODULES = sorted(STAGE.glob("*.js"))
DECLARATION = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class)\s+(\w+)", re.MULTILINE)
IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "\./((?:vendor/)?[\w-]+\.js)";$')


def test_top_level_names_are_unique() -> None:
    names = Counter(name for module in MODULES for name in DECLARATION.findall(module.read_text()))
    assert [name for name, count in names.items() if count > 1] == []


def test_imports_are_static_named_and_exist() -> None:
    for module in MODULES:
        for line in module.read_text().splitlines():
            if line.startswith("import "):
                found = IMPORT.match(line)
                assert found, f"{module.name}: {line}"
                assert (STAGE / found[1]).exists(), f"{module.name}: {line}"


def test_nothing_names_another_host() -> None:
    for module in MODULES:
        assert not re.search(r"https?://(?!www\.w3\.org)", module.read_text()), module.name


def test_only_components_have_a_default_export() -> None:
    defaults = {module.name for module in MODULES if "export default" in module.read_text()}
    assert defaults == {"stage.js", "chain.js"}


def test_modules_are_small() -> None:
    assert {module.name for module in MODULES if len(module.read_text().splitlines()) > 300} == set()
