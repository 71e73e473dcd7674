"""Uploading: look inside the file, register it, send it, confirm it; or leave no false trace."""

from __future__ import annotations

import os
from pathlib import PurePath

from msgspec.structs import replace

from dfs_desktop.api.dialects import Created, Dialect, Draft
from dfs_desktop.api.errors import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    DataForceError,
    FileError,
    FileUploadError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    TransferCancelled,
    UnexpectedAnswerError,
)
from dfs_desktop.api.storage.meter import Meter, Phase
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.artifact import ArtifactError, Contents, check_registered_name, extension

from .artifacts import check_sendable, mark
from .creation import create
from .effects import INTERRUPTIONS, Flow, HashFile, MeasureFile, ReadContents, Sent
from .places import Place
from .sending import check_may_send_parts, prove, send
from .session import Session

_STOPPED = (*INTERRUPTIONS, TransferCancelled)


def upload_artifact(
    session: Session,
    meter: Meter,
    file_path: str,
    model_name: str,
    description: str | None,
    tags: list[str] | None,
    collection: str | None,
) -> Flow[ModelArtifact]:
    """Upload one file; the record is ``uploaded``, or ``upload_failed``, or was never made."""
    path = os.fspath(file_path)
    contents, draft = yield from _look_inside(session, path)
    draft = replace(draft, model_name=model_name, description=description, tags=tags)
    check_sendable(draft)
    place = yield from session.collection(collection)
    yield from check_may_send_parts(session, place, contents.size)
    meter.enter(Phase.HASHING, contents.size)
    digest = yield from HashFile(path, contents.fingerprint)
    meter.enter(Phase.CREATING)
    created = yield from create(session, place, replace(draft, file_hash=digest))
    meter.artifact_id = created.artifact.id
    session.own.add(created.artifact.id)
    try:
        record = yield from _fill(session, place, path, contents, created, meter)
    finally:
        session.own.discard(created.artifact.id)
    meter.enter(Phase.FINISHED, contents.size)
    meter.advance(contents.size)
    return record


def _look_inside(session: Session, path: str) -> Flow[tuple[Contents, Draft]]:
    """What the file holds, as far as it can be known without hashing; FileError when unfit."""
    file_name = checked_name(path, session.dialect)
    check_size((yield from MeasureFile(path)), session.dialect)
    contents = yield from ReadContents(path)
    check_size(contents.size, session.dialect)  # the open file decides; it may have grown
    draft = Draft(
        file_name=file_name,
        model_name="",
        metrics=contents.metrics,
        manifest=contents.manifest,
        file_hash="",
        file_index=contents.index,
        size=contents.size,
    )
    return contents, draft


def _fill(
    session: Session, place: Place, path: str, contents: Contents, created: Created, meter: Meter
) -> Flow[ModelArtifact]:
    """Send the bytes, prove and confirm them; a record that stays empty is marked so."""
    artifact = created.artifact
    try:
        sent = yield from send(session, path, contents, created.plan, meter)
        meter.enter(Phase.CONFIRMING)
        yield from _prove(session, place, created, sent)
        return (yield from _confirm(session, place, artifact))
    except _STOPPED:
        yield from mark(session, place, artifact.id, ModelArtifactStatus.UPLOAD_FAILED)
        raise
    except _Unconfirmed as unconfirmed:
        raise unconfirmed.error from unconfirmed
    except Exception as error:
        yield from mark(session, place, artifact.id, ModelArtifactStatus.UPLOAD_FAILED)
        if not isinstance(error, DataForceError) or isinstance(error, FileUploadError):
            raise
        raise FileUploadError(error.detail, retryable=error.retryable) from error


def checked_name(path: str, dialect: Dialect) -> str:
    """The file's name as it will be registered; FileError when the server would not take it."""
    name = PurePath(path).name
    kind = extension(name)
    if kind not in dialect.extensions:
        known = ", ".join(dialect.extensions)
        raise FileError(
            f"{name!r} is not one of the formats that this server takes: {known}.",
            title="The format is not supported",
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
            f"It has {size:,} bytes; this server takes at most {limit / (1 << 30):,.0f} GiB "
            f"({limit:,} bytes).",
            title="The file is too large",
        )


class _Unconfirmed(Exception):  # noqa: N818 - never leaves this module
    """The bytes are stored but the registry could not be told: nothing may be marked failed."""

    def __init__(self, error: FileUploadError) -> None:
        super().__init__(error)
        self.error = error


def _prove(session: Session, place: Place, created: Created, sent: Sent) -> Flow[None]:
    try:
        yield from prove(session, place, created, sent)
    except NotFoundError as error:
        raise _deleted() from error
    except (APIStatusError, APIConnectionError, UnexpectedAnswerError) as error:
        raise _Unconfirmed(
            FileUploadError(
                f"The file was sent, but nobody could see whether it arrived: {error.detail} "
                f"The record {created.artifact.id} still waits for it.",
                title="Uploaded, but not confirmed",
                retryable=True,
            )
        ) from error


def _confirm(session: Session, place: Place, artifact: ModelArtifact) -> Flow[ModelArtifact]:
    """Tell the registry that the bytes are there; when its answer is unclear, read the record."""
    call = session.dialect.update_artifact(
        place, artifact.id, {"status": ModelArtifactStatus.UPLOADED.value}
    )
    try:
        return (yield from call)
    except (AuthenticationError, PermissionDeniedError) as error:
        raise _unconfirmed(artifact, error) from error
    except NotFoundError as error:
        raise _deleted() from error
    except (APIConnectionError, ServerError, BadRequestError, UnexpectedAnswerError) as error:
        reason = error
    try:
        record = yield from session.dialect.artifact(place, artifact.id)
        if record is not None and record.status == ModelArtifactStatus.PENDING_UPLOAD:
            return (yield from call)
    except DataForceError as error:
        raise _unconfirmed(artifact, error) from error
    if record is None:
        raise _deleted()
    if record.status == ModelArtifactStatus.UPLOADED:
        return record
    raise FileUploadError(
        f"The record became {record.status} meanwhile: {reason.detail}"
    ) from reason


def _unconfirmed(artifact: ModelArtifact, error: DataForceError) -> _Unconfirmed:
    return _Unconfirmed(
        FileUploadError(
            f"The file is stored, but the registry could not be told: {error.detail} "
            f"The record {artifact.id} still waits for it.",
            title="Uploaded, but not confirmed",
            retryable=True,
        )
    )


def _deleted() -> FileUploadError:
    return FileUploadError("Somebody deleted its record while the file was being sent.")
