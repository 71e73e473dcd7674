"""Exceptions on their way from one process to the other: the known ones arrive as what they were."""

import traceback

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.errors import UnreachableError
from dfs_desktop.translation import later, tr

from .messages import Failure

_LONGEST = 4000  # characters of a text
_LONGEST_TRACE = 8000


class OverstayError(ArtifactError):
    """Looking at it took more time or memory than is allowed; asked for, it gets more of both."""


class WorkerFaultError(Exception):
    """A fault of ours in a child; the text is its traceback."""


TOO_LONG = (
    later("Reading this takes unusually long"),
    later("It was stopped, so that the window and the other files do not wait for it."),
)
TOO_LARGE = (
    later("Reading this takes unusually much memory"),
    later("It was stopped, so that the other programs keep theirs."),
)


_KINDS: dict[str, type[ArtifactError]] = {  # the more special ones first
    "overstay": OverstayError,
    "unreachable": UnreachableError,
    "artifact": ArtifactError,
}


def failure_of(error: BaseException) -> Failure:
    for kind, known in _KINDS.items():
        if isinstance(error, known):
            title, detail = _clean(error.title[:_LONGEST]), _clean(error.detail[:_LONGEST])
            return Failure(kind, title, detail)
    if isinstance(error, MemoryError):
        return Failure("overstay", tr(TOO_LARGE[0]), tr(TOO_LARGE[1]))
    if isinstance(error, RecursionError):
        detail = tr("Its content is nested deeper than can be followed here.")
        return Failure("artifact", tr("This cannot be shown"), detail)
    if isinstance(error, OSError):
        name = error.filename if isinstance(error.filename, str) else ""
        return Failure("system", error.strerror or str(error), "", error.errno or 0, _clean(name))
    title = str(getattr(error, "title", ""))
    if title:  # of the registry or the storage
        return Failure("registry", _clean(title), _clean(str(getattr(error, "detail", ""))))
    trace = "".join(traceback.format_exception(error))
    return Failure("fault", type(error).__name__, _clean(trace[-_LONGEST_TRACE:]))


def error_of(failure: Failure) -> Exception:
    if failure.kind in _KINDS:
        return _KINDS[failure.kind](failure.title, failure.detail)
    if failure.kind == "system":
        return OSError(failure.number, failure.title, failure.name or None)
    if failure.kind == "registry":
        from dfs_desktop.api import DataForceError

        return DataForceError(failure.title, failure.detail)
    return WorkerFaultError(f"{failure.title} in a child process:\n{failure.detail}")


def _clean(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
