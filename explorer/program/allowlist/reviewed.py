"""Names that were chosen by hand: the standard library, NumPy, and the members of Python's own types."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_NUMPY = """
False_ True_ abs absolute acos acosh add all allclose amax amin angle any append apply_along_axis apply_over_axes
arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort argwhere around array
array2string array_equal array_equiv array_repr array_split array_str asanyarray asarray ascontiguousarray
asfortranarray asin asinh astype atan atan2 atanh atleast_1d atleast_2d atleast_3d average bartlett base_repr
binary_repr bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
bitwise_right_shift bitwise_xor blackman block bool bool_ broadcast_arrays broadcast_shapes broadcast_to can_cast cbrt
cdouble ceil choose clip column_stack compress concat concatenate conj conjugate convolve copy copysign copyto
complex128 complex64 complexfloating corrcoef correlate cos cosh count_nonzero cov cross cumprod cumsum
cumulative_prod cumulative_sum deg2rad degrees delete diag diag_indices diag_indices_from diagflat diagonal diff
digitize divide divmod dot double dsplit dstack dtype e ediff1d einsum empty empty_like equal errstate euler_gamma exp
exp2 expand_dims expm1 extract eye fabs fill_diagonal finfo fix flatnonzero flip fliplr flipud float16 float32 float64
float_power floating floor floor_divide fmax fmin fmod frexp fromfunction fromiter full full_like gcd generic geomspace
gradient greater greater_equal half hamming hanning heaviside histogram histogram2d histogram_bin_edges histogramdd
hsplit hstack hypot i0 identity iinfo imag index_exp indices inexact inf inner insert int16 int32 int64 int8 int_ intc
integer interp intersect1d invert isclose iscomplex iscomplexobj isfinite isin isinf isnan isneginf isposinf isreal
isrealobj isscalar issubdtype iterable ix_ kaiser kron lcm ldexp left_shift less less_equal lexsort linspace log log10
log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logspace mask_indices matmul
matrix_transpose matvec max maximum may_share_memory mean median meshgrid min minimum mod modf moveaxis multiply nan
nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile
nanstd nansum nanvar ndarray ndenumerate ndim ndindex negative newaxis nextafter nonzero not_equal number object_ ones
ones_like outer pad partition percentile permute_dims pi piecewise place polyadd polyder polyfit polyint polymul
polysub polyval positive pow power prod promote_types ptp put put_along_axis putmask quantile rad2deg radians ravel
ravel_multi_index real reciprocal remainder repeat reshape resize result_type right_shift rint roll rollaxis roots
rot90 round row_stack s_ searchsorted select set_printoptions setdiff1d seterr setxor1d shape shares_memory sign signbit
signedinteger sin sinc single sinh size sort split sqrt square squeeze stack std str_ subtract sum swapaxes take
take_along_axis tan tanh tensordot tile trace transpose trapezoid tri tril tril_indices tril_indices_from trim_zeros
triu triu_indices triu_indices_from true_divide trunc uint uint16 uint32 uint64 uint8 union1d unique unpackbits
unravel_index unsignedinteger unstack unwrap vander var vdot vecdot vecmat vectorize vsplit vstack where zeros
zeros_like printoptions intp ubyte byte short long longlong float128 __version__
"""

_NUMPY_RANDOM = """
Generator RandomState beta binomial chisquare choice default_rng dirichlet exponential f gamma geometric get_state
gumbel hypergeometric laplace logistic lognormal multinomial multivariate_normal negative_binomial normal pareto
permutation poisson rand randint randn random random_sample ranf rayleigh sample seed set_state shuffle
standard_cauchy standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises wald weibull
zipf
"""

_RANDOM_MEMBERS = """
integers bit_length spawn permuted random normal uniform standard_normal choice permutation shuffle beta binomial
chisquare dirichlet exponential f gamma geometric gumbel laplace logistic lognormal multinomial multivariate_normal
negative_binomial pareto poisson rayleigh standard_cauchy standard_exponential standard_gamma standard_t triangular
vonmises wald weibull rand randn randint random_sample seed
"""

_NDARRAY = """
T all any argmax argmin argpartition argsort astype base choose clip compress conj conjugate copy cumprod cumsum
diagonal dot dtype fill flags flat flatten imag item itemsize mT max mean min nbytes ndim nonzero partition prod put
ravel real repeat reshape round searchsorted shape size sort squeeze std strides sum swapaxes take tolist trace
transpose var view
"""

MODULES: dict[str, frozenset[str]] = {
    "numpy": words(_NUMPY),
    "numpy.random": words(_NUMPY_RANDOM),
    "numpy.linalg": words(
        """
        LinAlgError cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm
        matrix_power matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot
        tensorinv tensorsolve trace vecdot vector_norm
        """
    ),
    "numpy.fft": words(
        """
        fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftfreq
        rfftn
        """
    ),
    "math": words(
        """
        acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 expm1
        fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma
        log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc ulp
        """
    ),
    "random": words(
        """
        Random betavariate choice choices expovariate gammavariate gauss getrandbits getstate lognormvariate
        normalvariate paretovariate randint random randrange sample seed setstate shuffle triangular uniform
        vonmisesvariate weibullvariate
        """
    ),
    "collections": words("ChainMap Counter OrderedDict defaultdict deque namedtuple abc"),
    "collections.abc": words(
        """
        Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping MutableSequence
        MutableSet Reversible Sequence Set Sized
        """
    ),
    "itertools": words(
        """
        accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby
        islice pairwise permutations product repeat starmap takewhile tee zip_longest
        """
    ),
    "functools": words("cache cached_property cmp_to_key lru_cache partial reduce singledispatch total_ordering wraps"),
    "operator": words(
        """
        abs add and_ attrgetter concat contains countOf eq floordiv ge getitem gt indexOf inv invert is_ is_not
        itemgetter le lshift lt matmul methodcaller mod mul ne neg not_ or_ pos pow rshift sub truediv truth xor
        """
    ),
    "time": words("time perf_counter perf_counter_ns process_time monotonic time_ns sleep ctime strftime"),
    "datetime": words("datetime timedelta date time"),
    "typing": words(
        """
        Any Callable ClassVar Collection Dict Final FrozenSet Generator Generic Hashable Iterable Iterator List Literal
        Mapping MutableMapping MutableSequence NamedTuple NewType NoReturn Optional ParamSpec Protocol Sequence Set
        Sized SupportsFloat SupportsInt TYPE_CHECKING Tuple Type TypeAlias TypeVar Union cast overload runtime_checkable
        Annotated Concatenate DefaultDict Deque Self Text Never
        """
    ),
    "dataclasses": words("dataclass field fields asdict astuple replace is_dataclass InitVar"),
    "abc": words("ABC abstractmethod"),
    "copy": words("copy deepcopy"),
    "contextlib": words("contextmanager nullcontext"),
    "statistics": words("mean median mode pstdev pvariance stdev variance fmean"),
    "string": words("ascii_letters ascii_lowercase ascii_uppercase digits punctuation whitespace"),
    "numbers": words("Number Integral Real Complex Rational"),
    "warnings": words("filterwarnings simplefilter warn catch_warnings"),
    "fractions": words("Fraction"),
    "bisect": words("bisect bisect_left bisect_right insort insort_left insort_right"),
    "heapq": words("heapify heappop heappush heappushpop heapreplace nlargest nsmallest"),
    "__future__": words("annotations division print_function absolute_import unicode_literals generators"),
}
"""Names of modules outside torch."""

_MAPPING = "keys values items get pop popitem update setdefault copy clear"
_NUMBER = "real imag conjugate"

TYPES: dict[str, frozenset[str]] = {
    "builtins.BaseException": words("args add_note"),
    "builtins.StopIteration": words("value"),
    "builtins.list": words("append extend insert pop remove index count reverse sort copy clear"),
    "builtins.tuple": words("index count"),
    "builtins.dict": words(_MAPPING + " fromkeys"),
    "builtins.mappingproxy": words("keys values items get"),
    "builtins.set": words(
        """
        add discard remove pop clear copy update union intersection difference symmetric_difference issubset
        issuperset isdisjoint intersection_update difference_update symmetric_difference_update
        """
    ),
    "builtins.frozenset": words(
        "copy union intersection difference symmetric_difference issubset issuperset isdisjoint"
    ),
    "builtins.str": words(
        """
        capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha
        isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower
        lstrip partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines
        startswith strip swapcase title upper zfill
        """
    ),
    "builtins.bytes": words("decode hex count find index startswith endswith"),
    "builtins.int": words(_NUMBER + " bit_length bit_count numerator denominator as_integer_ratio is_integer"),
    "builtins.float": words(_NUMBER + " is_integer as_integer_ratio hex fromhex"),
    "builtins.complex": words(_NUMBER),
    "builtins.slice": words("start stop step indices"),
    "builtins.range": words("start stop step index count"),
    "builtins.generator": words("send throw close"),
    "builtins.property": words("setter getter deleter fget"),
    "builtins.method": frozenset(),
    "functools.partial": words("func args keywords"),
    "functools._lru_cache_wrapper": words("cache_info cache_clear cache_parameters"),
    "functools.CacheInfo": words("hits misses maxsize currsize"),
    "itertools.chain": words("from_iterable"),
    "collections.OrderedDict": words("move_to_end"),
    "collections.ChainMap": words("maps new_child parents " + _MAPPING),
    "collections.Counter": words("most_common elements subtract total"),
    "collections.defaultdict": words("default_factory"),
    "collections.deque": words(
        "append appendleft clear copy count extend extendleft index insert maxlen pop popleft remove reverse rotate"
    ),
    "dataclasses.Field": words("name type default metadata"),
    "random.Random": words(
        """
        betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate normalvariate randint
        random randrange sample seed shuffle triangular uniform
        """
    ),
    "datetime.timedelta": words("total_seconds days seconds microseconds"),
    "datetime.date": words("today year month day isoformat strftime weekday"),
    "datetime.datetime": words("now hour minute second microsecond timestamp date time"),
    "fractions.Fraction": words("numerator denominator limit_denominator"),
    "numpy.ndarray": words(_NDARRAY),
    "numpy.generic": words(_NDARRAY),
    "numpy.dtype": words("name kind itemsize char str type num ndim shape byteorder"),
    "numpy.ufunc": words("reduce accumulate outer at reduceat nin nout"),
    "numpy.flatiter": words("index coords copy"),
    "numpy._core.multiarray.flagsobj": words("c_contiguous f_contiguous owndata contiguous forc writeable"),
    "numpy.vectorize": frozenset(),
    "numpy.finfo": words("eps max min tiny bits dtype resolution precision smallest_normal"),
    "numpy.iinfo": words("max min bits dtype"),
    "numpy.random.mtrand.RandomState": words(_RANDOM_MEMBERS),
    "numpy.random._generator.Generator": words(_RANDOM_MEMBERS),
    "explorer.program.guards.replacements.Dispatcher": words("register"),
    "torch.Size": words("numel count index"),
    "torch.device": words("type index"),
    "torch.dtype": words("itemsize is_floating_point is_complex is_signed to_complex to_real"),
    "torch.finfo": words("bits eps max min tiny dtype resolution smallest_normal"),
    "torch.iinfo": words("bits max min dtype"),
    "torch.storage.UntypedStorage": words("data_ptr nbytes size tolist device"),
    "torch.storage.TypedStorage": words("data_ptr nbytes size untyped element_size tolist dtype device"),
    "torch.Generator": words("manual_seed seed initial_seed get_state set_state device"),
    "torch._C._FunctionBase": words(
        """
        saved_tensors needs_input_grad materialize_grads apply name next_functions register_hook register_prehook
        """
    ),
    "torch._C.Generator": words("manual_seed seed initial_seed get_state set_state device"),
    "torch.utils.hooks.RemovableHandle": words("remove id"),
    "torch.cuda._CudaDeviceProperties": words("name total_memory multi_processor_count major minor"),
    "torch.nn.modules.module._IncompatibleKeys": words("missing_keys unexpected_keys"),
    "torch.autograd.graph.Node": words("name next_functions register_hook register_prehook variable saved_tensors"),
    "torch._ops.OpOverload": frozenset(),
}
"""Members of types outside torch's generated table, by module and qualified name."""
