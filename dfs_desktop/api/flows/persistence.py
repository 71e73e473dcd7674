"""Writing down how far a transfer is: before each step that the world sees, and after it."""

from typing import Any, TypeAlias

from dfs_desktop.api.protocol.effects import Flow, Note
from dfs_desktop.api.protocol.ledger import (
    DeletionRecord,
    DeletionStep,
    DownloadRecord,
    DownloadStep,
    Ledger,
    UploadRecord,
    UploadStep,
)

Upload: TypeAlias = Ledger[UploadRecord]
Download: TypeAlias = Ledger[DownloadRecord]
Deletion: TypeAlias = Ledger[DeletionRecord]


def note(ledger: Ledger[Any], step: UploadStep | DownloadStep | DeletionStep) -> Flow[None]:
    """The transfer is about to do this; what its record says else is written with it."""
    ledger.record.step = step
    yield from Note(ledger)
