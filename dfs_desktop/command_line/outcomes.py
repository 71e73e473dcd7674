"""One act for each of many: what failed is told, and the others are done all the same."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from dfs_desktop import disk_errors
from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import ArtifactError, visible
from dfs_desktop.redaction import redact

from .terminal import note, say, say_json

T = TypeVar("T")
FAULTS = (DataForceError, ArtifactError, OSError)  # of one, not of the program


def each(
    things: Iterable[T],
    name: Callable[[T], str],
    act: Callable[[T], tuple[str, Any]],
    *,
    as_json: bool,
) -> int:
    """The exit code: 1 when an act failed. An act gives what is said of it, and the same for JSON."""
    code, done = 0, []
    for thing in things:
        try:
            line, told = act(thing)
        except FAULTS as error:
            tell(name(thing), error)
            code = 1
        else:
            done.append(told)
            if not as_json:
                say(line)
    if as_json:
        say_json(done)
    return code


def tell(name: str, error: Exception) -> None:
    """Say why one failed."""
    why = disk_errors.reason(error) if isinstance(error, OSError) else redact(str(error))
    note(f"{visible(name)}: {visible(why, multiline=True)}")
