"""Torch computes with one thread in all tests, as in the processes that run programs.

Two threads have little to share on small tensors, and wait for each other by spinning: that took most of the suite's
processor time.
"""

import torch

torch.set_num_threads(1)
