"""What every resource has: its client, and the way to have a flow walked."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, cast

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.store_client import Store

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


class Client(Protocol):
    """What a resource needs of the blocking client."""

    @property
    def _context(self) -> Context: ...
    @property
    def _store(self) -> Store: ...
    def _run(self, flow: Flow[T], meter: Meter | None = None) -> T: ...


class AsyncClient(Protocol):
    """What a resource needs of the awaiting client."""

    @property
    def _context(self) -> Context: ...
    @property
    def _store(self) -> Store: ...
    def _run(self, flow: Flow[T], meter: Meter | None = None) -> Awaitable[T]: ...


class Resource:
    """A resource of the blocking client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def _context(self) -> Context:
        return self._client._context

    def _run(self, flow: Flow[T], meter: Meter | None = None) -> T:
        return self._client._run(flow, meter)


class AsyncResource:
    """A resource of the awaiting client."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    @property
    def _context(self) -> Context:
        return self._client._context

    def _run(self, flow: Flow[T], meter: Meter | None = None) -> Awaitable[T]:
        return self._client._run(flow, meter)


def validate_collection(method: F) -> F:
    """Let a resource's method be called without ``collection_id``: None means the default one.

    Signature, docstring and ``iscoroutinefunction`` of the method stay as they are. An empty id
    raises ConfigurationError before anything is asked of the server.
    """
    parameters = inspect.signature(method).parameters
    positional = parameters["collection_id"].kind is not inspect.Parameter.KEYWORD_ONLY

    def checked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        given = args[0] if positional and args else kwargs.get("collection_id")
        if given is not None and not str(given).strip():
            raise ConfigurationError(
                "collection_id is empty. Leave it out to use the default collection."
            )
        return kwargs if positional and args else {**kwargs, "collection_id": given}

    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaiting(self: Any, *args: Any, **kwargs: Any) -> Any:
            return await method(self, *args, **checked(args, kwargs))

        return cast("F", awaiting)

    @functools.wraps(method)
    def blocking(self: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **checked(args, kwargs))

    return cast("F", blocking)
