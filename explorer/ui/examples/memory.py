"""Examples of the page Memory laboratory, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

MEMORY_EXAMPLES = (
    Example(
        "Who shares with whom",
        "import torch\n\nx = torch.arange(6)\ny = x + 1\nz = x.view(2, 3)\nz[0, 0] = 100\ny += x\n",
    ),
    Example(
        "y += x is not y = y + x",
        "import torch\n\nx = torch.ones(4)\ny = torch.zeros(4)\nalias = y\ny += x\nprint(alias is y)\ny = y + x\n"
        "print(alias is y)\n",
    ),
    Example(
        "Four ways to write a result",
        "import torch\n\nx = torch.arange(4.0)\ny = torch.zeros(4)\ny[:] = x\ny.copy_(x * 2)\ntorch.add(x, y, out=y)\n"
        "y = x + y\n",
    ),
    Example(
        "clone, detach and .data",
        "import torch\n\nw = torch.ones(3, requires_grad=True)\nc = w.clone()\nd = w.detach()\nraw = w.data\nd[0] = 5\n"
        "raw[1] = 7\n",
    ),
    Example(
        "A slice is a view, a list of indices copies",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nrow = x[1]\nrows = x[[1]]\nlarge = x[x > 5]\nrow[0] = -1\n"
        "rows[0, 1] = -2\n",
    ),
    Example(
        "NumPy looks at the same memory",
        "import torch\n\nx = torch.zeros(4)\na = x.numpy()\na[0] = 5\nx[1] = 6\nb = a.copy()\nb[2] = 7\ny = x + 1\n",
    ),
    Example(
        "from_numpy against torch.tensor",
        "import numpy as np\nimport torch\n\na = np.arange(4)\nshared = torch.from_numpy(a)\ncopied = torch.tensor(a)\n"
        "a[0] = 100\n",
    ),
    Example(
        "One write into an expanded tensor",
        "import torch\n\nrow = torch.tensor([1.0, 2.0, 3.0])\ne = row.expand(3, 3)\nr = row.repeat(3, 1)\ne[0, 0] = 9\n"
        "r[0, 0] = 9\n",
    ),
    Example(
        "Adding in place to an expanded tensor",
        "import torch\n\ncolumn = torch.zeros(3, 1)\ne = column.expand(3, 4)\ne[0, 0] = 9\ne += 1\n",
        stops=True,
    ),
    Example(
        "Memory that nothing was written to",
        "import torch\n\nx = torch.empty(2, 3)\nx[1:] = 0\ny = x * 2\nx.fill_(1)\n",
    ),
    Example(
        "resize_ keeps the storage, or grows it",
        "import torch\n\nx = torch.arange(6)\nfirst = x[:2]\nx.resize_(2, 2)\nx.resize_(2, 4)\nfirst[0] = -1\n",
    ),
)
