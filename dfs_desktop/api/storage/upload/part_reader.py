"""The blocks of a local file on their way to the store, watched for changes."""

from collections.abc import Callable, Iterator

from dfs_desktop.api.errors import SourceChangedError
from dfs_desktop.api.protocol.effects import SendBytes, UploadPart
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.artifact import ArtifactError, Fingerprint
from dfs_desktop.artifact.archive.file_fingerprint import check_unchanged, open_regular
from dfs_desktop.translation import tr

BLOCK = 1 << 20


def check_source(path: str, fingerprint: Fingerprint) -> None:
    """SourceChangedError when the file is not the one that was hashed any more."""
    try:
        same = Fingerprint.of(path) == fingerprint
    except OSError:
        same = False
    if not same:
        raise _changed()


def _changed() -> SourceChangedError:
    return SourceChangedError(
        tr("Another program changed or replaced it. Wait until it has finished, then upload again.")
    )


class PartReader:
    """The blocks of one piece, read while they are sent; watches that the file stays the same."""

    def __init__(
        self, job: SendBytes, piece: UploadPart, meter: Meter, check: Callable[[], None]
    ) -> None:
        self.piece = piece
        self.sent = 0
        # httpx may turn an exception of its body into one of its own; the reason is kept here.
        self.broken: SourceChangedError | None = None
        self._job, self._meter, self._check = job, meter, check

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._blocks()
        except (ArtifactError, OSError) as error:
            self.broken = _changed()
            raise self.broken from error

    def _blocks(self) -> Iterator[bytes]:
        left = self.piece.size
        with open_regular(self._job.path) as file:
            descriptor = file.fileno()
            file.seek(self.piece.offset)
            while left:
                self._check()
                check_unchanged(descriptor, self._job.fingerprint)
                if not (block := file.read(min(BLOCK, left))):
                    raise OSError("the file ended early")
                left -= len(block)
                yield block
                # Counted when the block is out of our hands, not when it was read.
                self.sent += len(block)
                self._meter.advance(len(block))
                self._meter.pace(len(block))
            check_unchanged(descriptor, self._job.fingerprint)
