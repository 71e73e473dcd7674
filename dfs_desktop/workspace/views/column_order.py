"""The order of columns that come and go."""

from collections.abc import Iterable, Sequence

from dfs_desktop.workspace.listing.columns import LAST_KEYS, METRIC

_FIRST_METRICS = 3


def usual_order(keys: Sequence[str]) -> list[str]:
    """Where nobody arranged them: of many metrics, all but the commonest stand behind size and time."""
    late = [key for key in keys if key.startswith(METRIC)][_FIRST_METRICS:]
    others = [key for key in keys if key not in set(late)]
    end = sum(key not in LAST_KEYS for key in others)
    return [*others[:end], *late, *others[end:]]


def arranged(order: Iterable[str], keys: Sequence[str]) -> list[str]:
    """All `keys`: those that `order` names as it has them, each other one behind the one that it
    follows in `keys`."""
    there = set(keys)
    found = [key for key in dict.fromkeys(order) if key in there]
    placed, before = set(found), None
    for key in keys:
        if key not in placed:
            found.insert(found.index(before) + 1 if before is not None else 0, key)
            placed.add(key)
        before = key
    return found


def kept_order(shown: Sequence[str], before: Sequence[str]) -> list[str]:
    """An order to keep: what is shown, and where the columns of `before` go that are not there now."""
    seen = set(before)
    return arranged(shown, [*before, *(key for key in shown if key not in seen)])
