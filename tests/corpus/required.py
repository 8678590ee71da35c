"""What the corpus must use at least once, as `tests.corpus.constructs` writes it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.forms import FORMS

_NODES = """
Import ImportFrom Assign AugAssign AnnAssign NamedExpr Delete Pass Break Continue Return Raise Assert Global Nonlocal
For While If With Try FunctionDef ClassDef Lambda Expr IfExp ListComp SetComp DictComp GeneratorExp Yield YieldFrom
Starred Tuple List Dict Set Slice Subscript Attribute Call Compare BoolOp BinOp UnaryOp JoinedStr FormattedValue
Add Sub Mult Div FloorDiv Mod Pow MatMult LShift RShift BitOr BitXor BitAnd UAdd USub Not Invert And Or
Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn
"""

_IMPORTS = """
torch, torch.nn, torch.nn as nn, torch.nn.functional, torch.nn.functional as F, torch.optim, torch.optim as optim
torch.autograd, torch.utils.data, torch.utils.data as data, torch.linalg, torch.distributions as dist, numpy as np, math
random, collections, itertools, functools, functools as ft, copy, time, operator, from torch, from torch.nn
from torch.optim, from torch.optim.lr_scheduler, from torch.autograd, from torch.autograd.functional, from torch.func
from torch.utils, from torch.utils.data, from torch.distributions, from torch.nn.utils, from torch.nn.utils.rnn
from torch.nn.parameter, from collections, from math, from itertools, from functools, from typing, from dataclasses
from __future__
"""

_BUILTINS = """
print super range len type id enumerate str list isinstance object int staticmethod sum NotImplementedError RuntimeError
set zip min next reversed setattr tuple Exception NotImplemented float hasattr max property repr slice sorted map filter
iter any all abs round pow divmod getattr callable issubclass classmethod dict bool complex frozenset bytes chr ord hash
bin hex oct format ascii ValueError TypeError KeyError IndexError AttributeError NameError ZeroDivisionError
AssertionError LookupError StopIteration
"""

_DUNDERS = """
__init__ __call__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __next__ __reversed__ __repr__
__str__ __bool__ __enter__ __exit__ __add__ __radd__ __iadd__ __sub__ __mul__ __rmul__ __truediv__ __floordiv__ __mod__
__pow__ __matmul__ __neg__ __abs__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __float__ __int__
"""

_TORCH = """
tensor zeros ones full eye arange linspace rand randn randint randperm zeros_like manual_seed cat stack where einsum
matmul bmm mm outer meshgrid no_grad enable_grad inference_mode set_grad_enabled is_grad_enabled vmap Generator Tensor
Size device float32 int64 float16 bfloat16 bool nn.Parameter nn.Sequential nn.ModuleList nn.ModuleDict nn.ParameterList
nn.ParameterDict nn.Linear nn.LazyLinear nn.Conv2d nn.ConvTranspose2d nn.MaxPool2d nn.AvgPool2d nn.BatchNorm2d
nn.LayerNorm nn.GroupNorm nn.Dropout nn.Embedding nn.EmbeddingBag nn.RNN nn.LSTM nn.GRU nn.LSTMCell nn.GRUCell
nn.MultiheadAttention nn.TransformerEncoder nn.Flatten nn.Identity nn.ReLU nn.CrossEntropyLoss nn.MSELoss
nn.BCEWithLogitsLoss nn.NLLLoss nn.init.xavier_uniform_ nn.init.kaiming_normal_ nn.functional.relu
nn.functional.softmax nn.functional.cross_entropy nn.functional.conv2d nn.functional.pad nn.functional.one_hot
nn.functional.scaled_dot_product_attention nn.functional.gumbel_softmax nn.utils.clip_grad_norm_ optim.SGD optim.Adam
optim.AdamW optim.Adagrad optim.RMSprop optim.Adadelta optim.LBFGS optim.lr_scheduler.StepLR
optim.lr_scheduler.CosineAnnealingLR optim.lr_scheduler.LambdaLR optim.lr_scheduler.ReduceLROnPlateau
autograd.Function autograd.grad autograd.gradcheck autograd.functional.jacobian autograd.functional.hessian
autograd.graph.saved_tensors_hooks func.grad func.vmap func.jacrev func.jacfwd func.hessian func.functional_call
utils.data.Dataset utils.data.IterableDataset utils.data.TensorDataset utils.data.DataLoader utils.data.random_split
utils.data.Subset utils.data.ConcatDataset utils.data.WeightedRandomSampler linalg.solve linalg.svd linalg.eigh
linalg.qr linalg.det linalg.inv linalg.cholesky linalg.lstsq fft.fft fft.rfft distributions.Normal
distributions.Categorical distributions.Bernoulli distributions.kl_divergence distributions.MultivariateNormal
cuda.is_available cuda.device_count
"""

_OTHER_API = """
numpy.array numpy.ones numpy.arange numpy.random.seed numpy.random.randn numpy.random.normal numpy.linalg.solve
numpy.sqrt math.sqrt math.pi math.exp random.seed random.shuffle random.choice collections.Counter
collections.OrderedDict collections.defaultdict collections.deque collections.namedtuple itertools.product
itertools.chain itertools.islice itertools.accumulate functools.partial functools.reduce functools.wraps
functools.lru_cache copy.deepcopy
"""

_MEMBERS = """
view reshape permute transpose t T mT flatten squeeze unsqueeze expand repeat contiguous stride storage_offset
is_contiguous sum mean std var max min argmax argmin cumsum prod norm sort topk gather scatter_ masked_fill nonzero item
tolist numpy clone detach data grad grad_fn requires_grad requires_grad_ is_leaf backward retain_grad register_hook
zero_ add_ mul_ copy_ fill_ to cpu float long double shape dtype device ndim numel size dim parameters named_parameters
state_dict load_state_dict children modules named_children add_module register_buffer register_forward_hook
register_full_backward_hook apply train eval training zero_grad step param_groups save_for_backward saved_tensors
needs_input_grad mark_non_differentiable sample rsample log_prob format join split append items keys values get update
__name__ __class__ __doc__ __init__
"""


def required() -> Iterator[str]:
    """Yield every construct that at least one program must use."""
    yield from (f"form:{name}" for name in FORMS)
    yield from (f"node:{name}" for name in _NODES.split())
    yield from (f"import:{name.strip()}" for line in _IMPORTS.strip().splitlines() for name in line.split(","))
    yield from (f"builtin:{name}" for name in _BUILTINS.split())
    yield from (f"def:{name}" for name in _DUNDERS.split())
    yield from (f"api:torch.{name}" for name in _TORCH.split())
    yield from (f"api:{name}" for name in _OTHER_API.split())
    yield from (f"member:{name}" for name in _MEMBERS.split())
