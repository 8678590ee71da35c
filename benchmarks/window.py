"""Moving the window of a tensor of 10⁹ elements against one of 10⁶, through the run that the server keeps.

Timed from the request's body to the answer's bytes: the question goes to the process with the live tensor, which reads
the window, and what comes back is checked. The windows have the same number of elements, at places drawn at random.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from http import HTTPStatus

from benchmarks.common import Row, at_most, median, percentile, show, timings
from explorer.compute.runs import Terms, view
from explorer.compute.workers import workers
from explorer.ui.window import answer

REPEATS = 200
FEW, MANY = 100, 1000
FACTOR = 1.3


def mover(side: int) -> Callable[[], None]:
    """Run a program with `side`³ int8 elements, and return what moves the window of its cube."""
    source = f"x = torch.zeros({side}**3, dtype=torch.int8)\ncube = x.view({side}, {side}, {side})\n"
    run = view(source, terms=Terms(keep=True)).run
    assert run, "the run is kept"
    places = random.Random(0)  # noqa: S311 - places of windows

    def move() -> None:
        first = [places.randrange(side) for _ in range(3)]
        question = {"run": run, "what": "part", "grid": 1, "frame": 1, "first": first}
        status, content = answer(json.dumps(question).encode())
        assert status == HTTPStatus.OK, content
        assert len(content) > 4 * 64 * 64, "a whole window"

    return move


def measure(repeats: int = REPEATS) -> list[Row]:
    """Return the rows of the table."""
    few, many = timings([mover(FEW), mover(MANY)], repeats, 20)
    return [
        *(
            Row(
                f"10{power} elements: window moved, median / p90",
                f"{median(taken):.2f} / {percentile(taken, 90):.2f} ms",
            )
            for power, taken in (("⁶", few), ("⁹", many))
        ),
        at_most("ratio of the medians", median(many) / median(few), FACTOR),
    ]


def main() -> None:
    """Measure and print."""
    workers().start()
    try:
        show("Moving a window", measure())
    finally:
        workers().close()


if __name__ == "__main__":
    main()
