"""Operations along dimensions: reductions, running sums, softmax, sorting."""

from __future__ import annotations

from explorer.program.builders import starts
from explorer.program.builders.fields import ALONG, KEEPDIM, count
from explorer.program.builders.operation import Operation
from explorer.program.builders.parameters import Parameter

_DIMS = Parameter(
    "dim",
    "Dimensions",
    "dims",
    "Which ones go away, such as 0, -1 or 0, 1; nothing typed: all.",
    required=False,
    keyword=True,
    aliases=("axis",),
)
_DIM = Parameter(
    "dim",
    "Dimension",
    "dim",
    "Which one goes away; nothing typed: all of them.",
    required=False,
    keyword=True,
    aliases=("axis",),
)
_CORRECTION = Parameter(
    "correction",
    "Correction",
    "number",
    "1: divided by n - 1 (unbiased); 0: divided by n (biased).",
    "1",
    required=False,
    keyword=True,
)
_DESCENDING = Parameter(
    "descending",
    "Descending",
    "bool",
    "True: the largest first.",
    "False",
    required=False,
    keyword=True,
)
_LARGEST = Parameter(
    "largest",
    "Largest",
    "bool",
    "False: the smallest ones.",
    "True",
    required=False,
    keyword=True,
)


def _values_and_indices(_fields: object) -> tuple[str, ...]:
    return ("values", "indices")


REDUCING_TABLE = (
    Operation(
        "sum",
        "Reduce",
        "Adds up the elements along dimensions.",
        (_DIMS, KEEPDIM),
        start=starts.reduced,
    ),
    Operation(
        "mean",
        "Reduce",
        "The sum divided by the count.",
        (_DIMS, KEEPDIM),
        start=starts.reduced,
        floating=True,
    ),
    Operation(
        "prod",
        "Reduce",
        "Multiplies the elements along a dimension.",
        (_DIM, KEEPDIM),
        start=starts.reduced,
    ),
    Operation(
        "max",
        "Reduce",
        "The largest element; along a dimension, also where it stands.",
        (_DIM, KEEPDIM),
        start=starts.reduced,
        results=lambda fields: ("values", "indices") if fields["dim"] else (),
        refuses=starts.filled,
    ),
    Operation(
        "min",
        "Reduce",
        "The smallest element; along a dimension, also where it stands.",
        (_DIM, KEEPDIM),
        start=starts.reduced,
        results=lambda fields: ("values", "indices") if fields["dim"] else (),
        refuses=starts.filled,
    ),
    Operation(
        "amax",
        "Reduce",
        "The largest element along dimensions.",
        (_DIMS, KEEPDIM),
        start=starts.reduced,
        refuses=starts.filled,
    ),
    Operation(
        "amin",
        "Reduce",
        "The smallest element along dimensions.",
        (_DIMS, KEEPDIM),
        start=starts.reduced,
        refuses=starts.filled,
    ),
    Operation(
        "argmax",
        "Reduce",
        "Where the largest element stands; without a dimension, counted through all elements.",
        (_DIM, KEEPDIM),
        start=starts.reduced,
        refuses=starts.filled,
    ),
    Operation(
        "argmin",
        "Reduce",
        "Where the smallest element stands; without a dimension, counted through all elements.",
        (_DIM, KEEPDIM),
        start=starts.reduced,
        refuses=starts.filled,
    ),
    Operation(
        "std",
        "Reduce",
        "The standard deviation: the square root of the variance.",
        (_DIMS, _CORRECTION, KEEPDIM),
        start=starts.reduced,
        floating=True,
    ),
    Operation(
        "var",
        "Reduce",
        "The variance: the mean squared distance from the mean.",
        (_DIMS, _CORRECTION, KEEPDIM),
        start=starts.reduced,
        floating=True,
    ),
    Operation(
        "norm",
        "Reduce",
        "The length: the root of the sum of the squares, for p = 2.",
        (
            Parameter("p", "p", "number", "2: length; 1: sum of sizes; inf: largest size.", "2", required=False),
            _DIMS,
            KEEPDIM,
        ),
        start=starts.reduced,
        refuses=starts.filled,
        floating=True,
    ),
    Operation(
        "logsumexp",
        "Reduce",
        "The logarithm of the sum of the exponentials, without overflow.",
        (
            Parameter("dim", "Dimensions", "dims", "Which ones go away.", "0", keyword=True, aliases=("axis",)),
            KEEPDIM,
        ),
        floating=True,
    ),
    Operation(
        "all",
        "Reduce",
        "Whether all elements are true, which means not 0.",
        (_DIMS, KEEPDIM),
        start=starts.reduced,
    ),
    Operation(
        "any",
        "Reduce",
        "Whether any element is true, which means not 0.",
        (_DIMS, KEEPDIM),
        start=starts.reduced,
    ),
    Operation(
        "softmax",
        "Scan & sort",
        "Shares that add up to 1 along a dimension, larger for larger elements.",
        (ALONG,),
        floating=True,
    ),
    Operation("cumsum", "Scan & sort", "Each cell adds up all before it and itself.", (ALONG,)),
    Operation("cumprod", "Scan & sort", "Each cell multiplies all before it and itself.", (ALONG,)),
    Operation(
        "sort",
        "Scan & sort",
        "In order along a dimension, with the index that each element had.",
        (ALONG, _DESCENDING),
        results=_values_and_indices,
    ),
    Operation(
        "topk",
        "Scan & sort",
        "The k largest along a dimension, with their indices.",
        (count("k", "k", "How many.", "2"), ALONG, _LARGEST),
        start=lambda shape: {"k": str(min(2, shape[0])) if shape else "1"},
        results=_values_and_indices,
    ),
)
