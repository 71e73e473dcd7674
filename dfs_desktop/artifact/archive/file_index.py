"""The directory of an artifact: walked through, or taken from a registry that nobody trusts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr, trn

from .byte_source import Source
from .tar_headers import member_name
from .tar_walk import MAX_MEMBERS, Member, Walk

_MOST_NAMED = 20  # findings on single entries; the rest are counted
MAX_MEMBER_NAME = 4096  # bytes


def walked(source: Source, check: Callable[[], None]) -> tuple[list[Member], list[Finding]]:
    """Every member in the order of the archive, repeated names repeatedly; reads headers only.

    The findings tell what was left out and what else is odd.
    """
    walk = Walk(source, check)
    return list(walk.members()), walk.findings()


def last_of_each(members: Iterable[Member]) -> dict[str, Member]:
    """The members by name; of a repeated name the last copy counts."""
    return {member.name: member for member in members}


def checked_index(
    index: Mapping[Any, Any], size: int
) -> tuple[dict[str, Member], tuple[Finding, ...]]:
    """The members that a registry's `file_index` lists for a file of `size` bytes.

    An entry that cannot be true (no numbers, negative, beyond the end, a name that leads out) is
    left out with a finding. Raises ArtifactError when there are more than 100 000 entries.
    """
    if not isinstance(index, Mapping):
        raise ArtifactError(
            tr("The index cannot be read"), tr("The registry sent no list of files.")
        )
    if len(index) > MAX_MEMBERS:
        raise ArtifactError(
            tr("The index has too many files"),
            tr(
                "More than {most} entries are not read. Download the artifact instead.",
                most=number_text(MAX_MEMBERS),
            ),
        )
    members: dict[str, Member] = {}
    refused: list[Finding] = []
    for name, place in index.items():
        if problem := _problem(name, place, size):
            title = tr(problem, name=shortened(str(name)))
            refused.append(Finding("warning", title, tr(_REMEDY)))
        else:
            members[name] = Member(name, place[0], place[1])
    if len(refused) > _MOST_NAMED:
        more = len(refused) - _MOST_NAMED
        title = trn(
            "{amount} more file is listed wrongly",
            "{amount} more files are listed wrongly",
            more,
            amount=number_text(more),
        )
        refused[_MOST_NAMED:] = [Finding("warning", title, tr(_REMEDY))]
    return members, tuple(refused)


_REMEDY = later(
    "This entry is left out. Download the artifact and open the file to see what it holds."
)


def _problem(name: object, place: object, size: int) -> str:
    """What is wrong with an entry of that name, for `tr`; "" when nothing is."""
    if not isinstance(name, str) or not name or not isinstance(place, list | tuple):
        return later("The registry lists “{name}” without a place")
    if len(place) != 2 or not all(type(number) is int for number in place):
        return later("The registry lists “{name}” with a place that is no pair of numbers")
    offset, length = place
    if offset < 0 or length < 0:
        return later("The registry lists “{name}” at a negative place")
    if offset + length > size:
        return later("The registry lists “{name}” beyond the end of the file")
    if len(name) > MAX_MEMBER_NAME:
        return later("The registry lists “{name}” under a name that is far too long")
    try:
        member_name(name.encode())
    except (ArtifactError, UnicodeEncodeError):
        return later("The registry lists “{name}” under a name that is not safe")
    return ""
