"""The groups of the open place: by tag or by the beginning of names, with their counts, one chosen."""

import asyncio
import time

from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.listing import grouping
from dfs_desktop.workspace.listing.filtering import record_filter
from dfs_desktop.workspace.listing.filtering.filter_parser import Comparison, Words
from dfs_desktop.workspace.state import AppState

SOON = 0.1  # seconds in which changes that come together are counted together
SLICE = 0.004  # seconds of counting before the loop has its turn
_KEPT = "group"  # the key in the layout


class Groups:
    """What is chosen stands in the filter line, and nowhere else; the rest of that line narrows the
    counts. `field` is "" while there are no groups."""

    def __init__(self, state: AppState) -> None:
        self.changed: Event[[]] = Event()
        self.filter_wanted: Event[[str]] = Event()
        self._state = state
        kept = state.settings.layout.get(_KEPT, "")
        self.field = kept if kept in grouping.GROUPINGS else ""
        self.groups: list[grouping.Group] = []
        self.left_out = 0  # groups, smaller than those
        self.all = 0  # rows, in any group or none
        self.chosen: str | None = None  # the key of one
        self._task: asyncio.Task[None] | None = None
        self._seconds = 0.0  # that counting took
        self._counted: object = None  # what the rest of the line asked
        state.listing.rows_changed.connect(self._rows_changed)

    def by(self, field: str) -> None:
        """grouping.Group by this field; "": no more, nor is the filter by a group kept then."""
        if field == self.field:
            return
        if self.chosen is not None:
            self.choose(None)
        self.field, self._counted = field, None
        self._state.settings.layout[_KEPT] = field
        self.chosen = self._chosen()
        self._show([], 0, 0)
        self._rows_changed()

    def choose(self, key: str | None) -> None:
        """Show the rows of one group; None: of all."""
        if not self.field or key == self.chosen:
            return
        text = next((group.text for group in self.groups if group.key == key), key or "")
        listing = self._state.listing
        term = None if key is None else grouping.term_of(self.field, text)
        line, names = listing.applied, listing.metric_names
        self.filter_wanted.emit(grouping.with_term(line.text, line.parts, self.field, term, names))

    def _chosen(self) -> str | None:
        if not self.field:
            return None
        terms = (part.term for part in self._state.listing.applied.parts)
        found = [t for t in terms if isinstance(t, Comparison) and grouping.is_group(t, self.field)]
        return str(found[0].value).casefold() if len(found) == 1 else None

    def _rows_changed(self) -> None:
        if not self.field:
            return
        if (chosen := self._chosen()) != self.chosen:
            self.chosen = chosen
            self.changed.emit()
        listing = self._state.listing
        terms = (part.term for part in listing.applied.parts)
        rest = [term for term in terms if not grouping.is_group(term, self.field)]
        same = self._counted == rest and not listing.applied.asks_for_copies()
        if same and not listing.touched:
            return  # another order, or another group of the same rows
        self._counted = rest
        if not listing.by_time:
            self._show([], 0, 0)
            return
        self._stop()
        self._task = self._state.tasks.start(self._count(rest), "count the groups")

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _show(self, groups: list[grouping.Group], left_out: int, rows: int) -> None:
        self._stop()
        self.groups, self.left_out, self.all = groups, left_out, rows
        self.changed.emit()

    async def _count(self, rest: list[Words | Comparison]) -> None:
        """Many changes of very many rows are not counted one by one."""
        await asyncio.sleep(SOON + 2 * self._seconds)
        listing, began, waited = self._state.listing, time.perf_counter(), 0.0
        tests = [record_filter.test_of(t, listing.metric_names, listing.copies) for t in rest]
        count, turn = grouping.Count(self.field), began
        for _ in count.over(list(listing.by_time), record_filter.all_hold(tests)):
            if (now := time.perf_counter()) - turn > SLICE:
                await asyncio.sleep(0)
                turn = time.perf_counter()
                waited += turn - now
        self._seconds = time.perf_counter() - began - waited
        groups, left_out = await self._state.tasks.in_thread(count.groups)
        self._task = None
        self._show(groups, left_out, count.all)
