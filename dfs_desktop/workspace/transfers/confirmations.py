"""What is asked before transfers are approved, paused or given up, and before the program ends."""

from collections.abc import Sequence

from dfs_desktop.api import Phase, UploadRecord
from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL
from dfs_desktop.transfers.job import Job, Kind, State, kept_bytes
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.notices import Confirmation
from dfs_desktop.workspace.quantities import size

from . import job_words
from .actions import file_size, is_finishing
from .job_problem import waits_for

WORTH_ASKING = 4_000_000  # bytes; less is sent again sooner than a question is read


def confirm_approval(job: Job) -> Confirmation:
    """Whether the person vouches for the storage that a transfer was sent to."""
    host = visible(waits_for(job))
    fetching = job.kind is Kind.DOWNLOAD or job.server != job.profile
    text = tr(
        "The registry sends the file to {host}, an address inside a private network.", host=host
    )
    if fetching:
        text = tr(
            "The registry wants the file fetched from {host}, an address inside a private network.",
            host=host,
        )
    advice = tr(
        "Approve it if your storage is there: it is remembered for this server, and the transfer goes "
        "on. If you do not know the address, ask whoever runs the registry."
    )
    title = tr("Approve the storage at {host}?", host=host)
    answers = (tr("Not now"), tr("Approve {host}", host=host))
    return Confirmation(title, f"{text} {advice}", answers)


def sent_for_nothing(job: Job) -> int:
    """Bytes that a file in one piece has sent: when it stops, the storage keeps nothing of them."""
    record = job.record
    if not isinstance(record, UploadRecord) or is_finishing(job) or job.cancelling:
        return 0
    plan, moved = record.plan, job.meter.snapshot()
    in_parts = plan is None or plan.source is not None or plan.complete_url or len(plan.parts) > 1
    running = job.state is State.RUNNING and moved.phase is Phase.SENDING
    return moved.done if running and not in_parts else 0


def confirm_discard(jobs: Sequence[Job]) -> Confirmation | None:
    """What to ask before giving these up; None when nothing would be lost that cost time."""
    costly = [job for job in jobs if not is_finishing(job) and not job.cancelling]
    costly = [job for job in costly if _in_storage(job) or _moved(job) >= WORTH_ASKING]
    if not costly:
        return None
    one = len(jobs) == 1
    title = tr(job_words.DISCARD[jobs[0].word], name=visible(jobs[0].path.name))
    if not one:
        title = tr("Discard {transfers}?", transfers=_many(jobs))
    stored = [job for job in costly if _in_storage(job)]
    fetched = [job for job in costly if job.kind is Kind.DOWNLOAD]
    whole = [job for job in costly if job not in stored and job not in fetched]
    parts: list[str] = []
    if stored:
        sent = sum(map(kept_bytes, stored))
        parts.append(tr("{sent} of {size} have arrived in the storage.", **_of(sent, stored)))
        parts.append(tr("Kept for later, they need not be sent again."))
        parts.append(_stays(stored, sent)[0])
    if whole:
        parts.append(
            tr(
                "{sent} of {size} have been sent, in one piece: kept for later, they are sent again "
                "from the beginning.",
                **_of(sum(map(sent_for_nothing, whole)), whole),
            )
        )
    if fetched:
        moved = sum(map(_moved, fetched))
        parts.append(tr("{sent} of {size} have been fetched.", **_of(moved, fetched)))
        parts.append(tr("Kept for later, what is safe on the disk need not be fetched again."))
    if others := len(jobs) - len(costly):
        parts.append(
            trn(
                "The other transfer would leave nothing there.",
                "The other {amount} transfers would leave nothing there.",
                others,
            )
        )
    discard = tr("Discard") if one else tr("Discard {transfers}", transfers=_many(jobs))
    return Confirmation(title, " ".join(parts), (tr("Keep for later"), discard))


def confirm_pause(jobs: Sequence[Job]) -> Confirmation | None:
    """What to ask before these are paused; None when a pause costs nothing worth a question."""
    whole = [job for job in jobs if sent_for_nothing(job) >= WORTH_ASKING]
    if not whole:
        return None
    lost = size(sum(map(sent_for_nothing, whole)))
    text = tr(
        "This server takes “{name}” in one piece: paused now, {lost} will be sent again.",
        name=visible(whole[0].path.name),
        lost=lost,
    )
    if len(whole) > 1:
        text = trn(
            "This server takes {amount} file in one piece: paused now, {lost} will be sent again.",
            "This server takes {amount} files in one piece: paused now, {lost} will be sent again.",
            len(whole),
            lost=lost,
        )
    finish = trn(
        "“Finish, then pause” lets it arrive first.",
        "“Finish, then pause” lets them arrive first.",
        len(whole),
    )
    if len(jobs) > len(whole):
        finish = trn(
            "“Finish, then pause” lets it arrive first, and pauses the others at once.",
            "“Finish, then pause” lets them arrive first, and pauses the others at once.",
            len(whole),
        )
    title = tr("Pause, and send {lost} again later?", lost=lost)
    answers = (tr("Finish, then pause"), tr("Pause now"))
    return Confirmation(title, f"{text} {finish}", answers)


def on_quit(jobs: Sequence[Job], *, resumes: bool) -> str:
    """What keeping, and what cancelling, means for transfers when the window closes."""
    many = len(jobs)
    text = trn(
        "Kept, it waits, paused, at the next start.",
        "Kept, they wait, paused, at the next start.",
        many,
    )
    if resumes:
        text = trn(
            "Kept, it goes on at the next start.", "Kept, they go on at the next start.", many
        )
    if kept := sum(map(kept_bytes, jobs)):
        safe = tr("The {size} that are safe already are not moved again.", size=size(kept))
        text = f"{text} {safe}"
    if whole := [job for job in jobs if sent_for_nothing(job)]:
        lost = size(sum(map(sent_for_nothing, whole)))
        again = tr(
            "The server takes “{name}” in one piece: {lost} will be sent again.",
            name=visible(whole[0].path.name),
            lost=lost,
        )
        if len(whole) > 1:
            again = trn(
                "The server takes {amount} file in one piece: {lost} will be sent again.",
                "The server takes {amount} files in one piece: {lost} will be sent again.",
                len(whole),
                lost=lost,
            )
        text = f"{text} {again}"
    given_up = trn("Cancelled, it is given up.", "Cancelled, they are given up.", many)
    if moved := sum(map(_moved, jobs)):
        given_up = trn(
            "Cancelled, it is given up, and {size} moved for nothing.",
            "Cancelled, they are given up, and {size} moved for nothing.",
            many,
            size=size(moved),
        )
    text = f"{text} {given_up}"
    costly = [job for job in jobs if _in_storage(job)]
    if any(job.profile != LOCAL for job in costly):
        text = f"{text} {_stays(costly, sum(map(kept_bytes, costly)))[1]}"
    return text


def _moved(job: Job) -> int:
    """Bytes that have gone over the line and would be lost."""
    moved = job.meter.snapshot()
    running = job.state is State.RUNNING and moved.phase in {Phase.SENDING, Phase.RECEIVING}
    return max(kept_bytes(job), moved.done if running else 0)


def _of(sent: int, jobs: Sequence[Job]) -> dict[str, str]:
    return {"sent": size(sent), "size": size(sum(file_size(job) or 0 for job in jobs))}


def _in_storage(job: Job) -> bool:
    """Whether parts of the file are in the storage and wait there for the others."""
    record = job.record
    if not isinstance(record, UploadRecord) or job.cancelling or is_finishing(job):
        return False
    return bool(record.parts or record.upload_id)


def _stays(jobs: Sequence[Job], sent: int) -> tuple[str, str]:
    """What of uploads nobody here can remove once they are discarded; and once they are cancelled."""
    from dfs_desktop.api.storage.providers.known_providers import provider_of

    if all(job.profile == LOCAL for job in jobs):
        return tr("Discarded, they are removed from this computer."), ""
    plans = [each.record.plan for each in jobs if isinstance(each.record, UploadRecord)]

    kinds = {plan.store for plan in plans if plan is not None}
    multipart = provider_of(kinds.pop() if len(kinds) == 1 else "").in_parts()
    much = size(sent) if sent else tr("a little")
    return tr(multipart.discarded, much=much), tr(multipart.cancelled, much=much)


def _many(jobs: Sequence[Job]) -> str:
    return job_words.counted({job.word for job in jobs}, len(jobs))
