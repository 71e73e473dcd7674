"""Whether the storage behind an orbit may be used, asked before something is begun that needs it.

Only a registry with encryption can be better protected than its storage. A refusal that comes after
a record was made, or was marked for deletion, would leave it so.
"""

from dfs_desktop.api.errors import DataForceError
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol.effects import Flow, JudgeStorage
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.storage.providers.known_providers import provider_of


def foresee_upload(context: Context, place: Scope) -> Flow[None]:
    """StorageAddressError when the orbit's bucket wants an approval, as far as one is told of it."""
    if not _is_open(context, place):
        return
    try:
        orbit = yield from context.dialect.orbit(place)
        secrets = yield from context.dialect.bucket_secrets(place.organization)
    except DataForceError:  # for administrators only; the upload's own address is judged later
        return
    for secret in secrets:
        named = provider_of(secret.type).endpoint_is_host and secret.host
        if secret.id == orbit.bucket_secret_id and named:
            scheme = "http" if secret.secure is False else "https"
            yield from JudgeStorage(f"{scheme}://{secret.host}/")
            context.server.judged.add(place.orbit)


def foresee_deletion(context: Context, place: Scope, artifact_id: str) -> Flow[None]:
    """The same before a deletion: the address to read an object is where it would be deleted."""
    if not _is_open(context, place):
        return
    try:
        url = yield from context.dialect.download_url(place, artifact_id)
    except DataForceError:
        return
    yield from JudgeStorage(url)
    context.server.judged.add(place.orbit)


def _is_open(context: Context, place: Scope) -> bool:
    return context.server.encrypted and place.orbit not in context.server.judged
