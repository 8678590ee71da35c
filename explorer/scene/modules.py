"""The stage's modules: which needs which, and as few files as a page needs.

Top-level names are unique over the modules and an import is one line of names (a test guards both), so that modules
can stand one after another in one file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

STAGE = Path(__file__).parents[1] / "stage"
IMPORT = re.compile(r"""^import\s*\{([^}]*)\}\s*from\s*["']\./([\w.-]+)["'];?[ \t]*$""", re.MULTILINE)
LIBRARY = re.compile(r"""^import\s*\{([^}]*)\}\s*from\s*["']\./(vendor/[\w.-]+)["'];?[ \t]*$""", re.MULTILINE)
_LATE = re.compile(r"""\(\) => import\(["']\./([\w.-]+)["']\)""")


def text_of(name: str) -> str:
    """Return the text of a module."""
    return (STAGE / name).read_text(encoding="utf-8")


def in_order(texts: Mapping[str, str], entries: Iterable[str]) -> list[str]:
    """Return the names of `entries` and of all that they import, each after what it needs."""
    order: dict[str, None] = {}
    begun: set[str] = set()

    def add(name: str) -> None:
        if name in begun:
            return
        begun.add(name)  # against a circle of imports
        for _, needed in IMPORT.findall(texts[name]):
            add(needed)
        order[name] = None

    for entry in entries:
        add(entry)
    return list(order)


def all_texts() -> dict[str, str]:
    """Return the texts of all modules by name, without the libraries."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(STAGE.glob("*.js"))}


def bundles(texts: Mapping[str, str], entries: Sequence[str]) -> dict[str, str]:
    """Join modules into a file for each way to be needed.

    Args:
        texts: Of the modules.
        entries: What a page loads; the first also holds what others share with it.

    Returns:
        Texts of modules by file name. The entries keep their names, as do modules that are fetched late
        (`() => import("./name.js")`); what only several of those need stands in a file named after them. Libraries
        stay files of their own.
    """
    homes = _homes(texts, entries)
    files: dict[str, list[str]] = defaultdict(list)
    for name in in_order(texts, homes):
        files[homes[name]].append(name)
    return {file: _joined(texts, names, homes) for file, names in files.items()}


def _homes(texts: Mapping[str, str], entries: Sequence[str]) -> dict[str, str]:
    """Return the file of each module that is needed."""
    first, *others = entries
    shared = in_order(texts, [first])
    reached = {entry: set(in_order(texts, [entry])) - set(shared) for entry in [*others, *_late(texts, entries)]}
    needing: dict[str, list[str]] = defaultdict(list)
    for entry, names in sorted(reached.items()):
        for name in names:
            needing[name].append(entry)
    between = {name: "+".join(entry.removesuffix(".js") for entry in found) + ".js" for name, found in needing.items()}
    return dict.fromkeys(shared, first) | between | {entry: entry for entry in reached}


def _late(texts: Mapping[str, str], entries: Iterable[str]) -> list[str]:
    """Return the modules that are fetched late, by the entries or by one another."""
    found: list[str] = []
    waiting = list(entries)
    while waiting:
        for name in in_order(texts, [waiting.pop()]):
            new = [late for late in _LATE.findall(texts[name]) if late not in found]
            found += new
            waiting += new
    return found


def _joined(texts: Mapping[str, str], names: Sequence[str], homes: Mapping[str, str]) -> str:
    """Return modules as one, which imports from other files what it needs of them."""
    wanted: dict[str, dict[str, None]] = defaultdict(dict)
    for name in names:
        for imported, needed in IMPORT.findall(texts[name]):
            if homes[needed] != homes[name]:
                wanted[homes[needed]].update(dict.fromkeys(_listed(imported)))
        for imported, library in LIBRARY.findall(texts[name]):
            wanted[library].update(dict.fromkeys(_listed(imported)))
    imports = [f'import {{ {", ".join(wanted[file])} }} from "./{file}";\n' for file in sorted(wanted)]
    bodies = [f"// {name}\n{LIBRARY.sub('', IMPORT.sub('', texts[name])).strip()}\n" for name in names]
    return "".join(imports) + "\n".join(bodies)


def _listed(imported: str) -> list[str]:
    return [name.strip() for name in imported.split(",") if name.strip()]
