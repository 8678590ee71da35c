"""Recurrent layers and cells that are called with inputs and states that do not fit."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

_X = "x = torch.randn(6, 5, 4)\n"

INPUTS = [
    Lesson(
        "lstm = nn.LSTM(3, 4, batch_first=True)\nout, state = lstm(torch.ones(5))\n",
        "lstm(torch.ones(5))",
        (
            "lstm (LSTM(3, 4, batch_first=True)) takes (N, L, H_in) or (L, H_in).",
            "The input has shape (5,): 1 dimension.",
        ),
        (("lstm = nn.LSTM(1, 4, batch_first=True)", "out, state = lstm(torch.ones(5).view(1, -1, 1))"),),
    ),
    Lesson(
        "x = torch.arange(5.0)\nlstm = nn.LSTM(3, 4)\ny = lstm(x)\n",
        "lstm(x)",
        ("x has shape (5,): 1 dimension.",),
        (("lstm = nn.LSTM(1, 4)", "y = lstm(x.view(-1, 1, 1))"),),
    ),
    Lesson(
        "x = torch.arange(5.0)\nlstm = nn.LSTM(1, 4)\ny = lstm(x)\n",
        "lstm(x)",
        ("lstm (LSTM(1, 4)) takes (L, N, H_in) or (L, H_in). x has shape (5,)",),
        (("y = lstm(x.view(-1, 1, 1))",), ("y = lstm(x.unsqueeze(1))",)),
    ),
    Lesson(
        "x = torch.randn(4, 3, 5, 2)\ngru = nn.GRU(10, 6)\ny = gru(x)\n",
        "gru(x)",
        ("x has shape (4, 3, 5, 2): 4 dimensions.",),
        (("y = gru(x.flatten(2))",),),
    ),
    Lesson(
        "x = torch.randn(5, 4, 3)\ngru = nn.GRU(4, 6)\ny = gru(x)\n",
        "gru(x)",
        ("gru (GRU(4, 6)) expects 4 features for each time step", "x has shape (5, 4, 3), so it gets 3."),
        (("gru = nn.GRU(3, 6)",), ("y = gru(x.movedim(1, -1))",)),
    ),
    Lesson(
        "x = torch.randn(5, 2, 4)\ncell = nn.LSTMCell(4, 6)\nh, c = cell(x)\n",
        "cell(x)",
        ("cell (LSTMCell(4, 6)) takes (N, H_in) or (H_in,).", "A cell computes one time step"),
        (("h, c = cell(x[0])",),),
    ),
    Lesson(
        "ids = torch.tensor([3, 0, 2])\nlstm = nn.LSTM(5, 4)\ny = lstm(nn.functional.one_hot(ids))\n",
        "lstm(nn.functional.one_hot(ids))",
        ("takes floating-point numbers, 5 features for each time step. The input has shape (3, 4) and dtype int64",),
        (
            ("embedding = torch.nn.Embedding(2, 5)", "y = lstm(embedding(nn.functional.one_hot(ids)))"),
            ("y = lstm(torch.nn.functional.one_hot(nn.functional.one_hot(ids), 5).float())",),
        ),
    ),
    Lesson(
        "ids = torch.tensor([[1, 2], [3, 4]])\nlstm = nn.LSTM(2, 6)\ny = lstm(ids)\n",
        "lstm(ids)",
        ("ids has shape (2, 2) and dtype int64, from 1 to 4: numbers of words or symbols are no features yet.",),
        (("embedding = torch.nn.Embedding(5, 2)", "y = lstm(embedding(ids))"), ("y = lstm(ids.float())",)),
    ),
    Lesson(
        "x = torch.arange(5)\nrnn = nn.RNN(1, 4)\ny = rnn(x)\n",
        "rnn(x)",
        ("takes floating-point numbers, 1 feature for each time step. x has shape (5,) and dtype int64, from 0 to 4",),
        (("y = rnn(x.float().view(-1, 1, 1))",), ("embedding = torch.nn.Embedding(5, 1)", "y = rnn(embedding(x))")),
    ),
    Lesson(
        "x = torch.randn(0, 2, 4)\nlstm = nn.LSTM(4, 6)\ny = lstm(x)\n",
        "lstm(x)",
        ("x has shape (0, 2, 4): dimension 0 counts time steps, and there is none.",),
    ),
    Lesson(
        "x = torch.randn(2, 0, 4)\nlstm = nn.LSTM(4, 6, batch_first=True)\ny = lstm(x)\n",
        "lstm(x)",
        ("x has shape (2, 0, 4): dimension 1 counts time steps, and there is none.",),
    ),
    Lesson(
        "x = 'hello'\nlstm = nn.LSTM(4, 6)\ny = lstm(x)\n",
        "lstm(x)",
        ("lstm (LSTM(4, 6)) takes a tensor of numbers, (L, N, H_in) or (L, H_in). x is a str.",),
    ),
    Lesson(
        "x = [[1.0, 2.0]]\nlstm = nn.LSTM(2, 6)\ny = lstm(x)\n",
        "lstm(x)",
        ("x is a list.",),
        (("y = lstm(torch.tensor(x))",),),
    ),
    Lesson(
        "a = nn.LSTM(4, 6)\nb = nn.LSTM(6, 6)\ny = a(torch.ones(3, 2, 4))\nz = b(y)\n",
        "b(y)",
        ("y is a tuple.",),
        (("z = b(y[0])",),),
    ),
    Lesson(
        'lstm = nn.LSTM(4, 6, bidirectional="yes")\ny = lstm(torch.ones(3, 2, 4))\n',
        "lstm(torch.ones(3, 2, 4))",
        ("was made with bidirectional='yes'. It must be True or False.",),
        (("lstm = nn.LSTM(4, 6, bidirectional=True)",),),
    ),
]

STATES = [
    Lesson(
        _X + "lstm = nn.LSTM(4, 3, bidirectional=True)\nh, c = torch.zeros(5, 2, 3), torch.zeros(5, 2, 3)\n"
        "y = lstm(x, (h, c))\n",
        "lstm(x, (h, c))",
        (
            "h has shape (5, 2, 3). For lstm (LSTM(4, 3, bidirectional=True)) and this input it must have",
            "(D·num_layers, N, H_out) = (2, 5, 3). D·num_layers: 2 directions · 1 layer = 2;",
            "N: x has shape (6, 5, 4) and batch_first=False, so dimension 1 is the batch: 5;",
            "H_out: hidden_size = 3.",
            "c has shape (5, 2, 3) and must have (2, 5, 3).",
        ),
        (
            ("h, c = torch.zeros(2, 5, 3), torch.zeros(2, 5, 3)",),
            ("y = lstm(x, (h.transpose(0, 1), c.transpose(0, 1)))",),
        ),
    ),
    Lesson(
        "gru = nn.GRU(3, 4)\nh = torch.zeros(2, 2, 4)\nout, h = gru(torch.ones(5, 2, 3), h)\n",
        "gru(torch.ones(5, 2, 3), h)",
        ("h has shape (2, 2, 4).", "(D·num_layers, N, H_out) = (1, 2, 4)."),
        (("h = torch.zeros(1, 2, 4)",), ("out, h = gru(torch.ones(5, 2, 3))",)),
    ),
    Lesson(
        _X + "lstm = nn.LSTM(4, 3, proj_size=2)\nh_0 = torch.zeros(1, 5, 3)\nc_0 = torch.zeros(1, 5, 3)\n"
        "y = lstm(x, (h_0, c_0))\n",
        "lstm(x, (h_0, c_0))",
        ("H_out: proj_size = 2.",),
        (("h_0 = torch.zeros(1, 5, 2)",), ("y = lstm(x)",)),
    ),
    Lesson(
        _X + "lstm = nn.LSTM(4, 3, num_layers=2)\nh_0 = torch.zeros(2, 5, 3)\nc_0 = torch.zeros(2, 6, 3)\n"
        "y = lstm(x, (h_0, c_0))\n",
        "lstm(x, (h_0, c_0))",
        ("c_0 has shape (2, 6, 3).", "(D·num_layers, N, H_cell) = (2, 5, 3).", "1 direction · 2 layers = 2"),
        (("c_0 = torch.zeros(2, 5, 3)",), ("y = lstm(x)",)),
    ),
    Lesson(
        "x = torch.randn(5, 6, 4)\ngru = nn.GRU(4, 3, batch_first=True)\nh = torch.ones((1, 6, 3))\ny = gru(x, hx=h)\n",
        "gru(x, hx=h)",
        ("x has shape (5, 6, 4) and batch_first=True, so dimension 0 is the batch: 5",),
        (("h = torch.ones((1, 5, 3))",), ("y = gru(x)",)),
    ),
    Lesson(
        _X + "rnn = nn.RNN(4, 3)\nh = torch.tensor([0.0]).expand(5, 3)\ny = rnn(x, h)\n",
        "rnn(x, h)",
        ("h has shape (5, 3).", "= (1, 5, 3)."),
        (("y = rnn(x, h.unsqueeze(0))",), ("y = rnn(x)",)),
    ),
    Lesson(
        "x = torch.randn(6, 4)\nlstm = nn.LSTM(4, 3)\nh = torch.zeros(1, 1, 3)\ny = lstm(x, (h, h))\n",
        "lstm(x, (h, h))",
        ("it must have (D·num_layers, H_out) = (1, 3). D·num_layers: 1 direction · 1 layer = 1; H_out",),
        (("h = torch.zeros(1, 3)",), ("y = lstm(x, (h.squeeze(1), h.squeeze(1)))",)),
    ),
    Lesson(
        _X + "lstm = nn.LSTM(4, 3)\nh_0 = torch.zeros(1, 5, 3)\ny = lstm(x, h_0)\n",
        "lstm(x, h_0)",
        ("The state of lstm (LSTM(4, 3)) is a pair (h_0, c_0): hidden state and cell state. h_0 is a tensor.",),
        (("y = lstm(x, (h_0, torch.zeros_like(h_0)))",), ("y = lstm(x)",)),
    ),
    Lesson(
        _X + "gru = nn.GRU(4, 3)\nh = torch.zeros(1, 5, 3)\ny = gru(x, (h, h))\n",
        "gru(x, (h, h))",
        ("The state of gru (GRU(4, 3)) is one tensor, h_0: a GRU has no cell state. The state is a tuple.",),
        (("y = gru(x, h)",), ("y = gru(x)",)),
    ),
    Lesson(
        "x = torch.ones(5, 2, 4)\ncell = nn.LSTMCell(4, 6)\nstate = cell(x[0])\nstate = cell(x[1], state[0])\n",
        "cell(x[1], state[0])",
        ("The state of cell (LSTMCell(4, 6)) is a pair", "state[0] is a tensor."),
        (("state = cell(x[1], state)",), ("state = cell(x[1])",)),
    ),
    Lesson(
        "x = torch.ones(2, 4)\ncell = nn.GRUCell(4, 6)\nh = torch.zeros(6)\nh = cell(x, h)\n",
        "cell(x, h)",
        ("h has shape (6,). For cell (GRUCell(4, 6)) and this input it must have (N, H_out) = (2, 6).",),
        (("h = torch.zeros(2, 6)",), ("h = cell(x)",)),
    ),
    Lesson(
        "x = torch.ones(5, 2, 4)\ngru = nn.GRU(4, 6)\nh = torch.zeros(1, 2, 6).double()\ny = gru(x, h)\n",
        "gru(x, h)",
        ("The weights of gru (GRU(4, 6)) have dtype float32, and h has dtype float64.",),
        (("y = gru(x, h.float())",), ("y = gru(x)",)),
    ),
]


@pytest.mark.parametrize(
    "lesson",
    [*INPUTS, *STATES],
    ids=lambda lesson: " ".join(lesson.program.split()[-5:]),
)
def test_it_says_which_numbers_do_not_fit_and_offers_some_that_do(lesson: Lesson) -> None:
    check(lesson)


def test_the_sizes_of_a_state_stand_under_those_that_it_must_have() -> None:
    error = stopped(
        "import torch\nx = torch.randn(6, 5, 4)\nlstm = torch.nn.LSTM(4, 3, bidirectional=True)\n"
        "h_0 = c_0 = torch.zeros(5, 2, 3)\ny = lstm(x, (h_0, c_0))\n"
    )
    assert error.alignment.splitlines() == [
        "           D·num_layers  N  H_out",
        "must have             2  5      3",
        "h_0                   5  2      3",
        "           ^^^^^^^^^^^^  ^",
    ]
    assert [state.shape for state in error.operands] == [(6, 5, 4), (5, 2, 3), (5, 2, 3)]
    assert error.dimensions == ((1, 0), (1, 1), (2, 0), (2, 1))


def test_a_batch_too_many_is_marked_in_its_place() -> None:
    error = stopped("import torch\nrnn = torch.nn.RNN(3, 4)\nh = torch.zeros(1, 2, 4)\ny = rnn(torch.randn(5, 3), h)\n")
    assert error.alignment.splitlines() == [
        "           D·num_layers     H_out",
        "must have             1         4",
        "h                     1  2      4",
        "                         ^",
    ]


@pytest.mark.parametrize(("both", "first", "projected", "batched"), list(itertools.product((False, True), repeat=4)))
def test_the_shape_that_is_derived_is_the_one_that_torch_takes(
    both: bool, first: bool, projected: bool, batched: bool
) -> None:
    settings = {"num_layers": 2, "bidirectional": both, "batch_first": first, "proj_size": 3 * projected}
    sizes = (2, 5, 4) if batched else (5, 4)
    error = stopped(
        f"import torch\nlstm = torch.nn.LSTM(4, 7, **{settings})\nx = torch.ones{sizes}\n"
        "y = lstm(x, (torch.zeros(9, 9, 9), torch.zeros(9, 9, 9)))\n"
    )
    lstm = nn.LSTM(4, 7, 2, bidirectional=both, batch_first=first, proj_size=3 * projected)
    _, (h_n, c_n) = lstm(torch.ones(sizes))
    assert f"= {tuple(h_n.shape)}. " in error.message
    assert f"c_0 has shape (9, 9, 9) and must have {tuple(c_n.shape)}." in error.message


def test_a_layer_inside_of_a_class_is_explained_where_it_is_called() -> None:
    error = stopped(
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.rnn = nn.LSTM(4, 6)\n\n    def forward(self, x):\n"
        "        h = torch.zeros(1, 5, 6)\n        return self.rnn(x, (h, h))\n\n\ny = Net()(torch.ones(5, 2, 4))\n"
    )
    assert error.line == 12
    assert "h has shape (1, 5, 6). For rnn (LSTM(4, 6)) and this input it must have" in error.message
    assert error.fixes
