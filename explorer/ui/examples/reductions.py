"""Examples of the page Reductions & dim, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

REDUCTION_EXAMPLES = (
    Example(
        "Where dim goes",
        "import torch\n\nx = torch.arange(12).view(3, 4)\ntotal = x.sum()\n"
        "columns = x.sum(dim=1, keepdim=True)\nrows = x.sum(dim=0)\n",
    ),
    Example(
        "dim=-1 is the last one",
        "import torch\n\nx = torch.arange(24).view(2, 3, 4)\na = x.sum(dim=-1)\nb = x.sum(dim=2)\n"
        "c = x.sum(dim=(0, 2))\n",
    ),
    Example(
        "keepdim keeps the shape fit for broadcasting",
        "import torch\n\nx = torch.arange(12.0).view(3, 4)\nmeans = x.mean(dim=1, keepdim=True)\ncentred = x - means\n",
    ),
    Example(
        "Without keepdim: wrong, and nobody says so",
        "import torch\n\nx = torch.arange(9.0).view(3, 3)\nmeans = x.mean(dim=1)\nwrong = x - means\n"
        "right = x - means[:, None]\n",
    ),
    Example(
        "argmax: the place, not the value",
        "import torch\n\nx = torch.tensor([[3, 9, 2, 4], [7, 1, 8, 6], [5, 0, 1, 9]])\n"
        "values, indices = x.max(dim=1)\ndown = x.argmax(dim=0)\nflat = x.argmax()\n",
    ),
    Example(
        "max with dim gives two results, amax one",
        "import torch\n\nx = torch.tensor([[3, 9, 2], [7, 1, 8]])\nlargest = x.max()\n"
        "values, indices = x.max(dim=0)\nsmallest = x.amin(dim=(0, 1))\n",
    ),
    Example(
        "var: divide by n - 1 or by n",
        "import torch\n\nx = torch.tensor([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 10.0, 10.0]])\n"
        "unbiased = x.var(dim=1)\nbiased = x.var(dim=1, correction=0)\ndeviation = x.std(dim=1)\n"
        "one = torch.tensor([5.0]).var()\n",
    ),
    Example(
        "softmax over the wrong dimension",
        "import torch\n\nscores = torch.tensor([[2.0, 1.0, 0.1], [0.5, 2.5, 0.3]])\n"
        "right = scores.softmax(dim=1)\nwrong = scores.softmax(dim=0)\nrows = wrong.sum(dim=1)\n",
    ),
    Example(
        "softmax and logsumexp",
        "import torch\n\nx = torch.tensor([[1.0, 2.0, 3.0], [1000.0, 1001.0, 1002.0]])\n"
        "naive = x.exp() / x.exp().sum(dim=1, keepdim=True)\nlog_sum = x.logsumexp(dim=1, keepdim=True)\n"
        "stable = (x - log_sum).exp()\nsoftmax = x.softmax(dim=1)\n",
    ),
    Example(
        "cumsum: each cell adds up what came before",
        "import torch\n\nx = torch.arange(1, 7).view(2, 3)\ndown = x.cumsum(dim=0)\nalong = x.cumsum(dim=1)\n"
        "products = x.cumprod(dim=1)\n",
    ),
    Example(
        "sort and topk",
        "import torch\n\nx = torch.tensor([[3, 9, 2, 4], [7, 1, 8, 6]])\n"
        "values, indices = x.sort(dim=1, descending=True)\nbest, places = x.topk(2, dim=1)\n"
        "again = x.gather(1, indices)\n",
    ),
    Example(
        "Norms",
        "import torch\n\nx = torch.tensor([[3.0, 4.0], [6.0, 8.0], [5.0, 12.0]])\n"
        "lengths = x.norm(dim=1, keepdim=True)\nunit = x / lengths\nwhole = x.norm()\n",
    ),
    Example(
        "all and any",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nlarge = x > 3\nrows = large.all(dim=1)\n"
        "columns = large.any(dim=0)\neverything = large.all()\n",
    ),
    Example(
        "Batch normalisation by hand",
        "import torch\n\nx = torch.arange(48.0).view(2, 3, 2, 4)\nmeans = x.mean(dim=(0, 2, 3), keepdim=True)\n"
        "variances = x.var(dim=(0, 2, 3), correction=0, keepdim=True)\n"
        "normal = (x - means) / (variances + 1e-5).sqrt()\n",
    ),
    Example(
        "One-hot of the largest score",
        "import torch\n\nlogits = torch.tensor([[0.1, 2.0, 0.3], [1.5, 0.2, 1.5]])\n"
        "best = logits.max(dim=1, keepdim=True)[0]\none_hot = (logits == best).float()\n",
    ),
    Example(
        "NaN spreads, nanmean skips it",
        'import torch\n\nx = torch.tensor([[1.0, float("nan"), 3.0], [4.0, 5.0, 6.0]])\nmean = x.mean(dim=1)\n'
        "skipped = x.nanmean(dim=1)\nlargest = x.amax(dim=1)\n",
    ),
    Example(
        "mean of whole numbers",
        "import torch\n\nx = torch.arange(12).view(3, 4)\ntotal = x.sum(dim=0)\nmean = x.mean(dim=0)\n",
        stops=True,
    ),
)
