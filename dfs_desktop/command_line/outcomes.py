"""One act for each of many: what failed is told, and the others are done all the same."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from dfs_desktop.api import DataForceError
from dfs_desktop.artifact import visible
from dfs_desktop.redaction import redact

from .terminal import note, say, say_json

T = TypeVar("T")


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
        except (DataForceError, OSError) as error:
            note(f"{visible(name(thing))}: {visible(redact(str(error)), multiline=True)}")
            code = 1
        else:
            done.append(told)
            if not as_json:
                say(line)
    if as_json:
        say_json(done)
    return code
