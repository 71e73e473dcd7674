"""Uploading: look inside the file, register it, send it, confirm it; each step noted in a ledger."""

import contextlib
import os
from pathlib import PurePath

from msgspec.structs import replace

from dfs_desktop.api import errors
from dfs_desktop.api.flows import preconditions
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import INTERRUPTIONS, Flow
from dfs_desktop.api.protocol.ledger import Ledger, Upload, UploadRecord, UploadStep
from dfs_desktop.api.protocol.upload_plan import Draft
from dfs_desktop.api.storage.limits.progress_meter import Meter, Phase
from dfs_desktop.api.types import ModelArtifact
from dfs_desktop.artifact import Contents
from dfs_desktop.translation import tr

from .confirm_upload import confirm
from .copy_source import as_registered, drop_fetched
from .create_once import create, create_after_all
from .discard_upload import discard_upload, start_over
from .send_parts import send

_NEVER_SENT = (UploadStep.PLANNED, UploadStep.HASHED)
_SENT = (UploadStep.STORED, UploadStep.CONFIRMING)


def upload_artifact(
    context: Context,
    meter: Meter,
    file_path: str,
    model_name: str,
    description: str | None,
    tags: list[str] | None,
    collection: str | None,
) -> Flow[ModelArtifact]:
    """Upload one file; the record is ``uploaded``, or ``upload_failed``, or was never made. One that
    is stopped is gone."""
    path = os.fsdecode(file_path)
    _, draft = yield from _look_inside(context, path)  # before anything is asked of the server
    preconditions.check_sendable(
        replace(draft, model_name=model_name, description=description, tags=tags)
    )
    place = yield from context.collection(collection)
    ledger = Ledger(UploadRecord(path, model_name, place, description, tags))
    return (yield from send_or_undo(context, meter, ledger))


def send_or_undo(context: Context, meter: Meter, ledger: Upload) -> Flow[ModelArtifact]:
    """Do a new upload; what fails, or is stopped, is undone."""
    try:
        artifact = yield from carry_on_upload(context, meter, ledger)
        yield from effects.Pause(0)  # a stop that came with the end is heard here
    except errors.TransferCancelled:
        return (yield from _stopped(context, ledger))
    except INTERRUPTIONS:  # must go on to whoever interrupts, so the file must not stay
        yield from discard_upload(context, ledger, finish=False)
        raise
    except errors.UnconfirmedUploadError:
        raise
    except Exception as error:
        if ledger.record.step in (*_NEVER_SENT, UploadStep.CREATING):
            raise
        with contextlib.suppress(errors.DataForceError):  # the reason for giving up matters more
            yield from discard_upload(context, ledger, spoiled=True)
        if not isinstance(error, errors.DataForceError) or isinstance(
            error, (errors.FileUploadError, errors.StorageAddressError)
        ):
            raise
        raise errors.FileUploadError(error.detail, retryable=error.retryable) from error
    return artifact


def _stopped(context: Context, ledger: Upload) -> Flow[ModelArtifact]:
    """The truth about an upload that was stopped: it is gone, or it had arrived and is there."""
    try:
        artifact = yield from discard_upload(context, ledger)
    except errors.UnconfirmedUploadError:
        raise
    except errors.DataForceError as error:
        raise errors.TransferCancelled(
            tr(
                "The transfer was stopped. Its record {artifact_id} could not be removed: {detail}",
                artifact_id=ledger.record.artifact_id,
                detail=error.detail,
            )
        ) from error
    if artifact is None:
        raise errors.TransferCancelled
    return artifact


def carry_on_upload(context: Context, meter: Meter, ledger: Upload) -> Flow[ModelArtifact]:
    """Do what is left of an upload. A stop, or an error that passes, leaves the ledger at the
    step that was reached; to be carried on from there, or to be discarded.

    When the source turns out to have changed, what was sent is given up (``upload_failed``).
    """
    record = ledger.record
    meter.artifact_id = record.artifact_id or None
    if record.step is UploadStep.EXPIRED:
        yield from start_over(context, ledger)
    elif record.step is UploadStep.DONE:  # all but the last word about it was written down
        record.step = UploadStep.CONFIRMING
    try:
        if record.step not in _SENT:
            yield from _deliver(context, meter, ledger)
    except errors.SourceChangedError:
        yield from discard_upload(context, ledger, spoiled=True)
        raise
    meter.enter(Phase.CONFIRMING)
    artifact = yield from confirm(context, ledger)
    yield from note(ledger, UploadStep.DONE)
    yield from drop_fetched(record)
    meter.enter(Phase.FINISHED, record.size)
    meter.advance(record.size)
    return artifact


def _deliver(context: Context, meter: Meter, ledger: Upload) -> Flow[None]:
    record = ledger.record
    if record.fingerprint is not None and record.step not in _NEVER_SENT:
        yield from effects.MeasureFile(record.path)  # a file that is away may come back: no change
        yield from effects.CheckSource(
            record.path, record.fingerprint
        )  # before its content is judged
    if record.source is None:
        contents, draft = yield from _look_inside(context, record.path)
    else:
        contents, draft = yield from as_registered(context.dialect, record.path, record.source)
    named = {"model_name": record.model_name, "description": record.description}
    draft = replace(draft, **named, tags=record.tags)
    preconditions.check_sendable(draft)
    yield from preconditions.check_may_send_parts(context, record.place, contents.size)
    yield from _know_source(meter, ledger, contents)
    draft = replace(draft, file_hash=record.sha256)
    if record.step in (UploadStep.HASHED, UploadStep.CREATING):
        meter.enter(Phase.CREATING)
        begin = create_after_all if record.step is UploadStep.CREATING else create
        yield from preconditions.foresee_upload(context, record.place)
        created = yield from begin(context, draft, ledger, meter)
        record.artifact_id, record.plan = created.artifact.id, created.plan
        context.own.add(record.artifact_id)
        yield from note(ledger, UploadStep.CREATED)
    meter.artifact_id = record.artifact_id
    context.own.add(record.artifact_id)
    yield from send(context, ledger, meter)


def _know_source(meter: Meter, ledger: Upload, contents: Contents) -> Flow[None]:
    """Hash the file; an upload of an earlier run goes on only with the very same bytes."""
    record = ledger.record
    begun = record.step not in _NEVER_SENT
    if begun and not ledger.resumed:
        raise AssertionError("an upload was begun twice")
    if begun and record.fingerprint != contents.fingerprint:
        raise errors.SourceChangedError(
            tr(
                "It was changed or replaced since the upload began. What was sent is of no use; upload "
                "it again."
            )
        )
    meter.enter(Phase.HASHING, contents.size)
    digest = yield from effects.HashFile(record.path, contents.fingerprint)
    if begun and digest != record.sha256:
        raise errors.SourceChangedError(
            tr("Its content is not the one that the upload began with.")
        )
    if begun:
        return
    record.fingerprint, record.sha256, record.size = contents.fingerprint, digest, contents.size
    copied = record.source.registered if record.source is not None else None
    record.file_name = PurePath(record.path).name if copied is None else copied.file_name
    yield from note(ledger, UploadStep.HASHED)


def _look_inside(context: Context, path: str) -> Flow[tuple[Contents, Draft]]:
    """What the file holds, as far as it can be known without hashing; FileError when unfit."""
    file_name = preconditions.checked_name(path, context.dialect)
    preconditions.check_size((yield from effects.MeasureFile(path)), context.dialect)
    contents = yield from effects.ReadContents(path)
    preconditions.check_size(contents.size, context.dialect)  # now it is open; it may have grown
    return contents, Draft.of(file_name, contents)
