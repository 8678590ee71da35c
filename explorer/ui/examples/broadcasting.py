"""Examples of the page Broadcasting & matmul, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

BROADCASTING_EXAMPLES = (
    Example(
        "Row and column",
        "import torch\n\na = torch.arange(6).view(2, 3)\nb = torch.arange(12).view(3, 4)\n"
        "raised = a + torch.tensor([[10], [20]])\nproduct = a @ b\n",
    ),
    Example(
        "A row meets a column",
        "import torch\n\nx = torch.arange(1, 3).view(1, 2)\ny = torch.arange(1, 4).view(3, 1)\ntotal = x + y\n",
    ),
    Example(
        "The times table",
        "import torch\n\nn = torch.arange(1, 10)\ntable = n[:, None] * n[None, :]\n",
    ),
    Example(
        "Shapes are aligned from the right",
        "import torch\n\nx = torch.arange(24).view(2, 3, 4)\nrow = torch.tensor([10, 20, 30, 40])\n"
        "column = torch.tensor([[100], [200], [300]])\na = x + row\nb = a + column\n",
    ),
    Example(
        "A loss of the wrong shape",
        "import torch\n\ntorch.manual_seed(0)\nprediction = torch.randn(4, 1)\ntarget = torch.randn(4)\n"
        "difference = prediction - target\nwrong = (difference ** 2).mean()\n"
        "right = ((prediction.squeeze(1) - target) ** 2).mean()\n",
    ),
    Example(
        "Sizes that do not fit",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nmeans = torch.tensor([1, 2, 3])\ncentred = x - means\n",
        stops=True,
    ),
    Example(
        "* is not @",
        "import torch\n\na = torch.tensor([[1, 2], [3, 4]])\nb = torch.tensor([[10, 0], [0, 100]])\n"
        "elementwise = a * b\nproduct = a @ b\n",
    ),
    Example(
        "matmul by rank",
        "import torch\n\nv = torch.tensor([1, 2, 3])\nm = torch.arange(6).view(2, 3)\nnumber = v @ v\n"
        "vector = m @ v\nother = v @ m.t()\nmatrix = m @ m.t()\n",
    ),
    Example(
        "bmm: one product for each slab",
        "import torch\n\na = torch.arange(12).view(2, 2, 3)\nb = torch.arange(12).view(2, 3, 2)\n"
        "slabs = a.bmm(b)\nfirst = a[0].mm(b[0])\n",
    ),
    Example(
        "matmul broadcasts the batch",
        "import torch\n\na = torch.arange(24).view(2, 1, 3, 4)\nb = torch.arange(16).view(2, 4, 2)\n"
        "product = a.matmul(b)\n",
    ),
    Example(
        "dot and outer",
        "import torch\n\na = torch.tensor([1, 2, 3])\nb = torch.tensor([10, 20, 30])\nnumber = a.dot(b)\n"
        "table = a.outer(b)\nsame = a[:, None] * b\n",
    ),
    Example(
        "einsum names the axes",
        "import torch\n\na = torch.arange(6).view(2, 3)\nb = torch.arange(12).view(3, 4)\n"
        'product = torch.einsum("ik,kj->ij", a, b)\nflipped = torch.einsum("ij->ji", a)\n'
        'rows = torch.einsum("ij->i", a)\n',
    ),
    Example(
        "einsum: trace and diagonal",
        'import torch\n\nx = torch.arange(9).view(3, 3)\ntrace = torch.einsum("ii->", x)\n'
        'diagonal = torch.einsum("ii->i", x)\nnorms = torch.einsum("ij,ij->i", x, x)\n',
    ),
    Example(
        "Attention scores with einsum",
        "import torch\n\ntorch.manual_seed(0)\nq = torch.randn(2, 3, 4)\nk = torch.randn(2, 5, 4)\n"
        'scores = torch.einsum("bqd,bkd->bqk", q, k) / 4 ** 0.5\nsame = q @ k.transpose(1, 2) / 4 ** 0.5\n',
    ),
    Example(
        "All pairs of points",
        "import torch\n\npoints = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])\n"
        "differences = points[:, None] - points\ndistances = (differences ** 2).sum(dim=-1).sqrt()\n",
    ),
    Example(
        "Inner sizes that differ",
        "import torch\n\na = torch.arange(6).view(2, 3)\nb = torch.arange(8).view(4, 2)\nproduct = a @ b\n",
        stops=True,
    ),
)
