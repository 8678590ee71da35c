"""Recurrent layers that are made with settings that do not fit, packed batches, and results misread."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

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
        f"x = torch.randn(6, 2, 3)\nlengths = torch.tensor([6, 3, 2])\np = {_PACK}(x, lengths, enforce_sorted=False)\n",
        f"{_PACK}(x, lengths, enforce_sorted=False)",
        (
            "wants one length for each sequence. The batch has shape (6, 2, 3)",
            "dimension 1 counts 2 sequences. There are 3 lengths.",
        ),
        ((f"p = {_PACK}(x, lengths[:2], enforce_sorted=False)",),),
    ),
    Lesson(
        f"x = torch.randn(2, 6, 3)\np = {_PACK}(x, [6, 3, 2], enforce_sorted=False, batch_first=True)\n",
        f"{_PACK}(x, [6, 3, 2], enforce_sorted=False, batch_first=True)",
        ("with batch_first=True: dimension 0 counts 2 sequences. There are 3 lengths.",),
        ((f"p = {_PACK}(x, [6, 3], enforce_sorted=False, batch_first=True)",),),
    ),
    Lesson(
        f"x = torch.randn(6, 3, 3)\np = {_PACK}(x, [5, 0, 2], enforce_sorted=False)\n",
        f"{_PACK}(x, [5, 0, 2], enforce_sorted=False)",
        ("The lengths are 5, 0 and 2; number 1 (counted from 0) has none.",),
        ((f"p = {_PACK}(x, [5, 1, 2], enforce_sorted=False)",),),
    ),
    Lesson(
        f"x = torch.randn(6, 3, 3)\nlengths = [5, 2, 0]\np = {_PACK}(x, lengths)\n",
        f"{_PACK}(x, lengths)",
        ("The lengths are 5, 2 and 0; number 2 (counted from 0) has none.",),
        ((f"p = {_PACK}(x, torch.tensor(lengths).clamp(min=1))",),),
    ),
    Lesson(
        f"x = torch.randn(6, 3, 4)\nT = 7\np = {_PACK}(x, [T, 5, 3])\nlstm = nn.LSTM(4, 6)\ny = lstm(p)\n",
        "lstm(p)",
        ("they add up to 15 time steps, and it holds 14.",),
        ((f"p = {_PACK}(x, [6, 5, 3])",),),
    ),
    Lesson(
        f"x = torch.randn(6, 2, 4)\nlstm = nn.LSTM(4, 6)\nout, _ = lstm({_PACK}(x, [5, 2]))\n"
        "out, n = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=3)\n",
        "nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=3)",
        (
            "pad_packed_sequence was told total_length=3, but",
            "the longest sequence of the packed batch has 5 time steps. It pads, and cuts nothing off.",
        ),
        (("out, n = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=5)",),),
    ),
    Lesson(
        f"x = torch.randn(6, 2, 4)\nn = 1\ny = nn.utils.rnn.pad_packed_sequence({_PACK}(x, [5, 2]), False, 0.0, n)\n",
        f"nn.utils.rnn.pad_packed_sequence({_PACK}(x, [5, 2]), False, 0.0, n)",
        ("total_length=1", "5 time steps"),
        ((f"y = nn.utils.rnn.pad_packed_sequence({_PACK}(x, [5, 2]), False, 0.0, 5)",),),
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


@pytest.mark.parametrize(
    "lesson", [*SETTINGS, *PACKING, *RESULTS], ids=lambda lesson: " ".join(lesson.program.split()[-5:])
)
def test_it_says_which_numbers_do_not_fit_and_offers_some_that_do(lesson: Lesson) -> None:
    check(lesson)
