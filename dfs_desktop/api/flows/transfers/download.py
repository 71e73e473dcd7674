"""Downloading: into a partial file, checked against the record, then renamed; never anything else."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from msgspec.structs import replace

from dfs_desktop.api import errors
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.flows.records.find_artifacts import existing
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.checkpoint import Checkpoint, OpenPartialFile
from dfs_desktop.api.protocol.effects import INTERRUPTIONS, Flow
from dfs_desktop.api.protocol.ledger import Download, DownloadRecord, DownloadStep, Ledger
from dfs_desktop.api.storage.limits.progress_meter import Meter, Phase
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.artifact import numbered
from dfs_desktop.artifact.archive.part_sums import fit
from dfs_desktop.translation import later, tr

_NOTED_FROM = 64 << 20  # bytes; less is soon fetched again, and a note costs a write of its own
NUMBERS = 10  # "model (9).fnnx" is the last name that is looked at after a crash

_NEVER_FILLED = {
    ModelArtifactStatus.PENDING_UPLOAD: later("its upload has not finished"),
    ModelArtifactStatus.UPLOAD_FAILED: later("its upload failed"),
}


def download_artifact(
    context: Context, meter: Meter, artifact_id: str, file_path: str | None, collection: str | None
) -> Flow[None]:
    """Fetch one artifact's file to ``file_path``, a folder, or the current directory."""
    place = yield from context.collection(collection)
    where = None if file_path is None else os.fsdecode(file_path)
    ledger = Ledger(DownloadRecord(artifact_id, where, place))
    try:
        yield from _fetch_all(context, meter, ledger, keep=False)
    except errors.NamelessError:
        raise  # what is complete and checked is kept, for the next download to this name
    except (errors.DataForceError, *INTERRUPTIONS):
        yield from discard_download(ledger)
        raise


def carry_on_download(context: Context, meter: Meter, ledger: Download) -> Flow[str]:
    """Do what is left of a download; the path that the file got. A stop, or an error that passes,
    leaves the partial file where it is, to be carried on or to be discarded."""
    record = ledger.record
    if record.step is DownloadStep.DONE:  # all but the last word about it was written down
        return record.final
    if record.step is DownloadStep.COMMITTING and (yield from _is_there(ledger)):
        yield from note(ledger, DownloadStep.DONE)
        return record.final
    yield from _fetch_all(context, meter, ledger, keep=True)
    return record.final


def _is_there(ledger: Download) -> Flow[bool]:
    """Whether the rename was done before the program ended: then the target is our partial."""
    record, kept = ledger.record, ledger.record.kept
    if kept is None:
        return False
    target = Path(kept.target)
    others = [] if record.replace else [numbered(target.name, n) for n in range(1, NUMBERS)]
    for name in (target.name, *others):
        path = str(target.with_name(name))
        partial = yield from effects.Reopen(replace(kept, path=path), record.size, record.replace)
        if partial is not None:
            yield from effects.Close(partial)
            record.final = path
            return True
    return False


def discard_download(ledger: Download) -> Flow[None]:
    """Remove the partial file, if it is still there and ours."""
    record = ledger.record
    if record.kept is not None and record.step is not DownloadStep.DONE:
        partial = yield from effects.Reopen(record.kept, record.size, record.replace)
        if partial is not None:
            yield from effects.Discard(partial)
    elif record.step is DownloadStep.PLANNED and record.mark:
        with contextlib.suppress(errors.FileError):  # made, perhaps, by a run that ended right then
            yield from effects.Discard((yield from _reserve(record, 0)))
    record.kept, record.mark = None, ""
    yield from note(ledger, DownloadStep.DISCARDED)


def _fetch_all(context: Context, meter: Meter, ledger: Download, *, keep: bool) -> Flow[None]:
    record = ledger.record
    meter.artifact_id = record.artifact_id
    found = yield from _look_up(context, record)
    ledger.heard(found)
    record.file_name, record.size, record.sha256 = found.file_name, found.size, found.file_hash
    if not keep:
        record.mark = _object_mark(found)
    partial = yield from _open(context, meter, ledger)
    again = keep or partial.received > 0
    try:
        yield from _fetch(context, meter, ledger, partial, keep=keep)
        commit = _commit(context, meter, ledger, partial, keep=keep, again=again)
        record.final = str((yield from commit))
        record.kept = None
        yield from note(ledger, DownloadStep.DONE)
        if not keep:
            with contextlib.suppress(errors.TransferCancelled):  # it has arrived
                yield from effects.Pause(0)  # an interruption that came with the end is heard here
    except errors.DataForceError:
        yield from effects.Close(partial)
        raise
    except INTERRUPTIONS as error:  # must go on to whoever interrupts, so the file must not stay
        yield from effects.Close(partial) if keep else effects.Discard(partial)
        if partial.replaced:
            error.add_note(tr("{file!r} was complete by then, and stays.", file=record.final))
        raise
    meter.enter(Phase.FINISHED, record.size)
    meter.advance(record.size)


def _object_mark(found: ModelArtifact) -> str:
    """The same for the same object: so the next run finds what a killed one left of it."""
    told = f"{found.id}\0{found.file_hash}\0{found.size}"
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:16]


def _look_up(context: Context, record: DownloadRecord) -> Flow[ModelArtifact]:
    found = yield from existing(context, record.place, record.artifact_id)
    if found.status in _NEVER_FILLED:
        raise errors.FileDownloadError(
            tr(
                "{file_name!r} has no file: {reason} (status {status}).",
                file_name=found.file_name,
                reason=tr(_NEVER_FILLED[found.status]),
                status=found.status,
            ),
            title=tr("There is nothing to download"),
        )
    if found.size < 0:
        raise errors.FileDownloadError(tr("Its record says a negative size."))
    changed = record.sha256 and (record.sha256, record.size) != (found.file_hash, found.size)
    if changed and record.kept is not None:
        # Another file than the one that began.
        record.kept = replace(record.kept, held=Checkpoint())
    return found


def _open(context: Context, meter: Meter, ledger: Download) -> Flow[OpenPartialFile]:
    """The partial file of before, as far as it is of use, or a new one."""
    record = ledger.record
    partial = None
    if record.kept is not None:
        partial = yield from effects.Reopen(record.kept, record.size, record.replace)
    if partial is None:
        record.kept = None
        record.mark = record.mark or secrets.token_hex(4)
        yield from note(ledger, DownloadStep.PLANNED)
        partial = yield from effects.Step("reserve", _reserve(record, record.size))
        record.kept = partial.kept()
        if fit(record.sums, record.size) and record.source:
            yield from _salvage(context, meter, record, partial)
    yield from note(ledger, DownloadStep.FETCHING)
    return partial


def _salvage(
    context: Context, meter: Meter, record: DownloadRecord, partial: OpenPartialFile
) -> Flow[None]:
    """Take from a damaged copy what is right. The ETag of the object goes with it, as if it had
    been fetched; without one all is fetched. The SHA-256 of the whole decides in the end."""
    meter.enter(Phase.VERIFYING, record.size)
    try:
        url = yield from context.dialect.download_url(record.place, record.artifact_id)
        stored = yield from effects.Step("look", effects.HeadObject(url))
        if isinstance(stored, effects.Missing) or not stored.etag.startswith('"'):
            return
        held = yield from effects.Step(
            "salvage", effects.Salvage(record.source, record.sums, partial)
        )
    except (errors.DataForceError, *INTERRUPTIONS):
        yield from effects.Discard(partial)
        record.kept = None
        raise
    partial.resume(replace(held, etag=stored.etag))


def _reserve(record: DownloadRecord, size: int) -> effects.Reserve:
    return effects.Reserve(record.file_path, record.file_name, size, record.replace, record.mark)


def _fetch(
    context: Context, meter: Meter, ledger: Download, partial: OpenPartialFile, *, keep: bool
) -> Flow[None]:
    """Receive everything; a URL that is refused is replaced, but not twice without a new byte."""
    record = ledger.record
    meter.enter(Phase.RECEIVING, record.size)
    meter.advance(partial.received)
    tried_at = -1
    while True:
        try:
            url = yield from context.dialect.download_url(record.place, record.artifact_id)
        except errors.NotFoundError as error:
            raise errors.FileDownloadError(tr("Its record was deleted meanwhile.")) from error
        note = partial.note if record.size >= _NOTED_FROM else None
        fetch = effects.FetchBytes(url, partial, ledger.save_held if keep else note)
        refused = yield from effects.Step("fetch", fetch)
        if not refused:
            return
        if partial.received == tried_at:
            raise errors.FileDownloadError(
                tr("Also through a fresh link: {reason}", reason=refused)
            )
        tried_at = partial.received


def _commit(
    context: Context,
    meter: Meter,
    ledger: Download,
    partial: OpenPartialFile,
    *,
    keep: bool,
    again: bool,
) -> Flow[Path]:
    """Check and rename. Wrong bytes are fetched once more before they are refused."""
    record = ledger.record
    while True:
        meter.enter(Phase.VERIFYING, record.size)
        yield from note(ledger, DownloadStep.COMMITTING)
        try:
            return (yield from effects.Step("commit", effects.Commit(partial, record.sha256)))
        except errors.ChecksumError:
            if record.repeated or not again:
                raise
        record.repeated = True
        partial.restart()
        record.kept = partial.kept()
        yield from note(ledger, DownloadStep.FETCHING)
        yield from _fetch(context, meter, ledger, partial, keep=keep)
