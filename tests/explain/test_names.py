"""Names, attributes and arguments that do not exist."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
tensor1 = torch.ones(3)
print(tensro1)
""",
        "tensro1",
        ("Nothing is called tensro1 here.",),
        (("print(tensor1)",),),
    ),
    Lesson(
        "torch.rellu(torch.ones(3))",
        "torch.rellu",
        ("torch has no attribute rellu.",),
        (
            ("torch.relu(torch.ones(3))",),
            ("torch.rrelu(torch.ones(3))",),
        ),
    ),
    Lesson(
        "F.rellu(torch.ones(3))",
        "F.rellu",
        ("torch.nn.functional has no attribute rellu.",),
        (
            ("F.relu(torch.ones(3))",),
            ("F.rrelu(torch.ones(3))",),
        ),
    ),
    Lesson(
        """\
x = torch.ones(3)
x.sumup()
""",
        "x.sumup",
        ("A tensor has no attribute sumup.",),
        (),
    ),
    Lesson(
        "torch.Linear(3, 2)",
        "torch.Linear",
        ("torch has no attribute Linear; nn.Linear exists.",),
        (("nn.Linear(3, 2)",),),
    ),
    Lesson(
        "fc = Linear(3, 2)",
        "Linear",
        ("Nothing is called Linear here. nn.Linear is a name of the module nn.",),
        (("fc = nn.Linear(3, 2)",),),
    ),
    Lesson(
        'c = Counter("hello")',
        "Counter",
        ("Nothing is called Counter here: it was not imported.",),
        (("from collections import Counter",),),
    ),
    Lesson(
        """\
y = x + 1
x = torch.ones(3)
""",
        "x",
        ("x has no value yet: it gets one in line 2, below.",),
        (),
    ),
    Lesson(
        """\
total = 0
def add(v):
    total += v
    return total
add(3)
""",
        "total",
        ("total is given a value inside of add (line 3), so it is a variable of this function, and it",),
        (("    global total",),),
    ),
    Lesson(
        """\
def f(a, b):
    return a + b
f(1)
""",
        "f(1)",
        ("f is missing the argument b.",),
        (),
    ),
    Lesson(
        """\
def f(a, b=2):
    return a + b
f(1, 2, 3)
""",
        "f(1, 2, 3)",
        (
            "f takes 2 arguments without a name, and got 3.",
            "It takes f(a, b=2).",
        ),
        (),
    ),
    Lesson(
        """\
def scale(x, factor=2):
    return x * factor
scale(torch.ones(3), facotr=3)
""",
        "scale(torch.ones(3), facotr=3)",
        ("It takes scale(x, factor=2).",),
        (("scale(torch.ones(3), factor=3)",),),
    ),
    Lesson(
        "nn.Conv2d(3, 16)",
        "nn.Conv2d(3, 16)",
        (
            "nn.Conv2d is missing the argument kernel_size.",
            "It takes nn.Conv2d(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1,",
        ),
        (),
    ),
    Lesson(
        "nn.Conv2d(3, 16, kernal_size=3)",
        "nn.Conv2d(3, 16, kernal_size=3)",
        (
            "nn.Conv2d has no argument called kernal_size.",
            "It takes nn.Conv2d(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1,",
        ),
        (("nn.Conv2d(3, 16, kernel_size=3)",),),
    ),
    Lesson(
        """\
fc = nn.Linear(3, 2)
fc()
""",
        "fc()",
        ("fc is missing the argument input.",),
        (),
    ),
    Lesson(
        """\
fc = nn.Linear(3, 2)
fc(torch.ones(3), torch.ones(3))
""",
        "fc(torch.ones(3), torch.ones(3))",
        ("fc takes 1 argument without a name, and got 2.",),
        (),
    ),
    Lesson(
        "F.softmax(torch.ones(3), dims=0)",
        "F.softmax(torch.ones(3), dims=0)",
        ("It takes F.softmax(input, dim=None, _stacklevel=3, dtype=None).",),
        (("F.softmax(torch.ones(3), dim=0)",),),
    ),
    Lesson(
        """\
fc = nn.Linear(3, 2)
fc(np.ones((2, 3)))
""",
        "fc(np.ones((2, 3)))",
        ("fc takes a tensor, and got a NumPy array.",),
        (("fc(torch.from_numpy(np.ones((2, 3))).float())",),),
    ),
    Lesson(
        """\
fc = nn.Linear(3, 2)
fc([1.0, 2.0, 3.0])
""",
        "fc([1.0, 2.0, 3.0])",
        ("fc takes a tensor, and got a list.",),
        (("fc(torch.tensor([1.0, 2.0, 3.0]))",),),
    ),
    Lesson(
        "In [1]: x = torch.ones(3)",
        "In",
        ("`In [1]:` is the prompt of a notebook, not part of the program.",),
        (("x = torch.ones(3)",),),
    ),
    Lesson(
        "plt.plot([1, 2])",
        "plt",
        ("plt is not here: no plots are made.",),
        (),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.fc = nn.Linear(3, hidden)
    def forward(self, x):
        return self.fc(x)
net = Net()
""",
        "Net()",
        ("Net is missing the argument hidden.",),
        (),
    ),
    Lesson(
        """\
x = np.ones(3)
x.unsqueeze(0)
""",
        "x.unsqueeze",
        ("unsqueeze belongs to tensors, and this is a NumPy array.",),
        (("torch.from_numpy(x).unsqueeze(0)",),),
    ),
    Lesson(
        """\
x = [1, 2, 3]
x.shape
""",
        "x.shape",
        ("shape belongs to tensors, and this is a list.",),
        (("torch.tensor(x).shape",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
x.backwards()
""",
        "x.backwards",
        ("A tensor has no attribute backwards.",),
        (),
    ),
    Lesson(
        """\
class A:
    def size():
        return 3
A().size()
""",
        "A().size()",
        ("size (line 2) is a method:",),
        (("    def size(self):",),),
    ),
    Lesson(
        """\
def f(a, b):
    return a + b
f(1, a=2)
""",
        "f(1, a=2)",
        ("f gets a twice: by its place and by its name.",),
        (),
    ),
    Lesson(
        """\
class A:
    def __init__(self):
        self.width = 3
    def area(self):
        return width * width
A().area()
""",
        "width",
        ("Nothing is called width here.",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3)
y = x.lenght()
""",
        "x.lenght",
        ("A tensor has no attribute lenght.",),
        (),
    ),
    Lesson(
        """\
import torch
x = torch.ones(2)
x.append(3)
""",
        "x.append",
        ("A tensor has no attribute append.",),
        (),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_names(lesson: Lesson) -> None:
    check(lesson)
