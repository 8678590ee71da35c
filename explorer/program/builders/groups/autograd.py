"""Operations of autograd: what is followed, where backward starts, what keeps its gradient."""

from __future__ import annotations

from explorer.program.builders import starts
from explorer.program.builders.fields import other
from explorer.program.builders.operation import RECEIVER, Operation
from explorer.program.builders.parameters import Parameter

_CREATE_GRAPH = Parameter(
    "create_graph",
    "create_graph",
    "bool",
    "True: the gradients are followed in turn, for second derivatives.",
    "False",
    required=False,
    keyword=True,
)


def _start(name: str, *, keyword: bool) -> Parameter:
    return Parameter(
        name,
        "Gradient to start from",
        "operand",
        "v of vᵀ·J, of the tensor's shape; nothing typed: 1, for one number alone.",
        required=False,
        keyword=keyword,
    )


AUTOGRAD_TABLE = (
    Operation(
        "requires_grad_",
        "Autograd",
        "From here on autograd follows what is done with the tensor.",
        (Parameter("requires_grad", "requires_grad", "bool", "False: it follows no longer.", "True", required=False),),
        module="",
        floating=True,
    ),
    Operation(
        "backward",
        "Autograd",
        "Walks the graph back from here and adds to the gradient of each leaf.",
        (
            _start("gradient", keyword=False),
            Parameter(
                "retain_graph",
                "retain_graph",
                "bool",
                "True: what was saved stays, for another backward.",
                "False",
                required=False,
                keyword=True,
            ),
            _CREATE_GRAPH,
        ),
        start=lambda shape: {"gradient": starts.ones_unless_single(shape)},
        module="",
        silent=True,
    ),
    Operation(
        "grad",
        "Autograd",
        "Gradients as results, one for each input; no .grad is written.",
        (
            other("inputs", "Of what the gradient is wanted.", RECEIVER),
            _start("grad_outputs", keyword=True),
            _CREATE_GRAPH,
        ),
        form="function",
        start=lambda shape: {"grad_outputs": starts.ones_unless_single(shape)},
        module="torch.autograd",
        results=lambda _: ("gradients",),
        sequence=True,
    ),
    Operation("retain_grad", "Autograd", "Its gradient is kept, though it is not a leaf.", module="", silent=True),
    Operation("detach_", "Autograd", "Cuts the tensor itself off from how it was computed.", module=""),
    Operation("zero_", "Autograd", "Zeros in place, as for a gradient that is to start anew.", module=""),
)
