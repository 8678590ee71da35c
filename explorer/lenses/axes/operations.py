"""Operations by what they do to dimensions."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Each element of the result stands where its operands stand, lined up from the right.
POINTWISE = _words(
    "add sub mul div true_divide floor_divide remainder fmod pow rsub rdiv rpow rtruediv radd rmul truediv floordiv mod"
    " iadd isub imul idiv itruediv ipow neg abs exp log log1p log2 log10 expm1 sqrt rsqrt square reciprocal sin cos tan"
    " asin acos atan sinh cosh tanh sigmoid relu relu6 elu selu celu gelu silu mish softplus softsign leaky_relu"
    " hardtanh logsigmoid hardswish threshold clamp clip where maximum minimum fmax fmin atan2 hypot lerp addcmul"
    " addcdiv eq ne lt le gt ge logical_and logical_or logical_not logical_xor bitwise_and bitwise_or bitwise_not and"
    " or xor invert isnan isinf isfinite round floor ceil trunc frac sign erf dropout alpha_dropout feature_dropout"
    " dropout1d dropout2d dropout3d masked_fill nan_to_num float double half bfloat16 int long short bool to type"
    " type_as clone contiguous detach data requires_grad fill zero copy cpu zeros_like ones_like full_like rand_like"
    " randn_like empty_like positive conj real imag angle"
)
# The result has the dimensions of the first input; some may be longer or shorter, or in another order inside.
SAME_DIMENSIONS = _words(
    "softmax log_softmax softmin cumsum cumprod cummax cummin logcumsumexp sort argsort topk flip fliplr flipud narrow"
    " split chunk tensor_split index_select index_add index_copy index_fill gather scatter scatter_add take_along_dim"
    " normalize layer_norm batch_norm group_norm instance_norm rms_norm tril triu pad interpolate conv1d conv2d conv3d"
    " conv_transpose1d conv_transpose2d conv_transpose3d max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d"
    " avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d"
    " adaptive_max_pool3d"
)
REPEATS = _words("expand expand_as broadcast_to repeat tile")
JOINS = _words("cat concat concatenate")
PRODUCTS = _words("matmul mm bmm mv dot rmatmul")
RESHAPES = _words("reshape view reshape_as view_as ravel unflatten")
# Layers that keep the dimensions and what they mean, by a part of their class names in small letters.
SAME_LAYERS = (
    "conv", "pool", "norm", "dropout", "relu", "gelu", "sigmoid", "tanh", "silu", "softmax", "elu", "identity", "pad",
)  # fmt: skip
