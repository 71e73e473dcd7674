"""Changing and deleting artifact records, and the URLs to their objects."""

import contextlib
from collections.abc import Mapping
from typing import Any

from dfs_desktop.api import errors
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.flows.preconditions import foresee_deletion
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.api.protocol.effects import INTERRUPTIONS, Flow, Step, StoreDelete
from dfs_desktop.api.protocol.ledger import Deletion, DeletionRecord, DeletionStep, Ledger
from dfs_desktop.api.protocol.paging import or_none
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.storage.limits.progress_meter import Meter, Phase
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.translation import sentences, tr

from .settle_changes import has, settled

_STOPPED = (*INTERRUPTIONS, errors.TransferCancelled)


def download_url(
    context: Context, artifact_id: str, collection: str | None
) -> Flow[dict[str, str]]:
    """A presigned URL that reads the object."""
    place = yield from context.collection(collection)
    return {"url": (yield from context.dialect.download_url(place, artifact_id))}


def update_artifact(
    context: Context, artifact_id: str, changes: Mapping[str, Any], collection: str | None
) -> Flow[ModelArtifact]:
    """Send what is given. Asking for the status that a record already has changes nothing."""
    place = yield from context.collection(collection)
    record = yield from settled(
        lambda: _update(context, place, artifact_id, changes),
        lambda: _changed(context, place, artifact_id, changes),
    )
    if (name := changes.get("file_name")) is not None and record.file_name != name:
        ignored = tr(
            "This server ignores a new file name; it stays {file_name!r}.",
            file_name=record.file_name,
        )
        raise errors.BadRequestError(
            sentences(ignored, tr("Everything else was saved.") if len(changes) > 1 else ""),
            status_code=400,
            title=tr("The file name cannot be changed"),
        )
    return record


def _update(
    context: Context, place: Scope, artifact_id: str, changes: Mapping[str, Any]
) -> Flow[ModelArtifact]:
    try:
        return (yield from context.dialect.update_artifact(place, artifact_id, changes))
    except (errors.BadRequestError, errors.UnprocessableEntityError):
        if (wanted := changes.get("status")) is None:
            raise
        record = yield from context.dialect.artifact(place, artifact_id)
        if record is None or record.status != wanted:
            raise
    rest = {key: value for key, value in changes.items() if key != "status"}
    if not rest:
        return record
    return (yield from context.dialect.update_artifact(place, artifact_id, rest))


def _changed(
    context: Context, place: Scope, artifact_id: str, changes: Mapping[str, Any]
) -> Flow[ModelArtifact | None]:
    """The record when it has these values; no server takes a new file name, so that may differ."""
    record = yield from context.dialect.artifact(place, artifact_id)
    if record is None:
        return None
    wanted = {key: value for key, value in changes.items() if key != "file_name"} or changes
    return record if has(record, wanted) else None


def delete_artifact(
    context: Context, artifact_id: str, meter: Meter, collection: str | None
) -> Flow[None]:
    """Delete the object at the store, then the record."""
    place = yield from context.collection(collection)
    meter.artifact_id = artifact_id
    yield from delete_completely(context, place, artifact_id)
    meter.enter(Phase.FINISHED)


def delete_completely(context: Context, place: Scope, artifact_id: str) -> Flow[None]:
    """Delete at one go; what cannot be finished is marked ``deletion_failed``."""
    ledger = Ledger(DeletionRecord(artifact_id, place))
    try:
        yield from carry_on_deletion(context, ledger)
    except _STOPPED as stop:
        if ledger.record.step is DeletionStep.FORGETTING:
            yield from _forget(context, place, artifact_id)
            if isinstance(stop, errors.TransferCancelled):
                return  # the wish came when it was done already
        elif ledger.record.step is DeletionStep.REMOVING:
            yield from mark(context, place, artifact_id, ModelArtifactStatus.DELETION_FAILED)
        raise


def carry_on_deletion(context: Context, ledger: Deletion) -> Flow[None]:
    """The three steps: a URL (the record is then ``pending_deletion``), the object, the record.

    Each can be repeated: a new URL, an object that is gone already, a record that is gone already.
    """
    record = ledger.record
    place, artifact_id = record.place, record.artifact_id
    if record.step is not DeletionStep.FORGETTING:
        if not (yield from _remove_object(context, ledger)):
            yield from note(ledger, DeletionStep.DONE)
            return
        yield from note(ledger, DeletionStep.FORGETTING)
    yield from _forget(context, place, artifact_id)
    yield from note(ledger, DeletionStep.DONE)


def _remove_object(context: Context, ledger: Deletion) -> Flow[bool]:
    """False when the record turns out to be gone: an earlier run had come further than it noted."""
    record = ledger.record
    place, artifact_id = record.place, record.artifact_id
    yield from foresee_deletion(context, place, artifact_id)
    yield from note(ledger, DeletionStep.INTENT)
    try:
        url = yield from Step("delete_url", context.dialect.delete_url(place, artifact_id))
    except errors.ConflictError as conflict:
        raise (yield from _explained(context, place, artifact_id, conflict)) from conflict
    except errors.NotFoundError:
        if ledger.resumed:
            return False
        raise
    yield from note(ledger, DeletionStep.REMOVING)
    try:
        yield from Step("remove", StoreDelete(url))
    except _STOPPED:
        raise
    except errors.DataForceError as error:
        yield from mark(context, place, artifact_id, ModelArtifactStatus.DELETION_FAILED)
        raise errors.FileDeletionError(
            sentences(error.detail, tr("The record was kept; delete it again later.")),
            retryable=error.retryable,
        ) from error
    return True


def _explained(
    context: Context, place: Scope, artifact_id: str, conflict: errors.ConflictError
) -> Flow[errors.ConflictError]:
    """The refusal again, with the deployments and tracks that hold the artifact by name."""
    try:
        record = yield from context.dialect.artifact(place, artifact_id)
    except errors.DataForceError:
        return conflict
    if record is None or not (record.deployments or record.tracks):
        return conflict
    holding = [tr("deployment {name}", name=_name(item)) for item in record.deployments]
    holding += [tr("track {name}", name=_name(item)) for item in record.tracks]
    return errors.ConflictError(
        sentences(conflict.detail, tr("It is in use by {users}.", users=", ".join(holding[:12]))),
        status_code=conflict.status_code,
        title=tr("It is still in use"),
        blockers=holding,
    )


def _name(item: Mapping[str, Any]) -> str:
    return repr(scrub(str(item.get("name") or item.get("id") or tr("without a name"))))


def _forget(context: Context, place: Scope, artifact_id: str) -> Flow[None]:
    """Delete the record; it may be gone already, by a try whose answer got lost."""
    yield from or_none(Step("forget", context.dialect.delete_artifact(place, artifact_id)))


def remove_record(context: Context, place: Scope, artifact_id: str, *, empty: bool) -> Flow[bool]:
    """Remove the record of an upload that nobody finishes; whether nothing of it stays in the store.

    ``empty``: nothing can be under its name there, so the store is not asked. Where the store does
    not delete, the record goes all the same: it would be of no use to anybody.
    """
    if not empty:
        try:
            yield from delete_completely(context, place, artifact_id)
        except errors.NotFoundError:
            return False
        except errors.FileDeletionError:
            pass
        else:
            return True
    yield from force_deletion(context, place, artifact_id)
    return empty


def force_deletion(context: Context, place: Scope, artifact_id: str) -> Flow[None]:
    """Remove a record in any state, and nothing else; it may be gone already."""
    yield from or_none(Step("force", context.dialect.force_deletion(place, artifact_id)))


def mark(
    context: Context, place: Scope, artifact_id: str, status: ModelArtifactStatus
) -> Flow[None]:
    """Note a failure on the record as well as it goes: the reason for it matters more."""
    with contextlib.suppress(errors.DataForceError):
        yield from context.dialect.update_artifact(place, artifact_id, {"status": status.value})
