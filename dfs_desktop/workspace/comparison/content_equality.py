"""Whether two artifacts are the same bytes, or the same content packed otherwise; else what differs."""

import enum
from collections.abc import Mapping, Sequence

from msgspec import Struct

from dfs_desktop.number_text import number_text
from dfs_desktop.translation import series, tr, trn

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

    @property
    def cheap(self) -> bool:
        """Whether so few bytes are compared without a question."""
        return self.to_read <= READ_UNASKED


def comparing() -> ContentEquality:
    """The answer until there is one."""
    return ContentEquality(Equality.COMPARING, tr("Comparing…"))


def by_facts(first: Side, other: Side) -> ContentEquality | None:
    """The answer that sizes and hashes give; None when the content has to be looked at."""
    if first.sha256 and first.sha256 == other.sha256 and first.size == other.size:
        text = tr("Same bytes: the SHA-256 is {sha256}… in both.", sha256=first.sha256[:12])
        return ContentEquality(Equality.SAME_BYTES, text)
    return None


def by_index(old: Mapping[str, int], new: Mapping[str, int]) -> ContentEquality:
    """The answer that the lists of files give; their bytes are not read."""
    if not old or not new:
        text = tr("One list of files is not known, so the content cannot be compared.")
        if not old and not new:
            text = tr("Neither list of files is known, so the content cannot be compared.")
        return ContentEquality(Equality.UNKNOWN, text)
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    resized = sum(1 for name in old.keys() & new.keys() if old[name] != new[name])
    if not (added or removed or resized):
        text = tr("The files inside have equal names and sizes; their bytes were not compared.")
        return ContentEquality(Equality.SAME_LIST, text, to_read=sum(new.values()))
    counts = (
        (added, trn("{amount} added", "{amount} added", added, amount=number_text(added))),
        (
            removed,
            trn("{amount} removed", "{amount} removed", removed, amount=number_text(removed)),
        ),
        (
            resized,
            trn("{amount} resized", "{amount} resized", resized, amount=number_text(resized)),
        ),
    )
    changes = series(words for count, words in counts if count)
    text = tr("Different content: {changes} among the files inside.", changes=changes)
    return ContentEquality(Equality.OTHER_CONTENT, text)


def by_bytes(differing: Sequence[str]) -> ContentEquality:
    """The answer that all bytes give, of two artifacts with equal lists: the members that differ."""
    if not differing:
        text = tr("Same content, different packaging: every file inside is equal byte by byte.")
        return ContentEquality(Equality.SAME_CONTENT, text)
    text = trn(
        "Different content: {amount} file inside differs although the sizes are equal.",
        "Different content: {amount} files inside differ although the sizes are equal.",
        len(differing),
    )
    return ContentEquality(Equality.OTHER_CONTENT, text, differing=tuple(differing))
