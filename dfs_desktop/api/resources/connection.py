"""The connection itself, blocking and awaiting: who answers, and whether the key is accepted."""

from __future__ import annotations

from dfs_desktop.api.errors import NotFoundError, PermissionDeniedError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol.effects import Flow

from .resource import AsyncResource, Resource, operation


class _Connection:
    _context: Context

    @operation
    def identify(self) -> Flow[str]:
        """The generation of the interface, A to G, that the server speaks; no key is sent for it."""
        yield from ()  # whoever walks a flow has found it out before
        return self._context.dialect.generation

    @operation
    def check_key(self) -> Flow[None]:
        """AuthenticationError when the key is not accepted; what it may do is not asked."""
        try:
            yield from self._context.dialect.key_check()
        except (NotFoundError, PermissionDeniedError):  # no such address, or not for this key
            yield from self._context.dialect.organizations()


class ConnectionResource(Resource, _Connection):
    """Whom the client is connected with."""


class AsyncConnectionResource(AsyncResource, _Connection):
    """Whom the client is connected with."""
