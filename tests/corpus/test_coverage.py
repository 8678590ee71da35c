"""The corpus uses every construct that programs must be able to use."""

from __future__ import annotations

import pytest

from tests.corpus.constructs import constructs_of
from tests.corpus.listing import PROGRAMS, source_of
from tests.corpus.required import required


def test_the_corpus_uses_every_construct() -> None:
    assert set(required()) - constructs_of(*map(source_of, PROGRAMS)) == set()


def test_no_construct_is_required_twice() -> None:
    constructs = list(required())
    assert len(constructs) == len(set(constructs))


@pytest.mark.parametrize(
    ("source", "construct"),
    [
        ("for i in x:\n    pass\nelse:\n    pass", "form:for-else"),
        ("a, *b = x", "form:starred unpacking"),
        ("(a, b), c = x", "form:nested unpacking"),
        ("x[1:2] += 1", "form:augmented slice"),
        ("super(C, self).__init__()", "form:super(C, self)"),
        ("super().__init__()", "form:super()"),
        ("with torch.no_grad():\n    pass", "form:with no_grad"),
        ("'%d' % 3", "form:percent format"),
        ("'{}'.format(3)", "form:str.format"),
        ("f'{x:{w}}'", "form:f-string nested format"),
        ("from torch import nn\nnn.Linear(1, 1)", "api:torch.nn.Linear"),
        ("import torch.nn.functional as G\nG.relu(x)", "api:torch.nn.functional.relu"),
        ("import numpy as np", "import:numpy as np"),
        ("x.view(2)", "member:view"),
        ("def __len__(self):\n    pass", "def:__len__"),
        ("zip(x)", "builtin:zip"),
    ],
)
def test_a_construct_is_found_where_it_is_and_nowhere_else(source: str, construct: str) -> None:
    assert construct in constructs_of(source)
    assert construct not in constructs_of("x = 3 * y\nprint(x)")
