"""Examples of the page Broadcasting & matmul, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

BROADCASTING_EXAMPLES = (
    Example(
        "Row and column",
        "import torch\n\na = torch.arange(6).view(2, 3)\nb = torch.arange(12).view(3, 4)\n"
        "product = a @ b\nshifted = product + torch.tensor([[100], [200]])\n",
    ),
)
