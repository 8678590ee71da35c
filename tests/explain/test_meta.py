"""Values asked of tensors on `meta`, fixes tried there, and exceptions of the program's own making."""

from __future__ import annotations

import pytest

from tests.explain.failing import stopped


@pytest.mark.parametrize(
    "program",
    [
        "x = torch.ones(3)\nx.sum().item()",
        "x = torch.ones(3)\nx.tolist()",
        "x = torch.ones(3)\nif x.sum() > 0:\n    x = -x",
        "x = torch.ones(3)\nx.numpy()",
    ],
)
def test_values_on_meta(program: str) -> None:
    error = stopped(program, device="meta")
    assert "only a shape and a dtype" in error.message
    assert error.line == 2
    assert not error.fixes


def test_fixes_are_tried_on_the_same_device() -> None:
    error = stopped("fc = nn.Linear(3, 2)\nx = torch.ones(10**6, 5)\ny = fc(x)", device="meta")
    assert "expects 3 features" in error.message
    assert [fix.label for fix in error.fixes] == ["in_features=5"]


@pytest.mark.parametrize(
    "program",
    [
        "class Bad(Exception):\n    def __str__(self):\n        return 1 / 0\nraise Bad()",
        "class Bad(Exception):\n    def __str__(self):\n        raise self\nraise Bad()",
    ],
)
def test_an_exception_that_cannot_be_written_is_named(program: str) -> None:
    error = stopped(program)
    assert error.kind == "Bad"
    assert error.message == "The program raised Bad."


def test_long_and_broken_words_are_cut() -> None:
    error = stopped("raise ValueError('a\\nb ' * 5000)")
    assert error.message.startswith("a b a b")
    assert len(error.message) <= 500
    assert len(stopped("{}['k' * 5000]").message) < 200


def test_explaining_disturbs_nothing_that_comes_later() -> None:
    first = stopped("x = torch.rand(2, 3)\nx @ x")
    second = stopped("x = torch.rand(2, 3)\nx @ x")
    assert first.message == second.message
    assert [fix.source for fix in first.fixes] == [fix.source for fix in second.fixes]
