"""Errors that no torch kernel raised: names, attributes, list indices, and arguments that fit no signature."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, list_text, plain_words

_OTHER_NAMES = {
    "astype": "to",
    "copy": "clone",
    "concatenate": "cat",
    "concat": "cat",
    "append": "cat",
    "length": "numel",
    "len": "numel",
    "tonumpy": "numpy",
    "rehsape": "reshape",
    "dims": "dim",
    "rank": "dim",
    "power": "pow",
    "repeat_interleaved": "repeat_interleave",
    "product": "prod",
    "average": "mean",
    "median_": "median",
    "array": "tensor",
}
_SIGNATURE = re.compile(r"^\s*\*?\s*\((.*)\)\s*$")


def close_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known names that are close to `name`, best first."""
    names = sorted({one for one in known if not one.startswith("_")})
    lowered: dict[str, str] = {}
    for one in names:
        lowered.setdefault(one.lower(), one)
    found = difflib.get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.7)
    other = [_OTHER_NAMES[name]] if _OTHER_NAMES.get(name) in names else []
    return tuple(dict.fromkeys([*other, *(lowered[one] for one in found)]))[:3]


def _did_you_mean(names: tuple[str, ...]) -> str:
    return f"Did you mean {list_text([f'`{name}`' for name in names], 'or')}?" if names else ""


def explain_name_error(name: str, known: Iterable[str]) -> Explanation:
    """Explain a name that nothing is bound to.

    Args:
        name: The unknown name.
        known: All names that exist there: the program's own, modules, builtins.
    """
    hint = _did_you_mean(close_names(name, known))
    return Explanation(
        f"Nothing is called {name} here.",
        hint or f"Give {name} a value before this line.",
    )


def explain_attribute_error(name: str, owner: str, known: Iterable[str]) -> Explanation:
    """Explain an attribute that something does not have.

    Args:
        name: The unknown attribute.
        owner: What lacks it, in words: `a tensor`, `torch`.
        known: The attributes that it has and programs may use.
    """
    return Explanation(
        f"{owner[:1].upper() + owner[1:] if owner.startswith(('a ', 'an ', 'the ')) else owner} has no attribute {name}.",
        _did_you_mean(close_names(name, known)),
    )


def explain_list_index(length: int, index: int, kind: str = "list") -> Explanation:
    """Explain an index outside a Python list or tuple.

    Args:
        length: How many items it has.
        index: The index asked for.
        kind: `list` or `tuple`.
    """
    if length == 0:
        return Explanation(f"The {kind} is empty, so it has no item {index}.")
    return Explanation(
        f"The {kind} has {count_text(length, 'item')}, so its indices are 0 … {length - 1}, or -{length} … -1 from the "
        f"end. {index} is outside.",
        "The last item is [-1].",
    )


def explain_error(error: BaseException, known: Iterable[str] = ()) -> Explanation:
    """Explain an exception without a torch call: by its class, else in its own words.

    Args:
        error: What was raised.
        known: For a NameError the names, for an AttributeError the attributes that exist.
    """
    if isinstance(error, NameError) and error.name:
        return explain_name_error(error.name, known)
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        return explain_attribute_error(error.name, _owner(error.obj), known or dir(error.obj))
    if isinstance(error, ZeroDivisionError):
        return Explanation(
            "A number is divided by zero.", "Unlike tensors, Python numbers cannot hold infinity here."
        )
    return Explanation(plain_words(error))


def _owner(thing: object) -> str:
    if type(thing).__name__ == "module":
        return str(getattr(thing, "__name__", "the module"))
    kind = type(thing).__name__
    kind = "tensor" if kind in {"Tensor", "Parameter"} else kind
    return f"an {kind}" if kind[0] in "aeiouAEIOU" else f"a {kind}"


def explain_signature(case: Case) -> Explanation | None:
    """Explain arguments that fit none of an operation's signatures."""
    if not isinstance(case.call.error, TypeError):
        return None
    found = case.matches(
        r"received an invalid combination of arguments - got \((.*)\), but expected (?:one of)?:?"
    )
    if found is None:
        return _one_argument(case)
    given = found[1].rstrip(", ")
    lines = str(case.call.error).splitlines()[1:]
    signatures = [match[1].strip() for line in lines if (match := _SIGNATURE.match(line))]
    inline = re.search(r"expected \((.*)\)", str(case.call.error))
    signatures = signatures or ([inline[1]] if inline else [])
    shown = " or ".join(f"({signature})" for signature in dict.fromkeys(signatures[:3]))
    message = f"{case.op} does not take ({given})." + (f" It takes {shown}." if shown else "")
    unknown = _unknown_keyword(case, signatures)
    hint = _did_you_mean(close_names(unknown, _keywords(signatures))) if unknown else ""
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
    return next((name for name in case.call.keywords if name not in known), "")


def _fitting(case: Case, unknown: str, signatures: list[str]) -> Iterator[Candidate]:
    for name in close_names(unknown, _keywords(signatures)) if unknown else ():
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
