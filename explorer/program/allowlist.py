"""What programs may use: an explicit table of (module or type, name).

A name that is not here is refused with an explanation. The table is written out, so that a new release of torch
cannot widen it. `torch.empty` and its relatives are left out on purpose: they show whatever the server's memory
held before.
"""

from __future__ import annotations

_DTYPES = """
bool uint8 int8 int16 short int32 int int64 long float16 half bfloat16 float32 float float64 double complex64 cfloat
complex128 cdouble uint16 uint32 uint64 float8_e4m3fn float8_e5m2
"""

_POINTWISE = """
abs absolute acos acosh add addcdiv addcmul angle asin asinh atan atan2 atanh bitwise_and bitwise_not bitwise_or
bitwise_xor ceil clamp clip conj copysign cos cosh deg2rad div divide eq erf exp exp2 expm1 floor floor_divide fmod
frac ge greater greater_equal gt hypot isclose isfinite isinf isnan isneginf isposinf isreal le lerp less less_equal
log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor lt maximum minimum mul multiply
nan_to_num ne neg negative not_equal positive pow rad2deg reciprocal relu remainder round rsqrt sgn sigmoid sign
sin sinc sinh softmax log_softmax sqrt square sub subtract tan tanh true_divide trunc where xlogy
"""

_REDUCTIONS = """
all allclose amax amin aminmax any argmax argmin argsort bincount count_nonzero cummax cummin cumprod cumsum diff
dist equal histc kthvalue logcumsumexp logsumexp max mean median min mode msort nanmean nanmedian nansum norm prod
quantile sort std sum topk unique unique_consecutive var
"""

_LINEAR_ALGEBRA = """
addmm addmv baddbmm bmm cov corrcoef cross det diag diagflat dot inner inverse kron matmul matrix_exp mm mv outer
trace tril triu
"""

_MOVES = """
as_strided broadcast_to chunk clone diag_embed diagonal dsplit flatten flip fliplr flipud gather
hsplit index_add index_copy index_fill index_select masked_fill masked_scatter masked_select moveaxis movedim narrow
narrow_copy permute ravel repeat_interleave reshape resolve_conj resolve_neg roll rot90 scatter scatter_add select
slice_scatter select_scatter split squeeze swapaxes swapdims t take take_along_dim tensor_split tile transpose unbind
unflatten unsqueeze vsplit
"""

_TORCH_ONLY = """
view_as_complex view_as_real fill
Size arange as_tensor atleast_1d atleast_2d atleast_3d bernoulli block_diag broadcast_shapes
broadcast_tensors bucketize cartesian_prod cat cdist combinations column_stack complex concat concatenate device
dstack e einsum eye from_numpy full full_like hstack inf is_complex is_floating_point is_tensor isin linspace logspace
manual_seed meshgrid multinomial nan nextafter no_grad nonzero normal numel ones ones_like pi poisson polar
promote_types rand rand_like randint randint_like randn randn_like randperm real imag result_type row_stack
searchsorted stack std_mean tensor tensordot tril_indices triu_indices vander var_mean vstack zeros zeros_like
contiguous_format preserve_format channels_last strided pixel_shuffle pixel_unshuffle cuda newaxis
"""

_TENSOR_ONLY = """
H T mH mT add_ addcdiv_ addcmul_ backward bernoulli_ bfloat16 bool byte char clamp_ contiguous copy_ cpu cuda
cumsum_ data data_ptr detach detach_ device dim div_ dtype double element_size exp_ expand expand_as exponential_
fill_ fill_diagonal_ float floor_ ger grad grad_fn half imag index_add_ index_copy_ index_fill_ index_put index_put_
int is_complex is_contiguous is_conj is_floating_point is_leaf is_meta is_shared item itemsize layout log_ long
masked_fill_ masked_scatter_ mul_ nbytes ndim ndimension neg_ nelement new_full new_ones new_tensor new_zeros
nonzero normal_ numel numpy permute pow_ put_ random_ real relu_ repeat requires_grad requires_grad_ reshape_as
retain_grad retains_grad round_ scatter_ scatter_add_ shape short sigmoid_ sin_ size sqrt_ squeeze_ storage
storage_offset stride sub_ sum_to_size swapaxes_ t_ tanh_ tolist to transpose_ tril_ triu_ type type_as
unfold uniform_ unsqueeze_ untyped_storage view view_as zero_ cos_ abs_ chalf
"""

_FUNCTIONAL = """
pad relu sigmoid tanh softmax log_softmax softplus gelu silu leaky_relu elu one_hot pixel_shuffle fold unfold
normalize
"""

_NUMPY = """
array asarray arange linspace zeros ones full eye transpose reshape stack concatenate float16 float32 float64 int8
int16 int32 int64 uint8 uint16 uint32 uint64 bool_ complex64 complex128 pi e inf nan newaxis ndarray
"""

_NDARRAY = """
T astype copy dtype flatten itemsize max mean min nbytes ndim prod ravel reshape shape size squeeze std strides
sum swapaxes tolist transpose var flags item
"""

_MATH = "pi e inf nan tau sqrt exp log log2 log10 sin cos tan floor ceil prod gcd isqrt isnan isinf"


def _names(*lists: str) -> frozenset[str]:
    return frozenset(" ".join(lists).split())


_SHARED = (_POINTWISE, _REDUCTIONS, _LINEAR_ALGEBRA, _MOVES)

MODULES: dict[str, frozenset[str]] = {
    "torch": _names(_DTYPES, *_SHARED, _TORCH_ONLY) | {"nn"},
    "torch.cuda": _names("is_available device_count"),
    "torch.nn": _names("functional"),
    "torch.nn.functional": _names(_FUNCTIONAL),
    "numpy": _names(_NUMPY),
    "math": _names(_MATH),
}
"""Names of modules that programs may use."""

TENSOR = _names(*_SHARED, _TENSOR_ONLY)
"""Attributes and methods of tensors."""

TENSOR_WRITABLE = frozenset({"grad", "requires_grad", "data"})
"""Attributes of tensors that may be assigned."""

TYPES: dict[str, frozenset[str]] = {
    "Size": _names("numel count index"),
    "device": _names("type index"),
    "dtype": _names("itemsize is_floating_point is_complex is_signed"),
    "ndarray": _names(_NDARRAY),
    "UntypedStorage": _names("data_ptr nbytes size"),
    "TypedStorage": _names("data_ptr nbytes size untyped element_size"),
    "list": _names("append extend insert pop remove index count reverse sort copy clear"),
    "tuple": _names("index count"),
    "dict": _names("keys values items get"),
    "str": _names("join upper lower strip split startswith endswith"),
    "float": _names("is_integer real imag"),
    "int": _names("bit_length real imag"),
    "complex": _names("real imag conjugate"),
    "slice": _names("start stop step"),
    "flagsobj": _names("c_contiguous f_contiguous owndata"),
}
"""Attributes of other objects, by type name."""

RETURN_TYPES = _names("values indices count index eigenvalues eigenvectors min max mode")
"""Fields of torch's named tuples, such as the result of `x.max(dim=0)`."""

WITHHELD = {
    "empty": "uninitialised memory would show what the server held before; use torch.zeros",
    "empty_like": "uninitialised memory would show what the server held before; use torch.zeros_like",
    "new_empty": "uninitialised memory would show what the server held before; use new_zeros",
    "resize_": "it exposes uninitialised memory",
    "load": "programs cannot read files; upload the tensor instead",
    "save": "programs cannot write files",
    "set_default_dtype": "it would change a setting for everybody; pass dtype= instead",
    "set_default_device": "it would change a setting for everybody; choose the device in the sidebar",
}
"""Why some well-known names are not in the table."""
