"""The answers of the route of casts: what torch gives, as JSON, or nothing."""

from __future__ import annotations

import json

import pytest
import torch

from explorer.trace.bits import DTYPES, bits_of
from explorer.ui.casts import answer


def test_it_gives_all_casts_of_a_value() -> None:
    found = json.loads(answer("float32", bits_of(torch.tensor(0.1))) or b"")
    rows = {row["dtype"]: row for row in found["casts"]}
    assert set(rows) == set(DTYPES) - {"float32"}
    assert rows["float16"]["bits"] == bits_of(torch.tensor(0.1, dtype=torch.float16))
    assert float(rows["float16"]["parts"][0]) == torch.tensor(0.1, dtype=torch.float16).item()


@pytest.mark.parametrize("name", DTYPES)
def test_numbers_that_json_lacks_are_text(name: str) -> None:
    found = json.loads(answer(name, bits_of(torch.tensor(float("nan")).to(DTYPES[name]))) or b"")
    assert all(isinstance(part, str) for row in found["casts"] for part in row["parts"])


@pytest.mark.parametrize(
    ("dtype", "bits"),
    [
        ("", ""),
        ("float32", ""),
        ("float32", "zz"),
        ("float33", "00"),
        ("torch.int8", "00"),
        ("int8", "0" * 64),
        ("int8", "\u0660\u0660"),
        ("bool", "02"),
    ],
)
def test_the_rest_is_refused(dtype: str, bits: str) -> None:
    assert answer(dtype, bits) is None


def test_what_was_asked_before_is_kept() -> None:
    first = answer("int8", "7f")
    before = answer.cache_info().hits
    assert answer("int8", "7f") is first
    assert answer.cache_info().hits == before + 1
