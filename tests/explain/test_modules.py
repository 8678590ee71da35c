"""Classes of layers, and layers put together wrongly."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        return self.fc(x)
net = Net()
net(torch.ones(1, 2))
""",
        "self.fc = nn.Linear(2, 2)",
        ("Net.__init__ (line 2) does not call super().__init__().",),
        (("        super().__init__()",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def foward(self, x):
        return self.fc(x)
net = Net()
net(torch.ones(1, 2))
""",
        "net(torch.ones(1, 2))",
        ("There is a method foward (line 5).",),
        (("    def forward(self, x):",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        y = self.fc(x)
net = Net()
out = net(torch.ones(1, 2))
print(out.shape)
""",
        "out.shape",
        ("out is None: forward (line 5) ends without `return`, and a function without it gives None.",),
        (("        return y",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(x):
        return self.fc(x)
net = Net()
out = net(torch.ones(1, 2))
""",
        "net(torch.ones(1, 2))",
        ("forward (line 5) is a method:",),
        (("    def forward(self, x):",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        return fc(x)
net = Net()
out = net(torch.ones(1, 2))
""",
        "fc",
        ("Nothing is called fc here.",),
        (("        return self.fc(x)",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 2)
    def forward(self, x):
        return self.fc(x)
x = torch.ones(1, 2)
out = Net()(x)
""",
        "self.fc",
        ("This Net has no attribute fc.",),
        (("        return self.fc1(x)",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        return self.fc(x)
x = torch.ones(1, 2)
out = Net(x)
""",
        "Net(x)",
        ("Net is a class: calling it makes a layer and hands it the arguments of __init__, and a",),
        (("out = Net()(x)",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
y = nn.ReLU(x)
print(y.sum())
""",
        "y.sum",
        ("This is a layer, ReLU, not a tensor, so it has no sum. nn.ReLU(…) makes the layer; calling",),
        (("y = nn.ReLU()(x)",),),
    ),
    Lesson(
        "y = nn.Linear(3, 2)(nn.ReLU(torch.ones(3)))",
        "nn.Linear(3, 2)(nn.ReLU(torch.ones(3)))",
        ("nn.Linear(3, 2) takes a tensor, and got a layer (ReLU).",),
        (),
    ),
    Lesson(
        """\
layers = nn.ModuleList([nn.Linear(2, 2), nn.ReLU()])
layers(torch.ones(2))
""",
        "layers(torch.ones(2))",
        ("A ModuleList only holds layers: it does not say in which order they are applied, so it",),
        (("layers = nn.Sequential(nn.Linear(2, 2), nn.ReLU())",),),
    ),
    Lesson(
        "nn.Sequential([nn.Linear(2, 2), nn.ReLU()])",
        "nn.Sequential([nn.Linear(2, 2), nn.ReLU()])",
        ("nn.Sequential takes layers, one by one; a list is not a layer.",),
        (
            ("nn.Sequential(nn.Linear(2, 2), nn.ReLU())",),
            ("nn.Sequential(*[nn.Linear(2, 2), nn.ReLU()])",),
        ),
    ),
    Lesson(
        "nn.Sequential(nn.Linear(2, 2), F.relu)",
        "nn.Sequential(nn.Linear(2, 2), F.relu)",
        ("nn.Sequential takes layers, one by one; relu is not a layer.",),
        (("nn.Sequential(nn.Linear(2, 2), nn.ReLU())",),),
    ),
    Lesson(
        "opt = torch.optim.SGD([], lr=0.1)",
        "torch.optim.SGD([], lr=0.1)",
        ("The optimizer got no parameters, so it would have nothing to change.",),
        (),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
    def forward(self, x):
        for l in self.layers:
            x = l(x)
        return x
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
""",
        "torch.optim.SGD(net.parameters(), lr=0.1)",
        ("The optimizer got no parameters, so it would have nothing to change.",),
        (("        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])",),),
    ),
    Lesson(
        """\
model = nn.Linear(2, 2)
opt = torch.optim.SGD(model, lr=0.1)
""",
        "torch.optim.SGD(model, lr=0.1)",
        ("An optimizer takes the parameters to change, as a list or from model.parameters(); model is",),
        (("opt = torch.optim.SGD(model.parameters(), lr=0.1)",),),
    ),
    Lesson(
        """\
w = torch.ones(2, requires_grad=True)
opt = torch.optim.SGD(w, lr=0.1)
""",
        "torch.optim.SGD(w, lr=0.1)",
        ("An optimizer takes the parameters to change, as a list or from model.parameters(); w is a",),
        (("opt = torch.optim.SGD([w], lr=0.1)",),),
    ),
    Lesson(
        "opt = torch.optim.Adam(nn.Linear(2, 2).parameters(), momentum=0.9)",
        "torch.optim.Adam(nn.Linear(2, 2).parameters(), momentum=0.9)",
        ("It takes torch.optim.Adam(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0,",),
        (("opt = torch.optim.Adam(nn.Linear(2, 2).parameters())",),),
    ),
    Lesson(
        """\
m = nn.Linear(2, 2)
m.load_state_dict({"weight": torch.ones(2, 2)})
""",
        'm.load_state_dict({"weight": torch.ones(2, 2)})',
        ("The state does not fit Linear.",),
        (('m.load_state_dict({"weight": torch.ones(2, 2)}, strict=False)',),),
    ),
    Lesson(
        """\
m = nn.Linear(2, 2)
m.load_state_dict({"weight": torch.ones(2, 3), "bias": torch.ones(2)})
""",
        'm.load_state_dict({"weight": torch.ones(2, 3), "bias": torch.ones(2)})',
        ("The state does not fit Linear. weight has shape (2, 3) there and (2, 2) in the model.",),
        (),
    ),
    Lesson(
        """\
sd = nn.Linear(2, 2).state_dict()
sd["wieght"]
""",
        'sd["wieght"]',
        ("The dictionary sd has no key 'wieght'.",),
        (("sd['weight']",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        def forward(self, x):
            return self.fc(x)
net = Net()
net(torch.ones(1, 2))
""",
        "net(torch.ones(1, 2))",
        ("Net has no method forward, and calling a module runs its forward. forward (line 5) is",),
        (),
    ),
    Lesson(
        """\
m = nn.Linear(2, 2)
m.load_state_dict({"weight": torch.eye(2), "bias": torch.ones(2), "s": torch.eye(1)})
""",
        'm.load_state_dict({"weight": torch.eye(2), "bias": torch.ones(2), "s": torch.eye(1)})',
        ("The state does not fit Linear.",),
        (('m.load_state_dict({"weight": torch.eye(2), "bias": torch.ones(2), "s": torch.eye(1)}, strict=False)',),),
    ),
    Lesson(
        """\
w = torch.ones(2, requires_grad=True) * 2
opt = torch.optim.SGD([w], lr=0.1)
""",
        "torch.optim.SGD([w], lr=0.1)",
        ("One of the tensors handed to the optimizer was computed from others, it is no leaf, so a",),
        (),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        self.w = nn.Parameter(torch.ones(2))
net = Net()
""",
        "self.w = nn.Parameter(torch.ones(2))",
        ("Net.__init__ (line 2) does not call super().__init__().",),
        (("        super().__init__()",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_modules(lesson: Lesson) -> None:
    check(lesson)
