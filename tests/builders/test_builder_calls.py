"""What the builders write, against the same calls made by hand on generated tensors and fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - as everybody calls it
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders.operations import OPERATIONS

Tensor = torch.Tensor
Fields = dict[str, str]


def listed(values: tuple[int, ...]) -> str:
    return ", ".join(map(str, values)) or "()"


@st.composite
def tensors(draw: st.DrawFn, least: int = 1, most: int = 4, smallest: int = 1) -> Tensor:
    """A tensor of float64, or a view of one whose elements lie in another order."""
    shape = tuple(draw(st.lists(st.integers(smallest, 4), min_size=least, max_size=most)))
    flat = torch.randperm(torch.Size(shape).numel(), generator=torch.Generator().manual_seed(draw(st.integers(0, 9))))
    x = flat.double().view(shape) - 3
    return x.mT if len(shape) > 1 and draw(st.booleans()) else x


def written(name: str, x: Tensor, fields: Fields, **others: Any) -> Any:
    """Run what the builder writes for these fields."""
    text = OPERATIONS[name].render("x", fields)
    return eval(text, {"torch": torch, "F": F, "x": x, **others})  # noqa: S307 - what the builders wrote


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, torch.Tensor):
        return bool(found.shape == wanted.shape and found.dtype == wanted.dtype and found.equal(wanted))
    return len(found) == len(wanted) and all(map(same, found, wanted))


def dims_of(draw: st.DrawFn, x: Tensor) -> tuple[int, ...]:
    chosen = draw(st.lists(st.integers(0, x.dim() - 1), unique=True, max_size=x.dim()))
    return tuple(dim - x.dim() if draw(st.booleans()) else dim for dim in chosen)


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "all", "any", "std", "var"])
@given(x=tensors(smallest=2), data=st.data())
@settings(max_examples=25)
def test_reductions_along_several_dimensions(name: str, x: Tensor, data: st.DataObject) -> None:
    dims, keep = data.draw(st.composite(dims_of)(x)), data.draw(st.booleans())
    fields = {"dim": listed(dims) if dims else "", "keepdim": str(keep)}
    keywords: dict[str, Any] = {"dim": dims, "keepdim": keep} if dims else {}
    if name in ("std", "var"):
        fields["correction"] = str(data.draw(st.integers(0, 1)))
        keywords["correction"] = int(fields["correction"])
    if not dims:
        fields["keepdim"] = "False"
    assert same(written(name, x, fields), getattr(torch, name)(x, **keywords))


@pytest.mark.parametrize("name", ["prod", "max", "min", "argmax", "argmin"])
@given(x=tensors(), data=st.data())
@settings(max_examples=25)
def test_reductions_along_one_dimension(name: str, x: Tensor, data: st.DataObject) -> None:
    dim, keep = data.draw(st.integers(-x.dim(), x.dim() - 1)), data.draw(st.booleans())
    fields = {"dim": str(dim), "keepdim": str(keep)}
    found = written(name, x, fields)
    assert same(found, getattr(torch, name)(x, dim=dim, keepdim=keep))
    assert same(written(name, x, {"dim": ""}), getattr(torch, name)(x))
    assert len(OPERATIONS[name].results(fields)) == (2 if isinstance(found, tuple) else 0)
    assert OPERATIONS[name].results({"dim": ""}) == ()


ALONG: dict[str, Callable[[Tensor, int], Any]] = {
    "softmax": torch.softmax,
    "cumsum": torch.cumsum,
    "cumprod": torch.cumprod,
    "logsumexp": torch.logsumexp,
    "sort": torch.sort,
    "unbind": torch.unbind,
    "topk": lambda x, dim: torch.topk(x, min(2, x.shape[dim]), dim),
    "split": lambda x, dim: torch.split(x, 2, dim),
    "chunk": lambda x, dim: torch.chunk(x, 2, dim),
    "repeat_interleave": lambda x, dim: torch.repeat_interleave(x, 2, dim),
    "index_select": lambda x, dim: torch.index_select(x, dim, torch.tensor([0, 0])),
    "take_along_dim": lambda x, dim: torch.take_along_dim(x, x.argsort(dim), dim),
    "gather": lambda x, dim: torch.gather(x, dim, torch.zeros_like(x, dtype=torch.int64)),
    "scatter": lambda x, dim: torch.scatter(x, dim, torch.zeros_like(x, dtype=torch.int64), 5),
    "scatter_add": lambda x, dim: torch.scatter_add(x, dim, torch.zeros_like(x, dtype=torch.int64), x * 2),
    "index_add": lambda x, dim: torch.index_add(x, dim, torch.tensor([0]), x.narrow(dim, 0, 1)),
}
FILLED: dict[str, Callable[[Tensor, int], Fields]] = {
    "topk": lambda x, dim: {"k": str(min(2, x.shape[dim]))},
    "repeat_interleave": lambda *_: {"repeats": "2"},
    "index_select": lambda *_: {"index": "torch.tensor([0, 0])"},
    "take_along_dim": lambda _, dim: {"indices": f"x.argsort({dim})"},
    "gather": lambda *_: {"index": "torch.zeros_like(x, dtype=torch.int64)"},
    "scatter": lambda *_: {"index": "torch.zeros_like(x, dtype=torch.int64)", "src": "5"},
    "scatter_add": lambda *_: {"index": "torch.zeros_like(x, dtype=torch.int64)", "src": "x * 2"},
    "index_add": lambda _, dim: {"index": "torch.tensor([0])", "source": f"x.narrow({dim}, 0, 1)"},
}


@pytest.mark.parametrize("name", ALONG)
@given(x=tensors(), data=st.data())
@settings(max_examples=25)
def test_calls_along_a_dimension(name: str, x: Tensor, data: st.DataObject) -> None:
    dim = data.draw(st.integers(-x.dim(), x.dim() - 1))
    fields = {"dim": str(dim)} | (FILLED[name](x, dim) if name in FILLED else {})
    assert same(written(name, x, fields), ALONG[name](x, dim))


@given(
    x=tensors(most=2),
    number=st.integers(-3, 3).filter(bool),
    sign=st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]),
)
@settings(max_examples=60)
def test_operators(x: Tensor, number: int, sign: str) -> None:
    by_hand: dict[str, Callable[..., Tensor]] = {
        "+": x.add, "-": x.sub, "*": x.mul, "/": x.div, "%": x.remainder, "**": x.pow,
        "//": lambda other: x.div(other, rounding_mode="floor"),
    }  # fmt: skip
    for other in (str(number), "x.flip(0)", "x - 1"):
        found = written("elementwise", x, {"operator": sign, "other": other})
        wanted = by_hand[sign](eval(other, {"x": x}))  # noqa: S307
        assert found.equal(wanted) or found.isnan().equal(wanted.isnan())


@given(x=tensors(most=2), sign=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
def test_comparisons(x: Tensor, sign: str) -> None:
    by_hand = {"==": x.eq, "!=": x.ne, "<": x.lt, "<=": x.le, ">": x.gt, ">=": x.ge}
    assert written("elementwise", x, {"operator": sign, "other": "x.flip(0)"}).equal(by_hand[sign](x.flip(0)))


@given(x=tensors(least=2, most=2))
def test_products(x: Tensor) -> None:
    flat = x.flatten()
    assert written("mm", x, {"mat2": "x.t()"}).equal(torch.mm(x, x.t()))
    assert written("@", x, {"other": "x.t()"}).equal(torch.matmul(x, x.t()))
    assert written("matmul", x, {"other": "x.t()"}).equal(torch.matmul(x, x.t()))
    assert written("mv", x, {"vec": "x[0]"}).equal(torch.mv(x, x[0]))
    assert written("dot", flat, {"tensor": "x"}).equal(torch.dot(flat, flat))
    assert written("outer", flat, {"vec2": "x"}).equal(torch.outer(flat, flat))
    assert written("bmm", x[None], {"mat2": "x.mT"}).equal(torch.bmm(x[None], x[None].mT))
    fields = {"equation": "ij,kj->ik", "tensors": "x, x"}
    assert written("einsum", x, fields).equal(torch.einsum("ij,kj->ik", x, x))


@given(x=tensors())
def test_choices_by_condition(x: Tensor) -> None:
    mask = x > 0
    assert written("where", x, {"condition": "mask", "other": "-x"}, mask=mask).equal(torch.where(mask, x, -x))
    assert written("masked_select", x, {"mask": "mask"}, mask=mask).equal(torch.masked_select(x, mask))
    assert written("nonzero", x, {}).equal(torch.nonzero(x))
    assert written("take", x, {"index": "torch.tensor([0, -1])"}).equal(torch.take(x, torch.tensor([0, -1])))


@given(x=tensors(least=2), pad=st.lists(st.integers(0, 2), min_size=2, max_size=2))
def test_padding_turning_and_numpy(x: Tensor, pad: list[int]) -> None:
    assert written("pad", x, {"pad": listed(tuple(pad)), "value": "7"}).equal(F.pad(x, pad, value=7))
    assert written("rot90", x, {"k": "1", "dims": "0, 1"}).equal(torch.rot90(x, 1, (0, 1)))
    axes = tuple(range(x.dim()))[::-1]
    transposed = written("numpy_transpose", x, {"axes": listed(axes)})
    assert transposed.equal(x.permute(axes))
    assert transposed.data_ptr() == x.data_ptr()


@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
@given(x=tensors())
@settings(max_examples=15)
def test_writing(sign: str, x: Tensor) -> None:
    update = OPERATIONS["update"].render("y", {"operator": f"{sign}=", "value": "2"})
    assign = OPERATIONS["assign"].render("y", {"index": "0", "value": "9"})
    names = {"y": x.clone()}
    exec(f"z = y.flatten()[:0]\n{update}\n{assign}", names)  # noqa: S102 - what the builders wrote
    by_hand: dict[str, Callable[..., Tensor]] = {"+": x.add, "-": x.sub, "*": x.mul, "/": x.div}
    wanted = by_hand[sign](2)
    wanted[0] = 9
    assert names["y"].equal(wanted)
