"""Copying: an artifact's file is fetched, checked, and registered elsewhere as it was registered."""

import contextlib
from pathlib import Path, PurePath

from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.api.errors import FileError
from dfs_desktop.api.flows import preconditions
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.ledger import (
    CopySource,
    DownloadRecord,
    DownloadStep,
    Ledger,
    RegisteredFacts,
    Upload,
    UploadRecord,
    UploadStep,
)
from dfs_desktop.api.protocol.upload_plan import Draft
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.types import ModelArtifact
from dfs_desktop.artifact import Contents
from dfs_desktop.translation import tr

from .download import carry_on_download

_ARRIVED = (UploadStep.STORED, UploadStep.CONFIRMING, UploadStep.DONE)


class _Fetching(Ledger[DownloadRecord]):
    """The first half of a copy, written down with the whole."""

    def __init__(self, whole: Upload, source: CopySource) -> None:
        super().__init__(source.fetch, resumed=whole.resumed)
        self._whole, self._source = whole, source

    def save(self) -> None:
        self._whole.save()

    def save_held(self, held: Checkpoint) -> None:
        super().save_held(held)
        self._whole.save_held(held)

    def heard(self, artifact: ModelArtifact) -> None:
        if self._whole.record.step in (UploadStep.PLANNED, UploadStep.HASHED):
            self._source.registered = RegisteredFacts.of(artifact)


def fetch_source(context: Context, meter: Meter, ledger: Upload) -> Flow[None]:
    """Do what is left of fetching the file that an upload copies, at the server that has it.

    A file that is gone again, as a cache may be emptied, is fetched anew: its hash says that it is
    the same.
    """
    record, source = ledger.record, ledger.record.source
    if source is None or record.step in _ARRIVED:
        return
    if source.fetch.step is DownloadStep.DONE:
        if (yield from effects.TakeFingerprint(record.path)) is not None:
            return
        source.fetch.renew()
    yield from effects.MakeFolder(str(Path(record.path).parent))
    yield from carry_on_download(context, meter, _Fetching(ledger, source))
    if record.fingerprint is not None:
        record.fingerprint = yield from effects.TakeFingerprint(record.path)
    yield from effects.Note(ledger)


def drop_fetched(record: UploadRecord) -> Flow[None]:
    """Remove the file that was only there to be passed on."""
    if record.source is not None:
        yield from effects.RemoveFolder(str(Path(record.path).parent))


def as_registered(dialect: Dialect, path: str, source: CopySource) -> Flow[tuple[Contents, Draft]]:
    """What the other registry says of the file; what it does not say is read from the file."""
    facts = source.registered or RegisteredFacts(PurePath(path).name, {}, {}, {})
    preconditions.check_size((yield from effects.MeasureFile(path)), dialect)
    preconditions.checked_name(facts.file_name, dialect)
    fingerprint = yield from effects.TakeFingerprint(path)
    if fingerprint is None:
        raise FileError(tr("{path!r} was removed while it was copied.", path=path), retryable=True)
    manifest, metrics, index = facts.manifest, facts.metrics, facts.file_index
    if not (manifest and index):
        with contextlib.suppress(FileError):  # the other registry took it as it is
            read = yield from effects.ReadContents(path)
            manifest, metrics, index = (
                manifest or read.manifest,
                metrics or read.metrics,
                index or read.index,
            )
    contents = Contents(manifest, metrics, index, fingerprint.size, fingerprint)
    return contents, Draft.of(facts.file_name, contents)
