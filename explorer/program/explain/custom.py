"""Functions of autograd and hooks that the program writes itself, and what they must return."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.model import Explanation
from explorer.program.explain.text import article, count_text, list_text, ordinal
from explorer.trace.backward import reachable_nodes

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault


def explain_gradient_count(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a backward that returns too many or too few gradients."""
    name, expected, given = found[1], int(found[2]), int(found[3])
    forward, backward = _methods(fault, name)
    inputs = _inputs(forward)
    takes = f"{name}.forward takes {list_text(inputs)}" if inputs else f"{name} has {count_text(expected, 'input')}"
    line = f" (line {backward.lineno})" if backward is not None else ""
    needed = _needed(fault, name, expected)
    missing = [place for place in needed or () if place >= given]
    names = list_text([_input_name(inputs, place) for place in missing])
    lack = f" The gradient of {names} is missing: {names} require{'' if len(missing) > 1 else 's'} grad."
    return Explanation(
        f"{takes}, so its backward{line} must return {count_text(expected, 'gradient')}, one for each in that order; "
        f"it returned {given}.{lack if missing else ''}",
        f"Return the gradient of {names} too: None in its place would leave it without one."
        if missing
        else "Return None for an input that needs no gradient, such as a number.",
        fault.fixes(lambda: _counted(fault, backward, expected, given, needed)) if needed is not None else (),
    )


def _needed(fault: Fault, name: str, count: int) -> tuple[int, ...] | None:
    """Return which inputs of a custom function need a gradient; None where its node is not found."""
    root = fault.root
    nodes = reachable_nodes([root.grad_fn]) if root is not None and root.grad_fn is not None else []
    wanted = [getattr(node, "needs_input_grad", ()) for node in nodes if node.name() == f"{name}Backward"]
    wanted = [needs for needs in wanted if len(needs) == count]
    return tuple(place for place in range(count) if any(needs[place] for needs in wanted)) if wanted else None


def _input_name(inputs: list[str], place: int) -> str:
    return inputs[place] if place < len(inputs) else f"its {ordinal(place)} input"


def _methods(fault: Fault, name: str) -> tuple[ast.FunctionDef | None, ast.FunctionDef | None]:
    """Return the `forward` and `backward` of a class of the program."""
    for node in ast.walk(fault.text.tree):
        if isinstance(node, ast.ClassDef) and node.name == name:
            found = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
            return found.get("forward"), found.get("backward")
    return None, None


def _inputs(forward: ast.FunctionDef | None) -> list[str]:
    """Return the names of what `forward` takes besides ctx; none where it takes `*args`."""
    if forward is None or forward.args.vararg is not None:
        return []
    return [one.arg for one in forward.args.args[1:]]


def _counted(
    fault: Fault, backward: ast.FunctionDef | None, expected: int, given: int, needed: tuple[int, ...]
) -> Iterator[Change]:
    """Yield the program with None where gradients are too few, or without the None that is too many.

    Only inputs that need no gradient get None: for the others it would run, and leave them without one.
    """
    for node in ast.walk(backward) if backward is not None else ():
        value = node.value if isinstance(node, ast.Return) else None
        if value is None:
            continue
        items = value.elts if isinstance(value, ast.Tuple) else [value]
        if len(items) != given:
            continue
        texts = [fault.text.text(item) for item in items] + ["None"] * (expected - given)
        # one too many is left out only where it is None, such as one in front for ctx: which other one is too many?
        spare = len(texts) - expected
        kept = texts[spare:]
        if all(text == "None" for text in texts[:spare]) and all(kept[place] != "None" for place in needed):
            code = f"return {', '.join(kept)}"
            yield code, fault.text.replaced((fault.text.span(node), code))


def explain_gradient_shape(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a backward whose gradient has another shape than its input."""
    name, place = found[1], int(found[2])
    given, wanted = (_shape(text) for text in (found[3], found[4]))
    forward, backward = _methods(fault, name)
    inputs = _inputs(forward)
    what = _input_name(inputs, place)
    line = f" (line {backward.lineno})" if backward is not None else ""
    return Explanation(
        f"The backward of {name}{line} returned a gradient of shape {given} for {what}, which has shape {wanted}: each "
        "element of an input needs a number of its own.",
        "A gradient has the shape of what it belongs to; `expand` or `sum` until it has.",
    )


def _shape(text: str) -> str:
    numbers = re.findall(r"\d+", text)
    return f"({', '.join(numbers)}{',' if len(numbers) == 1 else ''})"


def explain_no_backward(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a custom function without a backward."""
    del found
    names = [
        node.name
        for node in ast.walk(fault.text.tree)
        if isinstance(node, ast.ClassDef)
        and any(fault.text.text(base).endswith("Function") for base in node.bases)
        and "backward" not in {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    ]
    what = names[0] if len(names) == 1 else "A function of the program's own"
    return Explanation(
        f"{what} has a forward and no backward: autograd does not look inside a custom function, so it cannot know the "
        "derivative.",
        "Write `@staticmethod def backward(ctx, g)`, which returns a gradient for each input of forward.",
    )


def explain_save(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain `save_for_backward` with something that is no tensor."""

    def changes() -> Iterator[Change]:
        for node in ast.walk(fault.text.tree):
            if isinstance(node, ast.Call) and fault.text.text(node.func).endswith("save_for_backward"):
                for argument in node.args:
                    if isinstance(argument, ast.List | ast.Tuple):
                        inside = ", ".join(fault.text.text(item) for item in argument.elts)
                        yield inside, fault.text.replaced((fault.text.span(argument), inside))

    return Explanation(
        f"save_for_backward takes tensors, one argument each, and argument {found[1]} is {article(found[2])}.",
        "Keep what is no tensor as an attribute: `ctx.scale = 2`.",
        fault.fixes(changes),
    )


def explain_hook_size(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a hook that returns a gradient of another shape."""
    del fault
    name = "A hook" if found[1] == "<lambda>" else f"The hook {found[1]}"
    return Explanation(
        f"{name} returned a gradient of another shape than the one it was given. What a hook returns takes the "
        "place of the gradient, so it must have its shape.",
        "Return a tensor shaped as the gradient, or None to leave it as it is.",
    )


def explain_hook_kind(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a hook that returns something else than a gradient."""
    del fault
    return Explanation(
        f"A hook returned {article(found[1])}. What a hook returns takes the place of the gradient, so it must be "
        "a tensor.",
        "Return a tensor shaped as the gradient, or None to leave it as it is.",
    )
