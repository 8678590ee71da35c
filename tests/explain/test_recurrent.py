"""Recurrent layers, cells and packed batches, made or called with what does not fit, and their results misread."""

from __future__ import annotations

import itertools
import re
import time

import pytest
import torch
from torch import nn

from explorer.program import run
from explorer.trace.model import ProgramError
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

SETTINGS = [
    Lesson(
        "lstm = nn.LSTM(4, 6, dropout=1.5)\n",
        "nn.LSTM(4, 6, dropout=1.5)",
        ("LSTM gets dropout=1.5. It is the probability", "from 0 to 1."),
        (("lstm = nn.LSTM(4, 6, dropout=0.5)",), ("lstm = nn.LSTM(4, 6, dropout=0.0)",)),
    ),
    Lesson(
        "lstm = nn.LSTM(4, 6, 2, dropout=20)\n",
        "nn.LSTM(4, 6, 2, dropout=20)",
        ("LSTM gets dropout=20.",),
        (("lstm = nn.LSTM(4, 6, 2, dropout=0.2)",), ("lstm = nn.LSTM(4, 6, 2, dropout=0.0)",)),
    ),
    Lesson(
        'gru = nn.GRU(4, 6, dropout="a")\n',
        'nn.GRU(4, 6, dropout="a")',
        ("GRU gets dropout='a'.",),
        (("gru = nn.GRU(4, 6, dropout=0.5)",), ("gru = nn.GRU(4, 6, dropout=0.0)",)),
    ),
    Lesson(
        "lstm = nn.LSTM(4, 6, proj_size=6)\n",
        "nn.LSTM(4, 6, proj_size=6)",
        ("LSTM gets proj_size=6 and hidden_size=6.", "proj_size is from 1 to 5, or 0 for no projection."),
        (("lstm = nn.LSTM(4, 6, proj_size=3)",), ("lstm = nn.LSTM(4, 6, proj_size=0)",)),
    ),
    Lesson(
        "gru = nn.GRU(4, 6, proj_size=2)\n",
        "nn.GRU(4, 6, proj_size=2)",
        ("GRU gets proj_size=2. Only an LSTM can make its h shorter than its cell state",),
        (("gru = nn.GRU(4, 6)",),),
    ),
    Lesson(
        "lstm = nn.LSTM(4, 0)\n",
        "nn.LSTM(4, 0)",
        ("LSTM gets hidden_size=0. It must be a whole number from 1 on.",),
        (("lstm = nn.LSTM(4, 1)",),),
    ),
    Lesson(
        "rnn = nn.RNN(-2, 3)\n",
        "nn.RNN(-2, 3)",
        ("RNN gets input_size=-2.",),
        (("rnn = nn.RNN(2, 3)",),),
    ),
    Lesson(
        "gru = nn.GRU(4, 6.0)\n",
        "nn.GRU(4, 6.0)",
        ("GRU gets hidden_size=6.0.",),
        (("gru = nn.GRU(4, 6)",),),
    ),
    Lesson(
        "rnn = nn.RNN(4, 6, 0)\n",
        "nn.RNN(4, 6, 0)",
        ("RNN gets num_layers=0.",),
        (("rnn = nn.RNN(4, 6, 1)",),),
    ),
    Lesson(
        'rnn = nn.RNN(4, 6, 1, "sigmoid")\n',
        'nn.RNN(4, 6, 1, "sigmoid")',
        ("RNN gets nonlinearity='sigmoid'. It must be 'tanh' or 'relu'.",),
        (('rnn = nn.RNN(4, 6, 1, "tanh")',), ('rnn = nn.RNN(4, 6, 1, "relu")',)),
    ),
    Lesson(
        "lstm = nn.LSTM(4)\n",
        "nn.LSTM(4)",
        ("nn.LSTM is missing the argument hidden_size. It takes nn.LSTM(input_size, hidden_size, num_layers=1,",),
    ),
    Lesson(
        'lstm = nn.LSTM(4, 6, nonlinearity="relu")\n',
        'nn.LSTM(4, 6, nonlinearity="relu")',
        ("nn.LSTM has no argument called nonlinearity. It takes nn.LSTM(input_size, hidden_size,",),
        (("lstm = nn.LSTM(4, 6)",),),
    ),
]

_PACK = "nn.utils.rnn.pack_padded_sequence"

PACKING = [
    Lesson(
        f"x = torch.randn(5, 2, 4)\nlengths = torch.tensor([5, 0])\np = {_PACK}(x, lengths)\n",
        f"{_PACK}(x, lengths)",
        ("The lengths are 5 and 0; number 1 (counted from 0) has none.",),
        ((f"p = {_PACK}(x, lengths.clamp(min=1))",),),
    ),
    Lesson(
        f"x = torch.randn(5, 2, 4)\np = {_PACK}(x, [3, 5])\n",
        f"{_PACK}(x, [3, 5])",
        ("The lengths are 3 and 5: they do not fall.",),
        ((f"p = {_PACK}(x, [3, 5], enforce_sorted=False)",),),
    ),
    Lesson(
        f"x = torch.randn(3, 5, 4)\np = {_PACK}(x, [5, 4, 1])\n",
        f"{_PACK}(x, [5, 4, 1])",
        (
            "The batch has shape (3, 5, 4), with batch_first=False: dimension 1 counts 5 sequences.",
            "There are 3 lengths.",
        ),
        ((f"p = {_PACK}(x, [5, 4, 1], batch_first=True)",),),
    ),
    Lesson(
        f"x = torch.randn(5, 2, 4)\np = {_PACK}(x, torch.tensor([[5], [3]]))\n",
        f"{_PACK}(x, torch.tensor([[5], [3]]))",
        ("The lengths are a tensor of 2 dimensions.",),
        ((f"p = {_PACK}(x, torch.tensor([[5], [3]]).flatten())",),),
    ),
    Lesson(
        f"x = torch.randn(5)\np = {_PACK}(x, [5])\n",
        f"{_PACK}(x, [5])",
        ("x has shape (5,): 1 dimension.",),
        ((f"p = {_PACK}(x.unsqueeze(1), [5])",),),
    ),
    Lesson(
        f"x = torch.randn(5, 2, 4)\np = {_PACK}(x, torch.tensor([7, 5]))\nlstm = nn.LSTM(4, 6)\ny = lstm(p)\n",
        "lstm(p)",
        ("p was packed with lengths longer than its sequences: they add up to 12 time steps, and it holds 10.",),
        ((f"p = {_PACK}(x, torch.tensor([7, 5]).clamp(max=5))",),),
    ),
    Lesson(
        f"x = torch.randn(5, 2, 4)\nlstm = nn.LSTM(4, 6)\ny, _ = lstm({_PACK}(x, [5, 3]))\nprint(y.shape)\n",
        "y.shape",
        ("y is a packed batch", "It is no tensor."),
        (("print(torch.nn.utils.rnn.pad_packed_sequence(y)[0].shape)",),),
    ),
    Lesson(
        "x = torch.randn(5, 2, 4)\ny = nn.utils.rnn.pad_packed_sequence(x)\n",
        "nn.utils.rnn.pad_packed_sequence(x)",
        ("it takes a packed batch. x is a tensor.",),
    ),
    Lesson(
        f"x = torch.ones(5, 2, 4)\nlstm = nn.LSTM(4, 6)\ny = lstm({_PACK}(x, [5, 3]))\n"
        "z = nn.utils.rnn.pad_packed_sequence(y)\n",
        "nn.utils.rnn.pad_packed_sequence(y)",
        ("it takes a packed batch. y is a tuple.",),
        (("z = nn.utils.rnn.pad_packed_sequence(y[0])",),),
    ),
    Lesson(
        "rows = [torch.ones(3, 4), torch.ones(5, 3)]\nx = nn.utils.rnn.pad_sequence(rows)\n",
        "nn.utils.rnn.pad_sequence(rows)",
        ("The shapes are (3, 4) and (5, 3).",),
    ),
    Lesson(
        "rows = [torch.ones(3, 4), torch.ones(5, 4)]\nx = nn.utils.rnn.pack_sequence(rows)\n",
        "nn.utils.rnn.pack_sequence(rows)",
        ("The lengths are 3 and 5: they do not fall.",),
        (("x = nn.utils.rnn.pack_sequence(rows, enforce_sorted=False)",),),
    ),
    Lesson(
        "x = nn.utils.rnn.pad_sequence([])\n",
        "nn.utils.rnn.pad_sequence([])",
        ("pad_sequence got an empty list",),
    ),
]

_LSTM = "x = torch.randn(5, 2, 4)\nlstm = nn.LSTM(4, 6)\n"

RESULTS = [
    Lesson(
        _LSTM + "out = lstm(x)\nlast = out[-1].sum()\n",
        "out[-1].sum",
        ("out is all that lstm (LSTM(4, 6)) returned", "out[-1] is (h_n, c_n), not the last time step."),
        (("out, (h_n, c_n) = lstm(x)",),),
    ),
    Lesson(
        _LSTM + "out = lstm(x)\nlast = out[:, -1]\n",
        "out[:, -1]",
        ("out is all that lstm (LSTM(4, 6)) returned: two things: output, and the pair (h_n, c_n).",),
        (("out, (h_n, c_n) = lstm(x)",),),
    ),
    Lesson(
        _LSTM + "output, h_n = lstm(x)\ns = h_n.sum()\n",
        "h_n.sum",
        ("h_n is a pair: lstm (LSTM(4, 6)) returns two things: output, and the pair (h_n, c_n).",),
        (("output, (h_n, c_n) = lstm(x)",),),
    ),
    Lesson(
        _LSTM + "output, h, c = lstm(x)\n",
        "output, h, c",
        ("On the left stands `output, h, c`, which takes it apart in another way.",),
        (("output, (h, c) = lstm(x)",),),
    ),
    Lesson(
        "x = torch.randn(5, 2, 4)\ngru = nn.GRU(4, 6)\noutput, (h, c) = gru(x)\n",
        "(h, c)",
        ("gru (GRU(4, 6)) returns two things: output and h_n. It has no cell state.",),
        (("output, h = gru(x)",),),
    ),
    Lesson(
        "x = torch.randn(3, 4)\ncell = nn.GRUCell(4, 6)\nh, c = cell(x)\n",
        "h, c",
        ("cell (GRUCell(4, 6)) returns one tensor, h. It has no cell state.",),
        (("h = cell(x)",),),
    ),
    Lesson(
        "net = nn.Sequential(nn.LSTM(4, 6), nn.Linear(6, 1))\ny = net(torch.ones(5, 2, 4))\n",
        "net(torch.ones(5, 2, 4))",
        ("nn.Sequential hands all that LSTM(4, 6) returns to Linear(6, 1): a pair of output and state",),
    ),
    Lesson(
        _LSTM + "w = lstm.weight_ih_l1\n",
        "lstm.weight_ih_l1",
        ("An LSTM(4, 6) has 1 layer and one direction: its parameters are weight_ih_l0,",),
        (("w = lstm.weight_ih_l0",), ("w = lstm.weight_hh_l0",)),
    ),
]


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize(
    "lesson",
    [*INPUTS, *STATES, *SETTINGS, *PACKING, *RESULTS],
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


def test_weights_that_no_memory_holds_are_counted() -> None:
    error = stopped("import torch\nlstm = torch.nn.LSTM(4, 10**7)\n")
    assert "4 · 10000000 · (4 + 10000000 + 2) = 400,000,240,000,000 parameters" in error.message
    assert [fix.label for fix in error.fixes] == ["hidden_size=16"]
    error = stopped("import torch\nlstm = torch.nn.LSTM(10**12, 4, bias=False)\n")
    assert "4 · 4 · (1000000000000 + 4) = 16,000,000,000,064 parameters, 58.21 TiB. A program may hold" in error.message
    assert [fix.label for fix in error.fixes] == ["input_size=16"]


@pytest.mark.parametrize(
    "sizes",
    [
        "LSTM(4, 6000, num_layers=9)",
        "LSTM(4, 9000, num_layers=3, bidirectional=True, proj_size=4000)",
        "GRU(4, 9000, num_layers=4, bidirectional=True, bias=False)",
        "RNN(70000, 20000, num_layers=2)",
    ],
)
def test_the_weights_of_all_layers_are_counted_where_only_their_sum_is_too_large(sizes: str) -> None:
    error = stopped(f"import torch\nlayer = torch.nn.{sizes}\n")
    with torch.device("meta"):
        layer: nn.RNNBase = eval(f"nn.{sizes}")  # noqa: S307 - from this file
    assert error.kind == "limit"
    assert f": {sum(one.numel() for one in layer.parameters()):,} parameters, " in error.message
    first, other = re.findall(r"(?:have|and) ([0-9 ·(+)]+) (?:parameters )?in", error.message)
    layers, others = layer.num_layers, [one.numel() for name, one in layer.named_parameters() if "_l0" not in name]
    assert eval(other.replace("·", "*")) == sum(others) // (layers - 1)  # noqa: S307 - digits and signs
    assert eval(first.replace("·", "*")) == sum(one.numel() for one in layer.parameters()) - sum(others)  # noqa: S307


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_layers_that_would_take_all_the_time_there_is_are_refused_at_once(device: str) -> None:
    begun = time.perf_counter()
    error = explorer_run("gru = nn.GRU(4, 6, num_layers=10**11, bidirectional=True)\n", device)
    assert time.perf_counter() - begun < 5
    assert (error.kind, error.line) == ("limit", 1)
    assert error.message.startswith("GRU gets num_layers=100,000,000,000, in both directions. At most 500 can be made")
    assert [fix.label for fix in error.fixes] == ["num_layers=2"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            "LSTM(4, 10**23)",
            "LSTM gets hidden_size=100,000,000,000,000,000,000,000. Its weights would be 4 · hidden_size",
        ),
        ("RNNCell(10**5000, 2)", "RNNCell gets input_size=a number of about 5,000 digits."),
        ("GRU(2, 2, num_layers=10**5000)", "GRU gets num_layers=a number of about 5,000 digits."),
    ],
)
def test_a_size_that_no_dimension_has_is_said_by_its_name(made: str, said: str) -> None:
    error = explorer_run(f"layer = nn.{made}\n", "cpu")
    assert error.kind == "limit"
    assert error.message.startswith(said)


def explorer_run(source: str, device: str) -> ProgramError:
    error = run(source, device).error
    assert error is not None
    return error


def test_a_layer_inside_of_a_class_is_explained_where_it_is_called() -> None:
    error = stopped(
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.rnn = nn.LSTM(4, 6)\n\n    def forward(self, x):\n"
        "        h = torch.zeros(1, 5, 6)\n        return self.rnn(x, (h, h))\n\n\ny = Net()(torch.ones(5, 2, 4))\n"
    )
    assert error.line == 12
    assert "h has shape (1, 5, 6). For rnn (LSTM(4, 6)) and this input it must have" in error.message
    assert error.fixes
