"""What can be the matter with a record or a transfer, what may be done about it, and what that leaves."""

import enum
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.api import ModelArtifact, errors
from dfs_desktop.api import ModelArtifactStatus as Status
from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL
from dfs_desktop.transfers.job import Job, Kind, State
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.registry.permissions import refusal
from dfs_desktop.workspace.session import Session
from dfs_desktop.workspace.transfers import job_words
from dfs_desktop.workspace.transfers.job_problem import failed_at, problem_kind, waits_for, why

YOUNG = 3600.0  # seconds that an upload of somebody else may well be under way


class Step(enum.Enum):
    """One thing to do about an item."""

    GO_ON = "go on"
    APPROVE = "approve the storage"
    MARK_FAILED = "mark failed"
    REMOVE_RECORD = "remove record"
    FINISH_DELETION = "finish deletion"
    KEEP_BYTES = "keep the bytes"
    LET_GO = "let go"
    DISCARD = "discard"
    DISMISS = "dismiss"


# What these do cannot be brought back, so a question comes before.
FOR_GOOD = {Step.MARK_FAILED, Step.REMOVE_RECORD, Step.FINISH_DELETION}


class Offer(Struct, frozen=True):
    """A button: its words, what pressing it does and leaves behind, and why it is not allowed."""

    step: Step
    text: str
    effect: str
    refusal: str = ""


class Item(Struct, frozen=True):
    """One thing that needs a person. ``matter`` is one sentence; ``effect`` of the first offer is
    the next. ``quiet``: worth a line in the list, but no badge."""

    key: str
    title: str
    place: str
    matter: str
    offers: tuple[Offer, ...]
    artifact: ModelArtifact | None = None
    job: Job | None = None
    quiet: bool = False
    failed: bool = False

    def offer(self, step: Step) -> Offer | None:
        return next((offer for offer in self.offers if offer.step is step), None)


_DISMISS = Offer(
    Step.DISMISS, later("Dismiss"), later("It leaves this list; nothing changes on the server.")
)


def of_record(artifact: ModelArtifact, session: Session) -> Item | None:
    """What is the matter with a record that no transfer here owns; None when nothing is."""
    matter, offers = _RECORDS.get(artifact.status, ("", ()))
    if not offers:
        return None
    made = quantities.parse_time(artifact.created_at)
    return Item(
        key=key_of(artifact),
        title=visible(artifact.display_name),
        place=_where(artifact, session),
        matter=tr(matter, ago=quantities.ago_there(made) or tr("some time ago")),
        offers=(*(_offered(offer, session) for offer in offers), _offered(_DISMISS, session)),
        artifact=artifact,
        quiet=is_quiet(artifact),
        failed=artifact.status in {Status.UPLOAD_FAILED, Status.DELETION_FAILED},
    )


def key_of(artifact: ModelArtifact) -> str:
    """What the item of a record is known by, also when it was dismissed."""
    return f"{artifact.id}:{artifact.status}"


def is_quiet(artifact: ModelArtifact) -> bool:
    """Whether a record's item is worth no badge. Cheap: asked of thousands after each change."""
    if artifact.status != Status.PENDING_UPLOAD:
        return artifact.status == Status.UPLOAD_FAILED
    made = quantities.parse_time(artifact.created_at)
    return made is not None and (quantities.now_there() - made).total_seconds() < YOUNG


def _where(artifact: ModelArtifact, session: Session) -> str:
    names = {collection.id: collection.name for collection in session.collections}
    name = names.get(artifact.collection_id) or artifact.collection_name or ""
    parts = [tr("In “{name}”", name=visible(name)) if name else "", quantities.size(artifact.size)]
    return " · ".join(part for part in parts if part)


def _offered(offer: Offer, session: Session) -> Offer:
    """In the words of the language, and with what the account may not do."""
    verb = "update" if offer.step is Step.MARK_FAILED else "delete"
    refused = "" if offer.step is Step.DISMISS else refusal(session, verb)
    return Offer(offer.step, tr(offer.text), tr(offer.effect), refused)


_FINISH = Offer(
    Step.FINISH_DELETION,
    later("Finish the deletion"),
    later(
        "File and record are removed for good; the server has no way back to an uploaded artifact."
    ),
)
_LET_GO = Offer(
    Step.LET_GO,
    later("Only the record"),
    later(
        "The record alone is removed, at once and for good; the storage is not asked, so what it may "
        "have of the file stays in the bucket. For when it does not delete."
    ),
)
_REMOVE = Offer(
    Step.REMOVE_RECORD,
    later("Remove record"),
    later(
        "The record is removed for good, after 30 seconds to undo; parts of it that had arrived may "
        "stay in the bucket until its lifecycle rule removes them."
    ),
)
_RECORDS: dict[Status, tuple[str, tuple[Offer, ...]]] = {
    Status.PENDING_UPLOAD: (
        later(
            "An unfinished upload, started elsewhere or earlier ({ago}); it may still be under way on "
            "another computer."
        ),
        (
            Offer(
                Step.MARK_FAILED,
                later("Mark as failed"),
                later(
                    "The record stays, marked as failed, and can never be filled any more: do it only "
                    "when nobody uploads it right now."
                ),
            ),
            _REMOVE,
            _LET_GO,
        ),
    ),
    Status.UPLOAD_FAILED: (
        later("Its upload failed or was given up ({ago}), so the record has no file."),
        (_REMOVE, _LET_GO),
    ),
    Status.PENDING_DELETION: (
        later("Its deletion was begun and not finished; nobody can download it any more."),
        (_FINISH, _LET_GO),
    ),
    Status.DELETION_FAILED: (
        later("The storage did not delete its file, so the record was kept."),
        (_FINISH, _LET_GO),
    ),
}


_JUST_NOW = 45.0  # seconds; since when it failed need not be said
_FIRST = {
    errors.AuthenticationError: later("Enter a valid key first (Edit Connection…)."),
    errors.PermissionDeniedError: later("Ask an orbit admin for the right first."),
    errors.ConfigurationError: later("Set the connection right first."),
}


def of_job(job: Job, session: Session) -> Item | None:
    """What is the matter with a transfer; None when it goes on, or ended well, by itself."""
    if job.state not in {State.ATTENTION, State.FAILED}:
        return None
    name, path = visible(job.path.name), visible(str(job.path))
    place = {
        "upload": tr("Upload of {path}", path=path),
        "download": tr("Download to {path}", path=path),
        "copy": tr("Copy of {name}", name=name),
        "repair": tr("Repair of {path}", path=path),
    }[job.word]
    return Item(
        key=f"job:{job.number}",
        title=visible(job.title),
        place=place,
        matter=_matter(job),
        offers=_offers(job, session),
        artifact=job.artifact,
        job=job,
        failed=job.state is State.FAILED,
    )


def _matter(job: Job) -> str:
    """What is wrong, and since when."""
    matter = why(job) or tr(job_words.FAILED[job.word])
    at = failed_at(job)
    if at is None or (datetime.now(UTC) - at).total_seconds() < _JUST_NOW:
        return matter
    return f"{matter} ({quantities.ago(at)})"


def _offers(job: Job, session: Session) -> tuple[Offer, ...]:
    if job.cancelling:
        effect = tr("What the transfer left at the server is cleaned up; then it leaves the list.")
        return (Offer(Step.GO_ON, tr("Try the clean-up again"), effect), _end_of(job))
    kind = problem_kind(job)
    if kind is errors.ChecksumError:
        return _wrong_bytes(job)
    if kind is errors.MissingFileError:
        return _no_object(session)
    return (_way_on(job, kind), _discard(job))


def _end_of(job: Job) -> Offer:
    """The way out of a clean-up that does not succeed."""
    if job.kind is Kind.DOWNLOAD:
        effect = tr(
            "It leaves this list; its partial file stays in the folder, to be deleted by you."
        )
        return Offer(Step.LET_GO, tr("Let go"), effect)
    effect = tr(
        "It leaves this list, and its record is removed if the server still lets us; what the "
        "storage may have of the file stays in the bucket."
    )
    return Offer(Step.LET_GO, tr("Remove the record"), effect)


def _way_on(job: Job, kind: type[BaseException] | None) -> Offer:
    if host := waits_for(job):
        effect = tr("Its address is remembered for this server, and the transfer goes on.")
        return Offer(Step.APPROVE, tr("Approve {host}", host=visible(host)), effect)
    if kind is errors.UploadExpiredError:
        effect = tr(
            "The file is registered and sent anew; the unfinished record is removed once it is "
            "certain that its file never arrived."
        )
        return Offer(Step.GO_ON, tr("Start again"), effect)
    if kind is errors.UnconfirmedUploadError:
        effect = tr("The whole file is in the storage: only the registry is told once more.")
        return Offer(Step.GO_ON, tr("Confirm again"), effect)
    effect = tr("It goes on with what has arrived, which is not sent again.")
    if job.kind is Kind.DOWNLOAD:
        effect = tr("It goes on with what has arrived, which is not fetched again.")
    for cause, first in _FIRST.items():
        if kind is not None and issubclass(kind, cause):
            effect = f"{tr(first)} {effect}"
            break
    word = tr("Go on") if job.state is State.ATTENTION else tr("Try again")
    return Offer(Step.GO_ON, word, effect)


def _discard(job: Job) -> Offer:
    if job.kind is Kind.DOWNLOAD:
        effect = tr("The partial file is removed; the artifact stays.")
        return Offer(Step.DISCARD, tr("Discard"), effect)
    effect = tr(
        "Its record is removed; parts of it that had arrived may stay in the bucket until its "
        "lifecycle rule removes them."
    )
    if job.profile == LOCAL:
        effect = tr("Its record is removed; parts of it that had arrived are removed with it.")
    return Offer(Step.DISCARD, tr("Discard…"), effect)


def _wrong_bytes(job: Job) -> tuple[Offer, ...]:
    name, anew = visible(job.path.name), tr("The wrong bytes are dropped and fetched anew.")
    keep = tr("They are kept as {name}.corrupt beside the target, for inspection.", name=name)
    return (
        Offer(Step.GO_ON, tr("Download again"), anew),
        Offer(Step.KEEP_BYTES, tr("Keep the wrong bytes"), keep),
        Offer(Step.DISCARD, tr("Discard"), tr("The wrong bytes are removed; the artifact stays.")),
    )


def _no_object(session: Session) -> tuple[Offer, ...]:
    asked = tr("The storage is asked once more; nothing else changes.")
    gone = later(
        "The record is removed for good, after 30 seconds to undo; it has no file to take along."
    )
    return (
        Offer(Step.GO_ON, tr("Look again"), asked),
        _offered(replace(_REMOVE, effect=gone), session),
        Offer(Step.DISCARD, tr("Dismiss"), tr("It leaves this list; the record stays as it is.")),
    )
