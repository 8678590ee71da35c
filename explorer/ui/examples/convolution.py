"""Examples of convolution and pooling, from one window to whole networks."""

from __future__ import annotations

from explorer.ui.examples.convolution_basics import BASIC_EXAMPLES
from explorer.ui.examples.convolution_networks import NETWORK_EXAMPLES
from explorer.ui.examples.convolution_surprises import SURPRISING_EXAMPLES

CONVOLUTION_EXAMPLES = (*BASIC_EXAMPLES, *SURPRISING_EXAMPLES, *NETWORK_EXAMPLES)
