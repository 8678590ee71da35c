import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()


Net()(torch.ones(1))
