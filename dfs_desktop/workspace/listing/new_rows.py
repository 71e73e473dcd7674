"""Rows that are made for a list of records and are not in the listing yet."""

import contextlib
import gc
from collections.abc import Iterable, Iterator, Sized

from dfs_desktop.api import ModelArtifact

from .columns import Tally
from .row import Row

MANY = 100  # rows whose objects are felt when garbage is looked for


class NewRows:
    """All `rows` of a list by id; `fresh`: those that the listing does not have, and their `tally`."""

    def __init__(self) -> None:
        self.artifacts: Iterable[ModelArtifact] | None = None  # once all of them have their rows
        self.rows: dict[str, Row] = {}
        self.fresh: dict[Row, None] = {}
        self.tally = Tally()

    def add(self, made: Iterable[tuple[Row, Row | None]]) -> list[Row]:
        """Take rows beside those that the listing has for the same records; the fresh ones of these.

        Of a record that came on two pages the later row counts.
        """
        piece: dict[Row, None] = {}
        with _without_collection(piece):
            for row, before in made:
                if (twice := self.rows.get(row.key)) in piece:
                    del piece[twice]
                elif twice in self.fresh:
                    del self.fresh[twice]
                    self.tally.add([twice], -1)
                if row is not before:
                    piece[row] = None
                self.rows[row.key] = row
            self.fresh |= piece
            self.tally.add(piece)
        return list(piece)


@contextlib.contextmanager
def _without_collection(made: Sized) -> Iterator[None]:
    """Many objects that stay are made: to look for garbage among them would take as long as to make
    them, then, and whenever as many have come again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled and len(made) >= MANY:
            gc.collect(1)  # what is new and no longer used goes before the rest is left alone
            gc.freeze()
        if enabled:
            gc.enable()
