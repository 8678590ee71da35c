"""States that an encoder returned, given to a layer with other directions or layers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

_X = "x, y = torch.ones(5, 1, 3), torch.ones(6, 1, 3)\n"
_BOTH = "which reads in both directions: 2 directions · 1 layer = 2."

LESSONS = [
    Lesson(
        f"{_X}enc = nn.LSTM(3, 4, bidirectional=True)\ndec = nn.LSTM(3, 4)\n_, s = enc(x)\nout, _ = dec(y, s)\n",
        "dec(y, s)",
        (f"The 2 rows of the state come from enc (LSTM(3, 4, bidirectional=True)), {_BOTH}",),
        (("dec = nn.LSTM(3, 4, bidirectional=True)",), ("out, _ = dec(y, (s[0][:1], s[1][:1]))",)),
    ),
    Lesson(
        f"{_X}enc = nn.GRU(3, 4, bidirectional=True)\ndec = nn.GRU(3, 4)\n_, h = enc(x)\nout, _ = dec(y, hx=h)\n",
        "dec(y, hx=h)",
        (f"come from enc (GRU(3, 4, bidirectional=True)), {_BOTH}",),
        (("dec = nn.GRU(3, 4, bidirectional=True)",), ("out, _ = dec(y, hx=h[:1])",)),
    ),
    # what reads the decoder's output has no room for two directions
    Lesson(
        f"{_X}enc = nn.RNN(3, 4, bidirectional=True)\ndec = nn.RNN(3, 4)\nhead = nn.Linear(4, 1)\n"
        "_, h = enc(x)\nout, _ = dec(y, h)\nz = head(out)\n",
        "dec(y, h)",
        (_BOTH,),
        (("out, _ = dec(y, h[:1])",), ("out, _ = dec(y)",)),
    ),
    Lesson(
        f"{_X}enc = nn.LSTM(3, 4, 2, bidirectional=True)\ndec = nn.LSTM(3, 4, 2)\n"
        "_, (h, c) = enc(x)\nout, _ = dec(y, (h, c))\n",
        "dec(y, (h, c))",
        ("The 4 rows of the state come from enc", "2 directions · 2 layers = 4."),
        (("dec = nn.LSTM(3, 4, 2, bidirectional=True)",), ("out, _ = dec(y, (h[::2], c[::2]))",)),
    ),
    Lesson(
        f"{_X}enc = nn.GRU(3, 4, bidirectional=True)\ndec = nn.GRU(3, 8)\n_, h = enc(x)\nout, _ = dec(y, h)\n",
        "dec(y, h)",
        (_BOTH,),
        (("out, _ = dec(y, torch.cat((h[::2], h[1::2]), -1))",), ("out, _ = dec(y)",)),
    ),
    Lesson(
        f"{_X}enc = nn.RNN(3, 4, bidirectional=True)\ncell = nn.RNNCell(3, 4)\nh = enc(x)[1]\nout = cell(y[0], h)\n",
        "cell(y[0], h)",
        (_BOTH,),
        (("out = cell(y[0], h[-2])",), ("out = cell(y[0])",)),
    ),
    Lesson(
        f"{_X}enc = nn.LSTM(3, 4, 2)\ndec = nn.LSTM(3, 4)\nout, _ = dec(y, enc(x)[1])\n",
        "dec(y, enc(x)[1])",
        ("The 2 rows of the state come from enc (LSTM(3, 4, num_layers=2)): 1 direction · 2 layers = 2.",),
        (("dec = nn.LSTM(3, 4, num_layers=2)",), ("out, _ = dec(y, tuple(part[-1:] for part in enc(x)[1]))",)),
    ),
    Lesson(
        f"""\
{_X}class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.GRU(3, 4, bidirectional=True)
        self.dec = nn.GRU(3, 4)
    def forward(self, x, y):
        _, h = self.enc(x)
        return self.dec(y, h)[0]
out = Translator()(x, y)
""",
        "self.dec(y, h)",
        (f"come from self.enc (GRU(3, 4, bidirectional=True)), {_BOTH}",),
        (
            ("        self.dec = nn.GRU(3, 4, bidirectional=True)",),
            ("        return self.dec(y, h[:1])[0]",),
        ),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=range(len(LESSONS)))
def test_a_state_of_an_encoder_is_explained(lesson: Lesson) -> None:
    check(lesson)


def test_what_to_try_speaks_of_the_encoder_and_not_of_batch_first() -> None:
    error = stopped(LESSONS[0].program)
    assert error.hint == (
        "Give dec the setting of enc, bidirectional=True, or hand over the rows of one direction. Without the state "
        "dec starts from zeros and knows nothing of what enc read."
    )


def test_batch_first_is_spoken_of_where_it_is_used() -> None:
    plain = "x = torch.ones(2, 5, 3)\nrnn = nn.RNN(3, 4{})\nout, _ = rnn(x, torch.ones(7, 1, 4))\n"
    assert "batch_first" not in stopped(plain.format("")).hint
    assert "with batch_first=True as well" in stopped(plain.format(", batch_first=True")).hint


@pytest.mark.parametrize("layers", [1, 2])
def test_the_rows_that_are_offered_are_those_of_the_forward_direction(layers: int) -> None:
    both = nn.GRU(3, 4, layers, bidirectional=True)
    one_layer = nn.GRU(3, 4)
    for name, value in both.state_dict().items():
        if name in one_layer.state_dict():
            one_layer.state_dict()[name].copy_(value)
    x = torch.randn(5, 1, 3)
    rows, wanted = both(x)[1], one_layer(x)[1]
    torch.testing.assert_close(rows[::2][:1], wanted)
