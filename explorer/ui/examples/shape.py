"""Examples of the page Shape & memory, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.example import Example

SHAPE_EXAMPLES = (
    Example(
        "Why reshape copies",
        "import torch\n\nx = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.reshape(3, 8)\n",
    ),
    Example(
        "Transposing is not reshaping",
        "import torch\n\nx = torch.arange(6).view(2, 3)\nflipped = x.t()\nreshaped = x.view(3, 2)\n",
    ),
    Example(
        "expand against repeat",
        "import torch\n\nx = torch.tensor([[1], [2], [3]])\ne = x.expand(3, 4)\nr = x.repeat(1, 4)\n",
    ),
    Example(
        "A write through a slice",
        "import torch\n\nx = torch.arange(12).view(3, 4)\ncolumn = x[:, 1]\ncolumn[0] = 99\npicked = x[:, [1]]\n"
        "picked[1] = -7\n",
    ),
    Example(
        "stack against cat",
        "import torch\n\na = torch.arange(6).view(2, 3)\nb = torch.arange(6, 12).view(2, 3)\n"
        "s = torch.stack([a, b], dim=1)\nc = torch.cat([a, b], dim=1)\n",
    ),
    Example(
        "A picture: channels first",
        "import torch\n\npicture = torch.arange(60).view(4, 5, 3)\nchannels = picture.permute(2, 0, 1)\n"
        "batch = channels.unsqueeze(0)\ndense = batch.contiguous()\n",
    ),
    Example(
        "flip and roll always copy",
        "import torch\n\nx = torch.arange(10).view(2, 5)\nf = x.flip(1)\nr = x.roll(2, 1)\nn = x.narrow(1, 1, 3)\n",
    ),
    Example(
        "Sliding windows without a copy",
        "import torch\n\nx = torch.arange(8)\nwindows = x.as_strided((6, 3), (1, 1))\nx[3] = -1\n",
    ),
    Example(
        "A view that cannot be",
        "import torch\n\nx = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.view(3, 8)\n",
    ),
    Example(
        "A billion elements in 8 kB",
        "import torch\n\nx = torch.arange(1000)\nbillion = x.expand(1_000_000, 1000)\n"
        "corner = billion[-1, :8].clone()\n",
    ),
    Example(
        "NaN, infinities and signs",
        "import torch\n\nx = torch.linspace(-2, 3, 6).view(2, 3)\ny = x.log()\nz = 1 / x\nw = torch.stack([y, z])\n",
    ),
)
