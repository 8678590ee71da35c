"""Programs whose last lines make the nodes that have rules, and what the names in their formulas mean."""

from __future__ import annotations

import math
from typing import Any

import torch

U = "u = (torch.rand(2, 3) + 0.5).requires_grad_()\n"
V = "v = (torch.rand(2, 3) + 0.5).requires_grad_()\n"
W = "w = (torch.rand(2, 3) + 0.5).requires_grad_()\n"
SIGNED = "u = (torch.rand(2, 3) * 4 - 2).requires_grad_()\n"
TARGET = "v = torch.rand(2, 3)\n"
FRACTION = "u = (torch.rand(2, 3) * 0.8 + 0.1).requires_grad_()\n"
MASK = "c = torch.tensor([[True, False, True], [False, True, False]])\n"

# node → program whose last line makes it; its formulas are evaluated as they are written
EVALUATED = {
    "Add": U + V + "y = u + v",
    "Add ×2": U + V + "y = torch.add(u, v, alpha=2)",
    "Sub": U + V + "y = u - v",
    "Sub ×3": U + V + "y = torch.sub(u, v, alpha=3)",
    "Rsub": U + "v = 5\ny = v - u",
    "Mul": U + V + "y = u * v",
    "Mul 3": U + "y = u * 3",
    "Mul -2.5": U + "y = -2.5 * u",
    "Div": U + V + "y = u / v",
    "Div 4": U + "y = u / 4",
    "Pow0": U + "y = u ** 3",
    "Pow0 2": U + "y = u ** 2",
    "Pow0 0.5": U + "y = u ** 1.5",
    "Pow0 -1": U + "y = u ** -2",
    "Pow1": U + V + "y = u ** v",
    "Pow2": U + "y = 2 ** u",
    "Neg": U + "y = -u",
    "Abs": SIGNED + "y = u.abs()",
    "Exp": U + "y = u.exp()",
    "Expm1": U + "y = u.expm1()",
    "Log": U + "y = u.log()",
    "Log2": U + "y = u.log2()",
    "Log10": U + "y = u.log10()",
    "Log1P": U + "y = u.log1p()",
    "Sqrt": U + "y = u.sqrt()",
    "Rsqrt": U + "y = u.rsqrt()",
    "Reciprocal": U + "y = u.reciprocal()",
    "Sin": SIGNED + "y = u.sin()",
    "Cos": SIGNED + "y = u.cos()",
    "Tan": U + "y = u.tan()",
    "Atan": SIGNED + "y = u.atan()",
    "Tanh": SIGNED + "y = u.tanh()",
    "Sigmoid": SIGNED + "y = u.sigmoid()",
    "LogSigmoid": SIGNED + "y = F.logsigmoid(u)",
    "Relu": SIGNED + "y = u.relu()",
    "LeakyRelu": SIGNED + "y = F.leaky_relu(u, 0.1)",
    "Elu": SIGNED + "y = F.elu(u, 0.7)",
    "Gelu": SIGNED + "y = F.gelu(u)",
    "Silu": SIGNED + "y = F.silu(u)",
    "Softplus": SIGNED + "y = F.softplus(u, 2)",
    "Hardtanh": SIGNED + "y = F.hardtanh(u)",
    "Clamp1": SIGNED + "y = u.clamp(-1, 0.5)",
    "Clamp1 min": SIGNED + "y = u.clamp(min=0.5)",
    "Clamp1 max": SIGNED + "y = u.clamp(max=0.5)",
    "Erf": SIGNED + "y = torch.erf(u)",
    "Maximum": U + V + "y = torch.maximum(u, v)",
    "Maximum equal": U + "v = u.detach().clone().requires_grad_()\ny = torch.maximum(u, v)",
    "Minimum": U + V + "y = torch.minimum(u, v)",
    "Where": U + V + MASK + "y = torch.where(c, u, v)",
    "MaskedFill": U + MASK + "y = u.masked_fill(c, 7)",
    "Addcmul": U + V + W + "y = torch.addcmul(u, v, w, value=2)",
    "Addcmul 1": U + V + W + "y = torch.addcmul(u, v, w)",
    "Lerp": U + V + "y = torch.lerp(u, v, 0.3)",
    "Clone": U + "y = u.clone()",
    "ToCopy": U + "y = u.double()",
    "MseLoss": U + V + "y = F.mse_loss(u, v)",
    "MseLoss sum": U + V + "y = F.mse_loss(u, v, reduction='sum')",
    "MseLoss none": U + V + "y = F.mse_loss(u, v, reduction='none')",
    "BinaryCrossEntropy": FRACTION + TARGET + "y = F.binary_cross_entropy(u, v)",
    "BinaryCrossEntropyWithLogits": SIGNED + TARGET + "y = F.binary_cross_entropy_with_logits(u, v)",
    "HuberLoss": "u = (torch.rand(2, 3) * 8 - 4).requires_grad_()\n" + TARGET + "y = F.huber_loss(u, v, delta=1.5)",
    "SmoothL1Loss": "u = (torch.rand(2, 3) * 8 - 4).requires_grad_()\n"
    + TARGET
    + "y = F.smooth_l1_loss(u, v, beta=0.5)",
    "Mean": U + "y = u.mean()",
    "Mean dim": U + "y = u.mean(1)",
    "Sum": U + "y = u.sum()",
    "Sum dim": U + "y = u.sum(0)",
    "LinalgVectorNorm": U + "y = torch.linalg.vector_norm(u)",
    "Var": U + "y = u.var()",
    "Var biased": U + "y = u.var(correction=0)",
    "Std": U + "y = u.std()",
    "Prod": U + "y = u.prod()",
    "Softmax": SIGNED + "y = u.softmax(1)",
    "LogSoftmax": SIGNED + "y = u.log_softmax(1)",
    "Logsumexp": SIGNED + "y = u.logsumexp(1, keepdim=True)",
    "Cumsum": U + "y = u.cumsum(1)",
    "Mm": U + "v = torch.rand(3, 4, requires_grad=True)\ny = u @ v",
    "Bmm": "u = torch.rand(2, 2, 3, requires_grad=True)\nv = torch.rand(2, 3, 4, requires_grad=True)\ny = u.bmm(v)",
    "Addmm": "u = torch.rand(2, 4, requires_grad=True)\nv = torch.rand(2, 3, requires_grad=True)\n"
    "w = torch.rand(3, 4, requires_grad=True)\ny = torch.addmm(u, v, w, beta=2, alpha=3)",
    "Baddbmm": "u = torch.rand(2, 2, 4, requires_grad=True)\nv = torch.rand(2, 2, 3, requires_grad=True)\n"
    "w = torch.rand(2, 3, 4, requires_grad=True)\ny = torch.baddbmm(u, v, w)",
    "Mv": U + "v = torch.rand(3, requires_grad=True)\ny = u.mv(v)",
    "Dot": "u = torch.rand(3, requires_grad=True)\nv = torch.rand(3, requires_grad=True)\ny = u.dot(v)",
    "T": U + "y = u.t()",
    "Transpose": U + "y = u.transpose(-1, 0)",
    "Permute": "u = torch.rand(2, 3, 4, requires_grad=True)\ny = u.permute(2, 0, -2)",
    "View": U + "y = u.view(6)",
    "Squeeze": "u = torch.rand(1, 3, requires_grad=True)\ny = u.squeeze(0)",
    "Unsqueeze": U + "y = u.unsqueeze(-1)",
    "Expand": "u = torch.rand(3, requires_grad=True)\ny = u.expand(2, 3)",
    "Select": U + "y = u[:, 1]",
    "Slice": U + "y = u[:, 1:]",
    "Slice step": U + "y = u[:, 0:3:2]",
    "Index": U + "index = torch.tensor([0, 0, 1])\ny = u[index]",
    "IndexSelect": U + "index = torch.tensor([0, 0, 1])\ny = u.index_select(0, index)",
    "Gather": U + "index = torch.tensor([[0, 1, 1], [1, 1, 0]])\ny = u.gather(0, index)",
    "Embedding": U + "index = torch.tensor([0, 0, 1])\ny = F.embedding(index, u)",
    "Flip": U + "y = u.flip((0, 1))",
    "Tril": U + "y = u.tril(-1)",
    "Triu": U + "y = u.triu(1)",
}

NAMES: dict[str, Any] = {
    **{
        name: getattr(torch, name)
        for name in ("abs", "sign", "exp", "log2", "log10", "sin", "cos", "tan", "atan", "tanh")
    },
    **{
        name: getattr(torch, name)
        for name in ("relu", "erf", "where", "mean", "sum", "var", "std", "prod", "outer", "clone")
    },
    **{name: getattr(torch, name) for name in ("tril", "triu")},
    "ln": lambda one: torch.as_tensor(one).log(),
    "sqrt": lambda one: torch.as_tensor(one).sqrt(),
    "sigma": torch.sigmoid,
    "Phi": lambda one: 0.5 * (1 + torch.erf(one / math.sqrt(2))),
    "phi": lambda one: torch.exp(-(one**2) / 2) / math.sqrt(2 * math.pi),
    "norm": torch.linalg.vector_norm,
    "pi": torch.tensor(math.pi),
    "clip": lambda one, most: torch.clamp(one, -most, most),
    "backward_cumsum": lambda one: one.flip(1).cumsum(1).flip(1),
    "to": lambda one: one.double(),
}
