"""Steps and sequences that a program's text says, against what torch makes of the same lines."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest
import torch

from explorer.program.builders.feeders import feeders
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.recurrent_calls import recurrent_call
from explorer.program.builders.sequence_sizes import SequenceSize, layer_size
from explorer.program.builders.sequences import SEQUENCES, TABLE, set_sequence
from explorer.program.builders.weights import read_program
from explorer.program.builders.written_shapes import shape_of
from explorer.ui.examples.example import Example
from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nimport numpy as np\n"


def value(source: str, expression: ast.expr) -> Any:
    """Return what torch says that an expression is after a program."""
    names: dict[str, Any] = {"data": np.ones((5, 2))}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return eval(ast.unparse(expression), names)  # noqa: S307


def assert_agrees(written: tuple[int | None, ...] | None, true: torch.Tensor) -> None:
    """Check that each size that the text says is that of the tensor."""
    if written is not None:
        assert len(written) == true.dim()
        assert all(size in (None, real) for size, real in zip(written, true.shape, strict=True))


SAID = [
    ("x = torch.randn(6, 2, 3)", (6, 2, 3)),
    ("x = torch.zeros((6, 2, 3), requires_grad=True)", (6, 2, 3)),
    ("T, I = 6, 3\nB = 2\nx = torch.randn(5, B, 4)", (5, 2, 4)),
    ("T, I = 6, 3\nx = torch.randn(T, 2, I)", (None, 2, None)),
    ("s = torch.ones(4, 5).shape\nx = torch.randn(s)", None),
    ("s = (4, 5)\nx = torch.randn(s)", None),
    ("s = (4, 5)\nx = torch.randn(*s, 2)", None),
    ("x = torch.sin(torch.arange(24) / 3).view(24, 1, 1) + 0.3 * torch.randn(24, 1, 1)", (24, 1, 1)),
    ("x = torch.arange(1, 9, 2)[:, None, None].float()", (4, 1, 1)),
    ("x = torch.arange(8).float().view(-1, 1, 1)", (None, 1, 1)),
    ("x = torch.tensor([[1, 2, 3], [4, 5, 6]]).float().T[..., None]", (3, 2, 1)),
    ("x = torch.tensor([1.0, -2.0]).unsqueeze(1).unsqueeze(1)", (2, 1, 1)),
    ("x = torch.randn(6, 2, 3).transpose(0, 1)", (2, 6, 3)),
    ("x = -torch.randn(6, 2, 3)[1:, 0]", (None, 3)),
    ("y = torch.randn(6, 2, 3)\nx = y * 2 + torch.ones(2, 1)", (6, 2, 3)),
    ("x = torch.randn(6, 2, 3)\nx = x[:3]", (None, 2, 3)),
    ("x = torch.randn(6, 2, 3)\nx.unsqueeze_(0)", None),
    ("x = torch.randn(6, 2, 3)\nif len(x) > 2:\n    x = x[:2]", None),
    ("x = torch.randn(6, 2, 3)\nfor _ in range(2):\n    x = x[1:]", None),
    ("x = torch.randn(6, 2, 3)\nx += 1", None),
    ("x = torch.randn(6, 2, 3) @ torch.randn(3, 4)", None),
    ("x = torch.stack([torch.ones(2), torch.ones(2)])", None),
    ("x, y = torch.randn(2, 6, 3)", None),
    ("x = F.relu(torch.randn(6, 2, 3))", (6, 2, 3)),
    ("x = torch.randn(6, 2, 3)[torch.tensor([0, 1])]", None),
]


@pytest.mark.parametrize(("lines", "shape"), SAID, ids=[lines.splitlines()[-1] for lines, _ in SAID])
def test_what_the_text_says_is_what_torch_makes(lines: str, shape: tuple[int | None, ...] | None) -> None:
    program = read_program(f"{HEAD}{lines}\nprint(x)\n")
    node = ast.parse("x", mode="eval").body
    found = shape_of(program, node, len(program.body) - 1)
    assert found == shape
    assert_agrees(found, value(f"{HEAD}{lines}\n", node))


@pytest.mark.parametrize("kind", SEQUENCES)
@pytest.mark.parametrize("batch_first", [False, True])
def test_all_that_the_page_writes_is_counted_right_or_not_at_all(kind: str, batch_first: bool) -> None:
    keyword = ", batch_first=True" if batch_first else ""
    start = f"{HEAD}x = torch.randn(5, 2, 4)\ngru = nn.GRU(4, 6{keyword})\noutput, h_n = gru(x)\n"
    source = set_sequence(start, "gru", kind)
    size = layer_size(read_program(source), "gru")
    sequence = value(source, ast.parse("x", mode="eval").body)
    steps, batch = sequence.shape[:2] if not batch_first else (sequence.shape[1], sequence.shape[0])
    assert (size.steps in (None, steps), size.batch in (None, batch)) == (True, True)
    if kind not in (TABLE, "characters", "words", "one-hot symbols", "sentences, packed"):
        assert size == SequenceSize("x", steps, batch)


@pytest.mark.parametrize("example", RECURRENT_EXAMPLES, ids=lambda example: example.title)
def test_the_pages_own_examples_are_counted_right_or_not_at_all(example: Example) -> None:
    program = read_program(example.source)
    layers = [chip for chip in program.chips if chip.role == "layer" and LAYERS[chip.name].is_recurrent and chip.path]
    for chip in layers:
        call = recurrent_call(program, chip.path)
        if call is None or call.loop is not None:
            continue
        lines = [ast.unparse(program.body[place]) for place in feeders(program, chip.path)]
        lines = [line for line in lines if "pack_padded_sequence" not in line]
        size = layer_size(program, chip.path)
        if size.batch is not None:
            sequence = ast.parse(size.name, mode="eval").body if size.name.isidentifier() else call.given
            true = value(HEAD + "\n".join(lines), sequence)
            sizes = (true.shape[1], true.shape[0]) if chip.fields.get("batch_first") == "True" else true.shape[:2]
            assert (size.steps in (None, sizes[0]), size.batch) == (True, sizes[1])
