"""The type of ``create``, which may be called without its first argument, but then with names only."""

from __future__ import annotations

import builtins
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, overload

from dfs_desktop.api.types import ModelArtifact

from .resource import AsyncResource, Operation, Resource

R_co = TypeVar("R_co", covariant=True)
Created: TypeAlias = dict[str, str | ModelArtifact]


class Create(Protocol[R_co]):
    """See ModelArtifactResourceBase.create."""

    @overload
    def __call__(
        self,
        collection_id: str | None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> R_co: ...

    @overload
    def __call__(
        self,
        *,
        collection_id: str | None = None,
        file_name: str,
        metrics: dict[str, Any],
        manifest: dict[str, Any],
        file_hash: str,
        file_index: dict[str, tuple[int, int]],
        size: int,
        model_name: str | None = None,
        description: str | None = None,
        tags: builtins.list[str] | None = None,
    ) -> R_co: ...


class CreateOperation(Operation[..., Created]):
    """``create`` as an operation."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, resource: Resource, owner: Any = None) -> Create[Created]: ...
        @overload
        def __get__(
            self, resource: AsyncResource, owner: Any = None
        ) -> Create[Coroutine[Any, Any, Created]]: ...
        def __get__(self, resource: Any, owner: Any = None) -> Any: ...
