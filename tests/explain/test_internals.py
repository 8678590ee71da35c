"""No message shows what is behind the program: paths, addresses, C++, links, debugging hints, Python tracebacks."""

from __future__ import annotations

import re

import pytest

from explorer.program.explain.text import plain_words, sentence
from tests.explain import (
    test_dtypes,
    test_gradients,
    test_layers,
    test_losses,
    test_modules,
    test_names,
    test_none,
    test_numbers,
    test_python,
)  # fmt: skip
from tests.explain.failing import stopped

LESSONS = [
    lesson.program
    for family in (
        test_dtypes, test_gradients, test_layers, test_losses, test_modules, test_names, test_none, test_numbers,
        test_python,
    )
    for lesson in family.LESSONS
]  # fmt: skip

# what no explanation is written for: torch's own words
OTHERS = """
nn.GroupNorm(3, 4)
nn.MultiheadAttention(5, 2)
nn.Flatten()(torch.ones(4))
nn.Conv2d(3, 16, 3, groups=2)
nn.Dropout(2)
nn.Bilinear(2, 3, 4)(torch.ones(2, 2), torch.ones(2, 2))
nn.PixelShuffle(3)(torch.ones(1, 4, 2, 2))
nn.Upsample(scale_factor=2, mode="bilinear")(torch.ones(3, 4))
nn.KLDivLoss()(torch.rand(4, 3), torch.ones(3, 4))
nn.CosineSimilarity()(torch.rand(4, 3), torch.ones(3, 4))
nn.TripletMarginLoss()(torch.rand(4, 3), torch.ones(4, 3))
nn.Softmax(dim=2)(torch.ones(2, 3))
nn.Dropout2d()(torch.ones(2))
F.interpolate(torch.ones(1, 3, 4, 4), mode="nearest")
F.pad(torch.ones(2), (1, 1, 1, 1))
F.conv2d(torch.ones(1, 3, 4, 4), torch.ones(2, 4, 3, 3))
F.grid_sample(torch.ones(1, 1, 2, 2), torch.ones(2))
F.embedding(torch.ones(2), torch.ones(3, 2))
torch.einsum("ij,jk->ik", torch.ones(2, 3), torch.ones(4, 5))
torch.einsum("ij,jk", torch.ones(2, 3, 4), torch.ones(4, 5))
torch.linalg.inv(torch.ones(2, 3))
torch.linalg.inv(torch.ones(2, 2))
torch.linalg.cholesky(-torch.eye(2))
torch.linalg.solve(torch.ones(2, 2), torch.ones(3))
torch.randint(5, 5, (2,))
torch.randint(10)
torch.multinomial(torch.zeros(3), 1)
torch.normal(0.0, -1.0, (3,))
torch.distributions.Normal(0.0, -1.0)
torch.full((2,))
torch.arange(0, 5, -1)
torch.linspace(0, 1)
torch.bmm(torch.ones(2, 3), torch.ones(2, 3))
torch.split(torch.ones(5), [2, 2])
torch.manual_seed("a")
torch.take(torch.ones(3), torch.tensor([4]))
torch.ones(3).index_add(0, torch.tensor([4]), torch.ones(1))
torch.ones(3).scatter(0, torch.tensor([4]), 1.0)
torch.ones(2, 3).gather(1, torch.tensor([0]))
torch.ones(3) << 1
torch.ones(3) + "a"
torch.ones(3).to("gpu")
torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=-1)
torch.optim.lr_scheduler.StepLR(5, 2)
torch.vmap(lambda x: x)(3)
torch.stack([])
torch.cat([torch.ones(2), 3])
torch.tensor([1, 2]).reshape(3, "a")
torch.quantile(torch.ones(3), 2.0)
torch.combinations(torch.ones(2, 2))
torch.histc(torch.ones(3), bins=-1)
torch.cdist(torch.ones(2, 3), torch.ones(2, 4))
torch.chunk(torch.ones(3), 0)
torch.eye(-1)
torch.triu(torch.ones(3))
torch.cross(torch.ones(2), torch.ones(2))
torch.fft.fft(torch.ones(0))
torch.complex(torch.ones(2), torch.ones(2).double())
torch.bernoulli(torch.ones(2) * 2)
torch.meshgrid(torch.ones(2, 2), indexing="xy")
"""
RAW = [line for line in OTHERS.strip().split("\n") if line]

INTERNALS = re.compile(
    r"(?<![\w.])/\w+/\w+|\b0x[0-9a-f]{4}|INTERNAL ASSERT|Exception raised|frame #|CUDA_LAUNCH|https?:|\.cpp|\.py\b"
    r"|site-packages|Traceback|anomaly|__h\d|C\+\+|\bfile a bug|std::|at::|c10|<program"
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", [*LESSONS, *RAW], ids=lambda program: program.strip().split("\n")[-1])
def test_nothing_of_the_inside_is_shown(program: str) -> None:
    error = stopped(program)
    for text in (error.message, error.hint, error.detail):
        assert not INTERNALS.search(text), text
        assert "\n" not in text
    assert error.message[-1] in ".!?" or "raise" in program
    assert 1 <= error.line <= program.count("\n") + 1
    assert error.end_column > error.column or error.end_line > error.line


def test_there_are_many() -> None:
    assert len(RAW) >= 60
    assert len(LESSONS) >= 120


OWN = "torch stopped inside of this call, with an error of its own."
WORDS = [
    ("x failed\nException raised from check at /build/aten/native/Copy.cpp:12\nframe #0: c10::Error", "x failed."),
    ("CUDA error: assert\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1.", "CUDA error: assert."),
    ("CUDA error: assert. Compile with `TORCH_USE_CUDA_DSA` to enable more.", "CUDA error: assert."),
    ('self.dim() == 2 INTERNAL ASSERT FAILED at "/a/b/c.cpp":7, please report a bug to PyTorch. ', OWN),
    ("could not open /home/someone/secret/file.txt", "could not open."),
    ("<object at 0x7f0011223344> is bad", "<object> is bad."),
    ("no sizes. See https://pytorch.org/docs/stable/x.html", "no sizes."),
    ("sizes [2, 3] and [4]", "sizes (2, 3) and (4,)."),
    ("either int/float/bool is needed", "either int/float/bool is needed."),
]


@pytest.mark.parametrize(("words", "clean"), WORDS)
def test_cleaning(words: str, clean: str) -> None:
    assert plain_words(RuntimeError(words)) == clean


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("a has shape (3, 4)", "a has shape (3, 4)"),
        ("a tensor of 3 elements", "A tensor of 3 elements"),
        ("an index", "An index"),
        ("the list", "The list"),
        ("x has no grad", "x has no grad"),
    ],
)
def test_names_keep_their_case_at_the_start_of_a_sentence(text: str, begun: str) -> None:
    assert sentence(text) == begun
