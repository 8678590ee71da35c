"""A look-up of what a list does not hold: a symbol that is typed into the recurrent page's field, for example."""

from __future__ import annotations

from explorer.program import run


def _said(source: str) -> str:
    error = run(source).error
    assert error is not None
    return error.message


def test_a_symbol_that_the_vocabulary_lacks_is_said_with_what_it_holds() -> None:
    source = 'vocab = list("_ab")\nids = torch.tensor([vocab.index(token) for token in "bca"])\n'
    assert _said(source) == "'c' is not in vocab, which holds '_', 'a' and 'b'."
    assert _said("numbers = []\nnumbers.index(3)\n") == "3 is not in numbers, which holds nothing."
    assert _said("many = list(range(40))\nmany.index(99)\n").endswith("10, 11 and 28 more.")
