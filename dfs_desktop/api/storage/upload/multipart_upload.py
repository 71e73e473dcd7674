"""Opens a multipart upload and completes it; says when it is not certain that it was completed."""

from dfs_desktop.api.errors import (
    APIConnectionError,
    FileUploadError,
    UnexpectedAnswerError,
    UploadExpiredError,
)
from dfs_desktop.api.protocol.effects import JoinParts, UploadResult
from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.presigned_urls import Target
from dfs_desktop.api.storage.providers.known_providers import provider_of
from dfs_desktop.api.storage.providers.provider import JoinedPart, Multipart
from dfs_desktop.api.storage.store_client import COMPLETION_TIMEOUT, Store
from dfs_desktop.api.storage.store_errors import StoreResponseError, refusal, refused
from dfs_desktop.api.storage.store_retry import insist, told_of
from dfs_desktop.api.storage.store_xml import read_small, read_xml
from dfs_desktop.translation import later, tr

_TITLE = later("The storage did not join the parts")


def open_upload(url: str, store: Store, meter: Meter) -> str:
    """Open an upload in parts; its id. Asking again opens another, which harms nobody."""
    target = store.target(url)

    def ask() -> str:
        headers = {"Content-Length": "0"}
        with store.send("POST", target, check=meter.check, headers=headers) as answer:
            if not 200 <= answer.status_code < 300:
                raise refusal(answer)
            said = read_xml(read_small(answer) or b"")
        if said is None or not said.upload_id:
            raise UnexpectedAnswerError(tr("The storage opened an upload without giving its id."))
        return said.upload_id

    try:
        return insist(ask, meter)
    except StoreResponseError as fault:
        why = fault.explain()
        if fault.expired:
            raise UploadExpiredError(why) from None
        raise FileUploadError(why, retryable=fault.passing, retry_after=fault.wait) from None


def join_parts(job: JoinParts, store: Store, meter: Meter) -> UploadResult:
    """Make one object of the parts. ``joined`` is False when the store's answer got lost."""
    target, multipart = store.target(job.url), provider_of(job.store).in_parts()
    addresses = {each.number: store.target(each.url).raw.decode("ascii") for each in job.pieces}
    parts = [JoinedPart(n, address, job.done[n].etag) for n, address in addresses.items()]
    body, expected = multipart.body(parts), multipart.etag([part.etag for part in parts])
    unclear = False  # whether the parts may be joined, whatever is answered from now on

    def ask() -> None:
        nonlocal unclear
        try:
            _ask(multipart, target, body, store, meter)
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
    raise FileUploadError(why, title=tr(tr(_TITLE)), retryable=again) from None


def _ask(multipart: Multipart, target: Target, body: bytes, store: Store, meter: Meter) -> None:
    headers = {"Content-Length": str(len(body))}
    with store.send(
        multipart.method,
        target,
        check=meter.check,
        headers=headers,
        content=body,
        timeout=COMPLETION_TIMEOUT,
    ) as answer:
        if not 200 <= answer.status_code < 300:
            raise refusal(answer)
        text = read_small(answer)
    if not multipart.result:
        return
    said = read_xml(text or b"")
    if said is None or said.root not in (multipart.result, "Error"):
        unsaid = tr("It did not say whether it joined the parts")
        raise StoreResponseError(answer.status_code, "", unsaid, None, Meaning.LATER)
    if said.root == "Error":
        raise refused(answer.status_code, said)
