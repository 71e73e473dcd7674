"""When a presigned URL stops to be good, as far as it says so itself."""

from __future__ import annotations

import urllib.parse
from datetime import UTC, datetime


def expires_at(url: str) -> float | None:
    """POSIX seconds by the server's clock; None when the URL does not say (S3 and Azure do)."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    try:
        if "X-Amz-Date" in query:
            made = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return made.timestamp() + int(query["X-Amz-Expires"])
        if "se" in query:
            ends = datetime.fromisoformat(query["se"])
            return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None
    return None


def is_over(url: str, now: float | None) -> bool:
    """Whether a URL has expired, or will within the second that a request takes to arrive.

    ``now`` is by the server's clock. Where nobody knows that, the storage is the judge.
    """
    ends = expires_at(url)
    return ends is not None and now is not None and ends - 1.0 <= now
