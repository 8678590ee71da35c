"""Which calls are one stop, what stands at each step, what is kept, and what is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

import explorer
from explorer.lenses.recurrent.texts import texts_of
from tests.effort import COSTLY
from tests.lenses.recurrent_cases import Case, cases, found_in, numbers, opened, scene_of, values

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def _stops(program: str) -> list[tuple[str, str, int]]:
    return [(stop.label, stop.layer, stop.steps) for stop in found_in(scene_of(HEAD + program)).stops]


def test_each_call_of_a_module_is_a_stop_unless_it_goes_on_with_the_states() -> None:
    program = "x = torch.randn(4, 2, 3)\nlstm = nn.LSTM(3, 4)\nfirst, state = lstm(x)\nsecond, _ = lstm(x + 1)\n"
    assert [steps for _, _, steps in _stops(program)] == [4, 4]
    assert [steps for _, _, steps in _stops(program + "third, _ = lstm(x, state)\n")] == [8, 4]
    changed = program + "with torch.no_grad():\n    lstm.weight_hh_l0.zero_()\nthird, _ = lstm(x, state)\n"
    assert [steps for _, _, steps in _stops(changed)] == [4, 4, 4]
    copied = program + "third, _ = lstm(x, tuple(one.clone() for one in state))\n"
    assert [steps for _, _, steps in _stops(copied)] == [8, 4]


def test_two_directions_begin_anew_with_each_call() -> None:
    program = "gru = nn.GRU(3, 4, bidirectional=True)\nstate = None\nfor x in torch.randn(3, 2, 1, 3):\n"
    program += "    output, state = gru(x, state)\n"
    assert [steps for _, _, steps in _stops(program)] == [2, 2, 2]


def test_modules_inside_of_others_and_of_classes_are_found_with_their_paths() -> None:
    program = """
class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.encoder = nn.GRU(3, 4, batch_first=True)
        self.head = nn.Linear(4, 2)
    def forward(self, ids):
        output, _ = self.encoder(self.embedding(ids))
        return self.head(output)
tagger = Tagger()
y = tagger(torch.tensor([[1, 4, 2]]))
stack = nn.Sequential(nn.Embedding(5, 3), nn.LSTM(3, 4))
z = stack(torch.tensor([0, 3]))
"""
    assert _stops(program) == [("encoder", "GRU(3, 4, batch_first=True)", 3), ("stack.1", "LSTM(3, 4)", 2)]
    for layer in (0, 1):
        found = found_in(scene_of(HEAD + program, layer=layer))
        assert found.checks[0].difference < 1e-6
        assert found.unrolled is not None
        assert found.unrolled.tokens == (("1", "4", "2"), ("0", "3"))[layer]


def test_after_training_the_last_call_of_the_first_module_is_open() -> None:
    program = "x = torch.randn(4, 1, 3)\na, b = nn.LSTM(3, 4), nn.GRU(3, 4)\n"
    program += "optimizer = torch.optim.SGD(a.parameters(), 0.1)\n"
    program += "for _ in range(3):\n    loss = a(x)[0].square().sum()\n    optimizer.zero_grad()\n    loss.backward()\n"
    program += "    optimizer.step()\ny, _ = b(x)\nz, _ = a(x)\n"
    found = found_in(scene_of(HEAD + program))
    assert (len(found.stops), found.opened) == (5, 4)
    assert found.checks[0].difference < 1e-6
    early = found_in(scene_of(HEAD + program, layer=0))
    assert early.unrolled is not None
    assert early.unrolled.gradient is not None
    assert early.checks[-1].what == "gradients of the parameters"


TEXT = 'text = "a cab"\ntokens = list(text)\nvocab = sorted(set(tokens))\n'
IDS = "ids = torch.tensor([vocab.index(token) for token in tokens])\n"
LSTM = "lstm = nn.LSTM(3, 4)\noutput, _ = lstm(x)\n"
SENTENCES = """
sentences = ["one two three", "four five"]
tokens = [sentence.split() for sentence in sentences]
vocab = sorted({word for words in tokens for word in words})
ids = [torch.tensor([vocab.index(word) for word in words]) for words in tokens]
lengths = torch.tensor([len(words) for words in tokens])
x = nn.Embedding(len(vocab), 3)(nn.utils.rnn.pad_sequence(ids))
packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
output, _ = nn.LSTM(3, 4)(packed)
"""


@pytest.mark.parametrize(
    ("program", "tokens"),
    [
        (TEXT + IDS + "x = nn.Embedding(len(vocab), 3)(ids)[:, None]\n" + LSTM, ("a", " ", "c", "a", "b")),
        (TEXT + IDS + "x = F.one_hot(ids, len(vocab)).float()\noutput, _ = nn.GRU(4, 2)(x)\n", tuple("a cab")),
        (TEXT + "x = torch.randn(5, 1, 3)\n" + LSTM, tuple("a cab")),
        ('words = "the cat sat".split()\nx = torch.randn(3, 3)\n' + LSTM, ("the", "cat", "sat")),
        ("x = torch.eye(3)[[2, 0, 1, 1]]\n" + LSTM, ("2", "0", "1", "1")),
        ("x = nn.Embedding(9, 3)(torch.tensor([7, 0, 8]))\n" + LSTM, ("7", "0", "8")),
        ("x = torch.randn(4, 1, 3)\n" + LSTM, ()),
        (SENTENCES, ("one", "two", "three")),
        (TEXT + "test = 'bac'\n" + "ids = torch.tensor([vocab.index(t) for t in test])\n"
         "x = nn.Embedding(4, 3)(ids)\n" + LSTM, ("b", "a", "c")),
        (TEXT + IDS + "cell = nn.GRUCell(3, 4)\nstate = None\nfor x in nn.Embedding(4, 3)(ids):\n"
         "    state = cell(x, state)\n", tuple("a cab")),
        (TEXT + IDS + "cell, table = nn.GRUCell(3, 4), nn.Embedding(4, 3)\nstate = None\nfor one in ids:\n"
         "    state = cell(table(one), state)\n", tuple("a cab")),
    ],
)  # fmt: skip
def test_tokens_are_what_the_program_says_stands_at_each_step(program: str, tokens: tuple[str, ...]) -> None:
    assert opened(HEAD + program)[1].tokens == tokens


def test_tokens_are_those_of_the_item_with_nothing_at_its_padding() -> None:
    assert opened(HEAD + SENTENCES, item=1)[1].tokens == ("four", "five", "")


def test_texts_are_read_and_nothing_else() -> None:
    source = 'a = "x y"\nb = a.split()\nc = ["p", "q"]\nd = b + c\ne = sorted(set(d))\nf = 3\ng = open("x")\n'
    source += 'h = [list(one) for one in c]\nb = 1\ni = a.upper()\nj = "k,l".split(",")\n'
    assert {name: text for name, (_, text) in texts_of(source).items()} == {
        "a": "x y", "c": ["p", "q"], "d": ["x", "y", "p", "q"], "e": ["p", "q", "x", "y"],
        "h": [["p"], ["q"]], "i": "X Y", "j": ["k", "l"],
    }  # fmt: skip
    assert texts_of("a = (") == {}


@COSTLY
@given(cases(("float64",)))
def test_retention_is_the_product_of_the_gate_that_keeps(case: Case) -> None:
    for reverse in range(case.directions):
        _, found = opened(case.program, reverse=reverse, unit=case.hidden - 1)
        if found.cell.startswith("rnn"):
            assert found.retention is None
            continue
        name = "f" if found.cell == "lstm" else "z"
        factors = numbers(next(one for one in found.gates if one.name == name).values)[:, case.hidden - 1]
        steps = found.steps
        expected = np.full((steps, steps), np.nan)
        for t in range(steps):
            for s in range(t, steps) if reverse else range(t + 1):
                expected[t, s] = np.prod(factors[t:s] if reverse else factors[s + 1 : t + 1])
        np.testing.assert_allclose(numbers(found.retention).reshape(steps, steps), expected, rtol=1e-6)


@COSTLY
@given(cases(("float64",)))
def test_singular_values_are_those_of_each_gates_recurrent_weights(case: Case) -> None:
    scene, found = opened(case.program)
    weight = values(scene, found.weight_hh)
    assert len(found.singular) == len(found.gates)
    for number, own in enumerate(found.singular):
        rows = weight[number * case.hidden : (number + 1) * case.hidden]
        np.testing.assert_allclose(numbers(own), np.linalg.svd(rows, compute_uv=False), atol=1e-9)


def test_very_long_sequences_have_no_map_of_retention() -> None:
    assert opened(Case(steps=600, hidden=1, batch=1).program)[1].retention is None


def test_a_state_that_does_not_fit_stands_beside_the_input_without_the_parameters() -> None:
    made = "x = torch.randn(5, 2, 4)\nlstm = nn.LSTM(4, 3)\nh = torch.zeros(2, 1, 3)\nc = torch.zeros(1, 2, 3)\n"
    scene = explorer.scene(explorer.run(f"{HEAD}{made}y = lstm(x, (h, c))\n"), lens="recurrent")
    assert [grid.label for grid in scene.grids] == ["x", "h", "c"]
    assert scene.error is not None
    assert scene.error.operands == (0, 1, 2)
    assert scene.error.dimensions == ((1, 0), (1, 1))
    assert scene.frames[-1].inputs == (0, 1, 2)


def test_gates_that_are_no_numbers_are_counted() -> None:
    program = f"{HEAD}x = torch.randn(5, 1, 2)\nx[3] = float('nan')\nlstm = nn.LSTM(2, 3)\ny, state = lstm(x)\n"
    remarks = found_in(scene_of(program)).remarks
    assert [one for one in remarks if "nan" in one] == [
        "18 of the 45 values of i, f, o are nan: what comes after a nan is, too."
    ]
    assert not any("saturated" in one for one in remarks)
    notes = {check.what: check.note for check in found_in(scene_of(program)).checks}
    assert notes["output"].startswith("6 of 15 numbers are nan, in both. ")
    assert notes["h_n"].startswith("All 3 numbers are nan, in both. ")


@pytest.mark.parametrize(
    ("shape", "first", "said"),
    [
        ("6, 12, 1", False, "(6, 12, 1) is read as 6 steps of 12 sequences. With batch_first=True"),
        ("12, 1, 1", True, "(12, 1, 1) is read as 1 step of 12 sequences. With batch_first=False"),
        ("12, 6, 1", False, ""),
        ("6, 12, 1", True, ""),
        ("6, 6, 1", False, ""),
        ("3, 1", False, ""),
    ],
)
def test_which_dimension_is_time_is_said_where_the_batch_is_longer(shape: str, first: bool, said: str) -> None:
    program = f"gru = nn.GRU(1, 3, batch_first={first})\ny, h = gru(torch.randn({shape}))\n"
    remarks = [one for one in found_in(scene_of(HEAD + program)).remarks if "is read as" in one]
    assert len(remarks) == bool(said)
    assert all(said in one for one in remarks)


def test_a_chunk_is_not_taken_for_the_sequence() -> None:
    chunks = "h = None\nfor chunk in torch.randn(8, 4, 2).split(2):\n    y, h = gru(chunk, h)\n"
    remarks = found_in(scene_of(f"{HEAD}gru = nn.GRU(2, 3)\n{chunks}")).remarks
    assert not any("is read as" in one for one in remarks)


def test_remarks_tell_the_numbers_of_the_case() -> None:
    def said(case: Case, behind: str = "", **options: int) -> str:
        return " ".join(found_in(scene_of(case.program + behind, **options)).remarks)

    clamped = "layer.bias_ih_l0.data[4:8] = 20.0\nlayer.weight_ih_l0.data[4:8] = 0.0\noutput, (h_n, c_n) = layer(x)\n"
    assert "(i 0 %, f 100 %, o 0 %)" in said(Case(), clamped, layer=1)
    assert "does nothing here, and torch warned of it" in said(Case(dropout=0.5))
    assert "Dropout set" in said(Case(dropout=0.5, layers=2))
    assert "In eval mode" in said(Case(dropout=0.5, layers=2), "layer.eval()\noutput, (h_n, c_n) = layer(x)\n", layer=1)
    assert "Item 1 has 2 of 5 steps: h_n holds its state at t = 1" in said(Case(lengths=(5, 2)), item=1)
    assert "whose largest singular value is" in said(Case(kind="RNN"))


def test_the_papers_gru_is_computed_beside_torchs() -> None:
    scene, found = opened(Case(kind="GRU", dtype="float64").program, unit=2)
    [remark] = [one for one in found_in(scene).remarks if "paper" in one]
    h = numbers(next(one for one in found.states if one.name == "h").values)
    weight, bias_ih, bias_hh = (values(scene, grid) for grid in (found.weight_hh, found.bias_ih, found.bias_hh))
    r, _, n = (numbers(gate.values) for gate in found.gates)
    inner = weight[8:] @ (r[-1] * h[-2]) + bias_hh[8:]
    paper = np.tanh(numbers(found.gates[2].from_input)[-1] + bias_ih[8:] + inner)
    assert f"n of unit 2 is {n[-1, 2]:.4g}".replace("-", "−") in remark
    assert f"would be {paper[2]:.4g}".replace("-", "−") in remark
