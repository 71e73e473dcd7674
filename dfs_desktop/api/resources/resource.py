"""Operations are written once, as methods that return flows; the two kinds of resource run them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast
from typing import overload as _overload

from dfs_desktop.api.errors import ConfigurationError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.storage.limits.progress_meter import Meter, current_meter, metered
from dfs_desktop.api.storage.store_client import Store
from dfs_desktop.translation import tr

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")
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


class Operation(Generic[P, R]):
    """A method that returns a flow. In a Resource it returns what the flow does, in an
    AsyncResource a coroutine of it; signature and docstring stay."""

    __isabstractmethod__ = True  # in the class that has it; a Resource has a function in its place

    def __init__(
        self, build: Callable[Concatenate[Any, P], Flow[R]], *, metered: bool = False
    ) -> None:
        self.__doc__ = build.__doc__
        self._build, self._metered = build, metered

    if TYPE_CHECKING:

        @_overload
        def __get__(self, resource: Resource, owner: Any = None) -> Callable[P, R]: ...
        @_overload
        def __get__(
            self, resource: AsyncResource, owner: Any = None
        ) -> Callable[P, Coroutine[Any, Any, R]]: ...
        def __get__(self, resource: Any, owner: Any = None) -> Any: ...

    def method(self, *, awaiting: bool) -> Callable[..., Any]:
        """The function that takes its place in a resource."""

        def begin(resource: Any, *args: Any, **kwargs: Any) -> tuple[Flow[R], Meter | None]:
            with metered(current_meter()) as meter:  # the same for the flow and for who runs it
                flow = self._build(resource, *args, **kwargs)
            return flow, meter if self._metered else None

        async def awaited(self: Any, *args: Any, **kwargs: Any) -> Any:
            return await self._client._run(*begin(self, *args, **kwargs))

        def blocking(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self._client._run(*begin(self, *args, **kwargs))

        made = functools.wraps(self._build)(awaited if awaiting else blocking)
        signature = inspect.signature(self._build)
        result = str(signature.return_annotation).removeprefix("Flow[").removesuffix("]")
        made.__signature__ = signature.replace(return_annotation=result)  # type: ignore[attr-defined]
        return made


def operation(build: Callable[Concatenate[Any, P], Flow[R]]) -> Operation[P, R]:
    """An operation that somebody waits for."""
    return Operation(build)


def transfer(build: Callable[Concatenate[Any, P], Flow[R]]) -> Operation[P, R]:
    """An operation that ``metered`` watches and stops; its flow takes ``current_meter()``."""
    return Operation(build, metered=True)


def _run_operations(resource: type, *, awaiting: bool) -> None:
    for name, found in inspect.getmembers_static(resource):
        if isinstance(found, Operation):
            method = found.method(awaiting=awaiting)
            method.__qualname__ = f"{resource.__qualname__}.{name}"
            setattr(resource, name, method)


class Resource:
    """A resource of the blocking client."""

    def __init_subclass__(cls) -> None:
        _run_operations(cls, awaiting=False)

    def __init__(self, client: Client) -> None:
        self._client, self._context = client, client._context


class AsyncResource:
    """A resource of the awaiting client."""

    def __init_subclass__(cls) -> None:
        _run_operations(cls, awaiting=True)

    def __init__(self, client: AsyncClient) -> None:
        self._client, self._context = client, client._context


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
                tr("collection_id is empty. Leave it out to use the default collection.")
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
