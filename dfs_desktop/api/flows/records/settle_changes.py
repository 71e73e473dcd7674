"""Settles whether a change whose answer was lost was made, by reading the registry."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from dfs_desktop.api import errors
from dfs_desktop.api.protocol.effects import Effect, Flow
from dfs_desktop.api.protocol.paging import Identified
from dfs_desktop.api.types import Collection, Orbit, Track
from dfs_desktop.translation import later, tr

from .find_artifacts import made_at

T = TypeVar("T")
M = TypeVar("M", Collection, Orbit, Track)

EARLIEST = -2.0  # seconds; the server's clock is known from its Date header, which has whole ones

NOT_DONE = later("A look at the registry shows that nothing was changed.")
NOT_KNOWN = later("Whether it was carried out is not known: look before you do it again.")


def settled(
    send: Callable[[], Flow[T] | Effect[T]],
    look: Callable[[], Flow[T | None]],
    *,
    again: bool = True,
) -> Flow[T]:
    """The result of ``send``; where its answer is lost, what ``look`` finds of it, None for nothing.

    ``again``: sending it twice does what sending it once does, so it is sent once more.
    """
    sent = 0
    while True:
        sent += 1
        try:
            result: T = yield from send()
        except errors.DataForceError as error:
            # A second deletion may find nothing because the first one arrived.
            if not (_unclear(error) or (sent > 1 and isinstance(error, errors.NotFoundError))):
                raise
            fault = error
        else:
            return result
        try:
            found = yield from look()
        except errors.DataForceError:
            told(fault, tr(NOT_KNOWN))
        if found is not None:
            return found
        if sent > 1 or not (again and isinstance(fault, errors.APIConnectionError)):
            told(fault, tr(NOT_DONE))


def made_since(same: Sequence[M], begun: float, *, named: bool) -> M | None:
    """The one thing that a creation which began at ``begun`` (server's clock) has made.

    Others may have made one like it before. ``named``: there is one of that name; then a creation
    that left nothing to be seen may not be repeated blindly.
    """
    made = [item for item in same if made_at(item) >= begun + EARLIEST]
    if named and len(made) != 1:
        raise errors.MultipleResourcesFoundError(tr("Others of this name were there before."))
    return made[0] if made else None


def has(found: object, values: Mapping[str, Any]) -> bool:
    """Whether a thing has these values; none and an empty one are the same."""
    return all((getattr(found, name) or None) == (value or None) for name, value in values.items())


def told(fault: errors.DataForceError, truth: str) -> NoReturn:
    """Raise the fault with what is known of its consequences."""
    fault.detail = f"{fault.detail} {truth}".strip()
    fault.args = (fault.title, fault.detail)
    raise fault


def _unclear(error: errors.DataForceError) -> bool:
    if isinstance(error, errors.APIConnectionError):
        return error.answer_lost
    return isinstance(error, (errors.ServerError, errors.UnexpectedAnswerError))


def deleted(
    call: Effect[None],
    others: Callable[[], Flow[Sequence[Identified]] | Effect[Sequence[Identified]]],
    gone: str,
) -> Flow[None]:
    """Carry out a deletion; where its answer is lost, it was made when nothing has this id."""

    def send() -> Flow[bool]:
        yield from call
        return True

    def look() -> Flow[bool | None]:
        left = yield from others()
        return None if any(each.id == gone for each in left) else True

    yield from settled(send, look)
