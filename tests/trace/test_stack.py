"""Where steps stand: spans, call stacks, passes of loops, names of each frame, and what was printed when."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.trace.model import Iteration, Print

NESTED = """
def scale(t, by):
    factor = t * by
    return factor.sum()

total = torch.zeros(())
for i in range(2):
    for j in range(3):
        total = total + scale(torch.ones(2), j)
    print(i, total.item())
"""


def test_spans_are_those_of_the_calls_in_the_text() -> None:
    trace = explorer.run(NESTED)
    assert trace.error is None
    for step in trace.steps:
        line = NESTED.split("\n")[step.line - 1]
        assert line[step.column : step.end_column] == step.expression
    multiplications = [step for step in trace.steps if step.op == "mul"]
    assert {step.expression for step in multiplications} == {"t * by"}


def test_the_stack_names_functions_calls_and_passes() -> None:
    trace = explorer.run(NESTED)
    step = [step for step in trace.steps if step.op == "mul"][4]
    outer, inner = step.stack
    assert (outer.function, inner.function) == ("<module>", "scale")
    assert outer.position.line == 9
    assert NESTED.split("\n")[8][outer.position.column : outer.position.end_column] == "scale(torch.ones(2), j)"
    assert outer.iterations == (Iteration(7, 1), Iteration(8, 1))
    assert inner.iterations == ()
    assert outer.activation == 0


def test_each_call_of_a_function_has_an_activation_of_its_own() -> None:
    trace = explorer.run(NESTED)
    activations = [step.activation for step in trace.steps if step.op == "mul"]
    assert len(set(activations)) == 6
    assert 0 not in activations


def test_names_are_those_that_the_frame_can_see() -> None:
    trace = explorer.run(
        "def f(a):\n    b = a + 1\n    return b * 2\n\nx = torch.ones(2)\nb = torch.zeros(3)\ny = f(x)"
    )
    inner = next(step for step in trace.steps if step.op == "mul")
    names = trace.names_at(inner.index)
    assert names["a"].tensor == names["x"].tensor
    assert names["b"].shape == (2,)
    assert trace.names["b"].shape == (3,)
    assert set(trace.names) == {"x", "b", "y"}


def test_a_function_that_returns_leaves_its_names_with_its_last_step() -> None:
    trace = explorer.run("def f(a):\n    z = a + 1\n    return z\n\ny = f(torch.ones(2))\nw = y * 2")
    add = next(step for step in trace.steps if step.op == "add")
    assert "z" in trace.names_at(add.index)
    assert "z" not in trace.names_at(-1)


def test_prints_belong_to_the_step_before_them() -> None:
    trace = explorer.run('print("start")\nx = torch.ones(2)\nprint(x)\ny = x + 1\nprint("a", "b", sep="-", end="!")')
    assert trace.prints == (
        Print("start\n", -1, 1),
        Print("tensor([1., 1.])\n", 0, 3),
        Print("a-b!", 1, 5),
    )
    assert trace.output == "".join(piece.text for piece in trace.prints)


def test_prints_inside_functions_know_their_line() -> None:
    trace = explorer.run("def f():\n    print('inside')\n\n\nlist(map(lambda _: f(), [1, 2]))\nNone")
    assert [(piece.text, piece.line) for piece in trace.prints] == [("inside\n", 2)] * 2


@st.composite
def loops(draw: st.DrawFn) -> tuple[str, list[tuple[int, ...]]]:
    """Nested loops of drawn lengths and kinds, and the passes that the one step inside should report."""
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    lines = ["x = torch.zeros(())"]
    passes: list[tuple[int, ...]] = [()]
    for depth, length in enumerate(lengths):
        indent = "    " * depth
        if draw(st.booleans()):
            lines.append(f"{indent}for i{depth} in range({length}):")
        else:
            lines += [f"{indent}n{depth} = 0", f"{indent}while n{depth} < {length}:", f"{indent}    n{depth} += 1"]
        passes = [(*before, number) for before in passes for number in range(length)]
    lines.append("    " * len(lengths) + "x = x + 1")
    return "\n".join(lines), passes


@given(loops())
@settings(max_examples=60)
def test_passes_of_generated_loops(program: tuple[str, list[tuple[int, ...]]]) -> None:
    source, passes = program
    ast.parse(source)
    trace = explorer.run(source)
    assert trace.error is None
    found = [tuple(i.number for i in step.iterations) for step in trace.steps if step.op == "add"]
    assert found == passes


def test_comprehensions_generators_and_lambdas_count_their_passes() -> None:
    trace = explorer.run("x = torch.ones(2)\ny = [x * k for k in range(3)]\nz = sum(x + k for k in range(2))")
    assert [step.iterations[-1].number for step in trace.steps if step.op == "mul"] == [0, 1, 2]
    assert [step.stack[-1].function for step in trace.steps if step.op == "mul"]
    generated = [step for step in trace.steps if step.expression == "x + k"]
    assert [step.iterations[-1].number for step in generated] == [0, 1]


def test_a_generator_that_goes_on_keeps_its_activation() -> None:
    trace = explorer.run(
        "def rows(x):\n    for i in range(2):\n        yield x[i] * 2\n\n"
        "for row in rows(torch.ones(2, 3)):\n    row + 1"
    )
    multiplied = [step for step in trace.steps if step.op == "mul"]
    assert len({step.activation for step in multiplied}) == 1
    assert [step.iterations[-1].number for step in multiplied] == [0, 1]
    assert [step.stack[0].position.line for step in multiplied] == [5, 5]
