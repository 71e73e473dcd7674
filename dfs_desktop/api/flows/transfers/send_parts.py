"""Getting the bytes to the store: open, send, renew links that expired, and prove the result."""

from msgspec.structs import replace

from dfs_desktop.api import errors
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.ledger import Upload, UploadRecord, UploadStep
from dfs_desktop.api.protocol.upload_plan import UploadPlan
from dfs_desktop.api.storage.limits.progress_meter import Meter, Phase
from dfs_desktop.api.storage.presigned_urls import expires_at, is_over
from dfs_desktop.api.storage.providers.known_providers import provider_of
from dfs_desktop.translation import tr

from .verification import is_complete, verify_joined, verify_uploaded

MOST_PARTS = 50_000  # Azure's limit, the larger one; S3 servers plan at most 5 120
RENEWALS = 2
SENT, EXPIRED = effects.UploadResult(), effects.UploadResult(expired=True)


def split_parts(plan: UploadPlan, size: int) -> tuple[effects.UploadPart, ...]:
    """Where each part begins, from the parts' sizes alone; refuses a plan that does not fit."""
    parts = sorted(plan.parts, key=lambda part: part.number)
    numbers = [part.number for part in parts]
    whole = sum(part.size for part in parts) == size
    if (
        not parts
        or len(parts) > MOST_PARTS
        or numbers != list(range(1, len(parts) + 1))
        or not whole
        or any(part.size < (1 if size else 0) for part in parts)
        or (len(parts) > 1 and not plan.complete_url)
    ):
        raise errors.UnexpectedAnswerError(
            tr("The registry's plan for the upload does not fit the file.")
        )
    pieces: list[effects.UploadPart] = []
    offset = 0
    for part in parts:
        ends = expires_at(part.url)
        pieces.append(effects.UploadPart(part.number, part.url, offset, part.size, ends))
        offset += part.size
    return tuple(pieces)


def fetch_part_urls(
    context: Context, plan: UploadPlan, size: int, upload_id: str | None
) -> Flow[UploadPlan]:
    """The plan with the URLs of its parts, asked for when it came without (again is fine)."""
    if plan.source is None:
        return plan
    try:
        answer: UploadPlan = yield from effects.Step(
            "part_urls", context.dialect.part_urls(plan.source, size, upload_id)
        )
    except errors.PermissionDeniedError as error:
        raise errors.UploadDeniedError(
            tr(
                "The server gives you no links for uploads in parts: {detail} Ask an "
                "organization admin.",
                detail=error.detail,
            ),
            status_code=error.status_code,
        ) from error
    return answer


def start_multipart(plan: UploadPlan) -> Flow[str | None]:
    """The id of the upload in parts; some stores are asked to open one first."""
    if plan.start_url is None:
        return plan.upload_id
    return (yield from effects.Step("initiate", effects.OpenUpload(plan.start_url)))


def open_upload(context: Context, ledger: Upload) -> Flow[None]:
    """Have an upload in parts to send to: the one that is open, or a new one."""
    record = ledger.record
    assert record.plan is not None  # noqa: S101 - send() has looked
    if record.upload_id is None and record.plan.start_url is not None:
        yield from give_up_expired(context, ledger, record.plan.start_url)
        if record.step is UploadStep.INITIATING:
            record.leftovers += 1  # one may have been opened before; it is empty
        yield from note(ledger, UploadStep.INITIATING)
    if record.upload_id is None:
        try:
            record.upload_id = yield from start_multipart(record.plan)
        except errors.UploadExpiredError:
            yield from give_up_expired(context, ledger, "", EXPIRED)
    yield from note(ledger, UploadStep.SENDING)


def give_up_expired(
    context: Context, ledger: Upload, url: str, sent: effects.UploadResult = SENT
) -> Flow[None]:
    """UploadExpiredError when the only link there will ever be is too old."""
    if not sent.expired and not is_over(url, context.clock.told()):
        return
    yield from note(ledger, UploadStep.EXPIRED)
    raise errors.UploadExpiredError(
        tr(
            "The registry gave a link that takes the file for a limited time, and it gives no second "
            "one. Begin again: the file is registered anew, and the unfinished record is removed."
        )
    )


def send(context: Context, ledger: Upload, meter: Meter) -> Flow[None]:
    """Send what is missing, and see that the storage has all of it: then the step is STORED."""
    record = ledger.record
    if ledger.resumed and may_be_stored(record):
        meter.enter(Phase.LOOKING)
        if (yield from is_complete(context, record)):
            yield from _stored(ledger)
            return
    if record.plan is None:
        raise AssertionError("an upload without a plan was to be sent")
    if in_parts(record.plan):
        yield from _send_parts(context, ledger, meter)
    else:
        yield from _send_whole(context, ledger, meter)
    yield from _stored(ledger)


def may_be_stored(record: UploadRecord) -> bool:
    """Whether the object may be there: not before parts that were sent are joined."""
    if record.step is UploadStep.CREATED:
        return not in_parts(record.plan)
    return record.step not in (UploadStep.INITIATING, UploadStep.SENDING)


def in_parts(plan: UploadPlan | None) -> bool:
    """Whether the file goes up in parts that are joined at the end."""
    return plan is not None and (plan.source is not None or bool(plan.complete_url))


def _stored(ledger: Upload) -> Flow[None]:
    ledger.record.plan = None  # the links are of no use any more
    yield from note(ledger, UploadStep.STORED)


def _job(
    context: Context, record: UploadRecord, pieces: tuple[effects.UploadPart, ...]
) -> effects.SendBytes:
    if record.fingerprint is None or record.plan is None:
        raise AssertionError("a file was to be sent before it was looked at")
    return effects.SendBytes(
        record.path, record.fingerprint, pieces, record.plan.store, ahead=context.clock.ahead
    )


def _send_whole(context: Context, ledger: Upload, meter: Meter) -> Flow[None]:
    """One PUT. Nobody gives a new link for it, so an expired one means to begin again."""
    record = ledger.record
    assert record.plan is not None  # noqa: S101 - send() has looked
    pieces = split_parts(record.plan, record.size)
    meter.enter(Phase.SENDING, record.size)
    sent = yield from effects.Step("send", _job(context, record, pieces))
    if not sent.refused:
        record.etag = sent.etag
        yield from verify_uploaded(context, record)
        return
    # The store may have taken the file although its answer got lost: a look at the object tells.
    if sent.lost and (yield from is_complete(context, record)):
        return
    yield from give_up_expired(context, ledger, pieces[0].url, sent)
    raise errors.FileUploadError(sent.why, retryable=sent.lost, unreachable=sent.lost)


def _send_parts(context: Context, ledger: Upload, meter: Meter) -> Flow[None]:
    """Parts in parallel, then their joining. Links that are refused are renewed, at most twice
    in a row without a part that arrived; parts that got lost in the storage are sent once more."""
    record = ledger.record
    renewals, arrived, repeats = 0, len(record.parts), 0
    while True:
        yield from open_upload(context, ledger)
        sent = yield from _send_and_join(context, ledger, meter)
        if sent is None:
            return
        if sent.forgotten or sent.unfit:
            repeats += 1
            record.forget_parts()
            yield from note(ledger, UploadStep.CREATED)
        elif record.plan is not None and record.plan.source is None:
            yield from give_up_expired(context, ledger, record.plan.parts[0].url, sent)
            raise errors.FileUploadError(sent.why)
        renewals = renewals + 1 if len(record.parts) <= arrived else 1
        arrived = len(record.parts)
        if renewals > RENEWALS or repeats > 1:
            raise _refused(sent)


def _refused(sent: effects.UploadResult) -> errors.FileUploadError:
    if sent.forgotten or sent.unfit:
        return errors.FileUploadError(sent.why, title=tr("The storage did not join the parts"))
    if sent.lost:
        return errors.FileUploadError(sent.why, retryable=True, unreachable=True)
    return errors.FileUploadError(tr("Also through fresh links: {reason}", reason=sent.why))


def _send_and_join(
    context: Context, ledger: Upload, meter: Meter
) -> Flow[effects.UploadResult | None]:
    """One round; None when the object was seen, else why another one is needed."""
    record = ledger.record
    assert record.plan is not None  # noqa: S101 - send() has looked
    asked = fetch_part_urls(context, record.plan, record.size, record.upload_id)
    ready = yield from asked
    pieces = split_parts(ready, record.size)
    known = {piece.number: (piece.offset, piece.size) for piece in pieces}
    if any(known.get(n) != (part.offset, part.size) for n, part in record.parts.items()):
        record.parts = {}  # what arrived was cut otherwise, so it is of no use
    meter.enter(Phase.SENDING, record.size)
    meter.advance(sum(part.size for part in record.parts.values()))
    job = replace(
        _job(context, record, pieces), whole=False, done=record.parts, arrived=ledger.save_part
    )
    sent = yield from effects.Step("send", job)
    if sent.refused or sent.forgotten:
        return sent
    if ready.complete_url is None:  # an old server's plan of a single part
        yield from verify_uploaded(context, record)
        return None
    meter.enter(Phase.CONFIRMING)
    # Where the parts' ETags are no MD5s (encrypted buckets) this is empty: the size has to do.
    whole = provider_of(ready.store).in_parts().etag
    record.etag = whole([part.etag for _, part in sorted(record.parts.items())])
    yield from note(ledger, UploadStep.COMPLETING)
    sent = yield from effects.Step(
        "join", effects.JoinParts(ready.complete_url, pieces, record.parts, ready.store)
    )
    if sent.refused or sent.unfit:
        return sent
    if sent.joined:
        yield from verify_uploaded(context, record)
        return None
    return None if (yield from verify_joined(context, record, sent)) else sent
