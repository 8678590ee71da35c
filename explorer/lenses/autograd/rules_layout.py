"""Local derivatives of views, indexing, joining, and of the layers of networks.

Source: `tools/autograd/derivatives.yaml` and `torch/csrc/autograd/FunctionsManual.cpp` of PyTorch.
"""

from __future__ import annotations

from explorer.lenses.autograd.rules_row import Row

_SHAPE = "Only the shape changes: each element of the gradient goes back to the place that it came from."
_PLACED = "The gradient goes to the elements that were taken; all others receive 0."
_PARTS = "Each input receives the part of the gradient that it made."
_LARGEST = "Only the element that was taken receives the gradient; all others receive 0."

LAYOUT: dict[str, Row] = {
    "T": Row(("∂L/∂u = Gᵀ",), _SHAPE),
    "Transpose": Row(("∂L/∂u = G.transpose({dim0}, {dim1})",), _SHAPE),
    "Permute": Row(("∂L/∂u = G.permute{inverse dims}",), _SHAPE),
    "View": Row(("∂L/∂u = G.reshape{sizes}",), _SHAPE),
    "UnsafeView": Row(("∂L/∂u = G.reshape{sizes}",), _SHAPE),
    "ReshapeAlias": Row(("∂L/∂u = G.reshape{sizes}",), _SHAPE),
    "Squeeze": Row(("∂L/∂u = G.reshape{sizes}",), _SHAPE),
    "Unsqueeze": Row(("∂L/∂u = G.squeeze({dim})",), _SHAPE),
    "Expand": Row(
        ("∂L/∂u = G.sum_to_size{sizes}",), "An element that was repeated receives the sum of its copies' gradients."
    ),
    "Repeat": Row(
        ("∂L/∂u = sum of G over the copies",), "An element that was repeated receives the sum of its copies' gradients."
    ),
    "Select": Row(("∂L/∂{place} = G, 0 elsewhere",), _PLACED),
    "Slice": Row(("∂L/∂{place} = G, 0 elsewhere",), _PLACED),
    "Diagonal": Row(("∂L/∂u = G on the diagonal, 0 elsewhere",), _PLACED),
    "Index": Row(
        ("∂L/∂u[index] += G",),
        "Each element that was read adds its gradient at the place it was read from; one read twice receives both.",
    ),
    "IndexSelect": Row(
        ("∂L/∂u[index] += G",),
        "Each element that was read adds its gradient at the place it was read from; one read twice receives both.",
    ),
    "Gather": Row(
        ("∂L/∂u = zeros.scatter_add({dim}, index, G)",),
        "Each element that was read adds its gradient at the place it was read from; one read twice receives both.",
    ),
    "Embedding": Row(
        ("∂L/∂u[index] += G",),
        "Only the rows that were looked up receive a gradient; one looked up twice receives both.",
    ),
    "Embedding padded": Row(
        ("∂L/∂u[index] += G where index ≠ {padding_idx}",),
        "Only the rows that were looked up receive a gradient. Row {padding_idx} is padding (padding_idx): it receives "
        "0, however often it was looked up.",
    ),
    "Embedding by frequency": Row(
        ("∂L/∂u[index] += G / how often index was looked up",),
        "Only the rows that were looked up receive a gradient; one looked up twice receives the mean of both.",
    ),
    "Embedding by frequency padded": Row(
        ("∂L/∂u[index] += G / how often index was looked up, where index ≠ {padding_idx}",),
        "Each row that was looked up receives the mean of its gradients. Row {padding_idx} is padding (padding_idx): "
        "it receives 0, however often it was looked up.",
    ),
    "IndexPut": Row(
        ("∂L/∂u = G, 0 where written", "∂L/∂v = G[index]"),
        "What was written over receives 0; what was written receives the gradient of its place.",
    ),
    "Cat": Row((), _PARTS),
    "Stack": Row((), _PARTS),
    "Unbind": Row(
        ("∂L/∂u = stack(G₁, G₂, …)",),
        "The gradients of the parts are put together again; of a part that was not used it is 0.",
    ),
    "Split": Row(
        ("∂L/∂u = cat(G₁, G₂, …)",),
        "The gradients of the parts are put together again; of a part that was not used it is 0.",
    ),
    "SplitWithSizes": Row(
        ("∂L/∂u = cat(G₁, G₂, …)",),
        "The gradients of the parts are put together again; of a part that was not used it is 0.",
    ),
    "Flip": Row(("∂L/∂u = G.flip{dims}",), _SHAPE),
    "Roll": Row((), "Each element of the gradient goes back to the place that it came from."),
    "Tril": Row(("∂L/∂u = tril(G, {diagonal})",), "What was set to 0 receives no gradient."),
    "Triu": Row(("∂L/∂u = triu(G, {diagonal})",), "What was set to 0 receives no gradient."),
    "ConstantPadNd": Row(
        ("∂L/∂u = G without the border",), "The padding is no function of u: its gradient is dropped."
    ),
    "AsStrided": Row((), "Gradients go by address: each to the element of the base that lies there."),
    "CopySlices": Row(
        ("∂L/∂u = G outside of what was written",),
        "A write into a view: outside of it the gradient passes; inside it goes through the operation that wrote.",
    ),
    "CopyBackwards": Row(("∂L/∂u = 0", "∂L/∂v = G"), "What was written over receives 0, what was copied the gradient."),
    "Convolution": Row(
        ("∂L/∂u = conv_transpose(G, weight)", "∂L/∂weight = conv(u, G)", "∂L/∂bias = sum of G over all but channels"),
        "Each weight receives the sum over the places where it was used, each input the sum over its windows.",
    ),
    "MaxPool2DWithIndices": Row(("∂L/∂u = G where u was the largest of its window, else 0",), _LARGEST),
    "AvgPool2D": Row(
        ("∂L/∂u = G / {window} for each element of the window",), "The elements of a window share its gradient equally."
    ),
    "AvgPool3D": Row(
        ("∂L/∂u = G / {window} for each element of the window",), "The elements of a window share its gradient equally."
    ),
    "AdaptiveAvgPool2D": Row((), "The elements of a window share its gradient equally."),
    "NativeDropout": Row(
        ("∂dropout(u)/∂u = 1 / (1 − p) where kept, else 0",), "What was dropped receives no gradient."
    ),
    "BackwardHookFunction": Row(
        (),
        "torch puts this node here for the backward hooks of a module: they see the gradient, which passes unchanged "
        "unless a hook returns another one.",
    ),
    "AccumulateGrad": Row(
        ("u.grad ← u.grad + G",), "The gradient is added to what is there; nothing resets it but the program."
    ),
}
