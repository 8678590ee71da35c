"""Errors outside torch calls."""

from __future__ import annotations

import pytest

from explorer.program.explain import explain_attribute_error, explain_list_index, explain_name_error
from tests.explain.failing import changed, explained

ROWS: list[tuple[str, str, str, list[str]]] = [
    ("tensr = 4\nx + tensro", "Nothing is called tensro here.", "Did you mean `tensr`?", ["tensr = 4\nx + tensr"]),
    ("zzz + 1", "Nothing is called zzz here.", "Give zzz a value before this line.", []),
    ("x.veiw(3, 8)", "A tensor has no attribute veiw.", "Did you mean `view`?", ["x.view(3, 8)"]),
    ("x.veiw(5, 5)", "A tensor has no attribute veiw.", "Did you mean `view`?", []),
    (
        "x.astype(torch.int64)",
        "A tensor has no attribute astype.",
        "Did you mean `to` or `dtype`?",
        ["x.to(torch.int64)"],
    ),
    ("torch.catt([x, x])", "torch has no attribute catt.", "Did you mean `cat`?", ["torch.cat([x, x])"]),
    ("None.view(3)", "None has no attribute view: None stands for no value.", "", []),
    ("rows = [x]\nrows[2]", "The list rows has 1 item", "The last item is [-1].", ["rows = [x]\nrows[0]"]),
    ("{}['a']", "The dictionary has no key 'a'.", "`.keys()`", []),
    ("1 / 0", "A Python number is divided by zero.", "inf", []),
    ("x.view(3.0, 8)", "view does not take (float, int). It takes", "Sizes and dimensions are whole", ["x.view(3, 8)"]),
    ("x.view()", "view needs arguments. It takes (torch.dtype dtype) or (tuple of ints size).", "", []),
    (
        "x.sum(dims=0)",
        "sum does not take (dims=int). It takes (tuple of ints dim",
        "Did you mean `dim`?",
        ["x.sum(dim=0)"],
    ),
    ("torch.cat(x, x)", "cat wants tuple of Tensors as tensors, and got Tensor.", "into a list", ["torch.cat([x, x])"]),
    ("x.t().view(3.0, 8)", "view does not take (float, int).", "", []),
    ("len(5)", "object of type 'int' has no len().", "", []),
]


@pytest.mark.parametrize(("program", "message", "hint", "fixes"), ROWS, ids=[row[0] for row in ROWS])
def test_python_error(program: str, message: str, hint: str, fixes: list[str]) -> None:
    explanation = explained(program)
    assert explanation.message.startswith(message)
    assert hint in explanation.hint
    assert changed(explanation) == fixes


def test_helpers() -> None:
    assert explain_name_error("tensro", ["tensor", "x"]).hint == "Did you mean `tensor`?"
    assert explain_attribute_error("concat", "torch", ["cat", "view"]).hint == "Did you mean `cat`?"
    assert explain_attribute_error("shap", "a tensor", ["shape"]).message == "A tensor has no attribute shap."
    assert "its indices are 0 … 2, or -3 … -1 from the end. 5 is outside." in explain_list_index(3, 5).message
    assert explain_list_index(0, 5, "tuple").message == "The tuple is empty, so it has no item 5."
