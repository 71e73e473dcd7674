"""The columns of the open place: order, widths, which are hidden, and the sort, kept in the settings."""

import copy
from collections.abc import Iterable, Sequence

from dfs_desktop.settings import Columns
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.listing.columns import LAST_KEYS, METRIC
from dfs_desktop.workspace.state import AppState

FIRST_SORT = "created"  # the newest first, where nobody chose
MOST_PLACES = 300  # collections whose columns are kept, those that were changed last
MOST_KEYS = 500
DEFAULT = ""  # the key of what applies where nothing was changed
WHOLE_ORBIT = "*"  # instead of a collection's id
_FIRST_METRICS = 3


class ColumnLayouts:
    """One layout a collection; where there is none, the default one, then the built-in one."""

    def __init__(self, state: AppState) -> None:
        self.changed: Event[[]] = Event()  # another one is to be shown
        self._state = state
        self._view: Columns | None = None  # of an open view: changes of it are not the collection's
        self._take_over_old()
        self.key = self._key()
        self._sort()
        state.session_changed.connect(self._moved)

    def _key(self) -> str:
        session = self._state.session
        collection = WHOLE_ORBIT if session.search else session.place.collection
        return f"{session.profile.id}/{collection}" if collection else DEFAULT

    def _moved(self) -> None:
        if (key := self._key()) not in (self.key, DEFAULT):  # nowhere: on the way to somewhere
            self.key = key
            self.show(None)

    def current(self) -> Columns:
        """What applies to the open place now."""
        kept = self._state.settings.columns
        return self._view or kept.get(self.key) or kept.get(DEFAULT) or Columns()

    def show(self, view: Columns | None) -> None:
        """Apply the columns of a view; None: those of the place."""
        self._view = copy.deepcopy(view)
        self._sort()
        self.changed.emit()

    def _sort(self) -> None:
        layout, listing = self.current(), self._state.listing
        column = layout.sort or FIRST_SORT
        descending = layout.descending if layout.sort else True
        if (column, descending) != (listing.sort_column, listing.descending):
            listing.sort(column, descending=descending)

    def keep(self, shown: Sequence[str], hidden: Sequence[str], widths: dict[str, int]) -> None:
        """The person arranged these columns so; what others are not there now stays as it was."""
        before, listing, there = self.current(), self._state.listing, set(shown)
        away = [key for key in before.hidden if key not in there]
        self._put(
            Columns(
                order=kept_order(shown, before.order)[:MOST_KEYS],
                hidden=[*hidden, *away][:MOST_KEYS],
                widths=dict([*(before.widths | widths).items()][-MOST_KEYS:]),
                sort=listing.sort_column,
                descending=listing.descending,
            )
        )

    def _put(self, layout: Columns) -> None:
        kept = self._state.settings.columns
        if self._view is not None:
            self._view = layout
        elif self.key != DEFAULT:
            kept.pop(self.key, None)  # the last is the one that was changed last
            kept[self.key] = layout
            for key in [key for key in kept if key != DEFAULT][:-MOST_PLACES]:
                del kept[key]

    def reset(self) -> None:
        """Forget this place's own; where there is none, the default that was set as well."""
        kept = self._state.settings.columns
        if self._view is None and kept.pop(self.key, None) is None:
            kept.pop(DEFAULT, None)
        self.show(None if self._view is None else Columns())

    def use_as_default(self) -> None:
        """All places whose columns were never changed show them as this one does."""
        self._state.settings.columns[DEFAULT] = copy.deepcopy(self.current())

    def _take_over_old(self) -> None:
        """Settings of before there was a layout a collection had one for all."""
        kept, layout = self._state.settings.columns, self._state.settings.layout
        old = Columns()
        for entry in layout.pop("columns", "").split(","):
            key, _, rest = entry.partition(":")
            width, _, hidden = rest.partition(":")
            if width.isdecimal() and len(width) < 6:
                old.widths[key] = int(width)
                old.hidden += [key] if hidden == "1" else []
        name, _, descending = layout.pop("sort", "").rpartition(":")
        old.sort, old.descending = name or None, descending == "1"
        if (old.hidden or old.sort) and not kept:
            kept[DEFAULT] = old


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
