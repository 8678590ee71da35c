import contextlib
from contextlib import contextmanager

import torch


@contextmanager
def eval_mode(module):
    was_training = module.training
    module.eval()
    try:
        yield module
    finally:
        module.train(was_training)


net = torch.nn.Dropout(0.5)
with eval_mode(net) as m:
    print(m(torch.ones(4)), net.training)
print(net.training)
use_grad = False
with torch.no_grad() if not use_grad else contextlib.nullcontext():
    print(torch.is_grad_enabled())
