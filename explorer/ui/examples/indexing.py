"""Examples of the page Indexing & gathering, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

INDEXING_EXAMPLES = (
    Example(
        "gather picks by index",
        "import torch\n\nx = torch.arange(12).view(3, 4)\n"
        "index = torch.tensor([[2, 0, 1, 0], [1, 1, 2, 2]])\nout = x.gather(0, index)\n",
    ),
)
