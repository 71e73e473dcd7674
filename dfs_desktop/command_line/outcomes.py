"""One act for each of many: what failed is told, and the others are done all the same."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import visible
from dfs_desktop.redaction import redact

from .terminal import note

T = TypeVar("T")


def each(things: Iterable[T], name: Callable[[T], str], act: Callable[[T], None]) -> int:
    """The exit code: 1 when an act failed."""
    code = 0
    for thing in things:
        try:
            act(thing)
        except (DataForceError, OSError) as error:
            note(f"{visible(name(thing))}: {visible(redact(str(error)), multiline=True)}")
            code = 1
    return code
