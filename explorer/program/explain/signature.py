"""Arguments that fit none of an operation's signatures."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.functions import torch_dtype
from explorer.program.explain.locate import call_at
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_arguments, did_you_mean
from explorer.program.explain.text import list_text
from explorer.trace.calls import FailedCall, tensors_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from explorer.program.explain.fault import Fault

_SIGNATURE = re.compile(r"^\s*\*?\s*\((.*)\)\s*$")


def explain_signature(case: Case) -> Explanation | None:
    """Explain arguments that fit none of an operation's signatures."""
    if not isinstance(case.call.error, TypeError):
        return None
    found = case.matches(r"received an invalid combination of arguments - got \((.*)\), but expected (?:one of)?:?")
    if found is None:
        return _one_argument(case)
    given = found[1].rstrip(", ")
    refused = f"{case.op} does not take ({given})." if given else f"{case.op} needs arguments."
    lines = case.said.splitlines()[1:]
    signatures = [match[1].strip() for line in lines if (match := _SIGNATURE.match(line))]
    inline = re.search(r"expected \((.*)\)", case.said)
    signatures = signatures or ([inline[1]] if inline else [])
    # what may only be given by name would make three lines of each
    short = dict.fromkeys(re.sub(r",?\s*\*,.*$", "", signature) for signature in signatures)
    shown = list_text([f"({signature})" for signature in short if signature][:3], "or")
    message = f"{refused} It takes {shown}." if shown else refused
    unknown = _unknown_keyword(case, signatures)
    hint = did_you_mean(close_arguments(unknown, _keywords(signatures))) if unknown else ""
    if not hint and "float" in given:
        hint = "Sizes and dimensions are whole numbers: `//` divides to one, `int(...)` converts."
    return Explanation(message, hint, case.fixes(lambda: _fitting(case, unknown, signatures)))


def _one_argument(case: Case) -> Explanation | None:
    found = case.matches(r"argument '(\w+)' (?:\(position \d+\) )?must be (.*?), not (.*)")
    if found is None:
        return None
    return Explanation(
        f"{case.op} wants {found[2]} as {found[1]}, and got {found[3].rstrip('.')}.",
        "Put the tensors into a list." if "of Tensors" in found[2] else "",
        case.fixes(lambda: _listed(case)) if "of Tensors" in found[2] else case.fixes(lambda: _whole(case)),
    )


def _listed(case: Case) -> Iterator[Candidate]:
    callee = case.site.part("callee")
    if callee is not None and not case.call.keywords:
        holes = [case.hole(i) for i in range(len(case.call.tensors))]
        yield Candidate(f"{callee.hole}([{', '.join(holes)}])")


def _keywords(signatures: Iterable[str]) -> list[str]:
    names = (re.findall(r"(\w+)(?: = [^,]*)?(?:,|$)", signature) for signature in signatures)
    return [name for group in names for name in group]


def _unknown_keyword(case: Case, signatures: list[str]) -> str:
    known = _keywords(signatures)
    written = case.site.template  # a library function calls others with names that are not in the text
    unknown = (name for name in case.call.keywords if name not in known)
    return next((name for name in unknown if not written or re.search(rf"\b{re.escape(name)}\s*=", written)), "")


def _fitting(case: Case, unknown: str, signatures: list[str]) -> Iterator[Candidate]:
    for name in close_arguments(unknown, _keywords(signatures)) if unknown else ():
        yield Candidate(re.sub(rf"\b{re.escape(unknown)}(\s*)=", rf"{name}\1=", case.site.template, count=1))
    yield from _whole(case)


def _whole(case: Case) -> Iterator[Candidate]:
    """Yield the call with its floats made whole."""
    changes = {}
    for part in case.site.parts:
        if isinstance(part.value, float) and part.value.is_integer():
            literal = part.text.replace(".", "").replace("-", "").isdigit()
            changes[part.hole] = str(int(part.value)) if literal else f"int({part.hole})"
    if changes:
        yield Candidate(case.site.changed(changes))


def rebuilt(fault: Fault) -> FailedCall:
    """Return the call that torch refused, as far as it can be told from the text and the names bound there.

    Without the values (an argument that is more than a name or a literal) it has no arguments, and no fix.
    """
    op, at = re.match(r"(\w+)\(\)", fault.said), fault.position
    span = (at.line, at.column, at.end_line, at.end_column)
    try:
        arguments, keywords = _values(fault.source, span, fault.names)
    except (LookupError, SyntaxError, ValueError):
        arguments, keywords = (), {}
    tensors = tuple(tensors_in([list(arguments), keywords]))
    return FailedCall(op[1] if op else "", arguments, keywords, tensors, fault.error, fault.source, span)


def _values(
    source: str, span: tuple[int, int, int, int], names: Mapping[str, object]
) -> tuple[tuple[object, ...], dict[str, object]]:
    node = call_at(source, span)
    arguments = [_value(argument, names) for argument in node.args]
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        owner = names[node.func.value.id]
        arguments = [owner, *arguments] if isinstance(owner, torch.Tensor) else arguments
    elif not isinstance(node.func, ast.Name):
        raise LookupError("the receiver is not a name")
    keywords = {key.arg: _value(key.value, names) for key in node.keywords if key.arg is not None}
    return tuple(arguments), keywords


def _value(node: ast.expr, names: Mapping[str, object]) -> object:
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        items = [_value(item, names) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and names[node.value.id] is torch:
        return torch_dtype(node.attr)
    return ast.literal_eval(node)
