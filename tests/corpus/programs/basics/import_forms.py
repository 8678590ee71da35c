from __future__ import annotations

import collections
import functools as ft
import itertools
import math
import random

import numpy as np
import torch
import torch.autograd
import torch.distributions as dist
import torch.linalg
import torch.nn
import torch.nn as nn
import torch.nn.functional
import torch.nn.functional as F
import torch.optim
import torch.optim as optim
import torch.utils.data
import torch.utils.data as data
from collections import OrderedDict, defaultdict
from math import pi, sqrt as root
from torch import autograd, distributions, linalg, nn, optim, tensor
from torch.autograd import Function, Variable, grad
from torch.distributions import Normal
from torch.nn import Linear, functional
from torch.nn import functional as F
from torch.nn.parameter import Parameter
from torch.nn.utils import clip_grad_norm_
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, Dataset, TensorDataset
from torch.distributions.multinomial import Multinomial
from torch.autograd.function import once_differentiable

print(nn is torch.nn, F is torch.nn.functional, optim is torch.optim, functional is F)
print(torch.nn.functional.relu(torch.tensor([-1.0, 1.0])), root(16), round(pi, 3))
print(linalg.norm(tensor([3.0, 4.0])), torch.linalg.det(torch.eye(2)))
print(issubclass(DataLoader, object), issubclass(Adam, torch.optim.Optimizer), dist.Normal is Normal)
print(Linear(1, 1), ft.reduce(lambda a, b: a + b, [1, 2, 3]), list(itertools.chain([1], [2])))
print(math.floor(2.5), np.ones(2), OrderedDict(a=1), defaultdict(int)["x"], collections.Counter("a"))
print(random.randint(3, 3), data.TensorDataset is TensorDataset, distributions is torch.distributions)
