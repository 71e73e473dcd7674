"""Carries out the effects that move or hash bytes: blocking, on whatever thread calls it."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from dfs_desktop import disk_errors
from dfs_desktop.api.errors import FileError
from dfs_desktop.api.failpoints import reached
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import Effect
from dfs_desktop.api.protocol.ledger import AnyLedger
from dfs_desktop.api.storage.download.downloader import fetch_bytes
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.local.partial_file import PartialFile
from dfs_desktop.api.storage.local.partial_file_opening import reopen, reserve
from dfs_desktop.api.storage.local.salvage import salvage
from dfs_desktop.api.storage.upload.multipart_upload import join_parts, open_upload
from dfs_desktop.api.storage.upload.part_reader import check_source
from dfs_desktop.api.storage.upload.uploader import send_bytes
from dfs_desktop.artifact import ArtifactError, Fingerprint, hash_file, hash_parts, read_contents
from dfs_desktop.translation import tr

from .object_requests import delete_object, head_object
from .store_client import Store

# What carries out byte effects: ``perform``, or what has it done in another process.
Perform: TypeAlias = Callable[[Effect[Any], Store, Meter], Any]


def perform(effect: Effect[Any], store: Store, meter: Meter) -> Any:
    """Do one byte effect and return its reply; ``meter.stop()`` from elsewhere ends it."""
    match effect:
        case effects.Note(ledger):
            return _write_down(ledger)
        case effects.CheckSource(path, fingerprint):
            return check_source(path, fingerprint)
        case (
            effects.MeasureFile()
            | effects.ReadContents()
            | effects.HashFile()
            | effects.HashParts()
        ):
            return _read_local(effect, effect.path, meter)
        case effects.TakeFingerprint(path):
            return _fingerprint(path)
        case effects.MakeFolder(path):
            return _make_folder(path)
        case effects.RemoveFolder(path):
            return shutil.rmtree(path, ignore_errors=True)
        case effects.SendBytes():
            return send_bytes(effect, store, meter)
        case effects.JoinParts():
            return join_parts(effect, store, meter)
        case effects.Reserve(file_path, file_name, size, replace, mark):
            return reserve(file_path, file_name, size, replace=replace, mark=mark)
        case effects.Salvage(source, sums, PartialFile() as partial):
            return salvage(source, sums, partial, meter)
        case effects.Reopen(kept, size, replace):
            return reopen(kept, size, replace=replace)
        case effects.FetchBytes(url, PartialFile() as partial, keep):
            return fetch_bytes(url, partial, store, meter, keep)
        case effects.Commit(PartialFile() as partial, sha256):
            return partial.commit(sha256, meter.wait)
        case effects.Close(PartialFile() as partial):
            return partial.close()
        case effects.Discard(PartialFile() as partial):
            return partial.discard()
        case effects.OpenUpload(url):
            return open_upload(url, store, meter)
        case effects.HeadObject(url):
            return head_object(url, store, meter)
        case effects.JudgeStorage(url):
            store.target(url)
            return None
        case effects.StoreDelete(url):
            return delete_object(url, store, meter)
        case effects.Pause(seconds):
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
        if isinstance(effect, effects.HashFile | effects.HashParts):
            hashed = hash_file if isinstance(effect, effects.HashFile) else hash_parts
            fingerprint, advance = effect.fingerprint, meter.advance
            return hashed(path, fingerprint=fingerprint, advance=advance, check=meter.check)
        if isinstance(effect, effects.MeasureFile):
            return Path(path).stat().st_size
        return read_contents(path, check=meter.check)
    except ArtifactError as error:
        raise FileError(error.detail, title=error.title) from error
    except FileNotFoundError:
        raise FileError(tr("{path!r} does not exist.", path=path)) from None
    except (OSError, ValueError) as error:
        reason = disk_errors.reason(error)
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
