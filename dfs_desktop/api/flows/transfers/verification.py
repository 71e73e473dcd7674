"""Verifies at the storage that an uploaded object is there and whole; the registry never checks."""

from dfs_desktop.api.errors import (
    APIConnectionError,
    APIStatusError,
    FileUploadError,
    NotFoundError,
    RecordGoneError,
    UnconfirmedUploadError,
    UnexpectedAnswerError,
)
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol.effects import (
    Flow,
    HeadObject,
    Missing,
    Step,
    StoredObject,
    UploadResult,
)
from dfs_desktop.api.protocol.ledger import UploadRecord
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import sentences, tr


def head(context: Context, record: UploadRecord) -> Flow[StoredObject | Missing]:
    """What the storage has under the record's name."""
    try:
        url = yield from context.dialect.download_url(record.place, record.artifact_id)
    except NotFoundError as error:
        raise record_gone_error() from error
    return (yield from Step("look", HeadObject(url)))


def is_complete(context: Context, record: UploadRecord) -> Flow[bool]:
    """Whether the object is there already, from an attempt whose answer nobody heard.

    The size decides, and the ETag where it can be known: the key holds a fresh random identifier,
    so nobody else writes there, and a store shows an object only when all of it arrived. One that
    is not to be seen counts as one that is not there: sending it again does no harm.
    """
    return is_whole(record, (yield from head(context, record)))


def is_whole(record: UploadRecord, found: StoredObject | Missing) -> bool:
    """Whether what ``head`` found is the whole object of the record."""
    if isinstance(found, Missing) or found.size not in (None, record.size):
        return False
    return not record.etag or _same(found.etag, record.etag)


def verify_joined(context: Context, record: UploadRecord, sent: UploadResult) -> Flow[bool]:
    """Whether parts were joined although nobody heard it; False: the upload has to be repeated."""
    try:
        found = yield from head(context, record)
    except (APIStatusError, APIConnectionError, UnexpectedAnswerError) as error:
        raise unverified_error(record, error) from error
    if isinstance(found, StoredObject):
        _check(record, found)
        if sent.etag and not _same(found.etag, sent.etag):
            raise FileUploadError(tr("The storage joined other parts than were sent."))
        return True
    if sent.forgotten:
        return False
    raise FileUploadError(
        sentences(sent.why, tr("There is no file under its name.")),
        title=tr("The storage did not join the parts"),
        retryable=True,
    )


def verify_uploaded(context: Context, record: UploadRecord) -> Flow[None]:
    """The storage said that it has the file: so it must be there, and as long as it was sent."""
    try:
        found = yield from head(context, record)
    except (APIStatusError, APIConnectionError, UnexpectedAnswerError) as error:
        raise unverified_error(record, error) from error
    if isinstance(found, Missing):
        if not found.surely:
            raise unverified_error(record, UnexpectedAnswerError(found.why, retryable=True))
        raise FileUploadError(
            sentences(tr("The storage confirmed the file, yet it does not have it."), found.why)
        )
    _check(record, found)


def _check(record: UploadRecord, found: StoredObject) -> None:
    if found.size is not None and found.size != record.size:
        raise FileUploadError(
            tr(
                "The storage holds {size} bytes instead of {registered}.",
                size=number_text(found.size),
                registered=number_text(record.size),
            )
        )


def _same(found: str, expected: str) -> bool:
    plain = [etag.removeprefix("W/").strip('"').lower() for etag in (found, expected)]
    return plain[0] == plain[1]


def unverified_error(
    record: UploadRecord, error: APIStatusError | APIConnectionError | UnexpectedAnswerError
) -> UnconfirmedUploadError:
    """The error for a file that was sent, but that nobody could look at."""
    return UnconfirmedUploadError(
        tr(
            "The file was sent, but nobody could see whether it arrived: {detail} The "
            "record {artifact_id} still waits for it.",
            detail=error.detail,
            artifact_id=record.artifact_id,
        ),
        reason=error,
    )


def record_gone_error() -> RecordGoneError:
    """The error for a record that somebody deleted."""
    return RecordGoneError(
        tr(
            "Somebody deleted its record while the file was being sent. What arrived in the storage "
            "may stay there; nobody gives a link that could remove it."
        )
    )
