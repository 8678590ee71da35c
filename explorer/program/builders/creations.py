"""Where a tensor comes from, as a chip.

>>> CREATIONS["arange"].render({"end": "24"})
'torch.arange(24)'
>>> CREATIONS["rand"].render({"shape": "4, 6", "dtype": "float64"})
'torch.rand(4, 6, dtype=torch.float64)'
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.program.builders.calls import Fields, Orders, read_arguments, torch_function, write_arguments
from explorer.program.builders.parameters import COMPLEX, DTYPES, FLOATS, INTEGERS, Parameter
from explorer.program.builders.starts import Shape, sizes
from explorer.program.builders.values import MAX_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

__all__ = ["CREATIONS", "Creation", "match_creation"]


@dataclass(frozen=True)
class Creation:
    """One way to make a tensor.

    Attributes:
        name: Key in CREATIONS; `values` and `upload` are both `torch.tensor`.
        function: The name in torch.
        group: Heading in the list of creations.
        summary: One sentence.
        parameters: Its fields, `seed` among them for random ones.
        start: Fields that make a tensor of a shape.
        orders: Names of the positional arguments by overload, shortest first.
    """

    name: str
    function: str
    group: str
    summary: str
    parameters: tuple[Parameter, ...]
    start: Callable[[Shape], Fields]
    orders: Orders = ()

    @property
    def random(self) -> bool:
        """Whether a seed belongs to it."""
        return SEED in self.parameters

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """The parameters that stand within the call: all but the seed."""
        return tuple(parameter for parameter in self.parameters if parameter is not SEED)

    def defaults(self, shape: Shape) -> Fields:
        """Return fields that make a tensor of this shape, or of as many elements where it makes no other."""
        return {parameter.name: parameter.default for parameter in self.parameters} | self.start(shape)

    def render(self, fields: Mapping[str, str], *, kept: Collection[str] = ()) -> str:
        """Return the call alone (see `seeding`); raise ArgumentProblem for a wrong field."""
        spread = any(parameter.spread for parameter in self.parameters)
        arguments = write_arguments(self.arguments, fields, kept, self.orders, spread=spread)
        return f"torch.{self.function}({arguments})"

    def seeding(self, fields: Mapping[str, str]) -> str:
        """Return the statement that goes before it, `torch.manual_seed(0)`, or ""."""
        seed = SEED.parse(fields.get("seed", "")) if self.random else ""
        return f"torch.manual_seed({seed})" if seed else ""

    def parse(self, node: ast.expr) -> Fields | None:
        """Read the fields from an expression; None where it is another creation, or a form not understood."""
        if not isinstance(node, ast.Call) or torch_function(node) != self.function:
            return None
        spread = any(parameter.spread for parameter in self.parameters)
        fields = read_arguments(self.arguments, node.args, node.keywords, self.orders, spread=spread)
        if fields is not None and self.random:
            fields["seed"] = ""
        return fields


def _dtype(*choices: str) -> Parameter:
    names = ("default", *choices) if choices else DTYPES
    text = "How each element is stored; default: what torch takes by itself."
    return Parameter("dtype", "dtype", "dtype", text, "default", required=False, choices=names, keyword=True)


SEED = Parameter(
    "seed",
    "Seed",
    "int",
    "The same seed gives the same numbers; nothing typed: others each time.",
    required=False,
)
_SHAPE = Parameter("shape", "Shape", "sizes", "Its sizes.", spread=True, aliases=("size",))
_SIZE = Parameter("size", "Shape", "sizes", "Its sizes.")
_GRAD = Parameter(
    "requires_grad", "requires_grad", "bool", "Whether autograd follows it; only for floating-point numbers.",
    "False", required=False, keyword=True,
)  # fmt: skip
_DATA = Parameter("data", "Values", "values", "Numbers, typed or pasted.")
_NAME = Parameter("data", "Name", "name", "The name of the uploaded array.", "data")
_ARRAY = Parameter("ndarray", "NumPy expression", "expression", "An array; the tensor shares its memory.")
_SIMPLE = (_dtype(), _GRAD)
_RANDOM = (_dtype(*FLOATS, *COMPLEX), _GRAD, SEED)


def _number(name: str, label: str, text: str, default: str, *, required: bool = True) -> Parameter:
    return Parameter(name, label, "number", text, default, required)


def _shaped(shape: Shape) -> Fields:
    return {"shape": sizes(shape)}


def _sized(shape: Shape) -> Fields:
    return {"size": sizes(shape)}


def _counted(shape: Shape) -> Fields:
    return {"end": str(math.prod(shape))}


def _listed(shape: Shape) -> Fields:
    """Values 0, 1, 2, …; a shape with too many of them keeps its first ones."""
    if math.prod(shape) > MAX_VALUES:
        shape = (4, 6)
    rows = [str(number) for number in range(math.prod(shape))]
    for place in range(len(shape) - 1, -1, -1):
        size, count = shape[place], math.prod(shape[:place])
        rows = [f"[{', '.join(rows[row * size : (row + 1) * size])}]" for row in range(count)]
    return {"data": rows[0] if rows else "[]"}


def _array(shape: Shape) -> Fields:
    flat = f"np.arange({math.prod(shape)})"
    return {"ndarray": flat if len(shape) == 1 else f"{flat}.reshape({sizes(shape)})"}


def _identity(shape: Shape) -> Fields:
    rows, columns = (*shape, 3)[0], (*shape, "")[1] if len(shape) > 1 else ""
    return {"n": str(rows), "m": "" if columns == rows else str(columns)}


_TABLE = (
    Creation("values", "tensor", "Values", "The numbers as they are typed.", (_DATA, *_SIMPLE), _listed),
    Creation(
        "arange",
        "arange",
        "Sequences",
        "Counts from start to before the end.",
        (
            _number("start", "Start", "The first number.", "0", required=False),
            _number("end", "End", "It stops before this one.", "24"),
            _number("step", "Step", "From one number to the next.", "1", required=False),
            _dtype(*FLOATS, *INTEGERS),
            _GRAD,
        ),
        _counted,
        (("end",), ("start", "end"), ("start", "end", "step")),
    ),
    Creation(
        "linspace",
        "linspace",
        "Sequences",
        "So many numbers at equal distances, both ends included.",
        (
            _number("start", "Start", "The first number.", "0"),
            _number("end", "End", "The last one.", "1"),
            Parameter("steps", "Steps", "int", "How many.", "5"),
            _dtype(*FLOATS, *INTEGERS, *COMPLEX),
            _GRAD,
        ),
        lambda shape: {"steps": str(math.prod(shape))},
    ),
    Creation("zeros", "zeros", "Constants", "All zeros.", (_SHAPE, *_SIMPLE), _shaped),
    Creation("ones", "ones", "Constants", "All ones.", (_SHAPE, *_SIMPLE), _shaped),
    Creation(
        "full",
        "full",
        "Constants",
        "One number everywhere.",
        (_SIZE, _number("fill_value", "Value", "The number.", "7"), *_SIMPLE),
        _sized,
    ),
    Creation(
        "eye",
        "eye",
        "Constants",
        "Ones on the diagonal, zeros elsewhere.",
        (
            Parameter("n", "Rows", "int", "How many rows.", "3"),
            Parameter("m", "Columns", "int", "How many columns; nothing typed: as many.", required=False),
            *_SIMPLE,
        ),
        _identity,
    ),
    Creation("rand", "rand", "Random", "Evenly between 0 and 1.", (_SHAPE, *_RANDOM), _shaped),
    Creation("randn", "randn", "Random", "Normally distributed around 0.", (_SHAPE, *_RANDOM), _shaped),
    Creation(
        "randint",
        "randint",
        "Random",
        "Whole numbers from low to below high.",
        (
            Parameter("low", "Low", "int", "The smallest number.", "0", required=False),
            Parameter("high", "High", "int", "All numbers are below this one.", "10"),
            _SIZE,
            _dtype(*FLOATS, *INTEGERS),
            _GRAD,
            SEED,
        ),
        _sized,
        (("high", "size"), ("low", "high", "size")),
    ),
    Creation("from_numpy", "from_numpy", "Data", "A NumPy array, whose memory it shares.", (_ARRAY,), _array),
    Creation(
        "upload",
        "tensor",
        "Data",
        "An uploaded file, known to the program by a name.",
        (_NAME, *_SIMPLE),
        lambda _: {"data": "data"},
    ),
)
CREATIONS: dict[str, Creation] = {creation.name: creation for creation in _TABLE}


def match_creation(node: ast.expr) -> tuple[Creation, Fields] | None:
    """Return the creation that an expression is, with its fields; None where none is understood."""
    for creation in CREATIONS.values():
        fields = creation.parse(node)
        if fields is not None:
            return creation, fields
    return None


def seed_of(statement: ast.stmt) -> ast.expr | None:
    """Return the argument of a statement `torch.manual_seed(…)`, else None."""
    if not isinstance(statement, ast.Expr) or torch_function(statement.value) != "manual_seed":
        return None
    call = statement.value
    return call.args[0] if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords else None
