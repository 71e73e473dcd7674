"""One file under review: what will be registered, or why it cannot be; what the last one was given."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact import visible
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.settings import Settings
from dfs_desktop.typed_decoding import prepared

if TYPE_CHECKING:  # who looks imports the looks: the window is there sooner
    from dfs_desktop.workers.reader.caller import Artifact
    from dfs_desktop.workers.reader.operations import Sendable


_KEY = "last_upload:"  # of the settings' layout, with the server behind it
_LONGEST, _MOST_TAGS = 1000, 50
_SHORTEST = 3  # letters of a name that is looked for in its description


class Draft(Struct):
    """What is known of one file, and what the person makes of it.

    `findings` come later, from `FileChecks`; until then `checked` is False, and the reader may have
    the file `opened` for it. `sent_anyway` is the person's word that errors which no registry minds
    do not count.
    """

    path: Path
    name: str
    description: str = ""
    tags: list[str] = field(default_factory=list)
    size: int = 0
    contents: "Sendable | None" = None
    opened: "Artifact | None" = None
    mark: tuple[int, int, int] = (0, 0, 0)  # another one after any ordinary change of the file
    problem: str = ""
    findings: tuple[Finding, ...] = ()
    checked: bool = False
    sent_anyway: bool = False
    replaces: str = ""  # the ID of an artifact that goes when this one has arrived
    twin: ModelArtifact | None = None  # a record of the open orbit with the same bytes

    def take_over(self, like: ModelArtifact) -> None:
        """What people wrote about another file of the same model."""
        self.name = visible(like.display_name)
        self.description, self.tags = like.description or "", list(like.tags or ())

    @property
    def obstacle(self) -> str:
        """Why this file stays here; "" when it can be sent."""
        errors = (
            each
            for each in self.findings
            if each.level == "error" and not (self.sent_anyway and each.overridable)
        )
        return self.problem or next((f"{each.title}. {each.remedy}" for each in errors), "")

    @property
    def overridable(self) -> bool:
        """Whether the person's word alone would let this file go."""
        errors = [each for each in self.findings if each.level == "error"]
        return not self.problem and bool(errors) and all(each.overridable for each in errors)


def mark_of(path: Path) -> tuple[int, int, int]:
    """Which file it is, its size, and when it was written."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


class LastUsed(Struct, frozen=True):
    """The description with the name of its artifact, and the tags."""

    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()

    def described(self, name: str) -> str:
        """The description, with another name where it spoke of its own."""
        if len(self.name) < _SHORTEST:
            return self.description
        return self.description.replace(self.name, name)


def last_used(settings: Settings, server: str) -> LastUsed:
    """What was used last at a server; empty where nothing was."""
    text = settings.layout.get(_KEY + server, "")
    try:
        return msgspec.json.decode(text or "{}", type=prepared(LastUsed))
    except (ValueError, RecursionError):
        return LastUsed()


def remember(settings: Settings, server: str, draft: Draft) -> None:
    """Keep what was written of an upload; where nothing was, what was written before stays."""
    before = last_used(settings, server)
    wrote = bool(draft.description.strip())
    used = LastUsed(
        draft.name if wrote else before.name,
        draft.description[:_LONGEST] if wrote else before.description,
        tuple(draft.tags[:_MOST_TAGS]) or before.tags,
    )
    settings.layout[_KEY + server] = msgspec.json.encode(used).decode()
