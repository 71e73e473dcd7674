"""What to do about a transfer's error: try again when, wait for the person, or give up."""

import enum
import random

from msgspec import Struct

from dfs_desktop import api
from dfs_desktop.api.errors import DiskFullError, FolderUnavailableError
from dfs_desktop.credentials import CredentialsError

from .problem import storage_host

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds
LONGEST_ASKED = 300.0  # the most that a server can make us wait
TRIES = 8  # in a row without a new byte; an outage of the network does not count


class ErrorAction(enum.Enum):
    """What follows an error."""

    RETRY = "retry"
    PAUSE = "pause"  # nothing but room on the disk, or the disk itself, is missing
    ATTENTION = "attention"
    FAIL = "fail"


class RetryDecision(Struct, frozen=True):
    """What to do, and for a retry after how many seconds."""

    then: ErrorAction
    seconds: float = 0.0


def decide(error: BaseException, attempts: int) -> RetryDecision:
    """``attempts``: how many have failed in a row without a new byte, this one included."""
    cause = error.reason if isinstance(error, api.UnconfirmedUploadError) else error
    if _needs_person(cause) or isinstance(cause, CredentialsError):
        return RetryDecision(ErrorAction.ATTENTION)
    if isinstance(cause, (DiskFullError, FolderUnavailableError)):
        return RetryDecision(ErrorAction.PAUSE)
    if not isinstance(error, api.DataForceError) or not (error.retryable or cause is not error):
        return RetryDecision(ErrorAction.FAIL)
    # What is stored only waits to be confirmed, and a network comes back: no limit for both.
    patient = isinstance(error, api.UnconfirmedUploadError) or getattr(cause, "unreachable", False)
    if attempts >= TRIES and not patient:
        return RetryDecision(ErrorAction.FAIL)
    return RetryDecision(ErrorAction.RETRY, wait(attempts, getattr(cause, "retry_after", None)))


def wait(attempts: int, asked: float | None) -> float:
    """Seconds: doubled, with full jitter, capped; never less than the server asks for."""
    longest = min(FIRST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)
    # Jitter spreads many clients; it needs no secrecy.
    return max(random.uniform(longest / 4, longest), min(asked or 0.0, LONGEST_ASKED))  # noqa: S311


def _needs_person(error: BaseException) -> bool:
    """A new key, a role, an approval, a decision: nothing that time alone brings."""
    if isinstance(error, api.UploadDeniedError):
        return False  # known before anything was sent; there is nothing to wait for
    kinds = (
        api.AuthenticationError,
        api.PermissionDeniedError,
        api.UploadExpiredError,
        api.ConfigurationError,
    )
    return bool(storage_host(error)) or isinstance(error, kinds)
