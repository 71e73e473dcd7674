"""Giving an upload up: its record goes, or is marked as failed; and beginning it again."""

from dfs_desktop.api import errors
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.flows.records.artifact_records import force_deletion, mark, remove_record
from dfs_desktop.api.protocol.effects import Flow, Missing, Step, StoredObject
from dfs_desktop.api.protocol.ledger import Upload, UploadRecord, UploadStep
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus

from .confirm_upload import confirm
from .copy_source import drop_fetched
from .create_once import undo_creation
from .send_parts import may_be_stored
from .verification import head, is_whole

_COMPLETE = (UploadStep.STORED, UploadStep.CONFIRMING, UploadStep.DONE)


def discard_upload(
    context: Context, ledger: Upload, *, spoiled: bool = False, finish: bool = True
) -> Flow[ModelArtifact | None]:
    """Give an upload up: its record goes, or is marked as failed where the person may not delete.

    Where the storage has the whole file already, the upload is finished instead (unless not to
    ``finish``), and the record is returned: whoever does not want it can delete it, file and all.
    Not so when what was sent is ``spoiled``, other bytes than those that were registered: then the
    record stays, marked as failed.
    """
    record = ledger.record
    if record.step is UploadStep.CREATING:
        yield from undo_creation(context, ledger)
    elif record.artifact_id and record.step is not UploadStep.DISCARDED:
        complete = record.step in _COMPLETE and not spoiled
        clean = not may_be_stored(record)
        finished = complete and finish
        yield from note(ledger, UploadStep.CONFIRMING if finished else UploadStep.DISCARDING)
        try:
            if spoiled:
                yield from _say_failed(context, record)
            elif finished or not (clean or complete):
                found = None if finished else (yield from _look_again(context, record))
                if finished or (finish and found is not None and is_whole(record, found)):
                    return (yield from _finish(context, ledger))
                clean = isinstance(found, Missing) and found.surely
                yield from _remove(context, record, clean=clean, reached=found is not None)
            else:
                yield from _remove(context, record, clean=clean)
        except errors.NotFoundError:
            pass  # somebody deleted the record: nothing is left to be removed
        except errors.FileUploadError as error:
            if isinstance(error, errors.UnconfirmedUploadError):
                raise
    yield from _forget(ledger)
    return None


def _forget(ledger: Upload) -> Flow[None]:
    record = ledger.record
    record.forget_parts()
    record.plan = None
    yield from drop_fetched(record)
    yield from note(ledger, UploadStep.DISCARDED)


def _finish(context: Context, ledger: Upload) -> Flow[ModelArtifact]:
    ledger.record.plan = None  # its links are of no use any more
    found = yield from confirm(context, ledger)
    yield from note(ledger, UploadStep.DONE)
    yield from drop_fetched(ledger.record)
    return found


def _look_again(context: Context, record: UploadRecord) -> Flow[StoredObject | Missing | None]:
    """What the storage has; None when it does not say, which keeps nobody from giving up."""
    try:
        return (yield from head(context, record))
    except errors.NotFoundError:
        raise
    except (errors.APIConnectionError, errors.APIStatusError, errors.UnexpectedAnswerError):
        return None


def _remove(
    context: Context, record: UploadRecord, *, clean: bool, reached: bool = True
) -> Flow[None]:
    """``clean``: nothing is in the storage under its name; ``reached``: it can be asked to delete."""
    place, artifact_id = record.place, record.artifact_id
    try:
        gone = yield from remove_record(context, place, artifact_id, empty=clean or not reached)
    except errors.NotFoundError:
        raise
    except errors.APIStatusError as error:  # members may not delete
        if error.retryable or isinstance(error, errors.AuthenticationError):
            raise
        yield from _say_failed(context, record)
        record.marked = True
    else:
        record.leftovers += not gone or not reached


def let_go(context: Context, ledger: Upload) -> Flow[None]:
    """Remove only the record, whatever the storage may have of the file."""
    record = ledger.record
    if record.artifact_id and record.step is not UploadStep.DISCARDED:
        yield from force_deletion(context, record.place, record.artifact_id)
    yield from _forget(ledger)


def _say_failed(context: Context, record: UploadRecord) -> Flow[None]:
    changes = {"status": ModelArtifactStatus.UPLOAD_FAILED.value}
    call = context.dialect.update_artifact(record.place, record.artifact_id, changes)
    try:
        yield from Step("mark_failed", call)
    except errors.BadRequestError:  # it is not pending any more, so nobody waits for it
        return


def start_over(context: Context, ledger: Upload) -> Flow[None]:
    """After the links expired: the unfinished record goes, unless its file did arrive."""
    record = ledger.record
    try:
        found = yield from head(context, record)
        if is_whole(record, found):
            yield from note(ledger, UploadStep.STORED)
            return
        empty = isinstance(found, Missing) and found.surely
        yield from remove_record(context, record.place, record.artifact_id, empty=empty)
    except errors.FileUploadError:
        pass  # the record is gone already
    except errors.PermissionDeniedError:
        # Members may not delete; the record must not look unfinished.
        yield from mark(
            context, record.place, record.artifact_id, ModelArtifactStatus.UPLOAD_FAILED
        )
    record.begin_again()
    yield from note(ledger, UploadStep.HASHED)
