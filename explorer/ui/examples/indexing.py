"""Examples of the page Indexing & gathering, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

INDEXING_EXAMPLES = (
    Example(
        "gather picks by index",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nindex = torch.tensor([[2, 0, 1, 0], [1, 1, 2, 2]])\n"
        "out = x.gather(0, index)\n",
    ),
    Example(
        "Slices, steps and negative indices",
        "import torch\n\nx = torch.arange(24).view(4, 6)\nrow = x[1]\ncolumn = x[:, -1]\nblock = x[1:3, 2:5]\n"
        "every_other = x[::2, 1::2]\n",
    ),
    Example(
        "None and ... make room",
        "import torch\n\nx = torch.arange(24).view(2, 3, 4)\nlast = x[..., 0]\nrow = x[0, None]\n"
        "matrix = x[:, :, None, :]\n",
    ),
    Example(
        "Two index tensors: pairs, not a block",
        "import torch\n\nx = torch.arange(20).view(4, 5)\nrows = torch.tensor([0, 2, 3])\n"
        "columns = torch.tensor([1, 1, 4])\npairs = x[rows, columns]\nblock = x[rows[:, None], columns]\n",
    ),
    Example(
        "A boolean mask",
        "import torch\n\nx = torch.tensor([[3, -1, 4], [-1, 5, -9]])\nmask = x > 0\npicked = x[mask]\n"
        "same = x.masked_select(mask)\nplaces = mask.nonzero()\nclipped = torch.where(mask, x, 0)\n",
    ),
    Example(
        "A view or a copy?",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nview = x[1:3]\ncopy = x[[1, 2]]\nview[0, 0] = 100\n"
        "copy[0, 1] = -100\n",
    ),
    Example(
        "Writing through an index",
        "import torch\n\nx = torch.zeros(4, 5, dtype=torch.int64)\nx[1] = 1\n"
        "x[:, 2] = torch.tensor([10, 20, 30, 40])\nx[[0, 3], [0, 4]] = 7\nx[x == 0] = -1\n",
    ),
    Example(
        "index_select takes whole rows or columns",
        "import torch\n\nx = torch.arange(20).view(4, 5)\nindex = torch.tensor([3, 0, 3])\n"
        "rows = x.index_select(0, index)\ncolumns = x.index_select(1, index)\nsame = x[:, index]\n",
    ),
    Example(
        "scatter is gather backwards",
        "import torch\n\nx = torch.tensor([[5, 6, 7], [8, 9, 10]])\n"
        "index = torch.tensor([[0, 2, 1], [2, 0, 0]])\n"
        "out = torch.zeros(3, 3, dtype=torch.int64).scatter(0, index, x)\nback = out.gather(0, index)\n",
    ),
    Example(
        "One-hot with scatter",
        "import torch\n\nlabels = torch.tensor([2, 0, 1, 2])\n"
        "one_hot = torch.zeros(4, 3).scatter(1, labels.unsqueeze(1), 1.0)\n",
    ),
    Example(
        "Counting with scatter_add and index_add",
        "import torch\n\nwords = torch.tensor([0, 2, 1, 2, 2, 0])\n"
        "counts = torch.zeros(3).scatter_add(0, words, torch.ones(6))\nvectors = torch.arange(12.0).view(6, 2)\n"
        "sums = torch.zeros(3, 2).index_add(0, words, vectors)\n",
    ),
    Example(
        "The loss picks one score a row",
        "import torch\n\ntorch.manual_seed(0)\nscores = torch.randn(4, 3)\nlabels = torch.tensor([2, 0, 1, 2])\n"
        "logs = scores.log_softmax(dim=1)\npicked = logs.gather(1, labels.unsqueeze(1)).squeeze(1)\n"
        "same = logs[torch.arange(4), labels]\nloss = -picked.mean()\n",
    ),
    Example(
        "take counts through all elements",
        "import torch\n\nx = torch.arange(10, 22).view(3, 4)\nflat = x.take(torch.tensor([0, 5, 11]))\n"
        "order = x.argsort(dim=1, descending=True)\nsorted_rows = x.take_along_dim(order, dim=1)\n",
    ),
    Example(
        "Written twice: which one stays?",
        "import torch\n\nx = torch.zeros(4, dtype=torch.int64)\nindex = torch.tensor([1, 1, 3])\nx[index] += 1\n"
        "y = torch.zeros(4, dtype=torch.int64).index_add(0, index, torch.ones(3, dtype=torch.int64))\n",
    ),
    Example(
        "An index tensor between slices",
        "import torch\n\nx = torch.arange(24).view(2, 3, 4)\ntogether = x[:, [0, 2], [1, 3]]\n"
        "apart = x[[0, 1], :, [1, 3]]\n",
    ),
    Example(
        "An index that is too large",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nindex = torch.tensor([0, 3])\nrows = x[index]\n",
        stops=True,
    ),
)
