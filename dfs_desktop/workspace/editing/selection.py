"""What the selected records have in common: which tags how many of them have, and which descriptions."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from dfs_desktop.api import ModelArtifact
from dfs_desktop.number_text import natural_key
from dfs_desktop.workspace import quantities

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
