"""What the window tells the person: one short title, a detail fit to act on, at most one button."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import force_setattr

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.credentials import CredentialsError

_numbers = itertools.count(1)


class Level(enum.Enum):
    """How much a notice wants to be seen."""

    INFORMATION = "information"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Action(Struct, frozen=True):
    """A button on a notice: a verb and what it does."""

    text: str
    run: Callable[[], object]


class Notice(Struct, frozen=True):
    """One thing said. Errors stay until read, or until their cause has passed: who tells one withdraws
    it by its key. The others leave after `seconds`.
    """

    title: str
    detail: str = ""
    level: Level = Level.INFORMATION
    action: Action | None = None
    seconds: float | None = None
    key: str = ""  # a later notice with the same key takes the place of the earlier one: its title
    place: str | None = (
        None  # the server that it is about, "" for none; None is the one that is shown
    )
    number: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self) -> None:
        if not self.key:
            force_setattr(self, "key", self.title)


def from_error(error: BaseException, title: str, action: Action | None = None) -> Notice:
    """Say what went wrong in words: known errors bring their own, the others only their kind.

    The text of an unknown exception is not shown: it may hold a presigned URL.
    """
    if isinstance(error, DataForceError | ArtifactError | CredentialsError):
        detail = error.detail if error.title == title else f"{error.title}. {error.detail}"
    elif isinstance(error, OSError) and error.strerror:
        detail = disk_errors.explain(error)
    else:
        detail = (
            f"An unexpected problem ({type(error).__name__}). "
            "Nothing was lost; please try again. Details are in the log."
        )
    return Notice(title, detail.strip(), Level.ERROR, action)
