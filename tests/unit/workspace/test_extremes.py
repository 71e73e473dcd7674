"""The best of very many numbers is known at once when the best before it goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.workspace.listing.extremes import KEPT, Extremes

NUMBERS = st.integers(-40, 40)
STEPS = st.lists(st.tuples(st.sampled_from("+-*"), NUMBERS, st.integers(0, 60)), max_size=60)


@given(st.lists(NUMBERS, max_size=60), STEPS)
def test_the_ends_are_those_of_all_numbers(
    numbers: list[float], steps: list[tuple[str, int, int]]
) -> None:
    there, extremes = [*numbers], Extremes()
    for number in numbers:
        extremes.add(number)
    for act, number, many in steps:
        if act == "+":
            there.append(number)
            extremes.add(number)
        elif act == "*":
            more = [float((number + n * 7) % 41) for n in range(many)]
            there += more
            extremes.add_all(Extremes(more))
        elif there:
            gone = there.pop(there.index(min(there)) if number < 0 else len(there) // 2)
            extremes.discard(gone)
        if extremes.stale:
            extremes = Extremes(there)
        assert extremes.ends() == ((min(there), max(there)) if there else None)


def test_many_of_the_best_go_before_all_are_looked_at() -> None:
    extremes = Extremes(range(1000))
    for number in range(KEPT - 1):
        extremes.discard(number)
        assert extremes.ends() == (number + 1, 999)
        assert not extremes.stale
