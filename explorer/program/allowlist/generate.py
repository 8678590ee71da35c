"""Writes the tables of torch's names: `python -m explorer.program.allowlist.generate`.

The tables are committed, so that a new release of torch cannot widen them without somebody reading the difference.
A name gets in when torch documents it, it is no module and no helper from elsewhere, and `excluded` does not
name it.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from explorer.program.allowlist import reviewed
from explorer.program.allowlist.excluded import EXCEPTIONS, REASONS

NAMES = Path(__file__).parent / "names"

WHOLE = (
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.nn.utils.rnn",
    "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.prune",
    "torch.nn.parameter",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
    "torch.linalg",
    "torch.fft",
    "torch.special",
    "torch.signal.windows",
    "torch.distributions",
    "torch.distributions.constraints",
    "torch.distributions.transforms",
    "torch.autograd.functional",
    "torch.func",
    "torch.utils.data",
    "torch.return_types",
)
"""Namespaces of which everything documented is offered."""

CHOSEN: dict[str, str] = {
    "torch.autograd": "Function Variable backward grad gradcheck gradgradcheck no_grad enable_grad set_grad_enabled"
    " inference_mode detect_anomaly set_detect_anomaly",
    "torch.autograd.function": "Function once_differentiable",
    "torch.autograd.graph": "saved_tensors_hooks save_on_cpu register_multi_grad_hook",
    "torch.autograd.forward_ad": "dual_level make_dual unpack_dual",
    "torch.amp": "autocast GradScaler",
    "torch.random": "manual_seed seed initial_seed get_rng_state set_rng_state fork_rng",
    "torch.functional": "einsum norm split meshgrid cdist tensordot stft istft unique",
    "torch.utils.checkpoint": "checkpoint checkpoint_sequential",
    "torch.sparse": "mm sum addmm softmax log_softmax",
    "torch.cuda": "is_available device_count current_device get_device_name get_device_capability"
    " get_device_properties is_bf16_supported manual_seed manual_seed_all synchronize empty_cache memory_allocated"
    " max_memory_allocated memory_reserved mem_get_info amp is_initialized",
    "torch.cuda.amp": "autocast GradScaler",
    "torch.backends.cudnn": "is_available version deterministic benchmark enabled allow_tf32",
    "torch.backends.mps": "is_available is_built",
    "torch.backends.mkl": "is_available",
    "torch.mps": "is_available device_count manual_seed",
    "torch.xpu": "is_available device_count",
    "torch.accelerator": "is_available device_count current_accelerator",
    "torch.testing": "assert_close",
    "torch.version": "cuda git_version hip",
    "torch.types": "Number Device",
    "torch.distributions.kl": "kl_divergence",
    **{
        f"torch.distributions.{module}": name
        for module, name in (
            ("normal", "Normal"),
            ("bernoulli", "Bernoulli"),
            ("categorical", "Categorical"),
            ("multinomial", "Multinomial"),
            ("multivariate_normal", "MultivariateNormal"),
            ("uniform", "Uniform"),
            ("beta", "Beta"),
            ("gamma", "Gamma"),
            ("distribution", "Distribution"),
        )
    },
    "torch.utils.data.dataset": "Dataset IterableDataset TensorDataset ConcatDataset Subset random_split",
    "torch.utils.data.dataloader": "DataLoader default_collate",
    "torch.utils.data.sampler": "Sampler BatchSampler RandomSampler SequentialSampler SubsetRandomSampler"
    " WeightedRandomSampler",
    "torch.utils": "data",
    "torch.backends": "",
    "torch.signal": "",
}
"""Names offered of namespaces that mostly do something else."""

SUBMODULES: dict[str, str] = {
    "torch": "nn optim linalg fft special distributions autograd func utils cuda backends random functional signal"
    " sparse amp mps xpu accelerator version types return_types testing",
    "torch.nn": "functional init utils parameter",
    "torch.nn.utils": "rnn parametrizations parametrize prune",
    "torch.optim": "lr_scheduler swa_utils",
    "torch.distributions": "constraints transforms kl normal bernoulli categorical multinomial multivariate_normal"
    " uniform beta gamma distribution",
    "torch.autograd": "functional function graph forward_ad",
    "torch.utils": "data checkpoint",
    "torch.utils.data": "dataset dataloader sampler",
    "torch.backends": "cudnn mps mkl",
    "torch.signal": "windows",
    "torch.cuda": "amp",
}
"""Which modules may be reached from which, besides by import."""

# used by teaching code although torch documents them elsewhere, or as functions of torch.nn.functional
_ALSO = frozenset(
    """
    __version__ conv1d conv2d conv3d max_pool1d max_pool2d max_pool3d avg_pool1d dropout batch_norm layer_norm
    log_softmax relu relu_ selu celu prelu rrelu embedding group_norm instance_norm bilinear pairwise_distance
    cosine_similarity pdist bool e pi inf nan newaxis contiguous_format preserve_format channels_last channels_last_3d
    strided sparse_coo sparse_csr sparse_csc get_default_dtype set_default_dtype default_generator
    is_anomaly_enabled is_anomaly_check_nan_enabled
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)


def module_names(name: str) -> frozenset[str]:
    """Return the names of a torch namespace that programs may use."""
    module = importlib.import_module(name)
    reachable = frozenset(SUBMODULES.get(name, "").split())
    if name in CHOSEN:
        return reachable | frozenset(one for one in CHOSEN[name].split() if hasattr(module, one))
    return reachable | frozenset(one for one in dir(module) if _offered(module, one))


def _offered(module: ModuleType, name: str) -> bool:
    value = getattr(module, name)
    if isinstance(value, ModuleType) or (name.startswith("_") and name not in _ALSO):
        return False
    if excluded(module.__name__, name):
        return False
    return name in _ALSO or (_own(value) and _documented(module, name, value))


def excluded(namespace: str, name: str) -> bool:
    """Tell whether a name is excluded from a namespace."""
    return name in REASONS and (namespace, name) not in EXCEPTIONS


def _own(value: Any) -> bool:  # noqa: ANN401 - whatever a namespace holds
    home = getattr(value, "__module__", None)
    if isinstance(value, str | int | float | list | dict) and home is None:
        return False
    return home is None or str(home).split(".")[0] in ("torch", "builtins") or isinstance(value, torch.dtype)


def _documented(module: ModuleType, name: str, value: Any) -> bool:  # noqa: ANN401
    if isinstance(value, torch.dtype | torch.layout | torch.memory_format):
        return True
    if isinstance(value, type) or module is not torch:
        return bool(inspect.getdoc(value)) or isinstance(value, type)
    plain = name.removesuffix("_")
    # torch documents some functions as methods, or under torch.nn.functional, or without the final underscore
    return bool(getattr(value, "__doc__", None)) or any(
        hasattr(owner, one) and not one.startswith("_")
        for owner in (torch.Tensor, torch.nn.functional)
        for one in (name, plain)
    )


def tensor_names() -> frozenset[str]:
    """Return the attributes and methods of tensors that programs may use."""
    return frozenset(
        name for name in dir(torch.Tensor) if not name.startswith("_") and not excluded("torch.Tensor", name)
    )


def class_members() -> dict[str, frozenset[str]]:
    """Return, for every class that the namespaces offer and its torch bases, the members of its own."""
    found: dict[str, frozenset[str]] = {}
    for namespace in (*WHOLE, *CHOSEN):
        module = importlib.import_module(namespace)
        for name in sorted(module_names(namespace)):
            value = getattr(module, name, None)  # a module in it that nobody has imported yet has no classes here
            for base in value.__mro__ if isinstance(value, type) else ():
                if _is_member_table(base):
                    found[f"{base.__module__}.{base.__qualname__}"] = _members(base)
    return found


def _is_member_table(kind: type) -> bool:
    home = str(kind.__module__)
    if home.startswith(("torch._C", "torch.utils._pytree")) or f"{home}.{kind.__qualname__}" in reviewed.TYPES:
        return False
    # torch.FloatTensor and its like have a tensor's attributes
    return home.startswith("torch") and not hasattr(kind, "storage_offset")


def _members(kind: type) -> frozenset[str]:
    own = [name for name in vars(kind) if not name.startswith("_")]
    if kind.__module__ == "torch.return_types":
        return frozenset(own) - {"n_fields", "n_sequence_fields", "n_unnamed_fields"}
    return frozenset(name for name in own if not excluded(f"{kind.__module__}.{kind.__qualname__}", name))


def write() -> None:
    """Write all tables."""
    NAMES.mkdir(exist_ok=True)
    for namespace in (*WHOLE, *CHOSEN):
        _write(namespace, sorted(module_names(namespace)))
    _write("torch.Tensor", sorted(tensor_names()))
    lines = [" ".join([name, *sorted(members)]) for name, members in sorted(class_members().items())]
    _write("classes", lines)


def _write(table: str, lines: list[str]) -> None:
    (NAMES / f"{table}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    write()
