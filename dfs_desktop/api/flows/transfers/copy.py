"""Copying or moving an artifact to another place, which may be at another server, in one call."""

from pathlib import Path

from msgspec import Struct

from dfs_desktop.api.errors import FileDownloadError, FileUploadError
from dfs_desktop.api.flows import preconditions
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.records.artifact_records import delete_artifact
from dfs_desktop.api.flows.records.find_artifacts import existing
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import INTERRUPTIONS, Flow, Runner
from dfs_desktop.api.protocol.ledger import (
    CopySource,
    DownloadRecord,
    Ledger,
    RegisteredFacts,
    UploadRecord,
)
from dfs_desktop.api.protocol.scope import Scope, ScopeRequest
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.artifact import safe_name
from dfs_desktop.translation import tr

from .copy_source import fetch_source
from .upload import send_or_undo

FILELESS = (ModelArtifactStatus.PENDING_UPLOAD, ModelArtifactStatus.UPLOAD_FAILED)


class CopyTarget(Struct, frozen=True):
    """Who speaks to the server that gets a copy, and the place that is meant there."""

    client: Runner
    context: Context
    wanted: ScopeRequest


def copy_artifact(
    context: Context, meter: Meter, artifact_id: str, origin: str | None, target: CopyTarget
) -> Flow[ModelArtifact]:
    """The copy; ``origin`` is the artifact's collection. What the target would refuse is found
    out before a byte moves."""
    found = yield from existing(context, (yield from context.collection(origin)), artifact_id)
    return (yield from _copy(context, meter, found, target))


def move_artifact(
    context: Context, meter: Meter, artifact_id: str, origin: str | None, target: CopyTarget
) -> Flow[ModelArtifact]:
    """The artifact in its new place; the original goes when the copy is proven."""
    found = yield from existing(context, (yield from context.collection(origin)), artifact_id)
    copy = yield from _copy(context, meter, found, target)
    if copy.size != found.size or copy.sha256 != (found.sha256 or copy.sha256):
        raise FileUploadError(
            tr("The copy {artifact_id} is not like the original, which stays.", artifact_id=copy.id)
        )
    yield from delete_artifact(context, artifact_id, meter, origin)
    return copy


def _copy(
    context: Context, meter: Meter, found: ModelArtifact, target: CopyTarget
) -> Flow[ModelArtifact]:
    if found.status in FILELESS:
        raise FileDownloadError(
            tr(
                "{file_name!r} has no file (status {status}).",
                file_name=found.file_name,
                status=found.status,
            ),
            title=tr("There is nothing to copy"),
        )
    place = yield from effects.Elsewhere(target.client, _welcome(target, found))
    home = yield from context.collection(found.collection_id)
    folder = yield from effects.MakeFolder()
    path = str(Path(folder, safe_name(found.file_name)))
    name = found.model_name or Path(found.file_name).stem
    fetch = DownloadRecord(found.id, path, home)
    source = CopySource(fetch, registered=RegisteredFacts.of(found))
    record = UploadRecord(path, name, place, found.description, found.tags, source=source)
    ledger = Ledger(record)
    try:
        yield from fetch_source(context, meter, ledger)
        sending = send_or_undo(target.context, meter, ledger)
        copy = yield from effects.Elsewhere(target.client, sending)
    except (Exception, *INTERRUPTIONS):
        yield from effects.RemoveFolder(folder)
        raise
    return copy


def _welcome(target: CopyTarget, found: ModelArtifact) -> Flow[Scope]:
    """Where the copy goes, if the server there takes it at all."""
    context = target.context
    preconditions.checked_name(found.file_name, context.dialect)
    preconditions.check_size(found.size, context.dialect)
    preconditions.check_sendable(found)
    place = yield from context.locate(target.wanted)
    yield from preconditions.check_may_send_parts(context, place, found.size)
    return place
