"""Whether two artifacts are the same bytes, or the same content packed otherwise; else what differs."""

import enum
from collections.abc import Mapping, Sequence

from msgspec import Struct

from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities

from .sides import Side

READ_UNASKED = 16 * 1024 * 1024  # bytes of each side that are compared without a question


class Equality(enum.Enum):
    """How alike two sides are."""

    UNKNOWN = "unknown"
    COMPARING = "comparing"
    SAME_BYTES = "same bytes"
    SAME_CONTENT = "same content"
    SAME_LIST = "same names and sizes"
    OTHER_CONTENT = "other content"


class ContentEquality(Struct, frozen=True):
    """One side against the first. `to_read` bytes would answer what is open; 0 when nothing is."""

    kind: Equality
    text: str
    to_read: int = 0
    differing: tuple[str, ...] = ()


COMPARING = ContentEquality(Equality.COMPARING, tr("Comparing…"))
SAME_CONTENT = ContentEquality(
    Equality.SAME_CONTENT,
    tr("Same content, different packaging: every file inside is equal byte by byte."),
)


def by_facts(first: Side, other: Side) -> ContentEquality | None:
    """The answer that sizes and hashes give; None when the content has to be looked at."""
    if first.sha256 and first.sha256 == other.sha256 and first.size == other.size:
        return ContentEquality(
            Equality.SAME_BYTES,
            tr("Same bytes: the SHA-256 is {sha256}… in both.", sha256=first.sha256[:12]),
        )
    return None


def by_index(old: Mapping[str, int], new: Mapping[str, int]) -> ContentEquality:
    """The answer that the lists of files give; their bytes are not read."""
    if not old or not new:
        which = (
            tr("Neither list of files is")
            if not old and not new
            else tr("One list of files is not")
        )
        return ContentEquality(
            Equality.UNKNOWN, tr("{which} known, so the content cannot be compared.", which=which)
        )
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    resized = sum(1 for name in old.keys() & new.keys() if old[name] != new[name])
    if not (added or removed or resized):
        return ContentEquality(
            Equality.SAME_LIST,
            tr("The files inside have equal names and sizes; their bytes were not compared."),
            to_read=sum(new.values()),
        )
    counts = ((added, "added"), (removed, "removed"), (resized, "resized"))
    words = ", ".join(f"{number_text(count)} {word}" for count, word in counts if count)
    return ContentEquality(
        Equality.OTHER_CONTENT,
        tr("Different content: {words} among the files inside.", words=words),
    )


def by_bytes(differing: Sequence[str]) -> ContentEquality:
    """The answer that all bytes give, of two artifacts with equal lists: the members that differ."""
    if not differing:
        return SAME_CONTENT
    words = quantities.count(len(differing), "file inside differs", "files inside differ")
    return ContentEquality(
        Equality.OTHER_CONTENT,
        tr("Different content: {words} although the sizes are equal.", words=words),
        differing=tuple(differing),
    )
