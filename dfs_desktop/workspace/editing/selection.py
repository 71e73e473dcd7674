"""What the selected records have in common: which tags how many of them have, and which descriptions."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import trn
from dfs_desktop.workspace import quantities

from .tags import with_new

_PIECE = 2000  # records that are looked at before the loop has its turn
_MOST_DESCRIPTIONS = 2  # whether they differ is all that is asked


class Summary(Struct):
    """Of `many` records."""

    many: int = 0
    size: int = 0
    tags: Counter[str] = field(default_factory=Counter)
    described: int = 0  # have a description
    descriptions: set[str] = field(default_factory=set)  # two at most

    def add(self, artifacts: Iterable[ModelArtifact]) -> None:
        for artifact in artifacts:
            self.many += 1
            self.size += quantities.possible(artifact.size) or 0
            if artifact.tags:
                self.tags.update(set(artifact.tags))
            text = artifact.description or ""
            self.described += bool(text)
            if len(self.descriptions) < _MOST_DESCRIPTIONS:
                self.descriptions.add(text)

    def ordered(self, most: int) -> list[str]:
        """The tags that most of the records have, by name."""
        return sorted((tag for tag, _ in self.tags.most_common(most)), key=natural_key)


async def summary(artifacts: Sequence[ModelArtifact]) -> Summary:
    """A hundred thousand may be selected: the loop has its turn between pieces."""
    found = Summary()
    for start in range(0, len(artifacts), _PIECE):
        found.add(artifacts[start : start + _PIECE])
        await asyncio.sleep(0)
    return found


class TagWishes:
    """What a person wants of the tags of a selection, before it is applied."""

    def __init__(self) -> None:
        self.added: dict[str, None] = {}  # in the order of adding
        self.removed: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def clear(self) -> None:
        self.added.clear()
        self.removed.clear()

    def add(self, tag: str) -> None:
        self.removed.discard(tag)
        self.added[tag] = None

    def remove(self, tag: str) -> None:
        self.added.pop(tag, None)
        self.removed.add(tag)

    def leave(self, tag: str) -> None:
        self.added.pop(tag, None)
        self.removed.discard(tag)

    def cycle(self, tag: str, on: int, many: int) -> None:
        """The next of: as it is, on all, on none. What is no change is passed over."""
        if tag in self.added:
            self.leave(tag)
            if on:
                self.remove(tag)
        elif tag in self.removed or not on:
            self.leave(tag)
            if not on:
                self.add(tag)
        elif on < many:
            self.add(tag)
        else:
            self.remove(tag)

    def become(self, artifact: ModelArtifact) -> tuple[str, ...]:
        """The tags that the record is to have."""
        kept = (tag for tag in artifact.tags or () if tag not in self.removed)
        return tuple(with_new(kept, self.added))

    def copy(self) -> "TagWishes":
        same = TagWishes()
        same.added, same.removed = dict(self.added), set(self.removed)
        return same

    def words(self, many: int) -> str:
        """What is done to so many, for a menu: “Add Tag “prod” to 30 Artifacts”."""
        added, removed = list(self.added), sorted(self.removed)
        if len(added) == 1 and not removed:
            return trn(
                "Add Tag “{tag}” to {amount} Artifact",
                "Add Tag “{tag}” to {amount} Artifacts",
                many,
                tag=shortened(added[0], 40),
            )
        if len(removed) == 1 and not added:
            return trn(
                "Remove Tag “{tag}” from {amount} Artifact",
                "Remove Tag “{tag}” from {amount} Artifacts",
                many,
                tag=shortened(removed[0], 40),
            )
        return trn("Change Tags of {amount} Artifact", "Change Tags of {amount} Artifacts", many)
