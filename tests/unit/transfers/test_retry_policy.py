"""What follows an error of a transfer: another try, a pause, the person, or the end."""

from __future__ import annotations

import pytest

from dfs_desktop.api import (
    APIConnectionError,
    AuthenticationError,
    FileError,
    FileUploadError,
    RateLimitError,
    UnconfirmedUploadError,
    UploadDeniedError,
    UploadExpiredError,
)
from dfs_desktop.api.errors import DiskFullError, FolderUnavailableError
from dfs_desktop.credentials import KeyringLocked
from dfs_desktop.transfers import job_retry
from dfs_desktop.transfers.job_retry import ErrorAction, decide

UNREACHABLE = APIConnectionError("no network")
REFUSED = AuthenticationError("replaced", status_code=401)


@pytest.mark.parametrize(
    ("error", "attempts", "then"),
    [
        (FileUploadError("busy", retryable=True), 1, ErrorAction.RETRY),
        (FileUploadError("busy", retryable=True), 8, ErrorAction.FAIL),
        (UNREACHABLE, 1000, ErrorAction.RETRY),
        (FileUploadError("dropped", retryable=True, unreachable=True), 1000, ErrorAction.RETRY),
        (APIConnectionError("certificate", retryable=False), 1, ErrorAction.FAIL),
        (UnconfirmedUploadError("stored", reason=UNREACHABLE), 1000, ErrorAction.RETRY),
        (UnconfirmedUploadError("stored", reason=REFUSED), 1, ErrorAction.ATTENTION),
        (REFUSED, 1, ErrorAction.ATTENTION),
        (UploadExpiredError("old"), 1, ErrorAction.ATTENTION),
        (UploadDeniedError("too large for you", status_code=403), 1, ErrorAction.FAIL),
        (DiskFullError("full", needed=10, free=1, folder="/models"), 1, ErrorAction.PAUSE),
        (FolderUnavailableError("away"), 1, ErrorAction.PAUSE),
        (FileError("gone"), 1, ErrorAction.FAIL),
        (KeyringLocked("locked", ""), 1, ErrorAction.ATTENTION),
        (ZeroDivisionError(), 1, ErrorAction.FAIL),
    ],
)
def test_what_follows_an_error(error: Exception, attempts: int, then: ErrorAction) -> None:
    assert decide(error, attempts).then is then


@pytest.mark.fault("U-13")
def test_u13_waits_grow_with_jitter_and_honour_the_server() -> None:
    waits = [decide(UNREACHABLE, attempt).seconds for attempt in range(1, 12)]
    assert all(0 < wait <= job_retry.LONGEST_WAIT for wait in waits)
    assert waits[0] <= job_retry.FIRST_WAIT
    assert decide(RateLimitError("busy", status_code=429, retry_after=120), 1).seconds >= 120
    assert decide(RateLimitError("busy", status_code=429, retry_after=1e9), 1).seconds <= 300
