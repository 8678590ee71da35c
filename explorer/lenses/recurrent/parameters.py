"""How many parameters a recurrent layer has, in letters and in numbers."""

from __future__ import annotations

from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.shapes import Sizes, sizes_of

Term = tuple[str, int]


def parameters_text(sequence: Sequence) -> str:
    """Return the count of parameters by formula: `4·H·(H_in + H + 2) = 4·16·(100 + 16 + 2) = 7,552`.

    The numbers stand in the places of the letters; 2 are the biases.
    """
    sizes = sizes_of(sequence)
    terms = [_stacked(("H_in", sizes.given), sizes)]
    if sizes.layers > 1:
        back = _back(sizes)
        both = sizes.directions > 1
        below = (f"D·{back[0]}", sizes.directions * back[1]) if both else back
        numbers = f"{sizes.directions}·{back[1]}" if both else str(back[1])
        terms.append(_times_layers(_stacked(below, sizes, numbers), sizes.layers - 1, "num_layers − 1", sizes.layers))
    if sizes.projected:
        letters, numbers, count = _product([("H_out", sizes.shown), ("H", sizes.hidden)], sizes)
        terms.append(_times_layers((letters, numbers, count), sizes.layers, "num_layers", None))
    letters, numbers = " + ".join(term[0] for term in terms), " + ".join(term[1] for term in terms)
    return f"{letters} = {numbers} = {sum(term[2] for term in terms):,}"


_Counted = tuple[str, str, int]


def _back(sizes: Sizes) -> Term:
    """Return what h is: H_out where it is projected, else H."""
    return ("H_out", sizes.shown) if sizes.projected else ("H", sizes.hidden)


def _stacked(below: Term, sizes: Sizes, written: str = "") -> _Counted:
    """Return D · G · H · (what a step gives + H + 2): the stacked weights and biases of one layer."""
    back = _back(sizes)
    biases, two = (" + 2", 2) if sizes.bias else ("", 0)
    letters = f"({below[0]} + {back[0]}{biases})"
    numbers = f"({written or below[1]} + {back[1]}{biases})"
    factors = [("", sizes.gates)] if sizes.gates > 1 else []
    front = _product([*factors, ("H", sizes.hidden)], sizes)
    return f"{front[0]}·{letters}", f"{front[1]}·{numbers}", front[2] * (below[1] + back[1] + two)


def _product(factors: list[Term], sizes: Sizes) -> _Counted:
    """Return a product, for each direction; factors without a letter are literal numbers."""
    every = [("D", sizes.directions), *factors] if sizes.directions > 1 else factors
    count = 1
    for _, number in every:
        count *= number
    return "·".join(letter or str(n) for letter, n in every), "·".join(str(n) for _, n in every), count


def _times_layers(term: _Counted, count: int, letters: str, layers: int | None) -> _Counted:
    """Return a term for each of some layers; one layer needs no factor."""
    if count == 1:
        return term
    bracketed = "(" if " " in letters else ""
    number = f"({layers} − 1)" if layers is not None else str(count)
    symbol = f"({letters})" if bracketed else letters
    return f"{symbol}·{term[0]}", f"{number}·{term[1]}", count * term[2]
