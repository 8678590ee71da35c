import torch
from torch.nn import functional as F


def get_params(vocab_size, num_hiddens):
    def normal(shape):
        return torch.randn(size=shape) * 0.01

    params = [
        normal((vocab_size, num_hiddens)),
        normal((num_hiddens, num_hiddens)),
        torch.zeros(num_hiddens),
        normal((num_hiddens, vocab_size)),
        torch.zeros(vocab_size),
    ]
    for param in params:
        param.requires_grad_(True)
    return params


def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    outputs = []
    for X in inputs:
        H = torch.tanh(torch.mm(X, W_xh) + torch.mm(H, W_hh) + b_h)
        Y = torch.mm(H, W_hq) + b_q
        outputs.append(Y)
    return torch.cat(outputs, dim=0), (H,)


X = torch.arange(10).reshape((2, 5))
params = get_params(28, 16)
outputs, state = rnn(F.one_hot(X.T, 28).float(), (torch.zeros(2, 16),), params)
outputs.sum().backward()
print(outputs.shape, len(state), state[0].shape, params[1].grad.norm() > 0)
