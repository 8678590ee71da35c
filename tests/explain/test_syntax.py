"""Text that is not Python: where, what, and the text with it mended."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.explain import explain_syntax
from tests.explain.failing import stopped

Row = tuple[str, tuple[int, int], str, str]

# program, (line, column), a phrase of the message, the program after the first fix ("" for none)
ROWS: list[Row] = [
    ("for i in range(3)\n    print(i)", (1, 17), "needs a colon", "for i in range(3):\n    print(i)"),
    ("class A  # mine\n    pass", (1, 9), "needs a colon", "class A:  # mine\n    pass"),
    ("x = torch.ones(3\ny = 2", (1, 14), "The ( in line 1 is never closed", "x = torch.ones(3)\ny = 2"),
    ("x = torch.tensor([[1, 2], [3, 4]]", (1, 16), "is never closed", "x = torch.tensor([[1, 2], [3, 4]])"),
    ("x = (1, 2))", (1, 10), "closes a bracket that was never opened", "x = (1, 2)"),
    ("x = [1, 2)", (1, 9), "[ is closed by )", "x = [1, 2]"),
    ("if (x == 3:\n    pass", (1, 10), "not closed before the colon", "if (x == 3):\n    pass"),
    ("x = 1\nif x = 3:\n    pass", (2, 3), "the sign for equal is ==", "x = 1\nif x == 3:\n    pass"),
    ("x = torch.ones(2 3)", (1, 15), "stand side by side in `2 3`", "x = torch.ones(2, 3)"),
    ("x = [1, 2 3]", (1, 8), "stand side by side", "x = [1, 2, 3]"),
    ('print "hi"', (1, 0), "print is a function", 'print("hi")'),
    ('s = "abc\ny = 1', (1, 4), 'has no " at its end', 's = "abc"\ny = 1'),
    ("print('abc)", (1, 6), "has no ' at its end", "print('abc')"),
    ("s = 'it's'", (1, 9), "at its end", 's = "it\'s"'),
    ('s = """abc', (1, 4), "in line 1 has no", 's = """abc"""\n'),
    ("x = “hi”", (1, 4), "U+201C", 'x = "hi"'),
    ("x = torch.ones（3)", (1, 14), "U+FF08", "x = torch.ones(3)"),
    ("x = 5 × 3", (1, 6), "Python writes * for it", "x = 5 * 3"),
    ("x = 1,\u00a0y", (1, 6), "no-break space", "x = 1, y"),
    (">>> x = 1\n>>> x + 1\n2", (1, 0), "prompt of a console", "x = 1\nx + 1"),
    ("```python\nx = 1\n```", (1, 0), "marks code in a text", "x = 1"),
    ("!pip install torch\nx = 1", (1, 0), "command of a notebook", "x = 1"),
    ("%matplotlib inline\nx = 1", (1, 0), "command of a notebook", "x = 1"),
    ("x = 1\nx++", (2, 3), "Python has no ++", "x = 1\nx += 1"),
    ("x = a && b", (1, 7), "&& is not an operator", "x = a and b"),
    ("x = !a", (1, 4), "! is not an operator", "x = not a"),
    ("def f():\nreturn 3", (2, 0), "has no body", "def f():\n    return 3"),
    ("x = 1\n  y = 2", (2, 1), "indented by 2 spaces", "x = 1\ny = 2"),
    ("if x:\n    y = 1\n  z = 2", (3, 7), "fits none of the lines above", "if x:\n    y = 1\n    z = 2"),
    ("if x:\n\ty = 1\n        z = 2", (3, 0), "mixes tabs and spaces", "if x:\n        y = 1\n        z = 2"),
    ("if x:\n    y = 1\nelse if z:\n    y = 2", (3, 5), "as one word", "if x:\n    y = 1\nelif z:\n    y = 2"),
    ("else:\n    x = 1", (1, 0), "no if above it", ""),
    (
        "try:\n    x = 1\ny = 2",
        (3, 0),
        "needs an except",
        "try:\n    x = 1\nexcept Exception as error:\n    print(error)\ny = 2",
    ),
    ("x = 5 +", (1, 7), "The line ends after `+`", ""),
    ("lambda = 3", (1, 7), "a word of Python's own", "lambda_ = 3"),
    ("x = 1 y = 2", (1, 6), "nothing between it", "x = 1\ny = 2"),
    ("x = 2x", (1, 4), "neither a number nor a name", "x = 2 * x"),
    ("x = 012", (1, 4), "starts with 0", "x = 12"),
    ("my-var = 3", (1, 0), "Left of = stands an operation", "my_var = 3"),
    ("f(x) = 3", (1, 0), "a function call", "f(x) == 3"),
    ("f(a=1, 2)", (1, 8), "without a name stands behind", ""),
    ('print(f"{x:.2f")', (1, 15), "a { is not closed", 'print(f"{x:.2f}")'),
    ("function f(x) {\n}", (1, 9), "a word of another language", ""),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_syntax(row: Row) -> None:
    program, place, phrase, mended = row
    error = stopped(program)
    assert error.kind == "syntax"
    assert (error.line, error.column) == place
    assert phrase in error.message
    assert (error.fixes[0].source if error.fixes else "") == mended
    for fix in error.fixes:
        ast.parse(fix.source)


def test_two_mistakes_are_mended_one_by_one() -> None:
    first = stopped("for i in range(3)\n    print i")
    second = stopped(first.fixes[0].source)
    assert ast.parse(second.fixes[0].source)


GOOD = [
    "def f(x):\n    if x == 3:\n        return [1, 2]\n    return {'a': (x, 2)}\nprint(f(3), \"ok\")\n",
    "class A:\n    def b(self):\n        for i in range(3):\n            yield i\nx = [a for a in A().b()]\n",
]


@settings(max_examples=300)
@given(st.sampled_from(GOOD), st.data())
@pytest.mark.filterwarnings("ignore")
def test_any_broken_text_is_explained_and_no_fix_is_worse(good: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(good) - 1))
    new = data.draw(st.sampled_from(["", "(", ")", "]", ":", "=", " ", "\n", '"', "“", "\t", ">>> ", "3", "!"]))
    text = good[:at] + new + good[at + 1 :]
    try:
        compile(text, "<text>", "exec")
        return
    except SyntaxError as error:
        problem = error
    explanation = explain_syntax(problem, text)
    assert explanation.message[-1] in ".!?"
    for fix in explanation.fixes:
        assert fix.source != text
        assert later(fix.source, text, problem)


def later(source: str, text: str, error: SyntaxError) -> bool:
    """Whether a text can be read, or fails further down."""
    try:
        compile(source, "<text>", "exec")
    except SyntaxError as next_error:
        return (next_error.lineno or 0) - (source.count("\n") - text.count("\n")) > (error.lineno or 0)
    return True
