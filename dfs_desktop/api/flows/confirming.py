"""The last step of an upload: telling the registry that the file is there; and giving one up."""

from __future__ import annotations

from dfs_desktop.api.dialects import Draft
from dfs_desktop.api.errors import (
    APIConnectionError,
    AuthenticationError,
    BadRequestError,
    DataForceError,
    FileUploadError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnconfirmedUploadError,
    UnexpectedAnswerError,
)
from dfs_desktop.api.ledger import UploadRecord, UploadStep
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus

from .artifacts import delete_completely, mark
from .creation import undo_creation
from .effects import Flow, Step
from .noting import Upload, note
from .proving import gone, see
from .session import Session

_COMPLETE = (UploadStep.STORED, UploadStep.CONFIRMING, UploadStep.DONE)


def confirm(session: Session, ledger: Upload) -> Flow[ModelArtifact]:
    """Set the record ``uploaded``; when the answer is unclear, read the record."""
    record = ledger.record
    resumed = ledger.resumed and record.step is UploadStep.CONFIRMING
    yield from note(ledger, UploadStep.CONFIRMING)
    if resumed:
        found = yield from _read(session, record)
        if found.status == ModelArtifactStatus.UPLOADED:
            return found
    try:
        return (yield from _say(session, record))
    except (AuthenticationError, PermissionDeniedError, RateLimitError) as error:
        raise _unconfirmed(record, error) from error
    except NotFoundError as error:
        raise gone() from error
    except (APIConnectionError, ServerError, BadRequestError, UnexpectedAnswerError) as error:
        reason = error
    found = yield from _read(session, record)
    if found.status == ModelArtifactStatus.UPLOADED:
        return found
    if found.status == ModelArtifactStatus.PENDING_UPLOAD:
        try:
            return (yield from _say(session, record))
        except DataForceError as error:
            raise _unconfirmed(record, error) from error
    raise FileUploadError(
        f"The record became {found.status} meanwhile: {reason.detail}"
    ) from reason


def _say(session: Session, record: UploadRecord) -> Flow[ModelArtifact]:
    changes = {"status": ModelArtifactStatus.UPLOADED.value}
    call = session.dialect.update_artifact(record.place, record.artifact_id, changes)
    return (yield from Step("confirm", call))


def _read(session: Session, record: UploadRecord) -> Flow[ModelArtifact]:
    try:
        found = yield from session.dialect.artifact(record.place, record.artifact_id)
    except DataForceError as error:
        raise _unconfirmed(record, error) from error
    if found is None:
        raise gone()
    return found


def _unconfirmed(record: UploadRecord, error: DataForceError) -> UnconfirmedUploadError:
    return UnconfirmedUploadError(
        f"The file is stored, but the registry could not be told: {error.detail} "
        f"The record {record.artifact_id} still waits for it.",
        reason=error,
    )


def discard_upload(
    session: Session, ledger: Upload, *, spoiled: bool = False
) -> Flow[ModelArtifact | None]:
    """Give an upload up: no record is left that looks as if something were still to come.

    Where the storage has the whole file already, the upload is finished instead, and the record
    is returned: whoever does not want it can delete it, file and all. Not so when what was sent
    is ``spoiled``: other bytes than those that were registered.
    """
    record = ledger.record
    if record.step is UploadStep.CREATING:
        yield from undo_creation(session, record.place, _draft(record), ledger)
    elif record.artifact_id and record.step is not UploadStep.DISCARDED:
        complete = record.step in _COMPLETE and not spoiled
        yield from note(ledger, UploadStep.CONFIRMING if complete else UploadStep.DISCARDING)
        try:
            if complete or (not spoiled and (yield from see(session, record))):
                record.plan = None  # its links are of no use any more
                found = yield from confirm(session, ledger)
                yield from note(ledger, UploadStep.DONE)
                return found
            yield from _say_failed(session, record)
        except NotFoundError:
            pass  # somebody deleted the record: nothing is left to be marked
        except FileUploadError as error:
            if isinstance(error, UnconfirmedUploadError):
                raise
    record.forget_parts()
    record.plan = None
    yield from note(ledger, UploadStep.DISCARDED)
    return None


def _say_failed(session: Session, record: UploadRecord) -> Flow[None]:
    changes = {"status": ModelArtifactStatus.UPLOAD_FAILED.value}
    call = session.dialect.update_artifact(record.place, record.artifact_id, changes)
    try:
        yield from Step("mark_failed", call)
    except BadRequestError:  # it is not pending any more, so nobody waits for it
        return


def _draft(record: UploadRecord) -> Draft:
    """As much of what was registered as it takes to know it again."""
    return Draft(
        file_name=record.file_name,
        model_name=record.model_name,
        metrics={},
        manifest={},
        file_hash=record.sha256,
        file_index={},
        size=record.size,
    )


def start_over(session: Session, ledger: Upload) -> Flow[None]:
    """After the links expired: the unfinished record goes, unless its file did arrive."""
    record = ledger.record
    try:
        if (yield from see(session, record)):
            yield from note(ledger, UploadStep.STORED)
            return
        yield from delete_completely(session, record.place, record.artifact_id)
    except FileUploadError:
        pass  # the record is gone already
    except PermissionDeniedError:  # members may not delete; the record must not look unfinished
        yield from mark(
            session, record.place, record.artifact_id, ModelArtifactStatus.UPLOAD_FAILED
        )
    record.begin_again()
    yield from note(ledger, UploadStep.HASHED)
