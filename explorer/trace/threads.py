"""Follows the program's own code on threads of the backward engine.

The engine has a thread for each accelerator, where it runs `backward` of the program's `autograd.Function`s and its
hooks. What `sys.settrace` was told in the program's thread does not hold there: each node tells its thread anew.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import GradientEdge

from explorer.trace.backward import reachable_nodes
from explorer.trace.calls import node_of
from explorer.trace.timing import is_awake

if TYPE_CHECKING:
    from types import FrameType

Called = Callable[["FrameType", str, Any], Any]


class _Follower:
    """A trace function that passes on while the engine runs, and takes itself off its thread afterwards.

    Only the thread itself can take it off. Until then it must not hold on to the recorder and all its tensors.
    """

    def __init__(self, called: Called) -> None:
        self.called: Called | None = called

    def __call__(self, frame: FrameType, event: str, arg: object) -> Any:  # noqa: ANN401 - a local trace function
        if self.called is None:
            sys.settrace(None)
            return None
        return self.called(frame, event, arg)


@contextmanager
def device_threads_followed(called: Called, roots: Iterable[torch.Tensor | GradientEdge]) -> Iterator[None]:
    """Have `called` told of the functions that the engine calls on threads of its own, from the first node there on.

    Args:
        called: A global trace function, as for `sys.settrace`.
        roots: Where the backward pass begins.
    """
    if not is_awake():  # without an accelerator the engine runs on the calling thread
        yield
        return
    follower, home = _Follower(called), threading.get_ident()

    def follow(_gradients: object) -> None:
        if threading.get_ident() != home:
            sys.settrace(follower)

    with torch._C.DisableTorchFunction():
        starts = (node_of(root) if isinstance(root, torch.Tensor) else root.node for root in roots)
        nodes = reachable_nodes([node for node in starts if node is not None])
    hooks = [node.register_prehook(follow) for node in nodes]
    try:
        yield
    finally:
        follower.called = None
        for hook in hooks:
            hook.remove()
