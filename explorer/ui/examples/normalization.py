"""Examples of the normalisation page, from easy to surprising."""

from __future__ import annotations

from explorer.ui.examples.normalization_basics import BASIC_EXAMPLES
from explorer.ui.examples.normalization_surprises import SURPRISING_EXAMPLES
from explorer.ui.examples.normalization_training import TRAINING_EXAMPLES

NORMALIZATION_EXAMPLES = (*BASIC_EXAMPLES, *TRAINING_EXAMPLES, *SURPRISING_EXAMPLES)
