"""Getting the bytes to the store: open, send, renew links that expired, and prove the result."""

from __future__ import annotations

from dfs_desktop.api.dialects import Created, UploadPlan
from dfs_desktop.api.errors import (
    FileUploadError,
    PermissionDeniedError,
    UnexpectedAnswerError,
    UploadDeniedError,
)
from dfs_desktop.api.storage.meter import Meter, Phase
from dfs_desktop.api.types import ModelArtifact
from dfs_desktop.artifact import Contents

from .effects import Flow, LookAtObject, OpenUpload, Piece, SendBytes, Sent
from .places import Place
from .session import Session

MOST_PARTS = 50_000  # Azure's limit, the larger one; S3 servers plan at most 5 120
MULTIPART_ABOVE = 500 << 20  # bytes; above, every server wants parts
RENEWALS = 2


def check_may_send_parts(session: Session, place: Place, size: int) -> Flow[None]:
    """UploadDeniedError when the server would register the file but never take its parts.

    It gives the URLs of parts only to those who may read bucket secrets. Asked before hashing:
    afterwards a record would be left behind that a member cannot even delete.
    """
    if size <= MULTIPART_ABOVE or not session.dialect.guards_parts:
        return
    organizations = yield from session.dialect.organizations()
    wanted = place.organization.lower()
    role = next((item.role for item in organizations if item.id.lower() == wanted), None)
    if role is not None and role not in ("owner", "admin"):
        raise UploadDeniedError(
            "Orbit members cannot upload files over 500 MiB to this server; ask an organization "
            f"admin. (Your role in the organization is {role}.)",
            status_code=403,
        )


def cut(plan: UploadPlan, size: int) -> tuple[Piece, ...]:
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
        raise UnexpectedAnswerError("The registry's plan for the upload does not fit the file.")
    pieces: list[Piece] = []
    offset = 0
    for part in parts:
        pieces.append(Piece(part.number, part.url, offset, part.size))
        offset += part.size
    return tuple(pieces)


def planned(
    session: Session, plan: UploadPlan, size: int, upload_id: str | None
) -> Flow[UploadPlan]:
    """The plan with the URLs of its parts, asked for when it came without (again is fine)."""
    if plan.source is None:
        return plan
    try:
        answer: UploadPlan = yield from session.dialect.part_urls(plan.source, size, upload_id)
    except PermissionDeniedError as error:
        raise UploadDeniedError(
            f"The server gives you no links for uploads in parts: {error.detail} Ask an "
            "organization admin.",
            status_code=error.status_code,
        ) from error
    return answer


def opened(plan: UploadPlan) -> Flow[str | None]:
    """The id of the upload in parts; on S3 the store is asked to open one first."""
    if plan.start_url is None:
        return plan.upload_id
    return (yield from OpenUpload(plan.start_url))


def send(
    session: Session, path: str, contents: Contents, plan: UploadPlan, meter: Meter
) -> Flow[Sent]:
    """Send everything; links that the store refuses are renewed, at most twice."""
    meter.enter(Phase.SENDING, contents.size)
    upload_id = yield from opened(plan)
    done: dict[int, str] = {}
    cuts: list[int] = []
    for _ in range(1 + RENEWALS):
        ready = yield from planned(session, plan, contents.size, upload_id)
        pieces = cut(ready, contents.size)
        if cuts != [piece.size for piece in pieces]:
            # What arrived was cut otherwise, so it is of no use.
            meter.enter(Phase.SENDING, contents.size)
            done.clear()
            cuts = [piece.size for piece in pieces]
        sent = yield from SendBytes(
            path,
            contents.fingerprint,
            pieces,
            ready.complete_url,
            ready.store,
            done,
            renewable=plan.source is not None,
        )
        if not sent.refused:
            return sent
    raise FileUploadError(
        "The storage refuses to take the file, also through fresh links (403). The owner of the "
        "bucket has to look at its rights."
    )


def prove(session: Session, place: Place, created: Created, sent: Sent) -> Flow[None]:
    """See that the object is there, whole, before anybody is told so: the server never looks."""
    artifact: ModelArtifact = created.artifact
    url = yield from session.dialect.download_url(place, artifact.id)
    found = yield from LookAtObject(url)
    if found is None and not sent.joined:
        raise FileUploadError(
            "Its answer was lost, and there is no file under this name.",
            title="The storage did not join the parts",
            retryable=True,
        )
    if found is None:
        raise FileUploadError("The storage confirmed the file, yet it does not have it.")
    if found.size is not None and found.size != artifact.size:
        raise FileUploadError(
            f"The storage holds {found.size:,} bytes instead of {artifact.size:,}."
        )
    # Where the parts' ETags are no MD5s (encrypted buckets) the size alone has to do. The key
    # holds a fresh random identifier, so nobody else writes there.
    if not sent.joined and sent.etag and found.etag.strip('"').lower() != sent.etag:
        raise FileUploadError("The storage joined other parts than were sent.")
