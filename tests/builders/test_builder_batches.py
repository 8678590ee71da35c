"""What a page of normalisation writes into a program: modes, a second layer, batch sizes, spreads, sentences."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explorer.program.builders import ArgumentProblem, EditProblem, batch_sizes, chain, comparisons, modes
from explorer.program.builders.sentences import sentences, set_sentences
from explorer.program.builders.spreads import EVEN, SPREADS, set_spread, spread_of

BATCH = """\
import torch
from torch import nn
x = torch.randn(3, 4, 3, 3)
bn = nn.BatchNorm2d(4)
y = bn(x)
"""
LOOP = """\
import torch
from torch import nn
data = torch.randn(5, 8, 4)
net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
for batch in data:
    net(batch)
net.eval()
y = net(data[0])
"""


def run(source: str) -> dict[str, object]:
    """Run a program as it is."""
    names: dict[str, object] = {}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


def is_training(source: str, line: str) -> bool:
    """Tell in which mode the layer of a program is when it is called last."""
    names = run(source)
    module = eval(line, names)  # noqa: S307 - the tests' own text
    assert isinstance(module, nn.Module)
    return module.training


@pytest.mark.parametrize(
    ("before", "mode"),
    [
        ("", "train"),
        ("bn.eval()\n", "eval"),
        ("bn.train(False)\n", "eval"),
        ("bn.train(mode=False)\n", "eval"),
        ("bn.eval()\nbn.train()\n", "train"),
        ("bn.eval(); bn.train(True)\n", "train"),
    ],
)
def test_the_mode_is_that_of_the_last_call(before: str, mode: str) -> None:
    source = BATCH.replace("y = bn", f"{before}y = bn")
    assert modes.mode_of(source, "bn") == mode == ("train" if is_training(source, "bn") else "eval")
    for wanted in ("train", "eval"):
        other = modes.set_mode(source, "bn", wanted)
        assert modes.mode_of(other, "bn") == wanted
        assert is_training(other, "bn") == (wanted == "train")


def test_a_mode_line_goes_as_it_came() -> None:
    other = modes.set_mode(BATCH, "bn", "eval")
    assert other == BATCH.replace("y = bn", "bn.eval()\ny = bn")
    assert modes.set_mode(other, "bn", "train") == BATCH
    assert modes.set_mode(BATCH, "bn", "train") is BATCH
    within = BATCH.replace("bn(x)", "bn.eval()(x)")
    assert modes.mode_of(within, "bn") == "eval"
    assert modes.set_mode(within, "bn", "train") == BATCH


def test_a_layer_of_a_stack_has_the_mode_of_the_stack_or_its_own() -> None:
    assert modes.mode_of(LOOP, "net[1]") == "eval"
    trained = modes.set_mode(LOOP, "net[1]", "train")
    assert "net.eval()\nnet[1].train()\ny = net" in trained
    assert is_training(trained, "net[1]")
    assert not is_training(trained, "net[0]")
    assert modes.set_mode(trained, "net[1]", "eval") == LOOP
    # what stands after the last call says nothing about it
    assert modes.mode_of(BATCH + "bn.eval()\n", "bn") == "train"


def test_a_second_layer_is_added_changed_and_taken_away() -> None:
    both = comparisons.compare(BATCH, 1, ("LayerNorm",), (3, 4, 3, 3))
    assert both == BATCH + "ln = nn.LayerNorm((4, 3, 3))\nz = ln(x)\n"
    assert [chip.path for chip in comparisons.compared(both, 1)] == ["ln"]
    run(both)
    other = comparisons.compare(both, 1, ("GroupNorm",), (3, 4, 3, 3))
    assert other == BATCH + "gn = nn.GroupNorm(2, 4)\nz = gn(x)\n"
    assert comparisons.compare(other, 1, (), (3, 4, 3, 3)) == BATCH
    assert comparisons.compare(both, 1, ("LayerNorm",), (3, 4, 3, 3)) == both
    assert comparisons.compared(BATCH, 1) == ()


def test_up_to_three_layers_stand_beside_the_first_in_the_order_in_which_they_were_chosen() -> None:
    shape, wanted = (3, 4, 3, 3), ("LayerNorm", "GroupNorm", "RMSNorm")
    source = BATCH
    for count in (1, 2, 3):
        source = comparisons.compare(source, 1, wanted[:count], shape)
        assert [chip.name for chip in comparisons.compared(source, 1)] == list(wanted[:count])
    assert source == BATCH + (
        "ln = nn.LayerNorm((4, 3, 3))\nz = ln(x)\ngn = nn.GroupNorm(2, 4)\nw = gn(x)\n"
        "rms = nn.RMSNorm((4, 3, 3))\nv = rms(x)\n"
    )
    assert comparisons.compare(BATCH, 1, wanted, shape) == source
    names = run(source)
    torch.testing.assert_close(names["w"], run(BATCH + "w = nn.GroupNorm(2, 4)(x)\n")["w"])
    without = comparisons.compare(source, 1, ("LayerNorm", "RMSNorm"), shape)
    assert "GroupNorm" not in without
    assert [chip.name for chip in comparisons.compared(without, 1)] == ["LayerNorm", "RMSNorm"]
    assert comparisons.compare(source, 1, (), shape) == BATCH


def test_the_second_layer_takes_what_the_first_took_where_that_gets_another_value() -> None:
    itself = BATCH.replace("y = bn(x)", "x = bn(x)")
    both = run(comparisons.compare(itself, 1, ("LayerNorm",), (3, 4, 3, 3)))
    torch.testing.assert_close(both["z"], run(BATCH + "z = nn.LayerNorm((4, 3, 3))(x)\n")["z"])
    later = comparisons.compare(BATCH, 1, ("LayerNorm",), (3, 4, 3, 3)) + "x = x + 1\nv = nn.RMSNorm(3)(x)\n"
    third = comparisons.compare(later, 1, ("LayerNorm", "GroupNorm"), (3, 4, 3, 3))
    assert third.index("nn.GroupNorm") < third.index("x = x + 1")


def test_a_second_layer_stands_before_or_after_the_first() -> None:
    both = comparisons.compare(BATCH, 1, ("LayerNorm",), (3, 4, 3, 3))
    second = next(chip.index for chip in chain.chips(both) if chip.path == "ln")
    assert [chip.path for chip in comparisons.compared(both, second)] == ["bn"]
    # the layer that is looked at stays, the other one goes
    assert comparisons.compare(both, second, (), (3, 4, 3, 3)) == (
        BATCH.replace("bn = nn.BatchNorm2d(4)\ny = bn(x)\n", "ln = nn.LayerNorm((4, 3, 3))\nz = ln(x)\n")
    )


def test_a_second_layer_that_is_needed_stays() -> None:
    both = comparisons.compare(BATCH, 1, ("LayerNorm",), (3, 4, 3, 3)) + "print(ln.weight)\n"
    with pytest.raises(EditProblem, match="ln is still used on line"):
        comparisons.compare(both, 1, (), (3, 4, 3, 3))


def test_a_second_layer_on_a_view_goes_with_its_line() -> None:
    both = BATCH + "ln = nn.LayerNorm(4)\nz = ln(x.movedim(1, -1))\n"
    assert comparisons.compare(both, 1, (), (3, 4, 3, 3), {"ln"}) == BATCH
    with pytest.raises(EditProblem, match="z is still used on line"):
        comparisons.compare(both + "print(z)\n", 1, (), (3, 4, 3, 3), {"ln"})


def test_a_layer_that_nothing_goes_through_is_not_compared() -> None:
    alone = BATCH.replace("y = bn(x)\n", "")
    assert not comparisons.can_compare(alone, 1)
    with pytest.raises(EditProblem, match="No line calls this layer"):
        comparisons.compare(alone, 1, ("LayerNorm",), (3, 4, 3, 3))


@pytest.mark.parametrize("shape", [(6, 4), (2, 4, 5), (2, 4, 3, 3), (2, 4, 3, 3, 3)])
def test_what_is_offered_to_compare_runs(shape: tuple[int, ...]) -> None:
    source = BATCH.replace("(3, 4, 3, 3)", str(shape)).replace("BatchNorm2d(4)", f"RMSNorm({shape[-1]})")
    index = next(chip.index for chip in chain.chips(source) if chip.role == "layer")
    offered = comparisons.comparable(shape)
    assert {"LayerNorm", "GroupNorm"} <= set(offered)
    for name in offered:
        run(comparisons.compare(source, index, (name,), shape))


@pytest.mark.parametrize(
    ("source", "size", "four"),
    [
        (BATCH, 3, BATCH.replace("randn(3", "randn(4")),
        ("import torch\nB = 8\nx = torch.randn(B, 3)\n", 8, "import torch\nB = 4\nx = torch.randn(B, 3)\n"),
        ("import torch\ntorch.manual_seed(1)\nx = torch.full((2, 5), 7)\n", 2, None),
    ],
)
def test_a_batch_size_is_one_number_of_the_text(source: str, size: int, four: str | None) -> None:
    assert batch_sizes.batch_size(source) == size
    changed = batch_sizes.set_batch_size(source, 4)
    assert changed == (four or source.replace("(2, 5)", "(4, 5)"))
    x = run(changed)["x"]
    assert isinstance(x, torch.Tensor)
    assert len(x) == 4


@pytest.mark.parametrize("loop", ["for batch in data:", "for number, batch in enumerate(data):"])
def test_batches_that_a_loop_goes_through_are_not_the_samples_of_one(loop: str) -> None:
    source = LOOP.replace("for batch in data:", loop)
    assert batch_sizes.batch_size(source) == 8
    changed = batch_sizes.set_batch_size(source, 2)
    assert changed == source.replace("(5, 8, 4)", "(5, 2, 4)")
    data = run(changed)["data"]
    assert isinstance(data, torch.Tensor)
    assert data.shape == (5, 2, 4)
    parts = LOOP.replace("in data:", "in data.flatten(0, 1).split(6):")
    assert batch_sizes.batch_size(parts) == 6
    assert batch_sizes.set_batch_size(parts, 3) == parts.replace("split(6)", "split(3)")
    # one sample after the other
    rows = "import torch\ndata = torch.randn(6, 4) + 1\nfor row in data:\n    row.sum()\n"
    assert batch_sizes.batch_size(rows) == 6


@pytest.mark.parametrize("source", ["x = 3", "import torch\nx = torch.arange(24)\n", "B = True\n", "x ="])
def test_a_program_without_a_batch_says_so(source: str) -> None:
    assert batch_sizes.batch_size(source) is None
    with pytest.raises(EditProblem):
        batch_sizes.set_batch_size(source, 4)


@given(
    shape=st.lists(st.integers(0, 5), min_size=2, max_size=5),
    name=st.sampled_from([*SPREADS, EVEN]),
    other=st.sampled_from([*SPREADS, EVEN]),
    count=st.integers(1, 6),
)
def test_means_and_scales_follow_their_dimension(shape: list[int], name: str, other: str, count: int) -> None:
    sizes = ", ".join(map(str, shape))
    plain = f"import torch\nx = torch.randn({sizes})\n"
    spread = set_spread(plain, 0, name)
    resized = batch_sizes.set_batch_size(spread, count)
    x = run(resized)["x"]
    assert isinstance(x, torch.Tensor)
    assert x.shape == (count, *shape[1:])
    if name in SPREADS:
        torch.manual_seed(0)
        numbers = torch.randn(count, *shape[1:])
        dim = SPREADS[name]
        view = [-1 if place == dim else 1 for place in range(len(shape))]
        scale = torch.linspace(0.5, 2, x.shape[dim]).view(view)
        assert torch.equal(x, numbers * scale + torch.linspace(-3, 3, x.shape[dim]).view(view))
    assert set_spread(set_spread(spread, 0, other), 0, EVEN) == plain


def test_the_spread_is_read_back() -> None:
    plain = "import torch\nx = torch.randn(3, 4, 2)\n"
    for name in (*SPREADS, EVEN):
        assert spread_of(set_spread(plain, 0, name), 0) == name
    assert spread_of(plain.replace("2)", "2) * 3"), 0) == ""
    with pytest.raises(EditProblem, match="no dimension 1"):
        set_spread("import torch\nx = torch.randn(3)\n", 0, "by channel")


def test_sentences_are_edited_as_lines() -> None:
    source = "sentences = [\"a cat\", 'two']\nn = 1\n"
    assert sentences(source) == ("a cat", "two")
    changed = set_sentences(source, '  say  "hi" \n\nü\n')
    assert sentences(changed) == ('say "hi"', "ü")
    assert changed.endswith("\nn = 1\n")
    for wrong in ("", "\n \n", "x" * 401, "a\n" * 65):
        with pytest.raises(ArgumentProblem):
            set_sentences(source, wrong)
    assert sentences("sentences = [1, 2]") == sentences("x = [") == ()
    with pytest.raises(ArgumentProblem, match="no line"):
        set_sentences("x = 1\n", "a")


def test_sentences_that_are_too_many_or_too_long_are_counted() -> None:
    source = 'sentences = ["a"]\n'
    with pytest.raises(ArgumentProblem, match="There are 65 sentences; at most 64 can be shown"):
        set_sentences(source, "a\n" * 65)
    with pytest.raises(ArgumentProblem, match="Sentence 2 has 1,203 letters; at most 400 can be shown"):
        set_sentences(source, "short\n" + "x" * 1203)
