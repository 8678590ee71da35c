"""Examples of the page Step through, from easy to surprising; the first is the one that it opens on."""

from __future__ import annotations

from explorer.ui.examples.autograd_backward import BACKWARD_EXAMPLES
from explorer.ui.examples.autograd_functions import FUNCTION_EXAMPLES
from explorer.ui.examples.autograd_graph import GRAPH_EXAMPLES
from explorer.ui.examples.autograd_networks import NETWORK_EXAMPLES

AUTOGRAD_EXAMPLES = (*BACKWARD_EXAMPLES, *GRAPH_EXAMPLES, *FUNCTION_EXAMPLES, *NETWORK_EXAMPLES)
