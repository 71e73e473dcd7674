"""The filter line that applies, and which rows it lets through."""

from collections.abc import Container, Sequence

from dfs_desktop.workspace.listing.row import MOST_TEXT, Row

from . import filter_parser, record_filter


class AppliedFilter:
    """Asks all rows once for each text; then only those that come."""

    def __init__(self) -> None:
        self.text = ""
        self.parts: list[filter_parser.Part] = []  # how the text was understood
        self._wanted: dict[str, tuple[str, ...]] = {}
        self.test: record_filter.Test | None = None  # what it asks of a row
        self._asked: tuple[str, frozenset[str]] | None = None  # what the test was made of
        self._passed: set[Row] | None = None  # rows that it lets through, where all were asked

    def ask(self, metric_names: frozenset[str], copies: Container[str]) -> None:
        """Read the text anew, when it or the metrics are others than before. `copies`: the SHA-256
        of what is on this computer."""
        if self._asked != (self.text, metric_names):
            self._asked, self._passed = (self.text, metric_names), None
            self.parts = filter_parser.parse(*self._asked)
            self._wanted.clear()
            self.test = record_filter.all_of(self.parts, metric_names, copies)

    def wanted(self, field: str) -> tuple[str, ...]:
        """What is looked for in the texts of this field, in small letters."""
        if field not in self._wanted:
            terms = [part.term for part in self.parts]
            words = [each.text for each in terms if isinstance(each, filter_parser.Words)]
            words += [
                str(each.value)
                for each in terms
                if isinstance(each, filter_parser.Comparison)
                and (each.name, each.metric, each.negative) == (field, False, False)
                and each.sign in (":", "=")
            ]
            self._wanted[field] = tuple(word.casefold() for word in words if word.strip())
        return self._wanted[field]

    def ask_anew(self) -> None:
        self._asked = None

    def asks_for_copies(self) -> bool:
        return any(record_filter.asks_for_copies(part.term) for part in self.parts)

    def forget_rows(self) -> None:
        """What it asks for may have another answer now."""
        self._passed = None

    def take_over(self, gone: Sequence[Row], fresh: Sequence[Row]) -> None:
        if self._passed is not None:
            self._passed.difference_update(gone)
            self._passed.update(filter(self.test, fresh))

    @property
    def known(self) -> bool:
        """Whether it lets the same rows through as when it was asked last."""
        asked = self._asked is not None and self._asked[0] == self.text
        return asked and (self.test is None or self._passed is not None)

    def through(self, ordered: list[Row]) -> list[Row]:
        """Those of these rows, which are all, that it lets through."""
        if self.test is None:
            return ordered
        if self._passed is None:
            rows = ordered
            if text := record_filter.needed(self.parts):  # most rows are left out by a glance
                rows = [row for row in rows if text in row.text or len(row.text) >= MOST_TEXT]
            found = list(filter(self.test, rows))
            self._passed = set(found)
            return found
        passed = self._passed
        return [row for row in ordered if row in passed]
