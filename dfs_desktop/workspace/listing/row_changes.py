"""What is not as before when rows are taken over from a server."""

import contextlib
from collections.abc import Callable, Iterator

from dfs_desktop.api import ModelArtifact

from .listing import Listing
from .row import Row, completed

# Manifest and index never change, and are decoded when they are looked at.
_COMPARED = tuple(
    name for name in ModelArtifact.__struct_fields__ if name not in ("manifest", "file_index")
)
_LATER = {"collection_name", "created_by_user"}  # lists tell it, the answer to an upload does not
Tell = Callable[[list[str], list[ModelArtifact]], object]


def told_already(artifact: ModelArtifact, before: ModelArtifact | None) -> bool:
    """Whether an answer says nothing new; lists leave out what another answer told."""
    if before is None:
        return False
    whole = completed(artifact, before)
    return all(
        getattr(whole, name) == (was := getattr(before, name)) or (was is None and name in _LATER)
        for name in _COMPARED
    )


@contextlib.contextmanager
def told(listing: Listing, tell: Tell | None) -> Iterator[None]:
    """Tell, at the end, the ids of records that came or changed meanwhile, and the records that went."""
    touched = set[Row]()
    stop = listing.rows_changed.connect(lambda: touched.update(listing.touched))
    try:
        yield
    finally:
        stop()
    if tell is not None:
        before = {row.key: row.artifact for row in touched if listing.row(row.key) is not row}
        fresh = [
            row.key
            for row in touched
            if listing.row(row.key) is row and not told_already(row.artifact, before.get(row.key))
        ]
        gone = [row.artifact for row in touched if row.key not in listing and not row.job]
        tell(fresh, gone)
