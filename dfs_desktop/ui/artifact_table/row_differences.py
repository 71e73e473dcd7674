"""Where two lists of rows differ, found without looking at each row."""

from bisect import bisect_right

from dfs_desktop.workspace.listing.row import Row

PIECE = 1000  # rows that are compared at once
Gap = tuple[int, int, int, int]  # rows from, to; others that come in their place from, to


def gaps_between(
    rows: list[Row], others: list[Row], touched: set[Row], most: int
) -> list[Gap] | None:
    """Where they differ, when all that differs is `touched`, the others are in the same order, and it
    is in `most` places."""
    if not rows or not others:  # as most that come at once do
        return [(0, len(rows), 0, len(others))] if rows or others else []
    gaps: list[Gap] = []
    old = new = 0
    while True:
        same = _agreeing(rows, others, old, new)
        old, new = start, first = old + same, new + same
        if old == len(rows) and new == len(others):
            return gaps
        while old < len(rows) and rows[old] in touched:
            old += 1
        while new < len(others) and others[new] in touched:
            new += 1
        if (old, new) == (start, first) or len(gaps) == most:
            return None
        gaps.append((start, old, first, new))


def same_ends(rows: list[Row], wanted: list[Row]) -> tuple[int, int]:
    """How many rows at the head, and how many of the others at the foot, are the very same."""
    head = _agreeing(rows, wanted)
    most = min(len(rows), len(wanted)) - head
    return head, min(most, _agreeing(rows[::-1], wanted[::-1]))


def _agreeing(rows: list[Row], others: list[Row], old: int = 0, new: int = 0) -> int:
    """How many rows from these two places on are the very same."""
    most = min(len(rows) - old, len(others) - new)
    for same in range(0, most, PIECE):  # lists are compared quickly; then it is looked for
        one, other = rows[old + same : old + same + PIECE], others[new + same : new + same + PIECE]
        if one != other:
            pairs = enumerate(zip(one, other, strict=False), same)
            return next((n for n, (row, there) in pairs if row is not there), most)
    return most


def difference(rows: list[Row], others: list[Row]) -> tuple[list[int], list[int]]:
    """Which of the rows are not among the others, and which of the others are not among the rows."""
    if len(rows) < len(others):
        return difference(others, rows)[::-1]
    there = set(others)
    only = [n for n, row in enumerate(rows) if row not in there]
    if len(rows) - len(only) == len(others):  # the others are all there
        return only, []
    there = set(rows)
    return only, [n for n, row in enumerate(others) if row not in there]


def ranges(numbers: list[int], most: int) -> list[tuple[int, int]]:
    """Numbers in ascending order as ranges, the first and the one behind the last of each; of more
    than `most` ranges the first ones only."""
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(numbers) and len(found) <= most:
        first = numbers[start]
        # In a range numbers grow as their places do: how far is found without a look at each.
        places = range(start, len(numbers))
        start += bisect_right(places, first - start, key=lambda place: numbers[place] - place)
        found.append((first, numbers[start - 1] + 1))
    return found


def rest(rows: list[Row], gone: list[int], removed: list[tuple[int, int]]) -> list[Row]:
    """The rows without those at these places; `removed` are the ranges of them, not always all."""
    if sum(end - first for first, end in removed) < len(gone):
        leaving = set(map(rows.__getitem__, gone))
        return [row for row in rows if row not in leaving]
    left: list[Row] = []
    behind = 0
    for first, end in removed:
        left += rows[behind:first]
        behind = end
    return left + rows[behind:]
