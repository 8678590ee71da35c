"""Local derivatives of functions, losses, reductions and products.

Source: `tools/autograd/derivatives.yaml` and `torch/csrc/autograd/FunctionsManual.cpp` of PyTorch.
"""

from __future__ import annotations

from explorer.lenses.autograd.rules_row import Row

_PASSED = "The gradient passes unchanged."
_SCALED = "Each element of the gradient is multiplied by the slope at its place."
_SWAPPED = "Each factor receives the gradient times the other factor."
_GATE = "The gradient passes where the slope is 1 and stops where it is 0."
_SPREAD = "Every element that was added up receives the same gradient."
_MATRICES = "Each matrix receives the gradient times the other one, transposed."
_LARGEST = "Only the element that was taken receives the gradient; all others receive 0."
_SHARED = "Only the largest receives the gradient; equal ones share it equally: k is how many are the largest."
_LOSS = "The gradient is large where prediction and target are far apart."

CALCULUS: dict[str, Row] = {
    "Add": Row(("∂(u + {alpha times}v)/∂u = 1", "∂(u + {alpha times}v)/∂v = {alpha}"), _PASSED),
    "Sub": Row(
        ("∂(u − {alpha times}v)/∂u = 1", "∂(u − {alpha times}v)/∂v = −{alpha}"),
        "What is subtracted receives the negative.",
    ),
    "Rsub": Row(
        ("∂(v − {alpha times}u)/∂u = −{alpha}", "∂(v − {alpha times}u)/∂v = 1"),
        "What is subtracted receives the negative.",
    ),
    "Mul": Row(("∂(u · {other})/∂u = {other}", "∂({self} · v)/∂v = {self}"), _SWAPPED),
    "Div": Row(("∂(u / {other})/∂u = 1 / {other}", "∂({self} / v)/∂v = −{self} / v²"), _SCALED),
    "Pow0": Row(("∂(u^{exponent})/∂u = {exponent} · u^{exponent less 1}",), _SCALED),
    "Pow1": Row(
        ("∂(u^{exponent})/∂u = {exponent} · u^({exponent} − 1)", "∂({self}^v)/∂v = {self}^v · ln({self})"), _SCALED
    ),
    "Pow2": Row(("∂({self}^u)/∂u = {self}^u · ln({self})",), _SCALED),
    "Neg": Row(("∂(−u)/∂u = −1",), "The gradient changes its sign."),
    "Abs": Row(("∂abs(u)/∂u = sign(u)",), "The gradient changes its sign where u is negative, and stops where u is 0."),
    "Exp": Row(("∂exp(u)/∂u = exp(u)",), _SCALED),
    "Expm1": Row(("∂(exp(u) − 1)/∂u = exp(u)",), _SCALED),
    "Log": Row(("∂ln(u)/∂u = 1 / u",), "Small u make the gradient large."),
    "Log2": Row(("∂log2(u)/∂u = 1 / (u · ln(2))",), "Small u make the gradient large."),
    "Log10": Row(("∂log10(u)/∂u = 1 / (u · ln(10))",), "Small u make the gradient large."),
    "Log1P": Row(("∂ln(1 + u)/∂u = 1 / (1 + u)",), _SCALED),
    "Sqrt": Row(("∂√(u)/∂u = 1 / (2 · √(u))",), "Small u make the gradient large; at 0 the slope is infinite."),
    "Rsqrt": Row(("∂(1 / √(u))/∂u = −1 / (2 · u · √(u))",), "Small u make the gradient large."),
    "Reciprocal": Row(("∂(1 / u)/∂u = −1 / u²",), "Small u make the gradient large."),
    "Sin": Row(("∂sin(u)/∂u = cos(u)",), _SCALED),
    "Cos": Row(("∂cos(u)/∂u = −sin(u)",), _SCALED),
    "Tan": Row(("∂tan(u)/∂u = 1 + tan(u)²",), _SCALED),
    "Atan": Row(("∂atan(u)/∂u = 1 / (1 + u²)",), _SCALED),
    "Tanh": Row(("∂tanh(u)/∂u = 1 − tanh(u)²",), "The slope is at most 1, and almost 0 where tanh(u) is near 1 or −1."),
    "Sigmoid": Row(("∂σ(u)/∂u = σ(u) · (1 − σ(u))",), "The slope is at most 1/4: the gradient shrinks."),
    "LogSigmoid": Row(("∂ln(σ(u))/∂u = σ(−u)",), _SCALED),
    "Relu": Row(("∂relu(u)/∂u = 1 where u > 0, else 0",), _GATE),
    "LeakyRelu": Row(
        ("∂leaky_relu(u)/∂u = 1 where u > 0, else {negative_slope}",), "Negative u pass a small part of the gradient."
    ),
    "Elu": Row(("∂elu(u)/∂u = 1 where u > 0, else {alpha} · exp(u)",), _SCALED),
    "Gelu": Row(("∂gelu(u)/∂u = Φ(u) + u · φ(u)",), _SCALED),
    "Silu": Row(("∂(u · σ(u))/∂u = σ(u) · (1 + u · (1 − σ(u)))",), _SCALED),
    "Softplus": Row(("∂softplus(u)/∂u = σ({beta times}u)",), _SCALED),
    "Hardtanh": Row(("∂hardtanh(u)/∂u = 1 where {min_val} < u < {max_val}, else 0",), _GATE),
    "Clamp1": Row(("∂clamp(u)/∂u = 1 where {min} ≤ u ≤ {max}, else 0",), _GATE),
    "ClampMin": Row(("∂clamp(u)/∂u = 1 where u ≥ {min}, else 0",), _GATE),
    "ClampMax": Row(("∂clamp(u)/∂u = 1 where u ≤ {max}, else 0",), _GATE),
    "Erf": Row(("∂erf(u)/∂u = 2 / √(π) · exp(−u²)",), _SCALED),
    "Maximum": Row(
        (
            "∂max(u, v)/∂u = 1 where u > v, 1/2 where u = v, else 0",
            "∂max(u, v)/∂v = 1 where v > u, 1/2 where u = v, else 0",
        ),
        "The larger of the two receives the gradient; equal ones receive half of it each.",
    ),
    "Minimum": Row(
        (
            "∂min(u, v)/∂u = 1 where u < v, 1/2 where u = v, else 0",
            "∂min(u, v)/∂v = 1 where v < u, 1/2 where u = v, else 0",
        ),
        "The smaller of the two receives the gradient; equal ones receive half of it each.",
    ),
    "Where": Row(
        ("∂where(c, u, v)/∂u = 1 where c, else 0", "∂where(c, u, v)/∂v = 0 where c, else 1"),
        "Each input receives the gradient where it was taken.",
    ),
    "MaskedFill": Row(("∂masked_fill(u, c)/∂u = 0 where c, else 1",), "What was written over receives no gradient."),
    "Addcmul": Row(
        (
            "∂(u + {value times}v · w)/∂u = 1",
            "∂(u + {value times}v · w)/∂v = {value times}w",
            "∂(u + {value times}v · w)/∂w = {value times}v",
        ),
        _SWAPPED,
    ),
    "Lerp": Row(
        ("∂(u + {weight} · (v − u))/∂u = 1 − {weight}", "∂(u + {weight} · (v − u))/∂v = {weight}"),
        "The gradient is shared out by the weight.",
    ),
    "Clone": Row(("∂clone(u)/∂u = 1",), _PASSED),
    "ToCopy": Row(("∂to(u)/∂u = 1",), "The gradient passes, converted to the dtype and device of u."),
    "MseLoss": Row(
        ("∂{reduction}((u − v)²)/∂u = 2 · (u − v){over}", "∂{reduction}((u − v)²)/∂v = −2 · (u − v){over}"), _LOSS
    ),
    "BinaryCrossEntropy": Row(
        ("∂{reduction}(−v · ln(u) − (1 − v) · ln(1 − u))/∂u = (u − v) / (u · (1 − u)){over}",),
        "A confident wrong prediction has a steep slope.",
    ),
    "BinaryCrossEntropyWithLogits": Row(
        ("∂{reduction}(−v · ln(σ(u)) − (1 − v) · ln(1 − σ(u)))/∂u = (σ(u) − v){over}",),
        "The slope is the difference between the predicted probability and the target.",
    ),
    "HuberLoss": Row(
        ("∂{reduction}(huber(u − v))/∂u = clip(u − v, {delta}){over}",), "Large errors pull no harder than delta."
    ),
    "SmoothL1Loss": Row(
        ("∂{reduction}(smooth_l1(u − v))/∂u = clip((u − v) / {beta}, 1){over}",), "Large errors pull no harder than 1."
    ),
    "Mean": Row(("∂mean(u)/∂u = 1 / {n}",), "Each of the {n} elements behind a result receives 1/{n} of its gradient."),
    "Sum": Row(("∂sum(u)/∂u = 1",), _SPREAD),
    "Amax": Row(("∂L/∂u = G / k where u is the largest, else 0",), _SHARED.replace("largest", "largest")),
    "Amin": Row(("∂L/∂u = G / k where u is the smallest, else 0",), _SHARED.replace("largest", "smallest")),
    "Max0": Row(("∂L/∂u = G where u was taken, else 0",), _LARGEST),
    "Min0": Row(("∂L/∂u = G where u was taken, else 0",), _LARGEST),
    "Max1": Row(("∂L/∂u = G / k where u is the largest, else 0",), _SHARED.replace("largest", "largest")),
    "Min1": Row(("∂L/∂u = G / k where u is the smallest, else 0",), _SHARED.replace("largest", "smallest")),
    "LinalgVectorNorm": Row(
        ("∂‖u‖/∂u = u / ‖u‖",), "The gradient points along u and has length 1 per unit of the norm's gradient."
    ),
    "Var": Row(("∂var(u)/∂u = 2 · (u − mean(u)) / {n less correction}",), "Elements far from the mean receive most."),
    "Std": Row(
        ("∂std(u)/∂u = (u − mean(u)) / ({n less correction} · std(u))",), "Elements far from the mean receive most."
    ),
    "Prod": Row(("∂L/∂u = G · prod(u) / u",), "Each element receives the product of all others."),
    "Logsumexp": Row(("∂L/∂u = G · softmax(u)",), "The largest elements receive most of the gradient."),
    "Cumsum": Row(
        ("∂L/∂u = backward_cumsum(G)",), "Each element receives the gradients of all sums that it is part of."
    ),
    "Softmax": Row(
        ("∂L/∂u = s · (G − sum(G · s)),  s = softmax(u)",),
        "Raising one element lowers the others: the gradients along a line add up to 0.",
    ),
    "SafeSoftmax": Row(
        ("∂L/∂u = s · (G − sum(G · s)),  s = softmax(u)",),
        "As of softmax; a line that is masked as a whole receives 0.",
    ),
    "LogSoftmax": Row(("∂L/∂u = G − softmax(u) · sum(G)",), "The gradients along a line add up to 0."),
    "NllLoss": Row(
        ("∂L/∂u = −G{over} where the class is the target, else 0",),
        "Only the target's log-probability receives a gradient.",
    ),
    "NllLoss2D": Row(
        ("∂L/∂u = −G{over} where the class is the target, else 0",),
        "Only the target's log-probability receives a gradient.",
    ),
    "Mm": Row(("∂L/∂u = G @ vᵀ", "∂L/∂v = uᵀ @ G"), _MATRICES),
    "Bmm": Row(("∂L/∂u = G @ vᵀ", "∂L/∂v = uᵀ @ G"), _MATRICES),
    "Addmm": Row(
        ("∂L/∂u = {beta times}G", "∂L/∂v = {alpha times}G @ wᵀ", "∂L/∂w = {alpha times}vᵀ @ G"),
        "What was added receives the gradient itself, each matrix the gradient times the other one, transposed.",
    ),
    "Baddbmm": Row(
        ("∂L/∂u = {beta times}G", "∂L/∂v = {alpha times}G @ wᵀ", "∂L/∂w = {alpha times}vᵀ @ G"),
        "What was added receives the gradient itself, each matrix the gradient times the other one, transposed.",
    ),
    "Mv": Row(
        ("∂L/∂u = outer(G, v)", "∂L/∂v = uᵀ @ G"),
        "The matrix receives an outer product, the vector the transposed matrix times G.",
    ),
    "Dot": Row(("∂L/∂u = G · v", "∂L/∂v = G · u"), _SWAPPED),
}
