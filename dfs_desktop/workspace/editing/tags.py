"""Tags as a person types them (commas divide, quotes hold a comma), and changes of many records’ tags."""

from collections.abc import Iterable

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import trn
from dfs_desktop.workspace.listing.listing import Listing

_QUOTES = {'"': '"', "“": "”", "„": "“"}
MOST_TAGS, LONGEST_TAG = 1000, 200  # of those that are offered while typing
_DIVIDERS = ",\n\r\u2028\u2029"


def divided(text: str) -> tuple[list[str], str]:
    """The parts that a comma or a line break has ended, and the part that is still being typed.

    A part that begins with a quote goes on to its closing quote, commas included; a doubled one
    stands for itself.
    """
    parts: list[str] = []
    part, closing = "", ""
    at = 0
    while at < len(text):
        sign = text[at]
        if closing and text[at : at + 2] == closing * 2:
            part, at = part + closing * 2, at + 1
        elif closing:
            part, closing = part + sign, "" if sign == closing else closing
        elif sign in _DIVIDERS:
            parts.append(part)
            part = ""
        else:
            if not part.strip():
                closing = _QUOTES.get(sign, "")
            part += sign
        at += 1
    return parts, part


def unquoted(part: str) -> str:
    """The tag that a part stands for: without its quotes, blanks in a row as one."""
    part = part.strip()
    if (closing := _QUOTES.get(part[:1])) is not None and len(part) > 1:
        body = part[1:-1] if part.endswith(closing) else part[1:]
        part = body.replace(closing * 2, closing)
    return " ".join(part.split())


def typed_tags(text: str) -> list[str]:
    """All tags in what was typed or pasted."""
    whole, rest = divided(text)
    return with_new((), map(unquoted, (*whole, rest)))


def with_new(tags: Iterable[str], new: Iterable[str]) -> list[str]:
    """The tags as they are, odd ones too, and those of the new ones that no spelling of is there."""
    together = list(tags)
    seen = {tag.casefold() for tag in together}
    for tag in new:
        if tag and tag.casefold() not in seen:
            seen.add(tag.casefold())
            together.append(tag)
    return together


def other_spelling(tags: Iterable[str], new: Iterable[str]) -> str | None:
    """A tag that is there, which one of the new ones means with other capitals; None without one."""
    there = list(tags)
    spelled = {tag.casefold(): tag for tag in there}
    exact = set(there)
    found = (spelled.get(tag.casefold()) for tag in new if tag not in exact)
    return next((tag for tag in found if tag is not None), None)


class TagChanges:
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

    def copy(self) -> "TagChanges":
        same = TagChanges()
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


def known_tags(listing: Listing) -> list[str]:
    """Tags in use in the open collection, for completion; of very many, some."""
    tags: set[str] = set()
    for artifact in listing.artifacts():
        tags.update((artifact.tags or ())[:MOST_TAGS])
        if len(tags) > MOST_TAGS:
            break
    short = (tag for tag in tags if len(tag) <= LONGEST_TAG)
    return sorted(short, key=natural_key)[:MOST_TAGS]
