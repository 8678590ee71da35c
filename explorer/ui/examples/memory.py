"""Examples of the page Memory laboratory, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

MEMORY_EXAMPLES = (
    Example(
        "Who shares with whom",
        "import torch\n\nx = torch.arange(6)\ny = x + 1\nz = x.view(2, 3)\nz[0, 0] = 100\ny += x\n",
    ),
)
