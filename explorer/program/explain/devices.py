"""Devices that are not here: which was asked for, which there are, and the program on one of those."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING

from explorer.program.devices import accelerator_names, available_names, is_available
from explorer.program.explain.model import Explanation
from explorer.program.explain.source import SourceText
from explorer.program.explain.text import list_text, words_of
from explorer.trace.model import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorer.program.explain.case import Case
    from explorer.program.explain.source import Span

# What torch says, by what it lacks. A group is the kind of device, or the whole name where torch repeats it.
_NOT_BUILT = re.compile(
    r"Torch not compiled with (\w+) enabled|not linked with support for (\w+) devices"
    r"|No module named 'torch\.(hpu|mtia|maia|ipu|privateuseone)'|Cannot get (\w+) generator without"
)
_UNKNOWN_NAME = re.compile(r"device type at start of device string: (\S+)|Invalid device string: '([^']*)'")
_NONE_HERE = re.compile(
    r"Found no NVIDIA driver|No (?:CUDA|HIP) GPUs are available|No XPU devices are available"
    r"|no CUDA-capable device is detected|accelerator device when none is available"
)
_NO_SUCH_NUMBER = re.compile(
    r"invalid device ordinal|[Dd]evice index (?:is )?out of range|device_count\(\) - 1|Invalid device id"
    r"|[Ii]nvalid device (?:index|argument)"
)
_KINDS = re.compile(r"(cuda|mps|xpu|hip|xla|hpu|ipu|mtia|vulkan)(:\d+)?")
_MOVERS = frozenset({"cuda", "xpu", "mps", "hpu", "ipu"})


def explain_missing_device(case: Case) -> Explanation | None:
    """Explain a torch call that asked for a device that is not here."""
    return missing_device(case.call.error, case.call.source)


def missing_device(error: BaseException, source: str) -> Explanation | None:
    """Explain any exception that says that a device is not here; None for all others.

    Args:
        error: What torch raised.
        source: The program's text; a fix replaces every device in it that is not here.
    """
    words = words_of(error)
    reason = _reason(words)
    if reason is None:
        return None
    text = SourceText(source)
    named = _named_by_torch(words)
    asked = tuple(_asked(text, named))
    wanted = named or next((name for name, _ in asked), "")
    return Explanation(
        f"There is no device {wanted or 'of that number'} here{reason}."
        f" A program can use {list_text(available_names())} here.",
        'Ask before: device = "cuda" if torch.cuda.is_available() else "cpu".',
        _fixes(text, [change for _, change in asked]),
    )


def _reason(words: str) -> str | None:
    """Return why the device is missing, as the end of a sentence; None when the error is about something else."""
    if _NOT_BUILT.search(words):
        return ": this torch was built without it"
    if _UNKNOWN_NAME.search(words):
        return ": torch knows no device of that name"
    if _NONE_HERE.search(words):
        return ": no accelerator was found"
    if _NO_SUCH_NUMBER.search(words):
        count = len(accelerator_names())
        return f": accelerators are counted from 0, and there {'is' if count == 1 else 'are'} {count}"
    return None


def _named_by_torch(words: str) -> str:
    """Return the device that torch's message repeats; "" where it only names a kind, or none."""
    found = _UNKNOWN_NAME.search(words)
    return next(filter(None, found.groups()), "") if found else ""


def _asked(text: SourceText, named: str) -> Iterator[tuple[str, tuple[Span, str]]]:
    """Yield each device in the text that is not here, with the change that takes the CPU instead."""
    for node in ast.walk(text.tree):
        if _is_guarded(node, text):
            continue
        if isinstance(node, ast.Constant) and _is_missing(node.value, named):
            quote = "'" if text.text(node).endswith("'") else '"'
            yield str(node.value), (text.span(node), f"{quote}cpu{quote}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MOVERS:
            number = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            name = f"{node.func.attr}:{number}" if isinstance(number, int) else node.func.attr
            if not is_available(name):
                start = text.span(node.func.value)[1]
                yield name, ((start, text.span(node)[1]), ".cpu()")


def _is_missing(value: object, named: str) -> bool:
    """Tell whether a constant of the program is the name of a device that is not here."""
    if not isinstance(value, str) or not value:
        return False
    return value == named or (_KINDS.fullmatch(value) is not None and not is_available(value))


def _is_guarded(node: ast.AST, text: SourceText) -> bool:
    """Tell whether the device is asked for only where the program found it: `… if …is_available() else …`."""
    around: ast.AST | None = node
    while around is not None:
        if isinstance(around, ast.IfExp | ast.If) and "is_available" in text.text(around.test):
            return True
        around = text.parents.get(around)
    return False


def _fixes(text: SourceText, changes: list[tuple[Span, str]]) -> tuple[Fix, ...]:
    # the innermost of changes inside each other would be lost: `x.cuda().cuda()` is left to the writer
    if not changes or _overlap([span for span, _ in changes]):
        return ()
    return (Fix("run it on the cpu", text.replaced(*changes)),)


def _overlap(spans: list[Span]) -> bool:
    ordered = sorted(spans)
    return any(first[1] > second[0] for first, second in itertools.pairwise(ordered))
