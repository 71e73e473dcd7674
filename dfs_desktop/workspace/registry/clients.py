"""One client for each server in a run: made when it is first asked for, with the key of the keyring."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from dfs_desktop.api import errors
from dfs_desktop.credentials import Credentials, CredentialsError, to_unlock
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action
from dfs_desktop.workspace.state import AppState

from .network import NetworkChoice

if TYPE_CHECKING:  # httpx is imported when a server is spoken to: the rows of last time come first
    from dfs_desktop.api import AsyncDataForceClient
    from dfs_desktop.api.storage.effect_handlers import Perform
    from dfs_desktop.workers.byte_worker.caller import ByteWorker


class LocalServer(Struct, frozen=True):
    """Where the embedded registry answers. Its key lives for one run and only in memory."""

    url: str
    api_key: str

    def __repr__(self) -> str:
        return f"LocalServer({self.url})"


StartLocal = Callable[[], LocalServer]


def client_parts() -> tuple[type[AsyncDataForceClient], Perform]:
    """What speaks to a server. It takes long to import: on a worker thread, behind the first paint."""
    from dfs_desktop.api import AsyncDataForceClient
    from dfs_desktop.api.storage.effect_handlers import perform

    return AsyncDataForceClient, perform


def origin(base_url: str) -> str:
    """Scheme, host and port: what a key is bound to."""
    parts = url_parts(base_url.strip())
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def remedy(error: BaseException | None) -> str:
    """What mends an error on the way to a server, as words of a button; "" where nothing does."""
    match error:
        case errors.CertificateError(may_trust=True):
            return tr("Look at the Certificate…")
        case errors.ProxyLoginError():
            return tr("Enter Password…")
    return ""


def again_words(error: BaseException | None) -> str:
    """What trying again does; with a locked keyring the system asks for its password then."""
    return tr("Unlock Keyring") if to_unlock(error) else tr("Try again")


class Clients:
    """Transfers keep the client of their server while the person looks at another one."""

    def __init__(
        self,
        state: AppState,
        credentials: Credentials,
        start_local: StartLocal,
        byte_worker: ByteWorker | None = None,
    ) -> None:
        """``byte_worker``: what moves and hashes bytes; without one this process does it."""
        self._state, self.credentials, self._byte_worker = state, credentials, byte_worker
        self.start_local = start_local
        self.network = NetworkChoice(state, credentials)
        self.network.changed.connect(self._drop_all)
        self.local: LocalServer | None = None
        self.open: dict[str, AsyncDataForceClient] = {}
        self.key_found: Event[[str]] = Event()  # a server has a client now that had none

    async def client(self, profile: Profile) -> AsyncDataForceClient:
        """The one client of a server in this run; the keyring is asked for its key."""
        in_thread = self._state.tasks.in_thread
        local = None
        if profile.id == LOCAL:
            local, _ = await asyncio.gather(in_thread(self.start_local), in_thread(client_parts))
            if local != self.local:  # the first one, or the one before has ended
                self.local = local
                self.drop(LOCAL)
        elif profile.id not in self.open:
            await in_thread(client_parts)
        if (client := self.open.get(profile.id)) is not None:
            return client
        if local is not None:
            base_url, key = local.url, local.api_key
        else:
            base_url, key = profile.base_url, await self._key(profile)
        network = await self.network.of(profile)
        client_class, perform = client_parts()
        worker = self._byte_worker
        client = client_class(
            base_url=base_url,
            api_key=key,
            allow_http=profile.allow_http,
            network=network,
            performer=worker.perform if worker is not None and network.own is None else perform,
        )
        for host in profile.storage_hosts:
            client.approve_storage(host)
        self.open[profile.id] = client
        self.key_found.emit(profile.id)
        return client

    async def of(self, profile_id: str, remedy: str = "") -> AsyncDataForceClient:
        """The client of a server by its id, asked for when it is needed: a new key makes a new one."""
        if (profile := self._state.profile(profile_id)) is None:
            raise errors.ConfigurationError(
                tr("Its server is not known any more"), remedy or tr("Add the connection again.")
            )
        return await self.client(profile)

    async def of_job(self, profile_id: str) -> AsyncDataForceClient:
        """The same for a transfer, which can be discarded instead."""
        return await self.of(profile_id, tr("Add the connection again, or discard this."))

    async def _key(self, profile: Profile) -> str:
        key = await self.credentials.fetch(profile.id, origin(profile.base_url))
        if key is None:
            remedy = tr(
                "Choose the server's menu, then “Edit connection”, and enter the key again."
            )
            raise CredentialsError(tr("No API key is stored for this server"), remedy)
        return key

    def drop(self, profile_id: str) -> None:
        """The next one is made anew: the key or the address is another one."""
        if (stale := self.open.pop(profile_id, None)) is not None:
            self._state.tasks.start(stale.aclose(), "close the old connection")

    def _drop_all(self) -> None:
        """They leave by another way from now on; what they were doing goes on with the next ones."""
        for profile_id in [each for each in self.open if each != LOCAL]:
            self.drop(profile_id)

    async def close(self) -> None:
        """End all connections."""
        for client in self.open.values():
            await client.aclose()
        self.open.clear()

    def approve_storage(self, profile_id: str, host: str) -> None:
        """The person vouches for a storage address in a private network; kept with the server."""
        if (client := self.open.get(profile_id)) is not None:
            client.approve_storage(host)
        for profile in self._state.settings.profiles:
            if profile.id == profile_id and host not in profile.storage_hosts:
                profile.storage_hosts = [*profile.storage_hosts, host]
        self._state.save_settings()

    def retry_action(
        self, error: BaseException, profile_id: str, again: Callable[[], object]
    ) -> Action:
        """The button on a failed transfer: try again, after an approval where one is wanted."""
        cause: BaseException | None = error
        mended = errors.CertificateError | errors.ProxyLoginError | errors.StorageAddressError
        while cause is not None and not isinstance(cause, mended):
            cause = cause.__cause__
        match cause:
            case errors.CertificateError(may_trust=True) | errors.ProxyLoginError() as refused:
                ask = partial(self.network.ask_to_mend, refused, again)
                return Action(remedy(refused), ask)
            case errors.StorageAddressError(host=host):

                def approve() -> None:
                    self.approve_storage(profile_id, host)
                    again()

                return Action(tr("Approve {host}", host=host), approve)
        return Action(again_words(error), again)
