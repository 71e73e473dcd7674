"""Creating a record once: after an unclear answer, look for what it left instead of repeating it."""

import asyncio
import time

import msgspec

from dfs_desktop.api import errors
from dfs_desktop.api.flows import preconditions
from dfs_desktop.api.flows.context import Context, note
from dfs_desktop.api.flows.records.artifact_records import mark, remove_record
from dfs_desktop.api.flows.records.find_artifacts import made_at, recent_artifacts
from dfs_desktop.api.flows.records.settle_changes import settled
from dfs_desktop.api.protocol.effects import INTERRUPTIONS, Flow, Pause, Step, had_begun
from dfs_desktop.api.protocol.ledger import Upload, UploadRecord, UploadStep
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.protocol.upload_plan import Created, Draft, PartSource, UploadPlan
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.api.storage.providers.known_providers import provider_of
from dfs_desktop.api.storage.store_retry import LONGEST, Retries
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus
from dfs_desktop.translation import tr

from .send_parts import fetch_part_urls, start_multipart

# The server's clock is known from its Date header, which has whole seconds. The window is narrow
# because a record in it is deleted: it must not be somebody else's upload of the same file.
EARLIEST, LATEST = -0.5, 2.0
UNDER_WAY = 120.0  # seconds after which a request that was sent has long been carried out
LOOK_BACK = 600.0  # seconds; older records are not even read
# After these the server may have done what it was asked for.
UNCLEAR = (
    errors.APIConnectionError,
    errors.ServerError,
    errors.BadRequestError,
    errors.UnexpectedAnswerError,
)


def create(context: Context, draft: Draft, ledger: Upload, meter: Meter) -> Flow[Created]:
    """Create the record, never twice: after an unclear answer look for what it left behind.

    Where it left nothing, a fault that passes is waited out, for about a minute. The intent is
    noted first. A stop that comes before the request takes it back; a later one leaves it at that:
    whoever goes on, or gives up, looks.
    """
    place, retries = ledger.record.place, Retries(hasty=meter.hasty)
    end = time.monotonic() + LONGEST
    while True:
        _begin(context, ledger.record)
        yield from note(ledger, UploadStep.CREATING)
        try:
            return (yield from Step("create", context.dialect.create_artifact(place, draft)))
        except asyncio.CancelledError as stop:
            if not had_begun(stop):
                yield from note(ledger, UploadStep.HASHED)
            raise
        except UNCLEAR as error:
            fault = error
        except errors.DataForceError:
            yield from note(ledger, UploadStep.HASHED)  # a plain refusal: no record was made
            raise
        lost = isinstance(fault, errors.APIConnectionError)
        if isinstance(fault, errors.APIConnectionError) and not fault.answer_lost:
            yield from note(ledger, UploadStep.HASHED)
            raise fault
        pause = None
        if (
            isinstance(fault, (errors.APIConnectionError, errors.ServerError))
            and time.monotonic() < end
        ):
            pause = retries.after(fault)
        orphan = yield from _find_orphan(context, ledger.record)
        if orphan is None and lost and pause is not None:
            meter.stumbled(fault.detail)
            yield from _outwait(context, ledger.record)
            orphan = yield from _find_orphan(context, ledger.record)
        if orphan is not None:
            adopted = yield from _adopt_or_remove(context, place, orphan)
            if adopted is not None:
                return adopted
        if not lost:
            yield from note(ledger, UploadStep.HASHED)  # refused, and nothing is left
        if pause is None:
            raise fault
        meter.stumbled(fault.detail)
        yield from Pause(pause)


def create_artifact(
    context: Context, draft: Draft, collection: str | None
) -> Flow[dict[str, str | ModelArtifact]]:
    """A new record, ``pending_upload``, with the URLs that take its bytes, as documented."""
    created = yield from _create_bare(context, draft, collection)
    plan = created.plan
    if plan.complete_url is None:
        return {"url": plan.parts[0].url if plan.parts else "", "model": created.artifact}
    parts = msgspec.json.encode(plan.parts).decode()
    return {"url": plan.complete_url, "parts": parts, "model": created.artifact}


def _create_bare(context: Context, draft: Draft, collection: str | None) -> Flow[Created]:
    preconditions.check_sendable(draft)
    place = yield from context.collection(collection)
    yield from preconditions.foresee_upload(context, place)
    yield from preconditions.check_may_send_parts(context, place, draft.size)
    record = UploadRecord("", draft.model_name, place, file_name=draft.file_name)
    record.sha256, record.size = draft.file_hash, draft.size
    _begin(context, record)

    def look() -> Flow[Created | None]:
        orphan = yield from _find_orphan(context, record)
        return None if orphan is None else (yield from _adopt_or_remove(context, place, orphan))

    created: Created = yield from settled(
        lambda: context.dialect.create_artifact(place, draft), look, again=False
    )
    if created.plan.source is None:
        return created
    try:
        upload_id = yield from start_multipart(created.plan)
        plan = yield from fetch_part_urls(context, created.plan, draft.size, upload_id)
    except (errors.DataForceError, *INTERRUPTIONS):
        yield from mark(context, place, created.artifact.id, ModelArtifactStatus.UPLOAD_FAILED)
        raise
    return Created(created.artifact, plan)


def create_after_all(context: Context, draft: Draft, ledger: Upload, meter: Meter) -> Flow[Created]:
    """Go on where the program ended while a creation was under way: none or one record exists."""
    orphan = yield from _seek(context, ledger)
    if orphan is not None:
        adopted = yield from _adopt_or_remove(context, ledger.record.place, orphan)
        if adopted is not None:
            return adopted
    return (yield from create(context, draft, ledger, meter))


def undo_creation(context: Context, ledger: Upload) -> Flow[None]:
    """Remove what a creation left that nobody wants any more, if it left something."""
    orphan = yield from _seek(context, ledger)
    if orphan is not None:
        yield from _remove(context, ledger.record.place, orphan)


def _seek(context: Context, ledger: Upload) -> Flow[ModelArtifact | None]:
    """Look for the record; once more a while later, since a request may still be on its way."""
    record, resumed = ledger.record, ledger.resumed
    orphan = yield from _find_orphan(context, record, resumed=resumed)
    if orphan is None and resumed and (yield from _outwait(context, record)):
        orphan = yield from _find_orphan(context, record, resumed=resumed)
    return orphan


def _outwait(context: Context, record: UploadRecord) -> Flow[bool]:
    """Wait until a request that was sent cannot arrive any more; False when it cannot already."""
    left = _sent_at(context, record) + context.second_look - context.clock.now()
    left = min(left, context.second_look)  # a clock may have been put back meanwhile
    if left > 0:
        yield from Pause(left)
    return left > 0


def _begin(context: Context, record: UploadRecord) -> None:
    record.begun, record.ahead = time.time(), context.clock.ahead


def _sent_at(context: Context, record: UploadRecord) -> float:
    """When the creation was sent, by the server's clock; ours may have been put right since."""
    ahead = context.clock.ahead if record.ahead is None else record.ahead
    return record.begun + (ahead or 0.0)


def _find_orphan(
    context: Context, record: UploadRecord, *, resumed: bool = False
) -> Flow[ModelArtifact | None]:
    """The pending record that an unclear creation left; None when there is none.

    ``resumed``: an earlier run may have been about to delete it when the program ended.
    """
    waits = {ModelArtifactStatus.PENDING_UPLOAD}
    if resumed:
        waits.add(ModelArtifactStatus.PENDING_DELETION)
    since = _sent_at(context, record) - LOOK_BACK
    recent = yield from recent_artifacts(context, record.place, since)
    begun = _sent_at(context, record)  # the answer may have told the time
    unfinished = [item for item in recent if item.status in waits]
    orphans = [item for item in unfinished if _is_orphan(context, item, record, begun)]
    if len(orphans) > 1:
        named = ", ".join(item.id for item in orphans[:5])
        raise errors.FileUploadError(
            tr(
                "The registry's answer was lost, and several unfinished records fit "
                "({records}). Delete the one that is not needed, then upload again.",
                records=named,
            )
        )
    return orphans[0] if orphans else None


def _adopt_or_remove(context: Context, place: Scope, orphan: ModelArtifact) -> Flow[Created | None]:
    adopted = yield from _adopt(context, place, orphan)
    if adopted is None:
        yield from _remove(context, place, orphan)
    return adopted


def _adopt(context: Context, place: Scope, orphan: ModelArtifact) -> Flow[Created | None]:
    """Go on with the record where its URLs can be asked for again, of any size.

    Where the store opens uploads, the URL for it came only in the answer that is lost.
    """
    if not context.dialect.guards_parts or not orphan.bucket_location:
        return None
    if orphan.status != ModelArtifactStatus.PENDING_UPLOAD:
        return None
    try:
        orbit = yield from context.dialect.orbit(place)
        secrets = yield from context.dialect.bucket_secrets(place.organization)
    except errors.DataForceError:
        return None
    ours = [secret for secret in secrets if secret.id == orbit.bucket_secret_id]
    multipart = provider_of(ours[0].type).multipart if ours else None
    if multipart is None or multipart.opened_by_store or not orphan.size:
        return None
    source = PartSource(ours[0].id, orphan.bucket_location)
    return Created(orphan, UploadPlan((), store=ours[0].type, source=source))


def _remove(context: Context, place: Scope, orphan: ModelArtifact) -> Flow[None]:
    """Remove a record that can never be filled. Nothing was ever sent for it."""
    try:
        yield from remove_record(context, place, orphan.id, empty=True)
    except errors.DataForceError as error:
        yield from mark(context, place, orphan.id, ModelArtifactStatus.UPLOAD_FAILED)
        raise errors.FileUploadError(
            tr(
                "The registry's answer was lost, and the unfinished record {record} could not be "
                "removed: {detail}",
                record=orphan.id,
                detail=error.detail,
            )
        ) from error


def _is_orphan(context: Context, item: ModelArtifact, ours: UploadRecord, begun: float) -> bool:
    """Whether a record can only come from the creation that began at ``begun`` (server's clock)."""
    if (
        item.id in context.own
        or (item.file_hash, item.size) != (ours.sha256, ours.size)
        or (item.file_name, item.model_name) != (ours.file_name, ours.model_name)
    ):
        return False
    latest = min(context.clock.now(), begun + UNDER_WAY) + LATEST
    return begun + EARLIEST <= made_at(item) <= latest
