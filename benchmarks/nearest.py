"""How long it takes to find the nearest of 100 warehouses, beside measuring the way to each of them with geopy.

    python -m benchmarks.nearest

Prints milliseconds per choice and the ratio, from one run, over places and warehouses drawn anew for each round.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping

from geopy.distance import geodesic

from services import logistics
from services.logistics import Place

WAREHOUSES = 100
ROUNDS = 300
NAIVE_ROUNDS = 60

Choice = Callable[[Mapping[int, Place], Place], int]


def draw(dice: random.Random) -> tuple[dict[int, Place], Place]:
    """Warehouses all over a country of the size of Spain or of central Russia, and somebody's place in it."""
    middle = (dice.uniform(36, 62), dice.uniform(-9, 60))

    def place() -> Place:
        return middle[0] + dice.uniform(-5, 5), middle[1] + dice.uniform(-8, 8)

    return {number: place() for number in range(WAREHOUSES)}, place()


def by_hand(places: Mapping[int, Place], goal: Place) -> int:
    """Measure all of them."""
    return min(places, key=lambda key: geodesic(places[key], goal).meters)


def ours(places: Mapping[int, Place], goal: Place) -> int:
    """As the desk does it."""
    return logistics.nearest(places, goal)[0]


def milliseconds(choose: Choice, cases: list[tuple[dict[int, Place], Place]]) -> list[float]:
    """How long each choice takes."""
    took = []
    for places, goal in cases:
        start = time.perf_counter()
        choose(places, goal)
        took.append((time.perf_counter() - start) * 1000)
    return took


def main() -> None:
    """Measure both in one run and print the figures."""
    dice = random.Random(1)  # noqa: S311 - no secret
    cases = [draw(dice) for _ in range(ROUNDS)]
    same = sum(ours(*case) == by_hand(*case) for case in cases[:NAIVE_ROUNDS])
    quick, naive = milliseconds(ours, cases), milliseconds(by_hand, cases[:NAIVE_ROUNDS])
    fast, slow = statistics.median(quick), statistics.median(naive)
    print(f"nearest of {WAREHOUSES}: median {fast:.3f} ms, 99th percentile {sorted(quick)[-ROUNDS // 100]:.3f} ms")
    print(f"geopy to each of them: median {slow:.3f} ms")
    print(f"ratio: {slow / fast:.0f} times; the same warehouse in {same} of {NAIVE_ROUNDS} cases")


if __name__ == "__main__":
    main()
