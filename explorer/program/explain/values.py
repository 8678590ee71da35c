"""What a tensor holds: dtypes that an operation refuses, numbers out of tensors, gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, dtype_text, ordinal, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDS_FLOAT = (
    r"could not infer output dtype|only support floating point and complex"
    r"|Expected a floating point or complex"
    r"|not implemented for '(Long|Int|Short|Char|Byte|Bool)'|expected (scalar )?type .*floating"
)

_MIXED = r"to have the same dtype|expected scalar type \w+ but found|mixed dtype"
METHODS = {torch.float32: ".float()", torch.float64: ".double()", torch.float16: ".half()", torch.int64: ".long()"}
"""The method that converts to each of the common dtypes."""


def explain_needs_float(case: Case) -> Explanation | None:
    """Explain an operation that whole numbers or booleans do not have."""
    if not case.call.tensors or not case.matches(_NEEDS_FLOAT):
        return None
    if case.tensor.is_floating_point() or case.tensor.is_complex():
        return None
    because = {
        "mean": " A mean of whole numbers need not be one.",
        "std": " A standard deviation of whole numbers need not be one.",
        "var": " A variance of whole numbers need not be one.",
    }.get(case.op, "")
    return Explanation(
        f"{sentence(case.name())} has dtype {dtype_text(case.tensor)}; {case.op} works on floating-point tensors."
        f"{because}",
        "Convert first, with `.float()`.",
        case.fixes(lambda: iter([Candidate(case.site.changed({case.receiver: f"{case.receiver}.float()"}))])),
    )


def explain_mixed_dtypes(case: Case) -> Explanation | None:
    """Explain operands of different dtypes in an operation that converts none of them, such as `F.linear`."""
    tensors = case.call.tensors
    other = next((i for i, tensor in enumerate(tensors) if tensor.dtype != tensors[0].dtype), 0)
    if not other or not case.matches(_MIXED):
        return None
    names = (case.name(0, "the first tensor"), case.name(other, f"the {ordinal(other)} tensor"))
    common = torch.promote_types(tensors[0].dtype, tensors[other].dtype)

    def converted() -> Iterator[Candidate]:
        for index in sorted((0, other), key=lambda i: tensors[i].dtype == common):
            wanted = tensors[other - index].dtype
            if tensors[index].is_floating_point() and not wanted.is_floating_point:
                continue  # it would lose what is behind the point
            method = METHODS.get(wanted, f".to({wanted})")
            yield Candidate(case.site.changed({case.hole(index): f"{case.hole(index)}{method}"}))

    return Explanation(
        f"{sentence(names[0])} has dtype {dtype_text(tensors[0])} and {names[1]} has dtype "
        f"{dtype_text(tensors[other])}; {case.op} does not convert dtypes by itself, unlike + and *.",
        "Convert one of them, with `.float()` for instance.",
        case.fixes(converted),
    )


def explain_devices(case: Case) -> Explanation | None:
    """Explain operands on different devices."""
    devices = [str(tensor.device) for tensor in case.call.tensors]
    if len(set(devices)) < 2 or not case.matches(r"same device|on the expected device"):
        return None
    other = next(i for i, device in enumerate(devices) if device != devices[0])
    names = (case.name(0, "the first tensor"), case.name(other, f"the {ordinal(other)} tensor"))

    def moved() -> Iterator[Candidate]:
        # a meta tensor has no values to move
        if "meta" not in devices:
            hole = case.hole(other)
            yield Candidate(case.site.changed({hole: f"{hole}.to({case.receiver}.device)"}))

    return Explanation(
        f"{sentence(names[0])} is on {devices[0]} and {names[1]} is on {devices[other]}. An "
        "operation runs on one "
        "device, so its tensors must be there.",
        "Move one of them with `.to(device)`.",
        case.fixes(moved),
    )


def explain_bool_minus(case: Case) -> Explanation | None:
    """Explain a subtraction of booleans."""
    if not case.matches(r"Subtraction, the `-` operator"):
        return None
    masks = [i for i, tensor in enumerate(case.call.tensors) if tensor.dtype == torch.bool]

    def changes() -> Iterator[Candidate]:
        left = case.site.part("receiver")
        if left is not None and left.value == 1:
            yield Candidate(f"~{case.receiver}")
        for index in masks[:1]:
            hole = case.hole(index)
            yield Candidate(case.site.changed({hole: f"{hole}.int()"}))

    name = case.name(masks[0] if masks else 0, "a mask")
    return Explanation(
        f"{sentence(name)} has dtype bool, and torch does not subtract booleans.",
        "`~mask` is not, `a ^ b` is true where they differ; `.int()` makes 0 and 1 of them.",
        case.fixes(changes),
    )


def explain_requires_grad(case: Case) -> Explanation | None:
    """Explain gradients asked of whole numbers."""
    if not case.matches(r"[Oo]nly Tensors of floating point (and complex )?dtype can require gradients"):
        return None
    if case.call.tensors:
        said = f"{sentence(case.name())} has dtype {dtype_text(case.tensor)}."
    else:
        asked = case.call.keywords.get("dtype")
        dtype = str(asked).removeprefix("torch.") if asked is not None else "int64, since all its values are whole"
        said = f"The new tensor would have dtype {dtype}."
    return Explanation(
        f"{said} A gradient says what a small change does, and whole numbers do not change by a little: only "
        "floating-point (or complex) tensors can require gradients.",
        "Write 1.0 in place of 1, or give a dtype.",
        case.fixes(lambda: _floating(case)),
    )


def _floating(case: Case) -> Iterator[Candidate]:
    if case.call.tensors:
        yield Candidate(case.site.changed({case.receiver: f"{case.receiver}.float()"}))
        return
    given = case.site.part("key", "dtype")
    if given is not None:
        yield Candidate(case.site.changed({given.hole: "torch.float32"}), label="dtype=torch.float32")
        return
    inside = case.site.template.rstrip().removesuffix(")").rstrip().removesuffix(",")
    yield Candidate(f"{inside}, dtype=torch.float32)", label="dtype=torch.float32")


def explain_truth(case: Case) -> Explanation | None:
    """Explain a condition on a tensor of many (or no) elements."""
    if not case.matches(r"Boolean value of Tensor with (more than one|no) values?"):
        return None
    numel = case.tensor.numel()
    return Explanation(
        f"A condition needs one yes or no. {case.has_shape()}: {count_text(numel, 'element')}.",
        "Say what you mean: `.any()` (at least one is true) or `.all()`. Combine masks with `&` and `|`, not "
        "`and` and `or`.",
        case.fixes(lambda: _truths(case)) if numel else (),
    )


def _truths(case: Case) -> Iterator[Candidate]:
    part = case.site.part("receiver") or case.site.part("arg", 0)
    if part is not None:
        for ask in ("any", "all"):
            template = case.site.changed({part.hole: f"{part.hole}.{ask}()"})
            yield Candidate(template, label=f".{ask}()")


def explain_number(case: Case) -> Explanation | None:
    """Explain a number asked of a tensor of many elements."""
    if not case.call.tensors or not case.matches(
        r"elements? cannot be converted to Scalar|[Oo]nly one element tensors can be converted"
    ):
        return None
    if case.tensor.numel() == 1:
        return None
    called = f"{case.op}()" if case.op == "item" else f"{case.op}(…)"
    return Explanation(
        f"{called} gives one Python number. {case.has_shape()}: {count_text(case.tensor.numel(), 'element')}.",
        "Pick an element or reduce the tensor first; `.tolist()` gives all its numbers.",
        case.fixes(lambda: _numbers(case)) if case.tensor.numel() else (),
    )


def _numbers(case: Case) -> Iterator[Candidate]:
    receiver = case.receiver
    if case.op == "item":
        yield Candidate(f"{receiver}.tolist()")
    for reduce in ("sum", "mean"):
        yield Candidate(case.site.changed({receiver: f"{receiver}.{reduce}()"}))


def explain_numpy(case: Case) -> Explanation | None:
    """Explain `.numpy()` on a tensor of an autograd graph."""
    if not case.matches(r"Can't call numpy\(\) on Tensor that requires grad"):
        return None
    return Explanation(
        f"{sentence(case.name())} requires grad. A NumPy array cannot carry gradients, so autograd would lose track.",
        "detach() gives the same values outside the graph.",
        case.fixes(lambda: iter([Candidate(case.site.changed({case.receiver: f"{case.receiver}.detach()"}))])),
    )
