"""Verifies at the storage that an uploaded object is there and whole; the registry never checks."""

from dfs_desktop.api import errors
from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.protocol import effects
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.protocol.ledger import UploadRecord
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, sentences, tr

_UNSEEN = later(
    "The file was sent, but nobody could see whether it arrived: {detail} The "
    "record {artifact_id} still waits for it."
)


def head(context: Context, record: UploadRecord) -> Flow[effects.StoredObject | effects.Missing]:
    """What the storage has under the record's name."""
    try:
        url = yield from context.dialect.download_url(record.place, record.artifact_id)
    except errors.NotFoundError as error:
        raise record_gone_error() from error
    return (yield from effects.Step("look", effects.HeadObject(url)))


def is_complete(context: Context, record: UploadRecord) -> Flow[bool]:
    """Whether the object is there already, from an attempt whose answer nobody heard.

    The size decides, and the ETag where it can be known: the key holds a fresh random identifier,
    so nobody else writes there, and a store shows an object only when all of it arrived. One that
    is not to be seen counts as one that is not there: sending it again does no harm.
    """
    return is_whole(record, (yield from head(context, record)))


def is_whole(record: UploadRecord, found: effects.StoredObject | effects.Missing) -> bool:
    """Whether what ``head`` found is the whole object of the record."""
    if isinstance(found, effects.Missing) or found.size not in (None, record.size):
        return False
    return not record.etag or _same(found.etag, record.etag)


def verify_joined(context: Context, record: UploadRecord, sent: effects.UploadResult) -> Flow[bool]:
    """Whether parts were joined although nobody heard it; False: the upload has to be repeated."""
    found = yield from _seen(context, record)
    if isinstance(found, effects.StoredObject):
        _check(record, found)
        if sent.etag and not _same(found.etag, sent.etag):
            raise errors.FileUploadError(tr("The storage joined other parts than were sent."))
        return True
    if sent.forgotten:
        return False
    raise errors.FileUploadError(
        sentences(sent.why, tr("There is no file under its name.")),
        title=tr("The storage did not join the parts"),
        retryable=True,
    )


def verify_uploaded(context: Context, record: UploadRecord) -> Flow[None]:
    """The storage said that it has the file: so it must be there, and as long as it was sent."""
    found = yield from _seen(context, record)
    if isinstance(found, effects.Missing):
        if not found.surely:
            raise unconfirmed(
                _UNSEEN, record, errors.UnexpectedAnswerError(found.why, retryable=True)
            )
        raise errors.FileUploadError(
            sentences(tr("The storage confirmed the file, yet it does not have it."), found.why)
        )
    _check(record, found)


def _seen(context: Context, record: UploadRecord) -> Flow[effects.StoredObject | effects.Missing]:
    try:
        return (yield from head(context, record))
    except (
        errors.APIStatusError,
        errors.APIConnectionError,
        errors.UnexpectedAnswerError,
    ) as error:
        raise unconfirmed(_UNSEEN, record, error) from error


def _check(record: UploadRecord, found: effects.StoredObject) -> None:
    if found.size is not None and found.size != record.size:
        raise errors.FileUploadError(
            tr(
                "The storage holds {size} bytes instead of {registered}.",
                size=number_text(found.size),
                registered=number_text(record.size),
            )
        )


def _same(found: str, expected: str) -> bool:
    plain = [etag.removeprefix("W/").strip('"').lower() for etag in (found, expected)]
    return plain[0] == plain[1]


def unconfirmed(
    said: str, record: UploadRecord, error: errors.DataForceError
) -> errors.UnconfirmedUploadError:
    """The error for a file that was sent, and that the registry does not know of."""
    told = tr(said, detail=error.detail, artifact_id=record.artifact_id)
    return errors.UnconfirmedUploadError(told, reason=error)


def record_gone_error() -> errors.RecordGoneError:
    """The error for a record that somebody deleted."""
    return errors.RecordGoneError(
        tr(
            "Somebody deleted its record while the file was being sent. What arrived in the storage "
            "may stay there; nobody gives a link that could remove it."
        )
    )
