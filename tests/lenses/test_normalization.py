"""What the picture says of layers that normalise, beside plain torch: groups, statistics, each cell's way, modes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.lenses import normalization
from explorer.scene.decoding import decode
from explorer.scene.encoding import encode
from tests.effort import COSTLY
from tests.lenses.normalization_cases import (
    TOLERANCE,
    as_factor,
    assert_checks_are_small,
    first,
    fused_rounding,
    group_numbers,
    kept_by,
    layers,
    module_of,
    numbers,
    opened,
    programs,
    scene_of,
    trace_of,
    values,
)


@COSTLY
@given(programs())
def test_each_cell_goes_its_way_with_the_numbers_of_its_group(case: tuple[str, str]) -> None:
    program, dtype = case
    scene, norm = opened(program)
    x, y = (values(scene, grid).astype(np.float64) for grid in (norm.input, norm.output))
    groups, found = group_numbers(x.shape, norm.blocks), norm.statistics
    way = x if found.used_mean is None else x - numbers(found.used_mean)[groups]
    if norm.centred >= 0:
        np.testing.assert_allclose(values(scene, norm.centred), way, atol=1e-4)
    way = way / numbers(found.divisor)[groups]
    largest = max(np.abs(y).max(initial=0), 1.0)
    assert np.abs(values(scene, norm.normalised) - way).max(initial=0) <= TOLERANCE[dtype] * max(np.abs(way).max(), 1)
    if norm.weight >= 0:
        way = way * as_factor(values(scene, norm.weight), norm.affine, x.shape)
    if norm.bias >= 0:
        way = way + as_factor(values(scene, norm.bias), norm.affine, x.shape)
    rounding = fused_rounding(scene, norm, dtype)
    # far from zero, x and μ have few digits in common
    assert np.abs(y - way).max(initial=0) <= TOLERANCE[dtype] * largest * (1 + np.abs(x).max()) + rounding
    assert_checks_are_small(norm, dtype, rounding)


@given(programs(("float64",)))
def test_statistics_are_those_of_the_cells_of_each_group(case: tuple[str, str]) -> None:
    scene, norm = opened(case[0])
    x, found = values(scene, norm.input), norm.statistics
    groups = group_numbers(x.shape, norm.blocks)
    assert len(found.counts) == groups.max() + 1
    for number in range(groups.max() + 1):
        cells = x[groups == number]
        assert found.counts[number] == cells.size
        np.testing.assert_allclose(numbers(found.mean)[number], cells.mean(), rtol=1e-9)
        np.testing.assert_allclose(numbers(found.variance)[number], cells.var(), atol=1e-9)
        unbiased = cells.var(ddof=1) if cells.size > 1 else np.nan
        np.testing.assert_allclose(numbers(found.unbiased)[number], unbiased, atol=1e-9)


@COSTLY
@given(layers())
def test_cells_share_a_group_where_a_change_of_one_reaches_the_other(case: tuple[str, tuple[int, ...]]) -> None:
    layer, shape = case
    program = f"x = torch.randn({shape}, dtype=torch.float64)\ny = ({layer}).double()(x)\n"
    scene, norm = opened(program)
    x = torch.tensor(values(scene, norm.input))
    module = module_of(layer).double()
    jacobian = torch.autograd.functional.jacobian(module, x)  # type: ignore[no-untyped-call]
    slopes = jacobian.reshape(x.numel(), x.numel())
    groups = group_numbers(shape, norm.blocks).reshape(-1)
    together = groups[:, None] == groups[None, :]
    reached = slopes.abs().numpy() > 0
    assert not (reached & ~together).any()
    if norm.statistics.counts[0] > 2 and norm.eps[0] > 1e-6:
        assert (reached == together).mean() == 1.0


@given(
    shape=st.lists(st.integers(1, 5), min_size=3, max_size=4),
    size=st.integers(1, 6),
    alpha=st.sampled_from([1e-4, 1.0]),
    beta=st.sampled_from([0.75, 2.0]),
)
def test_local_response_norm_looks_at_its_neighbours(shape: list[int], size: int, alpha: float, beta: float) -> None:
    program = f"x = torch.randn({shape}, dtype=torch.float64)\ny = F.local_response_norm(x, {size}, {alpha}, {beta})\n"
    scene, norm = opened(program)
    x = values(scene, norm.input)
    before, after = norm.neighbours
    assert norm.blocks == ()
    assert numbers(norm.response).tolist() == [1, alpha, beta]
    for channel in range(shape[1]):
        near = x[:, max(channel - before, 0) : channel + after + 1]
        squares = (near**2).sum(1) / size
        divisor = (1 + alpha * squares) ** beta
        np.testing.assert_allclose(values(scene, norm.squares)[:, channel], squares, rtol=1e-9)
        np.testing.assert_allclose(values(scene, norm.scales)[:, channel], divisor, rtol=1e-9)
    np.testing.assert_allclose(values(scene, norm.output), x / values(scene, norm.scales), rtol=1e-9)
    assert_checks_are_small(norm, "float64")


@COSTLY
@given(programs(("float16", "bfloat16")))
def test_half_precision_is_computed_as_torch_does(case: tuple[str, str]) -> None:
    scene, norm = opened(case[0])
    assert_checks_are_small(norm, case[1], fused_rounding(scene, norm, case[1]))


@COSTLY
@given(
    layer=st.sampled_from(
        ["nn.BatchNorm1d(3, momentum={})", "nn.InstanceNorm1d(3, momentum={}, track_running_stats=True)"]
    ),
    momentum=st.sampled_from([0.1, 0.3, 1.0]),
    batches=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    average=st.booleans(),
)
def test_running_statistics_over_many_batches(layer: str, momentum: float, batches: list[int], average: bool) -> None:
    weight = None if average and "Batch" in layer else momentum
    written = layer.format(weight)
    loop = f"for n in {batches}:\n    layer(torch.randn(n, 3, 4) * 2 + 1)\n"
    program = f"layer = {written}\n{loop}layer.eval()\nlayer(torch.ones(2, 3, 4))\n"
    module = module_of(written)
    trace = trace_of(program)
    for stop in range(len(batches)):
        scene = normalization(trace, layer=stop)
        norm = first(scene)
        assert (norm.training, norm.uses) == (True, "batch")
        assert weight == (None if norm.momentum is None else norm.momentum[0])
        held = [values(scene, grid) for grid in (norm.running_mean, norm.running_var)]
        np.testing.assert_array_equal(held, kept_by(module))
        result = module(torch.tensor(values(scene, norm.input)))
        np.testing.assert_allclose(values(scene, norm.output), result.detach().numpy(), atol=1e-5)
        kept = [values(scene, grid) for grid in (norm.next_mean, norm.next_var)]
        np.testing.assert_array_equal(kept, kept_by(module))
        assert {"running_mean", "running_var"} <= {check.what for check in norm.checks}
        assert_checks_are_small(norm, "float32")
    norm = first(normalization(trace))
    assert (norm.stop, norm.training, norm.uses) == (len(batches), False, "running")
    used = numbers(norm.statistics.used_mean)
    np.testing.assert_allclose(used, np.tile(kept_by(module)[0], len(used) // 3))


@pytest.mark.parametrize(
    "call",
    [
        "F.batch_norm(x, None, None, training=True)",
        "torch.batch_norm(x, w, w, None, None, True, 0.1, 1e-5, False)",
        "F.layer_norm(x, (3,), eps=0.1)",
        "F.instance_norm(x)",
        "F.group_norm(x, 2, w, w)",
        "F.rms_norm(x, [4, 3])",
        "F.normalize(x, p=3, dim=(1, 2))",
        "F.normalize(x, dim=-1)",
        "nn.utils.parametrizations.weight_norm(nn.Linear(3, 5))(x)",
        "nn.utils.parametrizations.weight_norm(nn.Conv1d(4, 5, 2), dim=1)(x)",
        "nn.utils.weight_norm(nn.Linear(3, 5), dim=None)(x)",
        "nn.LazyBatchNorm1d()(x)",
        "nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5), nn.ReLU())(x)",
    ],
)
def test_functions_and_layers_inside_of_others_are_found(call: str) -> None:
    scene, norm = opened(f"x = torch.randn(2, 4, 3)\nw = torch.randn(4)\ny = {call}\n")
    assert_checks_are_small(norm, "float32")
    assert len(scene.norms.stops) == 1  # type: ignore[union-attr]
    if norm.kind == "weight" and norm.weight >= 0:
        v = values(scene, norm.input)
        groups = group_numbers(v.shape, norm.blocks)
        for number in range(groups.max() + 1):
            length = np.linalg.norm(values(scene, norm.normalised)[groups == number])
            np.testing.assert_allclose(length, 1.0, rtol=1e-5)


@pytest.mark.parametrize(
    "layer",
    ["nn.BatchNorm2d(4)", "nn.LayerNorm([4, 2, 2])", "nn.GroupNorm(2, 4)", "nn.InstanceNorm2d(4)", "nn.RMSNorm(2)"],
)
def test_on_meta_there_are_shapes_and_groups(layer: str) -> None:
    scene, norm = opened(f"x = torch.zeros(3, 4, 2, 2, device='meta')\ny = {layer}.to('meta')(x)\n")
    real = opened(f"x = torch.zeros(3, 4, 2, 2)\ny = {layer}(x)\n")[1]
    assert (norm.blocks, norm.groups) == (real.blocks, real.groups)
    assert len(norm.statistics.mean) == len(real.statistics.mean)
    assert np.isnan(numbers(norm.statistics.mean)).all()
    assert scene.buffers[scene.grids[norm.input].buffer].versions[-1].values is None
    assert scene.grids[norm.output].shape == (3, 4, 2, 2)
    assert not norm.checks
    scene.encode()


@pytest.mark.parametrize(
    "line",
    [
        "nn.BatchNorm2d(3)(torch.zeros(0, 3, 4, 4))",
        "nn.LayerNorm(3)(torch.zeros(0, 3))",
        "nn.GroupNorm(1, 3)(torch.zeros(0, 3))",
        "nn.LocalResponseNorm(3)(torch.zeros(0, 3, 2))",
        "nn.RMSNorm(3)(torch.zeros(0, 3))",
        "F.normalize(torch.zeros(3, 0))",
        "F.normalize(torch.tensor(3.0), dim=0)",
        "nn.LayerNorm(1)(torch.randn(3, 1))",
        "nn.BatchNorm1d(3)(torch.full((4, 3), torch.inf))",
        "nn.BatchNorm1d(3)(torch.full((4, 3), torch.nan))",
        "nn.BatchNorm1d(3)(torch.tensor([[1.0, 2.0, torch.inf], [torch.nan, 0.0, 1.0]]))",
    ],
)
def test_empty_tensors_single_numbers_and_infinities(line: str) -> None:
    scene, norm = opened(f"y = {line}\n")
    assert scene.error is None
    assert all(np.isfinite(check.difference) and np.isfinite(check.largest) for check in norm.checks)
    scene.encode()


@pytest.mark.parametrize("number", ["float('inf')", "float('nan')", "1e300", "1e-300"])
@pytest.mark.parametrize(
    "line",
    [
        "nn.BatchNorm2d(3, eps={0})(x)",
        "nn.BatchNorm2d(3, momentum={0})(x)",
        "nn.BatchNorm2d(3, eps={0}, momentum={0}).eval()(x)",
        "nn.LayerNorm(4, eps={0})(x)",
        "nn.RMSNorm(4, eps={0})(x)",
        "nn.LocalResponseNorm(3, alpha={0}, k={0})(x)",
        "(x - x.mean(0)) / (x.std(0) + {0})",
        "F.normalize(x.double(), eps={0})",
    ],
)
def test_settings_without_a_finite_value(line: str, number: str) -> None:
    scene = scene_of(f"x = torch.randn(2, 3, 4, 4)\ny = {line.format(number)}\n")
    sent = decode(encode(scene)).norms
    assert sent is not None
    assert scene.norms is not None
    for kept, norm in zip(sent.opened, scene.norms.opened, strict=True):
        np.testing.assert_array_equal(kept.eps, norm.eps)
        assert_checks_are_small(norm, "float32")


@pytest.mark.parametrize(
    ("layer", "said", "unsaid"),
    [
        ("nn.BatchNorm2d(3, eps=float('nan'))", "all results are NaN", "Ten times x"),
        ("nn.BatchNorm2d(3, eps=float('nan'))", "ε is NaN", "nan for channel 0, not 1"),
        ("nn.LayerNorm(4, eps=float('inf'))", "far below ε = inf", "Ten times x"),
        ("nn.BatchNorm2d(3, momentum=0.0)", "With momentum 0 nothing of a batch is kept", "An average needs"),
        ("nn.BatchNorm2d(3, momentum=float('nan'))", "statistics are NaN from now on", "torch's momentum nan"),
        ("nn.BatchNorm2d(3, momentum=2)", "2 gives the old value the weight −1", "With momentum"),
        ("nn.BatchNorm2d(3, momentum=-1)", "running_var is −", "With momentum"),
        ("nn.BatchNorm2d(3, momentum=1)", "torch's momentum 1", "An average needs"),
        ("nn.BatchNorm2d(3, momentum=None)", "plain averages", "An average needs"),
    ],
)
def test_settings_that_torch_takes_without_a_word_are_told(layer: str, said: str, unsaid: str) -> None:
    norms = scene_of(f"x = torch.randn(2, 3, 4, 4) * 2\ny = {layer}(x)\n").norms
    assert norms is not None
    remarks = " ".join(norms.opened[0].remarks)
    assert said in remarks
    assert unsaid not in remarks


def test_a_number_that_is_none_is_told_with_its_group() -> None:
    spoiled = "x = torch.randn(4, 3)\nx[0, 1] = float('nan')\nx[2, 1] = float('inf')\ny = nn.BatchNorm1d(3)(x)\n"
    norms = scene_of(spoiled).norms
    assert norms is not None
    remarks = norms.opened[0].remarks
    said = "2 numbers of x are NaN or infinite: that spoils the statistics of channel 1, and all results there."
    assert f"{said} The other 2 are as before." in remarks
    first = scene_of(spoiled.replace("1] =", "0] =")).norms
    assert first is not None
    assert not any("(÷" in remark or "= nan" in remark for remark in first.opened[0].remarks)


def test_a_running_variance_below_zero_has_no_root() -> None:
    program = "bn = nn.BatchNorm1d(2, momentum=-1.0)\nfor b in torch.randn(6, 4, 2):\n    bn(b)\nbn.eval()\ny = bn(b)\n"
    norms = scene_of(program).norms
    assert norms is not None
    said = " ".join(norms.opened[0].remarks)
    assert "The running variance of channel 1 is −" in said
    assert "it has no root, so its results are NaN" in said
    assert "gets the deviation" not in said


def test_no_layer_at_all() -> None:
    scene = scene_of("x = torch.randn(3)\ny = (x - 1) / 2\n")
    assert scene.norms is not None
    assert (scene.norms.stops, scene.norms.opened) == ((), ())
