"""Examples of the recurrent page, from easy to surprising."""

from __future__ import annotations

from explorer.ui.examples.recurrent_basics import BASIC_EXAMPLES
from explorer.ui.examples.recurrent_presets import PRESET_EXAMPLES
from explorer.ui.examples.recurrent_surprises import SURPRISING_EXAMPLES
from explorer.ui.examples.recurrent_training import TRAINING_EXAMPLES

RECURRENT_EXAMPLES = (*BASIC_EXAMPLES, *PRESET_EXAMPLES, *TRAINING_EXAMPLES, *SURPRISING_EXAMPLES)
