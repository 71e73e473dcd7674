"""Carries out the effects that move or hash bytes: blocking, on whatever thread calls it."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from dfs_desktop import disk_errors
from dfs_desktop.api.errors import (
    FileDeletionError,
    FileError,
    FileUploadError,
    UnexpectedAnswerError,
    UploadExpiredError,
)
from dfs_desktop.api.failpoints import reached
from dfs_desktop.api.protocol.effects import (
    CheckSource,
    Close,
    Commit,
    Discard,
    Effect,
    FetchBytes,
    HashFile,
    HashParts,
    HeadObject,
    JoinParts,
    JudgeStorage,
    MakeFolder,
    MeasureFile,
    Missing,
    Note,
    OpenUpload,
    Pause,
    ReadContents,
    RemoveFolder,
    Reopen,
    Reserve,
    Salvage,
    SendBytes,
    StoreDelete,
    StoredObject,
    TakeFingerprint,
    UploadResult,
)
from dfs_desktop.api.protocol.ledger import AnyLedger
from dfs_desktop.api.storage.download.downloader import fetch_bytes
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.local.partial_file_opening import reopen, reserve
from dfs_desktop.api.storage.local.salvage import salvage
from dfs_desktop.api.storage.upload.multipart_completion import join_parts
from dfs_desktop.api.storage.upload.part_reader import check_source
from dfs_desktop.api.storage.upload.uploader import send_bytes
from dfs_desktop.artifact import ArtifactError, Fingerprint, hash_file, hash_parts, read_contents
from dfs_desktop.translation import tr

from .object_requests import delete_object, head_object, open_upload
from .store_client import Store
from .store_errors import StoreResponseError

# What carries out byte effects: ``perform``, or what has it done in another process.
Perform: TypeAlias = Callable[[Effect[Any], Store, Meter], Any]


def perform(effect: Effect[Any], store: Store, meter: Meter) -> Any:
    """Do one byte effect and return its reply; ``meter.stop()`` from elsewhere ends it."""
    match effect:
        case Note(ledger):
            return _write_down(ledger)
        case CheckSource(path, fingerprint):
            return check_source(path, fingerprint)
        case MeasureFile(path) | ReadContents(path) | HashFile(path, _) | HashParts(path, _):
            return _read_local(effect, path, meter)
        case TakeFingerprint(path):
            return _fingerprint(path)
        case MakeFolder(path):
            return _make_folder(path)
        case RemoveFolder(path):
            return shutil.rmtree(path, ignore_errors=True)
        case SendBytes():
            return _send(effect, store, meter)
        case JoinParts():
            return join_parts(effect, store, meter)
        case Reserve(file_path, file_name, size, replace, mark):
            return reserve(file_path, file_name, size, replace=replace, mark=mark)
        case Salvage(source, sums, PartialFile() as partial):
            return salvage(source, sums, partial, meter)
        case Reopen(kept, size, replace):
            return reopen(kept, size, replace=replace)
        case FetchBytes(url, PartialFile() as partial, keep):
            return fetch_bytes(url, partial, store, meter, keep)
        case Commit(PartialFile() as partial, sha256):
            return partial.commit(sha256, meter.wait)
        case Close(PartialFile() as partial):
            return partial.close()
        case Discard(PartialFile() as partial):
            return partial.discard()
        case OpenUpload(url):
            return _open(url, store, meter)
        case HeadObject(url):
            return _look(url, store, meter)
        case JudgeStorage(url):
            store.target(url)
            return None
        case StoreDelete(url):
            return _delete(url, store, meter)
        case Pause(seconds):
            return meter.wait(seconds)
        case _:
            raise TypeError(f"{type(effect).__name__} is not a byte effect")


def _write_down(ledger: AnyLedger) -> None:
    """The failpoints' names hold the step, so that each is a place of its own."""
    name = f"note.{type(ledger.record).__name__}.{ledger.record.step}"
    reached(f"{name}:before")
    ledger.save()
    reached(f"{name}:after")


def _read_local(effect: Effect[Any], path: str, meter: Meter) -> Any:
    try:
        if isinstance(effect, HashFile):
            return hash_file(
                path, fingerprint=effect.fingerprint, advance=meter.advance, check=meter.check
            )
        if isinstance(effect, HashParts):
            return hash_parts(
                path, fingerprint=effect.fingerprint, advance=meter.advance, check=meter.check
            )
        if isinstance(effect, MeasureFile):
            return Path(path).stat().st_size
        return read_contents(path, check=meter.check)
    except ArtifactError as error:
        raise FileError(error.detail, title=error.title) from error
    except FileNotFoundError:
        raise FileError(tr("{path!r} does not exist.", path=path)) from None
    except (OSError, ValueError) as error:
        reason = disk_errors.reason(error) if isinstance(error, OSError) else str(error)
        raise FileError(
            tr("{path!r} cannot be read: {reason}.", path=path, reason=reason)
        ) from error


def _fingerprint(path: str) -> Fingerprint | None:
    try:
        return Fingerprint.of(Path(path))
    except (OSError, ValueError, ArtifactError):
        return None


def _make_folder(path: str) -> str:
    try:
        if not path:
            return tempfile.mkdtemp(prefix="dfs-copy-")
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = disk_errors.reason(error)
        raise FileError(
            tr("There is no room for the file that is copied: {reason}.", reason=reason)
        ) from error
    return path


def _open(url: str, store: Store, meter: Meter) -> str:
    try:
        return open_upload(url, store, meter)
    except StoreResponseError as refused:
        if refused.expired:
            raise UploadExpiredError(refused.explain()) from None
        raise FileUploadError(
            refused.explain(), retryable=refused.passing, retry_after=refused.wait
        ) from None


def _look(url: str, store: Store, meter: Meter) -> StoredObject | Missing:
    try:
        return head_object(url, store, meter)
    except StoreResponseError as refused:
        again = refused.passing or refused.of_link
        raise UnexpectedAnswerError(refused.explain(), retryable=again) from None


def _send(effect: SendBytes, store: Store, meter: Meter) -> UploadResult:
    try:
        return send_bytes(effect, store, meter)
    except StoreResponseError as refused:
        raise FileUploadError(refused.explain()) from None


def _delete(url: str, store: Store, meter: Meter) -> None:
    try:
        delete_object(url, store, meter)
    except StoreResponseError as refused:
        raise FileDeletionError(refused.explain(), retryable=refused.passing) from None
