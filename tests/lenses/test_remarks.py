"""What frames say of an operation has the numbers that plain torch has."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.shapes.remarks import remark_of
from explorer.lenses.shapes.timeline import moments

START = "x = torch.arange(24.).view(2, 3, 4)\n"


def said(call: str, start: str = START) -> str:
    """Return what is said of the last step of a program; "" when nothing is."""
    trace = explorer.run(f"{start}y = {call}\n")
    assert trace.error is None, trace.error.message
    remark = remark_of(moments(trace)[-1], trace)
    return "" if remark is None else remark.what


CASES = {
    "x.permute(2, 0, 1)": "dimensions 2, 0, 1 of the input",
    "x.movedim(0, -1)": "dimensions 1, 2, 0 of the input",
    "x.swapaxes(0, 1)": "dimensions 1, 0, 2 of the input",
    "x.unflatten(2, (2, 2))": "Dimension 2 of size 4 is cut into 2 × 2.",
    "x.split(2, 1)": "Size 3 of dimension 1 is cut into 2 and 1. The last part",
    "x.chunk(2, -1)": "Size 4 of dimension 2 is cut into 2 and 2.",
    "x.unbind(1)": "Dimension 1 of size 3 is gone",
    "x.unfold(2, 3, 1)": "2 windows of 3 along dimension 2, each 1 further on",
    "x[0].diagonal()": "stride 5",
    "x.as_strided((2, 2), (1, 3), 5)": "place 5 + i · 1 + j · 3",
    "torch.hstack([x, x])": "dimension 1: 3 + 3 = 6",
    "torch.vstack([x, x])": "dimension 0: 2 + 2 = 4",
    "torch.stack([x, x, x], -1)": "Dimension 3 is new: index n there reads tensor n of 3.",
    "x.repeat_interleave(3)": "comes 3 times in a row",
    "x.repeat(2, 1, 2)": "stored 4 times",
    "x.rot90(3, (0, 1))": "270°",
    "F.pixel_shuffle(torch.rand(1, 8, 2, 2), 2)": "8 channels become 2",
    "F.pad(x, (1, 2))": "(2, 3, 4) grows to (2, 3, 7): 18 elements",
    "x.gather(1, torch.zeros(2, 1, 4, dtype=torch.long))": "[i, j, k] is read from place [i, index, k]",
    "x.index_select(2, torch.tensor([0, 0, 3]))": "picks 3 of 4 slices",
    "x.take(torch.tensor([5]))": "24 elements as if the input were flat",
    "x.masked_select(x > 20)": "The mask is True in 3 of 24 places.",
    "torch.where(x > 20, x, 0.)": "True in 3 of 24 places",
    "x.nonzero()": "23 elements of 24 are not zero; each row of the result is one index, with 3 numbers",
    "x @ x.mT": "Each of 18 elements is the sum of 4 products",
    "torch.einsum('bij,bkj->ik', x, x)": "`b` and `j` are missing on the right and summed: 8 terms",
    "x.sum(1)": "Dimension 1 of size 3 disappears: each of 8 elements is made from 3 elements.",
    "x.mean(-1, keepdim=True)": "Dimension 2 of size 4 stays with size 1",
    "x.amax((0, 2))": "each of 3 elements is made from 8 elements",
    "x.prod()": "All 24 elements go into one number.",
    "x.cumsum(0)": "along dimension 0",
    "x.sort(dim=1)": "Along dimension 1 the 3 elements",
    "x.topk(2, largest=False)": "the 2 smallest of 4 elements",
    "x.softmax(-1)": "Along dimension 2 each of 4 elements",
}


@pytest.mark.parametrize("call", CASES)
def test_a_remark_has_the_numbers_of_the_case(call: str) -> None:
    assert CASES[call] in said(call)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("x.scatter_(0, torch.tensor([[1, 0]]), torch.ones(1, 2))", "Each of 2 values is written"),
        ("x.scatter_add_(0, torch.tensor([[1, 0]]), torch.ones(1, 2))", "Each of 2 values is combined"),
        (
            "x.index_add_(1, torch.tensor([0, 0, 1]), torch.ones(2, 3))",
            "3 slices are added to the slices of dimension 1",
        ),
        ("x.resize_(3, 3)", "from 16 to 36 bytes; 20 of them were never written to"),
        ("x.resize_(1)", "keeps its 16 bytes; the tensor reads 1 of"),
    ],
)
def test_a_remark_on_a_write_has_the_numbers_of_the_case(call: str, expected: str) -> None:
    assert expected in said(call, "x = torch.arange(4.).view(2, 2)\n")


@settings(max_examples=60)
@given(st.permutations(range(3)), st.tuples(*[st.integers(2, 4)] * 3))
def test_dimensions_are_said_to_come_from_where_they_come_from(order: list[int], shape: tuple[int, ...]) -> None:
    text = said(f"x.permute({', '.join(map(str, order))})", f"x = torch.rand({', '.join(map(str, shape))})\n")
    x = torch.rand(shape)
    named = (
        [int(part.strip()) for part in text.partition("are dimensions ")[2].partition(" of")[0].split(",")]
        if text
        else []
    )
    if not text:
        assert order == [0, 1, 2]
        return
    y = x.permute(named)
    assert (y.shape, y.stride()) == (x.permute(order).shape, x.permute(order).stride())


@pytest.mark.parametrize("call", ["x.relu()", "x.view(-1)", "x.sum().sum()", "x.max(x)", "x.T", "x.numpy()"])
def test_where_there_is_nothing_to_say_nothing_is_said(call: str) -> None:
    assert said(call, "x = torch.rand(3)\n") == ""


@pytest.mark.parametrize(
    "call",
    ["x.sum(0)", "x.cumsum(0)", "x.softmax(0)", "x.sort()", "x.nonzero()", "x.chunk(2)", "x.unbind()", "x.flip(0)"],
)
@pytest.mark.parametrize("shape", ["0", "1", "0, 3", "1, 0"])
def test_empty_tensors_are_no_trouble(call: str, shape: str) -> None:
    scene = explorer.scene(explorer.run(f"x = torch.zeros({shape})\ny = {call}\n"))
    assert scene.frames
