"""Completes a multipart upload, and says when it is not certain that it was completed."""

from collections.abc import Sequence

from dfs_desktop.api.errors import APIConnectionError, FileUploadError
from dfs_desktop.api.protocol.effects import UploadResult
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.presigned_urls import Target
from dfs_desktop.api.storage.store_client import COMPLETION_TIMEOUT, Store
from dfs_desktop.api.storage.store_errors import (
    Meaning,
    StoreResponseError,
    read_small,
    refusal,
    refused,
)
from dfs_desktop.api.storage.store_retry import insist, told_of
from dfs_desktop.translation import tr

from .azure import block_list
from .s3 import completion, read_xml, whole_etag

_TITLE = tr("The storage did not join the parts")


def join_parts(
    target: Target, etags: Sequence[tuple[int, str]], store: Store, meter: Meter
) -> UploadResult:
    """Complete an upload at S3. ``joined`` is False when the store's answer got lost."""
    expected = whole_etag([etag for _, etag in etags])
    return _join("POST", target, completion(etags), store, meter, expected)


def join_blocks(target: Target, ids: Sequence[str], store: Store, meter: Meter) -> UploadResult:
    """Commit a list of blocks at Azure."""
    return _join("PUT", target, block_list(ids), store, meter, "")


def _join(
    method: str, target: Target, body: bytes, store: Store, meter: Meter, expected: str
) -> UploadResult:
    unclear = False  # whether the parts may be joined, whatever is answered from now on

    def ask() -> None:
        nonlocal unclear
        try:
            _ask(method, target, body, store, meter)
        except StoreResponseError as fault:
            unclear = unclear or fault.passing
            raise
        except APIConnectionError as fault:
            unclear = unclear or fault.answer_lost
            raise

    try:
        insist(ask, meter)
    except (StoreResponseError, APIConnectionError) as fault:
        return _unjoined(fault, expected, unclear=unclear)
    return UploadResult(etag=expected)


def _unjoined(
    fault: StoreResponseError | APIConnectionError, expected: str, *, unclear: bool
) -> UploadResult:
    why = told_of(fault)
    meaning = fault.meaning if isinstance(fault, StoreResponseError) else None
    if isinstance(fault, StoreResponseError) and fault.of_link:
        return UploadResult(refused=True, why=why)
    # Told to join what it has joined already, a store has "no such upload".
    if meaning in (Meaning.FORGOTTEN, Meaning.ABSENT):
        return UploadResult(forgotten=True, joined=False, etag=expected, why=why)
    if meaning is Meaning.UNFIT:
        return UploadResult(unfit=True, why=why)
    if unclear and meaning in (None, Meaning.LATER):
        return UploadResult(joined=False, etag=expected, why=why)
    again = fault.passing if isinstance(fault, StoreResponseError) else fault.retryable
    raise FileUploadError(why, title=_TITLE, retryable=again) from None


def _ask(method: str, target: Target, body: bytes, store: Store, meter: Meter) -> None:
    headers = {"Content-Length": str(len(body))}
    with store.send(
        method, target, check=meter.check, headers=headers, content=body, timeout=COMPLETION_TIMEOUT
    ) as answer:
        if not 200 <= answer.status_code < 300:
            raise refusal(answer)
        text = read_small(answer)
    if method == "PUT":
        return
    # S3 may answer 200 and still have failed: only its result counts.
    said = read_xml(text or b"")
    if said is None or said.root not in ("CompleteMultipartUploadResult", "Error"):
        unsaid = tr("It did not say whether it joined the parts")
        raise StoreResponseError(answer.status_code, "", unsaid, None, Meaning.LATER)
    if said.root == "Error":
        raise refused(answer.status_code, said)
