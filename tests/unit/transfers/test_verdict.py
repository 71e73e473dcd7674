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
from dfs_desktop.transfers import retry_policy
from dfs_desktop.transfers.retry_policy import Then, judge

UNREACHABLE = APIConnectionError("no network")
REFUSED = AuthenticationError("replaced", status_code=401)


@pytest.mark.parametrize(
    ("error", "attempts", "then"),
    [
        (FileUploadError("busy", retryable=True), 1, Then.RETRY),
        (FileUploadError("busy", retryable=True), 8, Then.FAIL),
        (UNREACHABLE, 1000, Then.RETRY),
        (FileUploadError("dropped", retryable=True, unreachable=True), 1000, Then.RETRY),
        (APIConnectionError("certificate", retryable=False), 1, Then.FAIL),
        (UnconfirmedUploadError("stored", reason=UNREACHABLE), 1000, Then.RETRY),
        (UnconfirmedUploadError("stored", reason=REFUSED), 1, Then.ATTENTION),
        (REFUSED, 1, Then.ATTENTION),
        (UploadExpiredError("old"), 1, Then.ATTENTION),
        (UploadDeniedError("too large for you", status_code=403), 1, Then.FAIL),
        (DiskFullError("full", needed=10, free=1, folder="/models"), 1, Then.PAUSE),
        (FolderUnavailableError("away"), 1, Then.PAUSE),
        (FileError("gone"), 1, Then.FAIL),
        (ZeroDivisionError(), 1, Then.FAIL),
    ],
)
def test_what_follows_an_error(error: Exception, attempts: int, then: Then) -> None:
    assert judge(error, attempts).then is then


@pytest.mark.fault("U-13")
def test_u13_waits_grow_with_jitter_and_honour_the_server() -> None:
    waits = [judge(UNREACHABLE, attempt).seconds for attempt in range(1, 12)]
    assert all(0 < wait <= retry_policy.LONGEST_WAIT for wait in waits)
    assert waits[0] <= retry_policy.FIRST_WAIT
    assert judge(RateLimitError("busy", status_code=429, retry_after=120), 1).seconds >= 120
    assert judge(RateLimitError("busy", status_code=429, retry_after=1e9), 1).seconds <= 300
