"""What a server or its storage would refuse, found out before anything is begun.

A refusal that comes after a record was made, or was marked for deletion, would leave it so.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.api.errors import DataForceError, FileError, UploadDeniedError
from dfs_desktop.api.protocol.effects import Flow, JudgeStorage
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.protocol.upload_plan import Draft
from dfs_desktop.api.storage.providers.known_providers import provider_of
from dfs_desktop.api.types import ModelArtifact
from dfs_desktop.artifact import ArtifactError, check_registered_name, extension
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr

from .context import Context

MULTIPART_ABOVE = 500 << 20  # bytes; above, every server wants parts
_UNSENDABLE = {
    "metrics": later("Its metrics cannot be sent: {fault}."),
    "manifest": later("Its manifest cannot be sent: {fault}."),
    "model_name": later("Its model name cannot be sent: {fault}."),
    "description": later("Its description cannot be sent: {fault}."),
    "tags": later("Its tags cannot be sent: {fault}."),
    "file_name": later("Its file name cannot be sent: {fault}."),
}


def check_sendable(facts: Draft | ModelArtifact) -> None:
    """FileError for values that JSON or the server's database cannot hold."""
    for field, said in _UNSENDABLE.items():
        if fault := _fault(getattr(facts, field)):
            title = tr("This artifact cannot be registered")
            raise FileError(tr(said, fault=fault), title=title)


def _fault(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return tr("it holds a number that is not finite (NaN or infinity)")
    if isinstance(value, str):
        if "\0" in value:
            return tr("it holds a NUL character")
        whole = value.isascii() or value.encode(errors="ignore").decode() == value
        return "" if whole else tr("it holds broken Unicode")
    if isinstance(value, Mapping):
        return next(filter(None, (_fault(k) or _fault(v) for k, v in value.items())), "")
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return next(filter(None, map(_fault, value)), "")
    return ""


def checked_name(path: str, dialect: Dialect) -> str:
    """The file's name as it will be registered; FileError when the server would not take it."""
    name = PurePath(path).name
    kind = extension(name)
    if kind not in dialect.extensions:
        known = ", ".join(dialect.extensions)
        raise FileError(
            tr(
                "{name!r} is not one of the formats that this server takes: {formats}.",
                name=name,
                formats=known,
            ),
            title=tr("The format is not supported"),
        )
    try:
        check_registered_name(name)
    except ArtifactError as error:
        raise FileError(error.detail, title=error.title) from error
    return name


def check_size(size: int, dialect: Dialect) -> None:
    """FileError when the server documents a smaller limit."""
    limit = dialect.max_upload_size
    if size > limit:
        raise FileError(
            tr(
                "It has {size} bytes; this server takes at most {gigabytes} GiB ({limit} bytes).",
                size=number_text(size),
                gigabytes=number_text(round(limit / (1 << 30))),
                limit=number_text(limit),
            ),
            title=tr("The file is too large"),
        )


def check_may_send_parts(context: Context, place: Scope, size: int) -> Flow[None]:
    """UploadDeniedError when the server would register the file but never take its parts.

    It gives the URLs of parts only to those who may read bucket secrets. Asked before hashing:
    afterwards a record would be left behind that a member cannot even delete.
    """
    if size <= MULTIPART_ABOVE or not context.dialect.guards_parts:
        return
    organizations = yield from context.dialect.organizations()
    wanted = place.organization.lower()
    role = next((item.role for item in organizations if item.id.lower() == wanted), None)
    if role is not None and role not in ("owner", "admin"):
        raise UploadDeniedError(
            tr(
                "Orbit members cannot upload files over 500 MiB to this server; ask an "
                "organization admin. (Your role in the organization is {role}.)",
                role=role,
            ),
            status_code=403,
        )


def foresee_upload(context: Context, place: Scope) -> Flow[None]:
    """StorageAddressError when the orbit's bucket wants an approval, as far as one is told of it.

    Only a registry with encryption can be better protected than its storage.
    """
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
