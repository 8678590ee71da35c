"""The app and the standalone page join the stage's modules: names must be unique and imports plain."""

import re
from collections import Counter
from pathlib import Path

from explorer.scene.modules import all_texts, bundles

STAGE = Path(__file__).parents[1] / "explorer" / "stage"
MODULES = sorted(STAGE.glob("*.js"))
DECLARATION = re.compile(r"^(?:export )?(?:async )?(?:function|const|let|class)\s+(\w+)", re.MULTILINE)
TOGETHER = re.compile(r"^(?:export )?(?:const|let)\s+[\[{]([^=]*?)[\]}]\s*=", re.MULTILINE)
IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "\./((?:vendor/)?[\w-]+\.js)";$')


def test_top_level_names_are_unique() -> None:
    texts = [module.read_text() for module in MODULES]
    several = (part for text in texts for parts in TOGETHER.findall(text) for part in re.findall(r"\w+", parts))
    names = Counter((*(name for text in texts for name in DECLARATION.findall(text)), *several))
    assert [name for name, count in names.items() if count > 1] == []


def test_imports_are_static_named_and_exist() -> None:
    for module in MODULES:
        for line in module.read_text().splitlines():
            if line.startswith("import "):
                found = IMPORT.match(line)
                assert found, f"{module.name}: {line}"
                assert (STAGE / found[1]).exists(), f"{module.name}: {line}"
                assert " as " not in line or found[1].startswith("vendor/"), f"{module.name}: {line}"


def test_nothing_names_another_host() -> None:
    for module in MODULES:
        assert not re.search(r"https?://(?!www\.w3\.org)", module.read_text()), module.name


def test_only_components_have_a_default_export() -> None:
    defaults = {module.name for module in MODULES if "export default" in module.read_text()}
    assert defaults == {"stage.js", "chain.js"}


def test_modules_are_small() -> None:
    assert {module.name for module in MODULES if len(module.read_text().splitlines()) > 300} == set()


def test_bundles_hold_each_module_once_and_import_what_others_export() -> None:
    files = bundles(all_texts(), ["stage.js", "chain.js"])
    headings = re.findall(r"^// ([\w-]+\.js)$", "\n".join(files.values()), re.MULTILINE)
    assert len(headings) == len(set(headings))
    assert set(files) | {"mount.js", "dom.js"} <= {*headings, *(file for file in files if "+" in file)}
    exported = {
        file: set(re.findall(r"^export .*?(\w+)(?: =| \{|\(| extends)", files[file], re.MULTILINE)) for file in files
    }
    for file, text in files.items():
        for names, target in re.findall(r'^import \{ (.+) \} from "\./([\w+-]+\.js)";$', text, re.MULTILINE):
            assert set(names.split(", ")) <= exported[target], f"{file}: {target}"
        for late in re.findall(r'\(\) => import\("\./([\w-]+\.js)"\)', text):
            assert late in files, f"{file}: {late}"


def test_what_several_late_modules_need_stands_in_one_file() -> None:
    texts = {
        "page.js": 'import { a } from "./a.js";\nconst late = [() => import("./one.js"), () => import("./two.js")];',
        "a.js": "export const a = 1;",
        "one.js": 'import { a } from "./a.js";\nimport { both } from "./both.js";\nexport const one = a + both;',
        "two.js": 'import { a } from "./a.js";\nimport { both } from "./both.js";\nexport const two = a - both;',
        "both.js": 'import { a } from "./a.js";\nexport const both = a;',
    }
    files = bundles(texts, ["page.js"])
    assert set(files) == {"page.js", "one.js", "two.js", "one+two.js"}
    assert files["page.js"].index("// a.js") < files["page.js"].index("// page.js")
    assert files["one.js"].splitlines()[:2] == [
        'import { both } from "./one+two.js";',
        'import { a } from "./page.js";',
    ]
