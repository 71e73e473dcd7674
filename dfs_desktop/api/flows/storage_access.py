"""Whether the storage behind an orbit may be used, asked before something is begun that needs it.

Only a registry with encryption can be better protected than its storage. A refusal that comes after
a record was made, or was marked for deletion, would leave it so.
"""

from __future__ import annotations

from dfs_desktop.api.errors import DataForceError
from dfs_desktop.api.protocol.effects import Flow, JudgeStorage
from dfs_desktop.api.protocol.scope import Place

from .session import Session


def foresee_upload(session: Session, place: Place) -> Flow[None]:
    """StorageAddressError when the orbit's bucket wants an approval, as far as one is told of it."""
    if not _is_open(session, place):
        return
    try:
        orbit = yield from session.dialect.orbit(place)
        secrets = yield from session.dialect.bucket_secrets(place.organization)
    except DataForceError:  # for administrators only; the upload's own address is judged later
        return
    for secret in secrets:
        if secret.id == orbit.bucket_secret_id and secret.type == "s3" and secret.host:
            scheme = "http" if secret.secure is False else "https"
            yield from JudgeStorage(f"{scheme}://{secret.host}/")
            session.server.judged.add(place.orbit)


def foresee_deletion(session: Session, place: Place, artifact_id: str) -> Flow[None]:
    """The same before a deletion: the address to read an object is where it would be deleted."""
    if not _is_open(session, place):
        return
    try:
        url = yield from session.dialect.download_url(place, artifact_id)
    except DataForceError:
        return
    yield from JudgeStorage(url)
    session.server.judged.add(place.orbit)


def _is_open(session: Session, place: Place) -> bool:
    return session.server.encrypted and place.orbit not in session.server.judged
