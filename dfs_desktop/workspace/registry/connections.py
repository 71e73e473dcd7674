"""Journeys to a server: open a saved one, check and save a new one, forget one."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.api import StorageAddressError
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.settings import Profile
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error
from dfs_desktop.workspace.session import LOCAL, Session, Stage

if TYPE_CHECKING:
    from dfs_desktop.api import AsyncDataForceClient
    from dfs_desktop.api.storage.effect_handlers import Perform
    from dfs_desktop.workspace.workspace import Workspace


UNREACHED = "connect"  # the key of the notice that a server did not answer
PAINT_FIRST = 0.02  # seconds for the remembered rows to come on screen before the work goes on


def _speaking() -> tuple[type[AsyncDataForceClient], Perform]:
    """What speaks to a server. It takes long to import: on a worker thread, behind the first paint."""
    from dfs_desktop.api import AsyncDataForceClient
    from dfs_desktop.api.storage.effect_handlers import perform

    return AsyncDataForceClient, perform


def origin(base_url: str) -> str:
    """Scheme, host and port: what a key is bound to."""
    parts = urlsplit(base_url.strip())
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


class ServerForm(Struct, frozen=True):
    """What the person typed about a server. The key is shown nowhere, `repr` included."""

    name: str
    base_url: str
    api_key: str
    allow_http: bool = False
    session_only: bool = False

    def __repr__(self) -> str:
        return f"ServerForm({self.name!r}, {self.base_url!r})"

    def cleaned(self) -> ServerForm:
        """Without the spaces and line breaks that come with a paste."""
        base_url = "".join(self.base_url.split()).rstrip("/")
        if base_url and "://" not in base_url:
            base_url = "https://" + base_url
        name = self.name.strip() or urlsplit(base_url).hostname or base_url
        key = "".join(self.api_key.split())
        return ServerForm(name, base_url, key, self.allow_http, self.session_only)


class Connections:
    """Opens connections. Each server has one client for the whole run, so transfers outlive a switch."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def start(self) -> None:
        """Open the server of last time, or the local registry."""
        wanted = self._workspace.settings.last_profile or LOCAL
        profiles = {profile.id: profile for profile in self._workspace.profiles()}
        self.open(profiles.get(wanted, profiles[LOCAL]))

    def open(self, profile: Profile) -> None:
        workspace = self._workspace
        workspace.withdraw(UNREACHED)
        workspace.remember()
        workspace.session = Session(profile)
        workspace.listing.clear()
        seen = workspace.memory.load(profile.id)
        if seen is not None:
            workspace.browser.recall(workspace.session, seen)
        workspace.session_changed.emit()
        workspace.settings.last_profile = profile.id
        workspace.tasks.start(self._open(workspace.session), "open the connection")

    def reopen(self) -> None:
        self.open(self._workspace.session.profile)

    async def _open(self, session: Session) -> None:
        workspace = self._workspace
        if session.remembered:
            await asyncio.sleep(PAINT_FIRST)
        try:
            client = await self.client(session.profile)
            organizations = await client.organizations.list()
        except Exception as error:  # noqa: BLE001  shown in the window, with a way to try again
            if workspace.session is session:
                session.stage, session.error = Stage.FAILED, error
                title = f"Could not connect to {session.profile.name}"
                session.problem = from_error(error, title, Action("Try again", self.reopen))
                workspace.session_changed.emit()
                if (
                    session.remembered
                ):  # the rows of last time are still to be seen; say that they are
                    workspace.notify(replace(session.problem, key=UNREACHED, place=""))
            return
        if workspace.session is not session:  # the person moved on meanwhile
            return
        session.client = client
        session.organizations = organizations
        session.stage, session.error = Stage.READY, None
        workspace.browser.enter(session)

    async def client(self, profile: Profile) -> AsyncDataForceClient:
        """The one client of a server in this run; the keyring is asked for its key."""
        workspace = self._workspace
        local = None
        if profile.id == LOCAL:
            in_thread = workspace.tasks.in_thread
            local, _ = await asyncio.gather(in_thread(workspace.start_local), in_thread(_speaking))
            if local != workspace.local:  # the first one, or the one before has ended
                workspace.local = local
                self._drop_client(LOCAL)
        elif profile.id not in workspace.clients:
            await workspace.tasks.in_thread(_speaking)
        client = workspace.clients.get(profile.id)
        if client is not None:
            return client
        if local is not None:
            base_url, key = local.url, local.api_key
        else:
            base_url = profile.base_url
            key = await self._key(profile)
        client_class, perform = _speaking()
        worker = workspace.byte_worker
        client = client_class(
            base_url=base_url,
            api_key=key,
            allow_http=profile.allow_http,
            performer=worker.perform if worker is not None else perform,
        )
        for host in profile.storage_hosts:
            client.approve_storage(host)
        workspace.clients[profile.id] = client
        return client

    def _drop_client(self, profile_id: str) -> None:
        stale = self._workspace.clients.pop(profile_id, None)
        if stale is not None:
            self._workspace.tasks.start(stale.aclose(), "close the old connection")

    def approve_storage(self, profile_id: str, host: str) -> None:
        """The person vouches for a storage address in a private network; kept with the server."""
        client = self._workspace.clients.get(profile_id)
        if client is not None:
            client.approve_storage(host)
        for profile in self._workspace.settings.profiles:
            if profile.id == profile_id and host not in profile.storage_hosts:
                profile.storage_hosts = [*profile.storage_hosts, host]
        self._workspace.save_settings()

    def way_on(self, error: BaseException, profile_id: str, again: Callable[[], object]) -> Action:
        """The button on a failed transfer: try again, after an approval where one is wanted."""
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, StorageAddressError):
            cause = cause.__cause__
        if cause is None:
            return Action("Try again", again)
        host = cause.host

        def approve() -> None:
            self.approve_storage(profile_id, host)
            again()

        return Action(f"Approve {host}", approve)

    async def _key(self, profile: Profile) -> str:
        key = await self._workspace.credentials.fetch_async(profile.id, origin(profile.base_url))
        if key is None:
            raise CredentialsError(
                "No API key is stored for this server",
                "Choose the server's menu, then “Edit connection”, and enter the key again.",
            )
        return key

    async def add(self, form: ServerForm, profile_id: str | None = None) -> Profile:
        """Check a server and its key, then save both: the key in the keyring, the rest in settings.

        `profile_id` names the connection to change; without it a new one is made.
        Raises the client's errors, or CredentialsError when the keyring cannot take the key:
        nothing has been saved then.
        """
        form = form.cleaned()
        await self.check(form)
        workspace = self._workspace
        profile = Profile(
            id=profile_id or str(uuid.uuid4()),
            name=form.name,
            base_url=form.base_url,
            allow_http=form.allow_http,
        )
        place = origin(form.base_url)
        before = [p for p in workspace.settings.profiles if p.id == profile.id]
        if before and origin(before[0].base_url) == place:
            profile.storage_hosts = before[0].storage_hosts
        if form.session_only:
            workspace.credentials.remember(profile.id, place, form.api_key)
        else:
            await workspace.credentials.store_async(profile.id, place, form.api_key)
        others = [p for p in workspace.settings.profiles if p.id != profile.id]
        if before and origin(before[0].base_url) != place:  # the old address's key is of no use
            await workspace.credentials.delete_async(profile.id, origin(before[0].base_url))
        workspace.settings.profiles = [*others, profile]
        workspace.save_settings()
        self._drop_client(profile.id)
        workspace.attention.key_entered(profile.id)
        return profile

    async def check(self, form: ServerForm) -> int:
        """Ask the server for the account's organizations and return how many there are."""
        client_class, _ = _speaking()  # imported since the start opened its first connection
        client = client_class(
            base_url=form.base_url, api_key=form.api_key, allow_http=form.allow_http
        )
        async with client:
            return len(await client.organizations.list())

    def forget(self, profile: Profile) -> None:
        """Remove a saved server and its key. Running transfers to it are cancelled by the person first."""
        workspace = self._workspace
        workspace.settings.profiles = [p for p in workspace.settings.profiles if p.id != profile.id]
        workspace.settings.layout.pop(f"place:{profile.id}", None)
        workspace.save_settings()
        workspace.tasks.start(self._forget(profile), "remove the API key from the keyring")
        if workspace.session.profile.id == profile.id:
            self.open(workspace.profiles()[0])
        else:
            workspace.session_changed.emit()

    async def _forget(self, profile: Profile) -> None:
        workspace = self._workspace
        client = workspace.clients.pop(profile.id, None)
        if client is not None:
            await client.aclose()
        await workspace.tasks.in_thread(workspace.memory.forget, profile.id)
        await workspace.credentials.delete_async(profile.id, origin(profile.base_url))
        workspace.notify(Notice(f"{profile.name} was removed", "", Level.INFORMATION, seconds=6))
