"""Layers of features, sequences and tables that get what does not fit them."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(9, 2))
out = model(torch.ones(5, 4))
""",
        "model(torch.ones(5, 4))",
        (
            "model.2 (Linear(9, 2)) expects 9 features: the last size of its input.",
            "The input has shape (5, 8), so it gets 8.",
        ),
        (("model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))",),),
    ),
    Lesson(
        """\
fc = nn.Linear(4, 2)
fc(torch.ones(4, 3))
""",
        "fc(torch.ones(4, 3))",
        (
            "fc (Linear(4, 2)) expects 4 features: the last size of its input.",
            "The input has shape (4, 3), so it gets 3.",
        ),
        (
            ("fc = nn.Linear(3, 2)",),
            ("fc(torch.ones(4, 3).T)",),
        ),
    ),
    Lesson(
        """\
fc = nn.Linear(4, 2)
x = torch.arange(4)
fc(x)
""",
        "fc(x)",
        ("The weights of fc (Linear(4, 2)) have dtype float32, and x has dtype int64.",),
        (("fc(x.float())",),),
    ),
    Lesson(
        """\
fc = nn.Linear(4, 2)
x = torch.ones(4).double()
fc(x)
""",
        "fc(x)",
        ("The weights of fc (Linear(4, 2)) have dtype float32, and x has dtype float64.",),
        (
            ("fc(x.float())",),
            ("fc.double()(x)",),
        ),
    ),
    Lesson(
        """\
ln = nn.LayerNorm(5)
ln(torch.ones(2, 6))
""",
        "ln(torch.ones(2, 6))",
        (
            "ln (LayerNorm(5)) normalises over the last sizes of its input, which must be (5,).",
            "The input has shape (2, 6): there they are (6,).",
        ),
        (("ln = nn.LayerNorm(6)",),),
    ),
    Lesson(
        """\
lstm = nn.LSTM(3, 4)
out, state = lstm(torch.ones(5, 2, 6))
""",
        "lstm(torch.ones(5, 2, 6))",
        (
            "lstm (LSTM(3, 4)) expects 3 features for each time step: the last size of its input.",
            "The input has shape (5, 2, 6), so it gets 6.",
        ),
        (("lstm = nn.LSTM(6, 4)",),),
    ),
    Lesson(
        """\
emb = nn.Embedding(10, 3)
emb(torch.ones(2))
""",
        "emb(torch.ones(2))",
        (
            "emb (Embedding(10, 3)) looks up rows by their number, so its input must have dtype int64",
            "The input has dtype float32.",
        ),
        (("emb(torch.ones(2).long())",),),
    ),
    Lesson(
        """\
emb = nn.Embedding(10, 3)
emb(torch.tensor([3, 10]))
""",
        "emb(torch.tensor([3, 10]))",
        (
            "emb (Embedding(10, 3)) is a table of 10 rows, numbered 0 … 9.",
            "The input goes from 3 to 10.",
        ),
        (("emb = nn.Embedding(11, 3)",),),
    ),
    Lesson(
        """\
mha = nn.MultiheadAttention(4, 2)
q = torch.ones(3, 2, 6)
mha(q, q, q)
""",
        "mha(q, q, q)",
        ("mha (MultiheadAttention(4, 2)) expects an embedding dimension of 4: the last size of its",),
        (("mha = nn.MultiheadAttention(6, 2)",),),
    ),
    Lesson(
        """\
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
    def forward(self, x):
        return self.norm(x)
block = Block(4)
block(torch.ones(2, 5))
""",
        "self.norm(x)",
        ("norm (LayerNorm(4)) normalises over the last sizes of its input, which must be (4,). x has",),
        (("        self.norm = nn.LayerNorm(5)",),),
    ),
    Lesson(
        """\
mlp = nn.Linear(12, 2)
x = torch.ones(5, 3, 4)
mlp(x)
""",
        "mlp(x)",
        (
            "mlp (Linear(12, 2)) expects 12 features: the last size of its input. x has shape (5, 3, 4),",
            "Flattened from dimension 1 on it would have 3 × 4 = 12 features.",
        ),
        (
            ("mlp(x.flatten(1))",),
            ("mlp = nn.Linear(4, 2)",),
        ),
    ),
    Lesson(
        """\
emb = nn.Embedding(4, 2)
emb(torch.tensor([-1]))
""",
        "emb(torch.tensor([-1]))",
        (
            "emb (Embedding(4, 2)) is a table of 4 rows, numbered 0 … 3.",
            "The input goes from -1 to -1.",
        ),
        (),
    ),
    Lesson(
        """\
cell = nn.LSTMCell(3, 4)
x = torch.ones(2, 6)
cell(x)
""",
        "cell(x)",
        ("cell (LSTMCell(3, 4)) expects 3 features for each time step: the last size of its input. x",),
        (("cell = nn.LSTMCell(6, 4)",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_layers(lesson: Lesson) -> None:
    check(lesson)
