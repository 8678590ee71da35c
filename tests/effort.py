"""How many examples Hypothesis asks for, by what one costs.

An example that calls a function takes microseconds, and there may be hundreds. One that runs a program, records it and
looks at it through a lens takes 20 to 100 ms. The properties of a lens that have `COSTLY` are about one part of its
scene; they share their strategy with a property of the whole that asks for more, so a rare parameter is met there.
"""

from __future__ import annotations

from hypothesis import settings

COSTLY = settings(max_examples=30)
