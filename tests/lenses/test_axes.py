"""Names of dimensions are those that the user or a layer gave, wherever operations took them, or there are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.lenses.axes.comments import comments_of
from explorer.scene import Scene

SIZES = {"N": 2, "C": 3, "H": 5, "W": 7}
CALLS = (
    "permute({p})", "transpose({d}, {e})", "movedim({d}, {e})", "swapaxes({d}, {e})", "unsqueeze({d})", "squeeze()",
    "flatten({low}, {high})", "sum({d})", "mean({d}, keepdim=True)", "amax({d})", "argmax({d})", "var({d})", "mT",
    "logsumexp({d}, keepdim=True)", "relu()", "neg()", "clone()", "contiguous()", "softmax({d})", "cumsum({d})",
    "sort({d})[0]", "flip({d})", "select({d}, 0)", "unbind({d})[0]", "max({d})[0]", "reshape(-1)", "expand_as(x)",
    "unsqueeze({d}).squeeze({d})", "double()", "float()", "t()", "std({d})", "prod({d})",
)  # fmt: skip


def possible_sizes(name: str) -> set[int]:
    """Return the sizes that a dimension of this name may have; each of its parts may be reduced to 1."""
    sizes = {1}
    for part in name.split("·"):
        sizes |= {size * SIZES[part] for size in sizes}
    return sizes


def grids_by_name(source: str) -> dict[str, tuple[tuple[int, ...], tuple[str, ...]]]:
    """Return the shape and the names of the dimensions of each named grid."""
    trace = explorer.run(source)
    assert trace.error is None, trace.error.message
    scene: Scene = explorer.scene(trace)
    return {grid.label: (grid.shape, grid.axes) for grid in scene.grids if grid.label}


@st.composite
def chains(draw: st.DrawFn) -> list[str]:
    """Draw calls with dimensions, some of which a tensor may not have."""
    found = []
    for call in draw(st.lists(st.sampled_from(CALLS), min_size=1, max_size=4)):
        low, high = sorted((draw(st.integers(0, 3)), draw(st.integers(0, 3))))
        numbers = {"d": draw(st.integers(-2, 3)), "e": draw(st.integers(-2, 3)), "low": low, "high": high}
        found.append(call.format(p=", ".join(map(str, draw(st.permutations(range(4))))), **numbers))
    return found


@settings(max_examples=60)
@given(chains(), st.permutations(list(SIZES)))
def test_a_named_dimension_has_the_size_of_what_it_is_named_after(chain: list[str], order: list[str]) -> None:
    shape = ", ".join(str(SIZES[name]) for name in order)
    lines = [f"x = torch.rand({shape})  # x: {' '.join(order)}"]
    lines += [f"y{n} = {'x' if n == 0 else f'y{n - 1}'}.{call}" for n, call in enumerate(chain)]
    scene = explorer.scene(explorer.run("\n".join(lines)))
    for grid in scene.grids:
        assert grid.axes in ((), grid.axes[: len(grid.shape)])
        for name, size in zip(grid.axes, grid.shape, strict=False):
            assert not name or size in possible_sizes(name)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("x.permute(0, 2, 3, 1)", "N H W C"),
        ("x.transpose(1, -1)", "N W H C"),
        ("x.movedim(1, 3)", "N H W C"),
        ("x.flatten(1)", "N C·H·W"),
        ("x.flatten(1).unflatten(1, (3, 5, 7))", "N C H W"),
        ("x.mean((2, 3))", "N C"),
        ("x.sum(1, keepdim=True)", "N C H W"),
        ("x.sum(dim=-1)", "N C H"),
        ("x[0]", "C H W"),
        ("x[:, 1:, None, ..., 0]", "N C - H"),
        ("x[:, [0, 2]]", "N C H W"),
        ("x[torch.tensor([1, 0])]", "N C H W"),
        ("x.reshape(2, 3, 35)", "N C H·W"),
        ("x.view(6, 5, 7)", "N·C H W"),
        ("x.unsqueeze(0).squeeze(0)", "N C H W"),
        ("x + torch.rand(7)", "N C H W"),
        ("torch.rand(2, 1, 1, 1) * x", "N C H W"),
        ("x.expand(4, 2, 3, 5, 7)", "- N C H W"),
        ("torch.stack([x, x], dim=1)", "N - C H W"),
        ("torch.cat([x, x], dim=1)", "N C H W"),
        ("x.mT @ x", "N C W W"),
        ("x @ torch.rand(7, 4)", "N C H -"),
        ("x.max(1).indices", "N H W"),
        ("F.conv2d(x, torch.rand(4, 3, 3, 3))", "N C H W"),
        ("F.max_pool2d(x, 2)", "N C H W"),
    ],
)
def test_names_travel_with_their_dimensions(call: str, names: str) -> None:
    for equal in (False, True):
        sizes = "2, 3, 5, 7"
        if equal and not any(part in call for part in ("rand", "view", "reshape", "expand", "unflatten")):
            sizes = "4, 4, 4, 4"
        found = grids_by_name(f"x = torch.rand({sizes})  # x: N, C, H, W\ny = {call}\n")
        assert found["y"][1] == tuple(name.strip("-") for name in names.split())


@pytest.mark.parametrize(
    "call",
    [
        "x.reshape(7, 5, 3, 2)",
        "x.reshape(3, 2, 7, 5)",
        "x.view(10, 21)",
        "x[x > 0.5]",
        "x.flatten()[torch.tensor([[0, 1]])]",
        "torch.einsum('abcd,abcd->', x, x)",
        "x.mean()",
    ],
)
def test_what_is_not_known_has_no_name(call: str) -> None:
    found = grids_by_name(f"x = torch.rand(2, 3, 5, 7)  # x: N C H W\ny = {call}\n")
    assert not any(found["y"][1])


@pytest.mark.parametrize(
    ("layer", "shape", "given", "result"),
    [
        ("nn.Conv2d(3, 4, 3)", "2, 3, 8, 8", "N C H W", "N C H W"),
        ("nn.Conv2d(3, 4, 3)", "3, 8, 8", "C H W", "C H W"),
        ("nn.Conv1d(3, 4, 3)", "2, 3, 8", "N C L", "N C L"),
        ("nn.MaxPool2d(2)", "2, 3, 8, 8", "N C H W", "N C H W"),
        ("nn.BatchNorm2d(3)", "2, 3, 8, 8", "N C H W", "N C H W"),
        ("nn.BatchNorm1d(3)", "2, 3", "N C", "N C"),
        ("nn.Linear(3, 4)", "2, 3", "- features", "- features"),
        ("nn.LSTM(3, 4, batch_first=True)", "2, 5, 3", "N T features", "N T features"),
        ("nn.GRU(3, 4)", "5, 2, 3", "T N features", "T N features"),
        ("nn.GRU(3, 4)", "5, 3", "T features", "T features"),
    ],
)
def test_a_layer_tells_the_names_of_what_goes_into_it(layer: str, shape: str, given: str, result: str) -> None:
    found = grids_by_name(f"layer = {layer}\nx = torch.rand({shape})\ny = layer(x)\nz = x * 2\n")
    named = {label: tuple(name.strip("-") for name in names.split()) for label, names in (("x", given), ("y", result))}
    if "LSTM" not in layer and "GRU" not in layer:
        assert found["y"][1] == named["y"]
    assert found["x"][1] == named["x"]
    assert found["z"][1] == named["x"]


def test_what_the_user_wrote_goes_before_what_a_layer_tells() -> None:
    found = grids_by_name("x = torch.rand(2, 3, 8, 8)  # x: batch rgb row column\ny = nn.Conv2d(3, 4, 3)(x)\n")
    assert found["x"][1] == ("batch", "rgb", "row", "column")
    assert found["y"][1] == ("batch", "rgb", "row", "column")


def test_comments_name_dimensions_only_in_their_own_form() -> None:
    source = "x = 1  # x: N C H W\n# y: N, T\n# to do: this is a sentence, of words.\ns = '# z: A B'\n"
    found = [(comment.line, comment.name, comment.axes) for comment in comments_of(source)]
    assert found == [(1, "x", ("N", "C", "H", "W")), (2, "y", ("N", "T"))]
    assert [comment.name for comment in comments_of("x = (  # x: N C")] == ["x"]


def test_names_of_the_wrong_number_are_left_out() -> None:
    assert grids_by_name("x = torch.rand(2, 3)  # x: N C H\n")["x"][1] == ()
