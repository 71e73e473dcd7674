"""What the window tells and asks: a short title, a detail fit to act on, seldom more than one button."""

import enum
import itertools
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import force_setattr

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.translation import tr

from .events import Event

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
    of: object = None  # the step that it takes back; once that is done, there is nothing to press


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
    # The server that it is about, "" for none; None is the one that is shown.
    place: str | None = None
    number: int = field(default_factory=lambda: next(_numbers))
    other: Action | None = None  # a second button, for the less likely wish

    def __post_init__(self) -> None:
        if not self.key:
            force_setattr(self, "key", self.title)


class Confirmation(Struct, frozen=True):
    """A question before something is lost: the words, and the answers in order.

    The first answer is the safe one; the second loses it.
    """

    title: str
    text: str
    answers: tuple[str, str]


def from_error(error: BaseException, title: str, action: Action | None = None) -> Notice:
    """Say what went wrong in words: known errors bring their own, the others only their kind.

    The text of an unknown exception is not shown: it may hold a presigned URL.
    """
    if isinstance(error, DataForceError | ArtifactError | CredentialsError):
        detail = error.detail if error.title == title else f"{error.title}. {error.detail}"
    elif isinstance(error, OSError) and error.strerror:
        detail = disk_errors.explain(error)
    else:
        detail = tr(
            "An unexpected problem ({name}). Nothing was lost; please try again. Details "
            "are in the log.",
            name=type(error).__name__,
        )
    return Notice(title, detail.strip(), Level.ERROR, action)


class NoticeBoard:
    """Passes notices on to the window, and withdraws those whose cause has passed."""

    def __init__(self, server: Callable[[], str]) -> None:
        """`server`: the id of the one that is shown, "" while it has not answered."""
        self.noticed: Event[[Notice]] = Event()
        self.withdrawn: Event[[str]] = Event()
        self.spent: Event[[object]] = Event()  # this step was taken back: what offers that goes
        self.elsewhere: NoticeBoard | None = None  # where it is said instead: nobody sees this one
        self._server = server
        self._standing: dict[str, str] = {}  # keys of notices that stay, and the server of each

    def __contains__(self, key: str) -> bool:
        return key in self._standing

    def notify(self, notice: Notice) -> None:
        """Say something. What stays until read leaves when another server is shown than it is about."""
        if self.elsewhere is not None:
            self.elsewhere.notify(notice)
            return
        if notice.seconds is None:
            self._standing[notice.key] = self._server() if notice.place is None else notice.place
        self.noticed.emit(notice)

    def withdraw(self, key: str) -> None:
        """The cause of a notice has passed."""
        if self.elsewhere is not None:
            self.elsewhere.withdraw(key)
        if self._standing.pop(key, None) is not None:
            self.withdrawn.emit(key)

    def leave(self, server: str) -> None:
        """This server is shown now: what is about another one goes."""
        for key, place in list(self._standing.items()):
            if place not in {"", server}:
                self.withdraw(key)
