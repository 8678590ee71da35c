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
        "One size follows from the others: -1",
        "import torch\n\nx = torch.arange(48)\nbatches = x.reshape(2, -1, 3, 4)\nflat = batches.flatten(1)\n"
        "again = flat.unflatten(1, (2, -1, 4))\n",
    ),
    Example(
        "expand against repeat",
        "import torch\n\nx = torch.tensor([[1], [2], [3]])\ne = x.expand(3, 4)\nr = x.repeat(1, 4)\n",
    ),
    Example(
        "One write, a whole row",
        "import torch\n\nx = torch.tensor([[1], [2], [3]])\ne = x.expand(3, 4)\ne[0, 0] = 9\ne += 1\n",
        stops=True,
    ),
    Example(
        "repeat, tile, repeat_interleave",
        "import torch\n\nx = torch.tensor([1, 2, 3])\na = x.repeat(2)\nb = x.tile(2, 2)\nc = x.repeat_interleave(2)\n",
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
        "stack along each dimension",
        "import torch\n\na = torch.tensor([[1, 2, 3], [4, 5, 6]])\nb = torch.tensor([[7, 8, 9], [10, 11, 12]])\n"
        "s0 = torch.stack([a, b], dim=0)\ns1 = torch.stack([a, b], dim=1)\ns2 = torch.stack([a, b], dim=2)\n",
    ),
    Example(
        "hstack, vstack, dstack",
        "import torch\n\na = torch.tensor([1, 2, 3])\nb = torch.tensor([4, 5, 6])\nh = torch.hstack([a, b])\n"
        "v = torch.vstack([a, b])\nd = torch.dstack([a, b])\n",
    ),
    Example(
        "split, chunk and unbind give views",
        "import torch\n\nx = torch.arange(15).view(3, 5)\nparts = x.split(2, dim=1)\nhalves = x.chunk(2, dim=1)\n"
        "first, second, third = x.unbind(0)\nparts[0][0, 0] = 99\n",
    ),
    Example(
        "A picture: channels first",
        "import torch\n\npicture = torch.arange(60).view(4, 5, 3)\nchannels = picture.permute(2, 0, 1)\n"
        "moved = picture.movedim(-1, 0)\nbatch = channels.unsqueeze(0)\ndense = batch.contiguous()\n",
    ),
    Example(
        "numpy.transpose beside permute",
        "import torch\n\nx = torch.arange(12).view(2, 2, 3)\npermuted = x.permute(1, 0, 2)\n"
        "transposed = torch.from_numpy(x.numpy().transpose(1, 0, 2))\nswapped = x.swapaxes(0, 1)\n",
    ),
    Example(
        "flip, roll and rot90 always copy",
        "import torch\n\nx = torch.arange(10).view(2, 5)\nf = x.flip(1)\nr = x.roll(2, 1)\n"
        "t = x.rot90(1, (0, 1))\nn = x.narrow(1, 1, 3)\n",
    ),
    Example(
        "Padding",
        "import torch\n\nx = torch.arange(1, 7.0).view(1, 2, 3)\nzeros = F.pad(x, (1, 2))\n"
        'mirrored = F.pad(x, (2, 2), mode="reflect")\nedges = F.pad(x, (1, 1), mode="replicate")\n',
    ),
    Example(
        "Sliding windows without a copy",
        "import torch\n\nx = torch.arange(8)\nwindows = x.as_strided((6, 3), (1, 1))\nx[3] = -1\n",
    ),
    Example(
        "unfold: the windows of a convolution",
        "import torch\n\nx = torch.arange(16).view(4, 4)\nrows = x.unfold(0, 3, 1)\n"
        "windows = rows.unfold(1, 3, 1)\nsums = windows.sum(dim=(2, 3))\n",
    ),
    Example(
        "The diagonal is a view",
        "import torch\n\nx = torch.zeros(4, 4, dtype=torch.int64)\nd = x.diagonal()\nd += 1\nx.diagonal(1)[:] = 7\n",
    ),
    Example(
        "pixel_shuffle: channels become pixels",
        "import torch\n\nx = torch.arange(16).view(1, 4, 2, 2)\nshuffled = torch.pixel_shuffle(x, 2)\n"
        "back = torch.pixel_unshuffle(shuffled, 2)\n",
    ),
    Example(
        "resize_ shows memory that nobody wrote",
        "import torch\n\nx = torch.arange(24).view(4, 6)\nx.resize_(6, 4)\nx.resize_(3, 3)\nx.resize_(7, 4)\n",
    ),
    Example(
        "Heads of attention",
        "import torch\n\nx = torch.arange(48).view(2, 3, 8)\nheads = x.unflatten(-1, (2, 4)).transpose(1, 2)\n"
        "merged = heads.transpose(1, 2).flatten(2)\n",
    ),
    Example(
        "Axes with names: written in a comment",
        "import torch\n\nx = torch.arange(24.0).view(2, 3, 4)  # x: batch token feature\nfirst = x.transpose(0, 1)\n"
        "flat = x.flatten(1)\nmeans = x.mean(dim=1)\n",
    ),
    Example(
        "Axes with names: told by a layer",
        "import torch\n\ntorch.manual_seed(0)\nimages = torch.arange(96.0).view(2, 3, 4, 4)\n"
        "features = nn.Conv2d(3, 2, 3)(images)\nlast = features.permute(0, 2, 3, 1)\n"
        "means = features.mean(dim=(2, 3))\n",
    ),
    Example(
        "A view that cannot be",
        "import torch\n\nx = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.view(3, 8)\n",
        stops=True,
    ),
    Example(
        "A billion elements in 8 kB",
        "import torch\n\nx = torch.arange(1000)\nbillion = x.expand(1_000_000, 1000)\n"
        "corner = billion[-1, :8].clone()\n",
    ),
    Example(
        "A billion bytes",
        "import torch\n\nx = torch.zeros(1000, 1000, 1000, dtype=torch.int8)\nx[999, 999] = 1\n"
        "corner = x[-1, -1, -8:]\n",
    ),
    Example(
        "NaN, infinities and signs",
        "import torch\n\nx = torch.linspace(-2, 3, 6).view(2, 3)\ny = x.log()\nz = 1 / x\nw = torch.stack([y, z])\n",
    ),
    Example(
        "The same numbers in every dtype",
        'import torch\n\nx = torch.tensor([0.1, -0.0, 1e-40, 300.0, float("inf"), float("nan")])\n'
        "double = x.double()\nhalf = x.half()\nbrain = x.bfloat16()\ntiny = x.to(torch.float8_e4m3fn)\n"
        "range8 = x.to(torch.float8_e5m2)\nwhole = x[:4].to(torch.int32)\n"
        "byte = torch.tensor([0, 1, 127, 255]).to(torch.uint8)\nsigned = byte.view(torch.int8)\n"
        "truth = x[:4].bool()\ncomplex_numbers = torch.complex(x[:4], x[:4].flip(0))\n",
    ),
)
