"""Single questions to the store: look at an object, delete one."""

import httpx

from dfs_desktop.api import errors
from dfs_desktop.api.protocol.effects import Missing, StoredObject
from dfs_desktop.api.storage.download.response import content_range, declared_length
from dfs_desktop.api.storage.limits.progress_meter import Meter

from .store_client import Store
from .store_errors import StoreResponseError, refusal
from .store_retry import insist


def head_object(url: str, store: Store, meter: Meter) -> StoredObject | Missing:
    """What the store says about an object."""
    target = store.target(url)

    def ask() -> StoredObject:
        headers = {"Range": "bytes=0-0"}
        with store.fetch(target, check=meter.check, headers=headers) as answer:
            status, etag = answer.status_code, answer.headers.get("etag", "")
            if status == httpx.codes.OK:  # of an empty object, or from a store without ranges
                return StoredObject(declared_length(answer), etag)
            part = content_range(answer)
            total = part.total if part else None
            if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:  # no first byte: empty
                return StoredObject(total or 0, etag)
            if status == httpx.codes.PARTIAL_CONTENT:
                return StoredObject(total, etag)
            raise refusal(answer)

    try:
        return insist(ask, meter)
    except StoreResponseError as refused:
        if refused.absent:
            return Missing(refused.explain_absence(), surely=refused.gone)
        again = refused.passing or refused.of_link
        raise errors.UnexpectedAnswerError(refused.explain(), retryable=again) from None


def delete_object(url: str, store: Store, meter: Meter) -> None:
    """DELETE an object; that it is gone already is fine."""
    target = store.target(url)

    def ask() -> None:
        with store.send("DELETE", target, check=meter.check) as answer:
            if 200 <= answer.status_code < 300:
                return
            refused = refusal(answer)
            if not refused.gone:
                raise refused

    try:
        insist(ask, meter)
    except StoreResponseError as refused:
        raise errors.FileDeletionError(refused.explain(), retryable=refused.passing) from None
