"""What a person is told of a transfer: why it failed, where a download is, what a discarded one leaves."""

from collections.abc import Callable

from msgspec.structs import replace

from dfs_desktop.api import DownloadRecord, UploadRecord
from dfs_desktop.settings import LOCAL
from dfs_desktop.transfers.job import Job, Kind
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace.notices import Action, Level, Notice, from_error

from . import job_words


def key_of(job: Job) -> str:
    """The key of the notice that a transfer cannot go on."""
    return f"transfer:{job.number}"


def failed(job: Job, error: BaseException, again: Action) -> Notice:
    """Why it failed; it stays while its server is shown."""
    name = job.path.name if job.word == "upload" else job.title
    notice = from_error(error, tr(job_words.COULD_NOT[job.word], name=name), again)
    if job.source is not None:
        left = tr("Nothing of it is at the target.")
        if job.record.artifact_id:
            left = tr("Its unfinished record is at the target; “Discard” removes it.")
        told = (notice.detail, tr("The original is as it was."), left)
        notice = replace(notice, detail=" ".join(filter(None, told)))
    return replace(notice, key=key_of(job), place=job.profile)


def downloaded(job: Job, show: Callable[[], object], look: Callable[[], object]) -> Notice:
    """Where the file is, and whether its bytes were checked."""
    record = job.record
    has_hash = isinstance(record, DownloadRecord) and len(record.sha256.strip()) == 64
    name, folder = job.path.name, job.path.parent
    title = tr("{name} was downloaded", name=name)
    if job.word == "repair":
        title = tr("{name} was repaired", name=name)
    text = tr("Saved, not verifiable, in {folder}.", folder=str(folder))
    if has_hash:
        text = tr("Checked and saved in {folder}.", folder=str(folder))
    opened, other = Action(tr("Open folder"), show), Action(tr("Look Inside"), look)
    key = f"download:{job.artifact_id}"
    return Notice(title, text, Level.SUCCESS, opened, seconds=12, key=key, other=other)


def discarded(job: Job) -> Notice | None:
    """What stays at the server or in the bucket is said honestly; None when nothing does."""
    record = job.record
    if job.artifact is not None and job.kind is Kind.UPLOAD:
        title = tr("{name} had arrived already", name=job.path.name)
        text = tr(
            "The storage has the whole file, so the upload was finished. Delete the artifact if you "
            "do not want it."
        )
        return Notice(title, text, seconds=12)
    if isinstance(record, UploadRecord) and record.marked:
        title = tr("{name} was cancelled", name=job.path.name)
        text = tr("Its record stays, marked as a failed upload: only an orbit admin may remove it.")
        return Notice(title, text, seconds=12)
    if isinstance(record, UploadRecord) and record.leftovers and job.profile != LOCAL:
        return Notice(
            tr("Parts of the file stay in the storage"),
            trn(
                "The parts of {amount} unfinished upload cannot be removed from here. They are "
                "invisible and cost space until the bucket's lifecycle rule for incomplete uploads "
                "removes them.",
                "The parts of {amount} unfinished uploads cannot be removed from here. They are "
                "invisible and cost space until the bucket's lifecycle rule for incomplete uploads "
                "removes them.",
                record.leftovers,
            ),
            Level.WARNING,
        )
    return None
