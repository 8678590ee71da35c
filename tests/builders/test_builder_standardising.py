"""One click standardises the columns of a table: a line of the program, which another click takes away."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer
from explorer.lenses import normalization
from explorer.program.builders import EditProblem
from explorer.program.builders.standardising import is_standardised, set_standardised

TABLE = "import torch\nx = torch.tensor(data)\ny = x.sum()\n"


@pytest.mark.parametrize("dtype", ["int64", "float32", "float64"])
def test_columns_have_mean_0_and_deviation_1_afterwards(dtype: str) -> None:
    data = np.random.default_rng(0).integers(0, 50, (6, 3)).astype(dtype)
    changed = set_standardised(TABLE, 0, "on")
    assert is_standardised(changed, 0)
    trace = explorer.run(changed, inputs={"data": data})
    assert trace.error is None
    z = torch.tensor(trace.names["z"].values)
    torch.testing.assert_close(z.mean(0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(z.std(0), torch.ones(3))
    norms = normalization(trace).norms
    assert norms is not None
    assert norms.opened[0].kind == "standard"
    assert set_standardised(changed, 0, "on") == changed
    assert set_standardised(changed, 0, "off") == TABLE.replace("(data)", "(data).float()")
    assert set_standardised(TABLE, 0, "off") == TABLE


def test_a_result_that_is_needed_stays_with_a_word_why() -> None:
    changed = set_standardised(TABLE, 0, "on") + "print(z)\n"
    with pytest.raises(EditProblem, match="z is still used on line 5"):
        set_standardised(changed, 0, "off")


def test_a_table_without_a_name_is_said_to_have_none() -> None:
    with pytest.raises(EditProblem, match="has no name"):
        set_standardised("import torch\ntorch.tensor(data)\n", 0, "on")
