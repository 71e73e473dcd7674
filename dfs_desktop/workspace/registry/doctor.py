"""Tries the connection to a server step by step, with its key and by its way."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from dfs_desktop.api import Scope
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.translation import tr
from dfs_desktop.workspace.state import AppState

from .clients import Clients, origin

if TYPE_CHECKING:
    from dfs_desktop.api.doctor import Finding

NOWHERE = Scope("", "", "")


async def examine(
    state: AppState, clients: Clients, profile: Profile
) -> "AsyncGenerator[Finding, None]":
    """The findings as they come, by connections of its own, so that none that is kept hides what is
    wrong now. Closing the iterator ends what is under way."""
    in_thread = state.tasks.in_thread
    base_url, key, keyless = profile.base_url, None, tr("No key is stored for this server")
    if profile.id == LOCAL:
        local = await in_thread(clients.start_local)
        base_url, key = local.url, local.api_key
    else:
        try:
            key = await clients.credentials.fetch(profile.id, origin(base_url))
        except CredentialsError as error:
            keyless = f"{error.title}. {error.detail}"
    from dfs_desktop.api import doctor

    session = state.session
    place = session.place if session.profile.id == profile.id else None
    steps = doctor.examine(
        base_url,
        key,
        network=await clients.network.of(profile),
        allow_http=profile.allow_http,
        approved_storage=tuple(profile.storage_hosts),
        place=NOWHERE if place is None else Scope(place.organization, place.orbit, ""),
        keyless=keyless,
    )
    async with aclosing(steps):
        async for finding in steps:
            yield finding
