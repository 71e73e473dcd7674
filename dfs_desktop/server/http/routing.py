"""Routes of the API: who may pass, what the path and body must look like, how answers leave."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from dfs_desktop.server.limits import DiskFull, Rules

from .answers import Refusal, send_json, send_refusal
from .requests import QueryCheck, header, read_json
from .validation import Check, Enough, Invalid, Report, identifier

Ids = dict[str, str]
# A handler gets the ids of the path and, where the entry declares one, the checked body or query.
# Its result, shaped, is the JSON answer, and None means 204. Handlers touch the database only,
# which takes about a millisecond.
Handler = Callable[..., Any]
Allows = Callable[[bytes], bool]  # whether a key is good

_DISK_FULL = "The disk of this registry is full. Nothing was changed: make room, then try again."
_SECRETS = ("access_key", "secret_key", "session_token", "password")


def SESSION_ONLY(_ids: Ids) -> Any:  # noqa: N802  reads as the constant it is
    """The handler of addresses that API keys do not open."""
    raise Refusal(403, "This endpoint requires jwt authentication.")


# What needs a signed-in session. Nobody signs in to a registry of one's own.
SESSION = {
    "/auth/users/me": ("GET", "PATCH", "DELETE"),
    "/users/me/api-keys": ("POST", "DELETE"),
    "/users/me/invitations": ("GET",),
    "/organizations": ("POST",),
    "/organizations/{organization_id}": ("GET", "PATCH", "DELETE"),
    "/organizations/{organization_id}/members": ("GET", "POST"),
    "/organizations/{organization_id}/members/{member_id}": ("PATCH", "DELETE"),
    "/organizations/{organization_id}/invitations": ("GET", "POST"),
    "/organizations/{organization_id}/invitations/{invite_id}": ("DELETE",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One method of one address."""

    method: str
    path: str
    handler: Handler
    shape: Callable[[Any], Any] | None = None
    body: Check | None = None
    query: QueryCheck | None = None
    public: bool = False


class _Route(Route):
    """A route for exactly one method: starlette would add HEAD, and answer 405 in plain text."""

    def __init__(self, entry: Entry, app: ASGIApp) -> None:
        super().__init__(entry.path, app, methods=[entry.method])
        self.methods = {entry.method}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or name the method that this address has."""
        if scope["method"] in (self.methods or ()):
            await self.app(scope, receive, send)
            return
        allow = [(b"allow", ", ".join(self.methods or ()).encode("ascii"))]
        await send_refusal(send, Refusal(405, "Method Not Allowed", allow))


class _Endpoint:
    """An entry as an ASGI application."""

    def __init__(self, entry: Entry, allows: Allows, rules: Rules) -> None:
        self._entry = entry
        self._allows = allows
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            payload = await self._result(scope, receive)
            await send_json(send, 204 if payload is None else 200, payload)
        except Refusal as refusal:
            await send_refusal(send, refusal)
        except DiskFull:
            await send_refusal(send, Refusal(507, _DISK_FULL))
        except Invalid as invalid:
            await send_refusal(send, Refusal(422, [_discreet(entry) for entry in invalid.report]))

    async def _result(self, scope: Scope, receive: Receive) -> Any:
        entry, rules = self._entry, self._rules
        scheme, _, token = (header(scope, b"authorization") or b"").partition(b" ")
        known = scheme.lower() == b"bearer" and self._allows(token.strip())
        if not known and not entry.public:
            raise Refusal(401, "Not authenticated")
        if entry.handler is SESSION_ONLY:
            return SESSION_ONLY({})
        report = Report()
        ids = {
            name: identifier(value, ("path", name), report)
            for name, value in scope["path_params"].items()
        }
        given: list[Any] = [ids]
        if entry.query is not None:
            given.append(entry.query(scope["query_string"], report))
        if entry.body is not None:
            sent = await read_json(scope, receive, rules.json_bytes, rules.stall_seconds)
            with suppress(Enough):
                given.append(entry.body(sent, ("body",), report))
        if report:
            raise Invalid(report)
        result = entry.handler(*given)
        return result if entry.shape is None else entry.shape(result)


def _is_secret(name: str | int, value: Any) -> bool:
    # The endpoint of an Azure secret is its whole connection string, key included.
    return name in _SECRETS or (name == "endpoint" and "accountkey" in str(value).lower())


def _discreet(entry: dict[str, Any]) -> dict[str, Any]:
    """A report quotes what was sent. Not the keys in it."""
    sent = entry["input"]
    if entry["loc"] and _is_secret(entry["loc"][-1], sent):
        return {**entry, "input": "..."}
    if isinstance(sent, dict) and any(_is_secret(*item) for item in sent.items()):
        masked = {key: "..." if _is_secret(key, value) else value for key, value in sent.items()}
        return {**entry, "input": masked}
    return entry


async def _unknown(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send_refusal(send, Refusal(404, "Not Found"))


class Dialect:
    """The routes of one generation, put together when the first request comes for them.

    A client speaks one dialect: the other would only make every start slower.
    """

    def __init__(
        self, entries: Callable[[], Sequence[Entry]], allows: Allows, rules: Rules
    ) -> None:
        self._entries = entries
        self._allows = allows
        self._rules = rules
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._router is None:
            routes = [
                _Route(entry, _Endpoint(entry, self._allows, self._rules))
                for entry in self._entries()
            ]
            self._router = Router(routes, default=_unknown)
        await self._router(scope, receive, send)


def router(below: Mapping[str, ASGIApp]) -> ASGIApp:
    """Hands each request to the application of the first prefix that its path begins with."""

    async def handed_over(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        app = next((app for prefix, app in below.items() if path.startswith(prefix)), _unknown)
        await app(scope, receive, send)

    return handed_over
