"""Which calls normalise, what lies beside what, normalisation written by hand, padding, and what is said."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.lenses import normalization
from explorer.lenses.normalization.calls import norm_calls
from explorer.lenses.normalization.stops import titles_of
from explorer.scene.norms import ALL_BESIDE
from tests.lenses.normalization_cases import (
    assert_checks_are_small,
    first,
    group_numbers,
    numbers,
    opened,
    scene_of,
    values,
)

DEVIATIONS = {
    "x.std({d})": (1, 0.0),
    "x.std({d}, unbiased=False)": (0, 0.0),
    "torch.sqrt(x.var({d}, correction=0) + {e})": (0, 1.0),
    "(x.var({d}) + {e}) ** 0.5": (1, 1.0),
    "((x - x.mean({d})) ** 2).mean({d}).add({e}).sqrt()": (0, 1.0),
    "((x - x.mean({d})).square().mean({d}) + {e}).pow(0.5)": (0, 1.0),
    "torch.std_mean(x, {d})[0]": (1, 0.0),
}


@given(
    shape=st.lists(st.integers(2, 4), min_size=1, max_size=4),
    deviation=st.sampled_from(sorted(DEVIATIONS)),
    data=st.data(),
    eps=st.sampled_from([1e-5, 0.1]),
)
def test_normalisation_by_hand(shape: list[int], deviation: str, data: st.DataObject, eps: float) -> None:
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    along = f"dim={tuple(dims)}, keepdim=True"
    divisor = deviation.format(d=along, e=eps)
    program = f"x = torch.randn({shape}, dtype=torch.float64)\ny = (x - x.mean({along})) / {divisor}\n"
    scene, norm = opened(program)
    correction, factor = DEVIATIONS[deviation]
    assert (norm.kind, norm.uses, norm.eps[0]) == ("standard", "batch", eps * factor)
    x = values(scene, norm.input)
    groups = group_numbers(x.shape, norm.blocks)
    np.testing.assert_allclose(
        numbers(norm.statistics.used_mean)[groups], np.mean(x, tuple(dims), keepdims=True) + 0 * x
    )
    spread = np.sqrt(np.var(x, tuple(dims), ddof=correction, keepdims=True) + norm.eps[0])
    np.testing.assert_allclose(numbers(norm.statistics.divisor)[groups], spread + 0 * x)
    assert_checks_are_small(norm, "float64")


@pytest.mark.parametrize(
    "line",
    [
        "(x - x.mean(0)) / x.std(0)",
        "(x - x.mean()) / x.std()",
        "(x - x.mean(1)[:, None]) / x.std(1).unsqueeze(1)",
        "(x - x.mean(0)) * (x.var(0) + 1e-5).rsqrt()",
        "(x - x.mean(0)) / (x.std(0) + 1e-3)",
        "(x - x.mean(0)) / x.std(0).clamp(min=1e-3)",
    ],
)
def test_forms_of_normalisation_by_hand(line: str) -> None:
    scene, norm = opened(f"x = torch.randn(5, 3)\ny = {line}\n")
    assert norm.kind == "standard"
    assert_checks_are_small(norm, "float32")
    way = values(scene, norm.centred) / numbers(norm.statistics.divisor)[group_numbers((5, 3), norm.blocks)]
    np.testing.assert_allclose(values(scene, norm.output), way, atol=1e-5)


@pytest.mark.parametrize(
    "line", ["(x - 1) / x.std(0)", "x / x.std(0)", "(x - x.mean(0)) / 2", "(x - x.mean(0)) / x.mean(0)"]
)
def test_what_does_not_normalise(line: str) -> None:
    scene = scene_of(f"x = torch.randn(5, 3)\ny = {line}\n")
    assert scene.norms is not None
    assert scene.norms.stops == ()


def test_training_statistics_of_test_data() -> None:
    program = "train, test = torch.randn(9, 2), torch.randn(4, 2) + 3\nm, s = train.mean(0), train.std(0)\n"
    _, norm = opened(f"{program}a = (train - m) / s\nb = (test - m) / s\n", layer=1)
    assert (norm.kind, norm.uses) == ("standard", "running")
    assert any("another tensor" in remark for remark in norm.remarks)


def test_means_of_another_dimension_are_told() -> None:
    _, norm = opened("x = torch.arange(9.0).reshape(3, 3)\ny = (x - x.mean(1)) / x.std(1)\n")
    assert any("keepdim=True" in remark for remark in norm.remarks)


COMPARED = """\
x = torch.randn(3, 4, 2, 2)
bn, ln, gn = nn.BatchNorm2d(4), nn.LayerNorm([4, 2, 2]), nn.GroupNorm(2, 4)
a = bn(x)
b = ln(x)
c = gn(b)
bn.eval()
d = bn(x)
"""


def test_stops_and_what_lies_beside_them() -> None:
    scene = scene_of(COMPARED)
    norms = scene.norms
    assert norms is not None
    assert [(stop.label, stop.call, stop.calls, stop.same, stop.training) for stop in norms.stops] == [
        ("bn", 0, 2, (1, 3), True),
        ("ln", 0, 1, (0, 3), True),
        ("gn", 0, 1, (), True),
        ("bn", 1, 2, (0, 1), False),
    ]
    assert [norm.stop for norm in norms.opened] == [3, 1]
    for options, expected in (
        ({"layer": 0}, [0, 1]),
        ({"layer": 0, "beside": 3}, [0, 3]),
        ({"layer": 0, "beside": -2}, [0]),
        ({"layer": 2}, [2]),
        ({"layer": 99, "beside": 99}, [3]),
        ({"layer": 1, "beside": 2, "group": 99}, [1, 2]),
    ):
        found = scene_of(COMPARED, **options).norms
        assert found is not None
        assert [norm.stop for norm in found.opened] == expected


MANY = """\
x = torch.randn(3, 4, 2, 2)
bn = nn.BatchNorm2d(4)
for _ in range(2):
    bn(x)
layers = [nn.LayerNorm([4, 2, 2]), nn.GroupNorm(2, 4), nn.InstanceNorm2d(4), nn.RMSNorm([4, 2, 2])]
for layer in layers:
    layer(x)
"""


@pytest.mark.parametrize(
    ("layer", "expected"), [(0, [0, 2, 3, 4]), (1, [1, 2, 3, 4]), (3, [3, 4, 5, 0]), (5, [5, 0, 2, 3])]
)
def test_all_others_on_the_tensor_stand_beside_one(layer: int, expected: list[int]) -> None:
    norms = scene_of(MANY, layer=layer, beside=ALL_BESIDE, focus=3, group=1).norms
    assert norms is not None
    assert [norm.stop for norm in norms.opened] == expected
    one = scene_of("x = torch.randn(4, 3)\ny = nn.RMSNorm(3)(x)\n", beside=ALL_BESIDE).norms
    assert one is not None
    assert [norm.stop for norm in one.opened] == [0]


def test_several_calls_of_one_module_are_told_apart() -> None:
    calls = norm_calls(explorer.run(f"import torch\nfrom torch import nn\n{MANY}"))
    assert titles_of(calls, (0, 1, 2)) == ("bn, call 1", "bn, call 2", "layer")


def test_an_input_that_was_written_to_is_another() -> None:
    scene = scene_of("x = torch.randn(4, 3)\na = nn.LayerNorm(3)(x)\nx.add_(1)\nb = nn.RMSNorm(3)(x)\n")
    assert scene.norms is not None
    assert [stop.same for stop in scene.norms.stops] == [(), ()]


VIEWED = "x = torch.randn(4, 5, 4)\na = nn.BatchNorm1d(5)(x)\nb = nn.LayerNorm(VIEW.shape[-1])(VIEW)\n"


@pytest.mark.parametrize(
    ("view", "same"),
    [
        ("x.transpose(1, 2)", True),
        ("x.permute(2, 0, 1)", True),
        ("x.flatten(1)", True),
        ("x.transpose(0, 2)[None]", True),
        ("x.detach()", True),
        ("x.flip(1)", False),
        ("x.transpose(1, 2).contiguous()", False),
        ("x[:, :, :2]", False),
        ("x.mul_(2).transpose(1, 2)", False),
        ("x.view(torch.int32).view(torch.float32).mT", True),
        ("x[:2].expand(4, 2, 5, 4)[0]", False),
    ],
)
def test_a_view_of_all_elements_is_the_same_tensor(view: str, *, same: bool) -> None:
    norms = scene_of(VIEWED.replace("VIEW", view)).norms
    assert norms is not None
    assert [stop.same for stop in norms.stops] == ([(1,), (0,)] if same else [(), ()])
    assert [norm.stop for norm in norms.opened] == ([0, 1] if same else [0])


def test_halves_of_one_tensor_are_two() -> None:
    norms = scene_of("x = torch.randn(4, 3)\na = nn.LayerNorm(3)(x[:2])\nb = nn.RMSNorm(3)(x[2:])\n").norms
    assert norms is not None
    assert [stop.same for stop in norms.stops] == [(), ()]


def test_the_calls_before_the_failing_one_are_kept() -> None:
    trace = explorer.run("x = torch.randn(3, 4)\ny = nn.BatchNorm1d(4)(x)\nz = nn.GroupNorm(3, 4)(x)\n")
    scene = normalization(trace)
    assert scene.error is not None
    assert scene.norms is not None
    assert [stop.layer for stop in scene.norms.stops] == ["BatchNorm1d(4)"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nn.BatchNorm1d(3)(e.transpose(1, 2))", True),
        ("nn.BatchNorm1d(3)(e.reshape(-1, 3))", True),
        ("nn.LayerNorm(3)(e)", True),
        ("nn.LayerNorm(3)(e[:, 0])", False),
        ("nn.LayerNorm(3)(torch.randn(2, 4, 3))", False),
    ],
)
def test_padding_of_a_text_batch(line: str, expected: bool) -> None:
    tokens = [[3, 4, 0, 0], [5, 6, 7, 0]]
    lines = f"t = torch.tensor({tokens})\ne = nn.Embedding(9, 3, padding_idx=0)(t)\n"
    norm = first(scene_of(f"{lines}y = {line}\n"))
    if expected:
        np.testing.assert_array_equal(norm.hidden, np.array(tokens).reshape(-1) == 0)
        assert any("3 of 8 positions are padding" in remark for remark in norm.remarks)
    else:
        assert norm.hidden is None


def test_a_layer_is_called_what_it_is_called_on() -> None:
    calls = ("m.to(torch.float32)(x)", "m.eval()(x)", "(m)(x)", "ms[0](x)", "m.train().double()(x.double())")
    lines = "\n".join(["x = torch.randn(6, 3)", "m = nn.BatchNorm1d(3)", "ms = nn.ModuleList([m])", *calls])
    norms = scene_of(f"{lines}\n").norms
    assert norms is not None
    assert [stop.label for stop in norms.stops] == ["m", "m", "m", "ms[0]", "m"]


WORDS = "words = [torch.randn(n, 3) + 5 for n in (4, 2, 3)]\n"
UNPACKED = "x, n = nn.utils.rnn.pad_packed_sequence(p, batch_first=True)"
LENGTHS = "lengths = torch.tensor([4, 2, 3])\nmask = torch.arange({0})[None] < lengths[:, None]\n"


@pytest.mark.parametrize(
    "made",
    [
        f"{WORDS}x = nn.utils.rnn.pad_sequence(words, batch_first=True)",
        f"{WORDS}x = nn.utils.rnn.pad_sequence(words, batch_first=True, padding_value=5.0)",
        f"{WORDS}x = nn.utils.rnn.pad_sequence(words).transpose(0, 1)",
        f"{WORDS}p, _ = nn.GRU(3, 3)(nn.utils.rnn.pack_sequence(words, enforce_sorted=False))\n{UNPACKED}",
        f"{LENGTHS.format(4)}x = torch.randn(3, 4, 3) * mask[:, :, None]",
        f"{LENGTHS.format(4)}x = torch.randn(3, 4, 3).masked_fill(~mask.unsqueeze(-1), 0.0)",
        f"{LENGTHS.format(4)}x = torch.randn(3, 4, 3)\nx[~mask] = 0",
    ],
)
def test_padding_that_is_known_by_lengths_alone(made: str) -> None:
    lines = f"{made}\ny = nn.LayerNorm(3)(x)\nz = nn.BatchNorm1d(3)(x.transpose(1, 2))\n"
    expected = np.arange(4) >= np.array([[4], [2], [3]])
    for layer in (0, 1):
        norm = first(scene_of(lines, layer=layer))
        np.testing.assert_array_equal(norm.hidden, expected.reshape(-1))
        assert any("3 of 12 positions are padding (by their" in remark for remark in norm.remarks)


@pytest.mark.parametrize("in_rows", [True, False])
@pytest.mark.parametrize("side", ["left", "right"])
def test_sequences_in_rows_or_columns_are_told_apart_by_their_values(in_rows: bool, side: str) -> None:
    lines = "words = [torch.randn(n, 3) for n in (2, 3, 1)]\n"
    pad = f"x = nn.utils.rnn.pad_sequence(words, batch_first={in_rows}, padding_side='{side}')\n"
    norm = first(scene_of(f"{lines}{pad}y = nn.LayerNorm(3)(x)\n"))
    words = [torch.zeros(n) for n in (2, 3, 1)]
    real = torch.nn.utils.rnn.pad_sequence(words, batch_first=in_rows, padding_value=1.0, padding_side=side)
    np.testing.assert_array_equal(norm.hidden, real.bool().reshape(-1))


@pytest.mark.parametrize(
    "made",
    [
        "x = torch.randn(3, 4, 3) * (torch.rand(3, 4, 1) > 0.5)",
        "x = nn.utils.rnn.pad_sequence([torch.randn(4, 3) for _ in range(3)], batch_first=True)",
        "x = torch.randn(3, 4, 3)\nx[:, 2:] = 0",
    ],
)
def test_what_is_no_padding_is_not_said_to_be(made: str) -> None:
    assert first(scene_of(f"torch.manual_seed(0)\n{made}\ny = nn.LayerNorm(3)(x)\n")).hidden is None


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("y = nn.BatchNorm2d(5)(torch.randn(3, 5, 2, 3))", "`y.var((0, 2, 3))` reads 1.0588 for channel 0"),
        ("y = nn.BatchNorm2d(5)(torch.randn(3, 5, 2, 3))", "18/17 = 1.0588"),
        ("x = torch.ones(2, 2, 3)\nx[:, 1] = 2\ny = nn.LayerNorm([2, 3])(x)", "E[x] = 1.5, Var = 0.25"),
        ("y = nn.BatchNorm1d(3).eval()(torch.randn(4, 3))", "No batch was seen in training mode before"),
        ("y = nn.BatchNorm1d(3, momentum=None)(torch.randn(4, 3))", "weighs 1/1"),
        ("y = nn.BatchNorm1d(3, momentum=0.3)(torch.randn(4, 3))", "momentum 0.3 is the weight of the new value"),
        ("y = nn.BatchNorm1d(3)(torch.randn(4, 3))", "running_var takes the unbiased one"),
        ("y = nn.BatchNorm1d(3)(torch.ones(4, 3))", "σ² is 0"),
        ("y = nn.BatchNorm1d(3)(torch.randn(4, 3) * 1e-3)", "of the size of ε"),
        ("y = nn.BatchNorm1d(3, eps=float('inf'))(torch.randn(4, 3))", "far below ε = inf: there √(σ² + ε) is inf"),
        ("y = nn.LayerNorm(1)(torch.randn(4, 1))", "Each group has one number"),
        ("y = nn.GroupNorm(1, 4)(torch.randn(2, 4, 3))", "those of LayerNorm"),
        ("y = nn.GroupNorm(4, 4)(torch.randn(2, 4, 3))", "those of InstanceNorm"),
        ("y = nn.InstanceNorm1d(4)(torch.randn(2, 4, 3))", "track_running_stats=False"),
        ("y = nn.RMSNorm(4)(torch.randn(2, 4) + 5)", "Nothing is subtracted"),
        ("y = nn.LayerNorm(8)(torch.randn(2, 8).half())", "computed in float32"),
        ("x = torch.randn(5, 3)\ny = (x - x.mean(0)) / x.std(0)", "the biased variance 0.8"),
        (
            "x = torch.randn(4, 3, requires_grad=True)\nbn = nn.BatchNorm1d(3).eval()\nbn(x).sum().backward()",
            "The statistics are frozen",
        ),
    ],
)
def test_what_is_said(program: str, said: str) -> None:
    norm = first(scene_of(f"{program}\n"))
    assert any(said in remark for remark in norm.remarks), norm.remarks


def test_a_large_layer_is_sent_whole_without_what_lies_between() -> None:
    scene, norm = opened("x = torch.randn(8, 16, 32, 32)\ny = nn.BatchNorm2d(16)(x)\n")
    assert (norm.centred, norm.normalised) == (-1, -1)
    assert values(scene, norm.input).size == values(scene, norm.output).size == 131_072
    assert_checks_are_small(norm, "float32")
    scene, norm = opened("x = torch.randn(8, 16, 32, 32)\ny = nn.BatchNorm2d(16)(x)\n", between=1)
    x = torch.tensor(values(scene, norm.input))
    np.testing.assert_allclose(values(scene, norm.centred), x - x.mean((0, 2, 3), keepdim=True), atol=1e-5)
    real = torch.nn.functional.batch_norm(x, None, None, training=True)
    np.testing.assert_allclose(values(scene, norm.normalised), real, atol=1e-5)


@pytest.mark.parametrize(("focus", "name"), [(0, "channel 1"), (1, "sample 1"), (9, "sample 1")])
def test_charts_are_of_the_layer_in_focus(focus: int, name: str) -> None:
    program = "x = torch.randn(6, 3)\ny = nn.BatchNorm1d(3)(x)\nz = nn.LayerNorm(3)(x)\n"
    assert name in opened(program, focus=focus, group=1)[0].charts[0].title


def test_a_result_that_was_overwritten_is_made_again() -> None:
    program = "x = torch.randn(8, 16, 32, 32)\nz = F.relu(nn.GroupNorm(4, 16)(x), inplace=True)\n"
    scene, norm = opened(program)
    assert any("written to since" in note for note in scene.notes)
    real = torch.nn.functional.group_norm(torch.tensor(values(scene, norm.input)), 4)
    np.testing.assert_allclose(values(scene, norm.output), real.numpy(), atol=1e-5)


def test_charts_are_of_the_group_in_focus() -> None:
    titles = [
        [chart.title for chart in opened("y = nn.BatchNorm1d(3)(torch.randn(9, 3))\n", group=n)[0].charts]
        for n in (0, 2)
    ]
    assert any("channel 0" in title for title in titles[0])
    assert any("channel 2" in title for title in titles[1])


@pytest.mark.parametrize(
    "end",
    [
        "torch.optim.SGD(bn.parameters(), 0.1).step()",
        "optimizer.step()",
        "bn.weight.data.fill_(2)",
        "x.add_(1)",
        "y = x.clone()",
        "y = x.T",
        "print(x.sum())",
        "x += 1",
        "x[0] = 0",
        "bn(x[:, :2])",
    ],
)
def test_a_scene_shows_the_end_of_the_program(end: str) -> None:
    program = (
        "x = torch.randn(4, 3)\nbn = nn.BatchNorm1d(3)\noptimizer = torch.optim.SGD(bn.parameters(), 0.1)\n"
        f"bn(x).sin().sum().backward()\n{end}\n"
    )
    trace = explorer.run(program)
    scene = normalization(trace)
    assert len(scene.frames) == 1
    names = dict(scene.frames[0].names)
    assert "x" in names
    scene.encode()
    np.testing.assert_array_equal(values(scene, names["x"]), trace.names["x"].values)
