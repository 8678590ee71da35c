"""Examples of the recurrent page, from easy to surprising."""

from __future__ import annotations

from explorer.ui.examples.example import Example

RECURRENT_EXAMPLES = (
    Example(
        "A sine with noise through an LSTM",
        """\
import torch
from torch import nn

x = torch.sin(torch.arange(12) / 2).view(12, 1, 1) + 0.3 * torch.randn(12, 1, 1)
lstm = nn.LSTM(1, 6)
output, (h_n, c_n) = lstm(x)
""",
    ),
)
