"""Walking lists that come in pages, without trusting that the server ever ends."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from dfs_desktop.api.errors import NotFoundError, UnexpectedAnswerError
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr

from .effects import Call, Effect, Flow


class Identified(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """Some items of a list, and where the next ones begin; None after the last."""

    items: list[T]
    cursor: str | None = None


MOST_ITEMS = 500_000
MOST_PAGES = 2_000  # beside one more for every ten items
LONGEST_CURSOR = 16 << 10

I = TypeVar("I", bound=Identified)  # noqa: E741


class Walk(Generic[I]):
    """How far a list was read.

    A server may repeat a cursor for ever, or an item on the next page because the list changed
    meanwhile: what was seen is left out, and a page that brings nothing new is the last one. One
    that invents items for ever is left with an UnexpectedAnswerError.
    """

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.ended = False
        self._cursors: set[str] = set()
        self._ids: set[str] = set()

    def take(self, page: Page[I]) -> list[I]:
        """What is new on a page; moves on to the next, or ends."""
        fresh: list[I] = []
        for item in page.items:
            if item.id not in self._ids:
                self._ids.add(item.id)
                fresh.append(item)
        self.cursor = page.cursor
        self.ended = page.cursor is None or page.cursor in self._cursors or not fresh
        if page.cursor is not None:
            self._cursors.add(page.cursor)
        seen, pages = len(self._ids), len(self._cursors)
        endless = seen > MOST_ITEMS or pages > MOST_PAGES + seen // 10
        if not self.ended and (endless or len(page.cursor or "") > LONGEST_CURSOR):
            raise UnexpectedAnswerError(
                tr(
                    "The server's list does not end: {seen} items in {pages} pages came so far.",
                    seen=number_text(seen),
                    pages=number_text(pages),
                )
            )
        return fresh


def everything(ask: Callable[[str | None], Call[Page[I]]]) -> Flow[list[I]]:
    """All items of a list; ``ask`` makes the request for the page at a cursor."""
    walk: Walk[I] = Walk()
    found: list[I] = []
    while not walk.ended:
        found += walk.take((yield from ask(walk.cursor)))
    return found


def or_none(asked: Effect[T]) -> Flow[T | None]:
    """What is there; None when there is no such thing."""
    try:
        return (yield from asked)
    except NotFoundError:
        return None


def named_like(items: Sequence[Any], search: str) -> list[Any]:
    """What a server's search by name would find, for servers that ignore it or know wildcards."""
    wanted = search.casefold()
    return [item for item in items if wanted in (item.model_name or "").casefold()]
