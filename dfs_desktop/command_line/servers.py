"""The saved servers, as a command uses them: a blocking client for each, with the key of the keyring."""

import asyncio
import os
from contextlib import ExitStack, closing
from typing import Self

from dfs_desktop.api import ConfigurationError, DataForceClient, Network
from dfs_desktop.credentials import Credentials
from dfs_desktop.registry_process import RegistryProcess
from dfs_desktop.settings import LOCAL, Places, Profile, SettingsFile
from dfs_desktop.translation import tr
from dfs_desktop.workspace.registry.clients import LocalServer, origin
from dfs_desktop.workspace.registry.network import network_of

ADDRESS_VARIABLES = ("DFS_BASE_URL", "LUML_BASE_URL")


class Servers:
    """Clients by the id of their profile, made when they are first asked for. A context manager."""

    def __init__(self, places: Places) -> None:
        self.settings = SettingsFile(places.settings).load()
        self._places = places
        self._clients: dict[str, DataForceClient] = {}
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @property
    def profiles(self) -> list[Profile]:
        """The one on this computer first."""
        return [
            Profile(id=LOCAL, name="local", base_url=""),
            *(profile for profile in self.settings.profiles if profile.id != LOCAL),
        ]

    def named(self, name: str) -> Profile | None:
        """The saved server of this name or address, in any case."""
        wanted = name.casefold()
        known = (each for each in self.profiles if wanted in {each.name.casefold(), each.id})
        return next(known, None)

    def at(self, address: str) -> Profile | None:
        """The saved server of a web address (scheme and host), or of a host alone."""
        for profile in self.profiles:
            if profile.base_url and address in {
                origin(profile.base_url),
                origin(profile.base_url).partition("//")[2],
            }:
                return profile
        return None

    @property
    def default(self) -> Profile | None:
        """That of the window; None: the one that the environment names."""
        if any(os.environ.get(name) for name in ADDRESS_VARIABLES):
            return None
        return self.named(self.settings.last_profile or LOCAL) or self.profiles[0]

    def client(self, profile: Profile | None) -> DataForceClient:
        """Its client; None is the server of the environment."""
        key = "" if profile is None else profile.id
        if key not in self._clients:
            made = self._make(profile)
            self._clients[key] = self._closing.enter_context(made)
        return self._clients[key]

    def _make(self, profile: Profile | None) -> DataForceClient:
        if profile is None:
            return DataForceClient(network=self.access(None)[1])
        if profile.id == LOCAL:
            local = self.local()
            return DataForceClient(local.url, local.api_key)
        key, network = self.access(profile)
        return DataForceClient(
            profile.base_url,
            present(key, profile),
            allow_http=profile.allow_http,
            approved_storage=profile.storage_hosts,
            network=network,
        )

    def local(self) -> LocalServer:
        """The registry on this computer, which ends with the command."""
        room = RegistryProcess(self._places, joins_window=True)
        self._closing.callback(room.stop)
        return room.start()

    def access(self, profile: Profile | None) -> tuple[str | None, Network]:
        """The API key that the keyring has for a saved server, and the way to it, or to any other."""
        kept = self.settings.network

        async def ask() -> tuple[str | None, Network]:
            key, any_ = None, Profile(id="", name="", base_url="")
            if profile is not None:
                key = await credentials.fetch(profile.id, origin(profile.base_url))
            return key, await network_of(profile or any_, kept, credentials, kept.users)

        with closing(Credentials()) as credentials:
            return asyncio.run(ask())


def present(key: str | None, profile: Profile) -> str:
    """The key; ConfigurationError where there is none."""
    if key is None:
        raise ConfigurationError(
            tr("No API key is stored for this server"),
            tr(
                "Open the window, choose the menu of “{name}”, then “Edit connection”, and "
                "enter it.",
                name=profile.name,
            ),
        )
    return key
