"""Examples of the page Reductions & dim, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

REDUCTION_EXAMPLES = (
    Example(
        "Where dim goes",
        "import torch\n\nx = torch.arange(12).view(3, 4)\nrows = x.sum(dim=0)\n"
        "columns = x.sum(dim=1, keepdim=True)\ntotal = x.sum()\n",
    ),
)
