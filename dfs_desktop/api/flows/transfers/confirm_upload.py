"""The last step of an upload: telling the registry that the file is there."""

from dfs_desktop.api import errors
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.protocol.effects import Flow, Step
from dfs_desktop.api.protocol.ledger import Upload, UploadRecord, UploadStep
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.translation import later, tr

from .create_once import UNCLEAR
from .verification import record_gone_error, unconfirmed

_UNTOLD = later(
    "The file is stored, but the registry could not be told: {detail} The record "
    "{artifact_id} still waits for it."
)


def confirm(context: Context, ledger: Upload) -> Flow[ModelArtifact]:
    """Set the record ``uploaded``; when the answer is unclear, read the record."""
    record = ledger.record
    resumed = ledger.resumed and record.step is UploadStep.CONFIRMING
    yield from note(ledger, UploadStep.CONFIRMING)
    if resumed:
        found = yield from _read(context, record)
        if found.status == ModelArtifactStatus.UPLOADED:
            return found
    try:
        return (yield from _say(context, record))
    except (
        errors.AuthenticationError,
        errors.PermissionDeniedError,
        errors.RateLimitError,
    ) as error:
        raise unconfirmed(_UNTOLD, record, error) from error
    except errors.NotFoundError as error:
        raise record_gone_error() from error
    except UNCLEAR as error:
        reason = error
    found = yield from _read(context, record)
    if found.status == ModelArtifactStatus.UPLOADED:
        return found
    if found.status == ModelArtifactStatus.PENDING_UPLOAD:
        try:
            return (yield from _say(context, record))
        except errors.DataForceError as error:
            raise unconfirmed(_UNTOLD, record, error) from error
    raise errors.FileUploadError(
        tr(
            "The record became {status} meanwhile: {detail}",
            status=found.status,
            detail=reason.detail,
        )
    ) from reason


def _say(context: Context, record: UploadRecord) -> Flow[ModelArtifact]:
    changes = {"status": ModelArtifactStatus.UPLOADED.value}
    call = context.dialect.update_artifact(record.place, record.artifact_id, changes)
    return (yield from Step("confirm", call))


def _read(context: Context, record: UploadRecord) -> Flow[ModelArtifact]:
    try:
        found = yield from context.dialect.artifact(record.place, record.artifact_id)
    except errors.DataForceError as error:
        raise unconfirmed(_UNTOLD, record, error) from error
    if found is None:
        raise record_gone_error()
    return found
