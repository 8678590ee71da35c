"""Programs that the tests open, with what is drawn of them."""

from explorer.ui.examples.shape import SHAPE_EXAMPLES

DEFAULT = SHAPE_EXAMPLES[0].source
DEFAULT_CHIPS = ("x = torch.arange(24)", ".view(4, 6)", ".t()", ".reshape(3, 8)")
DEFAULT_GRIDS = ("x = torch.arange(24)", "a = x.view(4, 6)", "b = a.t()", "c = b.reshape(3, 8)")
# element 13 of storage A in every panel of the default program: reshape copies, so it is element 6 of storage B
THIRTEEN = {"grid-0": "13", "grid-1": "13", "grid-2": "6", "grid-3": "6", "strip-A": "13", "strip-B": "6"}

START = "import torch\nx = torch.arange(24)\n"
SHORT = "import torch\nx = torch.arange(6)\na = x.view(2, 3)\nb = a.t()\n"
SHORT_CHIPS = ("x = torch.arange(6)", ".view(2, 3)", ".t()")
SHORT_GRIDS = ("x = torch.arange(6)", "a = x.view(2, 3)", "b = a.t()")
FAILING = "import torch\nx = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.view(3, 8)\n"
LARGE = "import torch\nx = torch.arange(10**6).view(10, 10, 100, 100)\ny = x.expand(3, 10, 10, 100, 100)\n"
LARGE_CHIPS = ("x = torch.arange(10**6)", ".view(10, 10, 100, 100)", ".expand(3, 10, 10, 100, 100)")
# functions, modules and a loop: more tensors than are drawn at once
NETWORK = """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        h = torch.relu(self.conv(x))
        return self.head(h.flatten(1))

net = Net()
x = torch.ones(1, 1, 4, 4)
for epoch in range(4):
    y = net(x)
    print("epoch", epoch, tuple(y.shape))
"""
