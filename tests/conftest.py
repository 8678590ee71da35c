"""What holds for all tests.

Torch computes with one thread, as in the processes that run programs. Two threads have little to share on small
tensors, and wait for each other by spinning: that took most of the suite's processor time.

Hypothesis times no example: how long one takes says more about the machine than about the code. For the same reason
programs have more time than in the app: six processes may share a processor here. In CI its examples are the same each
time, as in its own profile for CI, so that a commit passes or fails for what is in it; elsewhere it looks for new ones.

What was there when the first test begins is no garbage: as in the app's processes, collecting passes it by, and so does
looking for what a program left behind (`explorer.program.suspended`).
"""

import gc
import os

import torch
from hypothesis import settings

torch.set_num_threads(1)
os.environ.setdefault("EXPLORER_MAX_SECONDS", "60")

settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Exempt modules and collected tests from garbage collection."""
    gc.collect()
    gc.freeze()
