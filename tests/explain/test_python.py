"""Python's own errors."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        "a, b = torch.ones(3)",
        "a, b",
        ("2 names on the left, more values on the right.",),
        (("a, b, *rest = torch.ones(3)",),),
    ),
    Lesson(
        "b, c, h, w = torch.ones(2, 3).shape",
        "b, c, h, w",
        ("4 names on the left, 2 values on the right.",),
        (),
    ),
    Lesson(
        "a, b = 5",
        "a, b",
        ("Several names stand on the left of =, but the right side is an int, which cannot be taken",),
        (),
    ),
    Lesson(
        """\
xs = [1, 2, 3]
xs[3]
""",
        "xs[3]",
        ("The list xs has 3 items, so its indices are 0 … 2, or -3 … -1 from the end. 3 is outside.",),
        (("xs[2]",),),
    ),
    Lesson(
        """\
d = {"learning_rate": 0.1}
d["learning_rat"]
""",
        'd["learning_rat"]',
        ("The dictionary d has no key 'learning_rat'.",),
        (("d['learning_rate']",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
assert x.shape == (4,), "wrong shape"
""",
        "x.shape == (4,)",
        (
            "The assertion `x.shape == (4,)` does not hold.",
            "Here x.shape is (3,). wrong shape.",
        ),
        (),
    ),
    Lesson(
        """\
a = 3
assert a == 4
""",
        "a == 4",
        (
            "The assertion `a == 4` does not hold.",
            "Here a is 3.",
        ),
        (),
    ),
    Lesson(
        """\
def fact(n):
    return n * fact(n - 1)
fact(5)
""",
        "fact(n - 1)",
        ("fact calls itself without an end.",),
        (),
    ),
    Lesson(
        "1 / 0",
        "1 / 0",
        ("A Python number is divided by zero.",),
        (),
    ),
    Lesson(
        """\
x = torch.arange(3)
x // 0
""",
        "x // 0",
        ("Whole numbers are divided by zero.",),
        (("x.float() // 0",),),
    ),
    Lesson(
        'raise ValueError("my own words")',
        'raise ValueError("my own words")',
        ("my own words",),
        (),
    ),
    Lesson(
        """\
def check(x):
    if x.dim() != 2:
        raise ValueError(f"expected 2 dims, got {x.dim()}")
check(torch.ones(3))
""",
        'raise ValueError(f"expected 2 dims, got {x.dim()}")',
        ("expected 2 dims, got 1",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3)
x(0)
""",
        "x(0)",
        ("x is a Tensor, and round brackets call functions; it cannot be called.",),
        (("x[0]",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
x.shape()
""",
        "x.shape()",
        ("x.shape is a Size, and round brackets call functions; it cannot be called.",),
        (("x.shape",),),
    ),
    Lesson(
        """\
x = torch.ones(2, 3)
m = x.max(dim=1) + 1
""",
        "x.max(dim=1) + 1",
        ("+ does not combine a tuple with an int.",),
        (("m = x.max(dim=1)[0] + 1",),),
    ),
    Lesson(
        'print("loss: " + 3)',
        '"loss: " + 3',
        ("+ does not combine a str with an int.",),
        (('print("loss: " + str(3))',),),
    ),
    Lesson(
        'print("loss: " + torch.ones(1))',
        '"loss: " + torch.ones(1)',
        ("+ does not combine a str with a Tensor.",),
        (('print("loss: " + str(torch.ones(1)))',),),
    ),
    Lesson(
        "x = torch.ones(3) + [1, 2, 3]",
        "torch.ones(3) + [1, 2, 3]",
        ("+ does not combine a Tensor with a list.",),
        (("x = torch.ones(3) + torch.tensor([1, 2, 3])",),),
    ),
    Lesson(
        "len(torch.tensor(3))",
        "len(torch.tensor(3))",
        ("A tensor of shape () is a single number: it has no dimension to walk along or to count.",),
        (),
    ),
    Lesson(
        """\
for v in torch.tensor(3):
    print(v)
""",
        "torch.tensor(3)",
        ("A tensor of shape () is a single number: it has no dimension to walk along or to count.",),
        (),
    ),
    Lesson(
        "torch.from_numpy([1, 2])",
        "torch.from_numpy([1, 2])",
        ("from_numpy takes a NumPy array, and got a list.",),
        (("torch.tensor([1, 2])",),),
    ),
    Lesson(
        "torch.tensor([[1, 2], [3]])",
        "torch.tensor([[1, 2], [3]])",
        ("The lists are not of one length: in dimension 1 the first has 2 items and another has 1.",),
        (),
    ),
    Lesson(
        'torch.tensor("abc")',
        'torch.tensor("abc")',
        ("A tensor holds numbers or booleans, and no dtype of torch fits a str.",),
        (),
    ),
    Lesson(
        "torch.tensor([None])",
        "torch.tensor([None])",
        ("A tensor holds numbers or booleans, and no dtype of torch fits None.",),
        (),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
    def forward(self, x):
        return self(x)
Net()(torch.ones(1))
""",
        "self(x)",
        ("forward calls itself without an end.",),
        (),
    ),
    Lesson(
        'int("abc")',
        'int("abc")',
        ("invalid literal for int() with base 10: 'abc'.",),
        (),
    ),
    Lesson(
        """\
sizes = torch.ones(2, 3, 4).shape
b, n = sizes
""",
        "b, n",
        (
            "2 names on the left, 3 values on the right.",
            "The shape (2, 3, 4) has one size for each dimension.",
        ),
        (
            ("b, n, _ = sizes",),
            ("b, n, *rest = sizes",),
        ),
    ),
    Lesson(
        """\
pairs = [(1, 2, 3)]
for a, b in pairs:
    print(a)
""",
        "a, b",
        ("2 names on the left, more values on the right.",),
        (("for a, b, *rest in pairs:",),),
    ),
    Lesson(
        """\
xs = []
xs[0]
""",
        "xs[0]",
        ("The list xs is empty, so it has no item 0.",),
        (),
    ),
    Lesson(
        """\
n = 0
m = 3 / n
""",
        "3 / n",
        ("A Python number is divided by zero: n is 0.",),
        (),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_python(lesson: Lesson) -> None:
    check(lesson)
