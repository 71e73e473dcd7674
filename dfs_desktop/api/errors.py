"""The exceptions of the client library: one tree, each with a title and a detail fit to show a person."""

from collections.abc import Sequence
from typing import Any

from dfs_desktop.translation import later, tr


class DataForceError(Exception):
    """Base of everything this library raises on purpose.

    Made from ``(title, detail)``, or from ``(detail)`` under the title of its kind. ``title`` is
    one short line, ``detail`` says what happened and what to do, ``retryable`` says whether trying
    the same again, a little later, can help. ``unreachable``: nothing was heard from the other end,
    so it is only a matter of time. ``facts``: what else its kind knows. None of them holds a key or
    a URL that grants access.
    """

    heading = later("Something went wrong")
    can_retry = False
    unreachable = False

    def __init__(
        self, *text: str, title: str | None = None, retryable: bool | None = None, **facts: Any
    ) -> None:
        if unknown := [name for name in facts if not hasattr(self, name)]:
            raise TypeError(f"{type(self).__name__} does not know {', '.join(unknown)}")
        vars(self).update(facts)
        self.title = title or (text[0] if len(text) > 1 else tr(self.heading))
        self.detail = text[-1] if text else ""
        self.retryable = self.can_retry if retryable is None else retryable
        super().__init__(self.title, self.detail)

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}" if self.detail else self.title


class ConfigurationError(DataForceError):
    """The client lacks something it was never told: address, key, organization, orbit or collection."""

    heading = later("The connection is not set up completely")


class MultipleResourcesFoundError(DataForceError):
    """A name fits more than one thing; an id is needed."""

    heading = later("The name is not unique")


class FileError(DataForceError):
    """A local file cannot be used: missing, unreadable, unsupported, too large."""

    heading = later("This file cannot be used")


class FolderUnavailableError(FileError):
    """A folder that was there is not: a drive was taken out, a network share is gone."""

    heading = later("The folder is unavailable")
    can_retry = True


class NamelessError(FileError):
    """A download is complete and checked, but did not get its name; its bytes are kept."""

    heading = later("The file has no name yet")
    can_retry = True


class DiskFullError(FileError):
    """The disk has no room: ``needed`` and ``free`` in bytes, ``folder`` is where.

    What arrived so far is kept, so that the transfer can go on once there is room.
    """

    heading = later("There is not enough room on the disk")
    can_retry = True
    needed = free = 0
    folder = ""


class TransferError(DataForceError):
    """Bytes did not get where they should.

    ``retry_after``: seconds that the storage asks us to wait, when it named them.
    """

    retry_after: float | None = None


class InterruptedTransferError(TransferError):
    """The process that moved the bytes ended, twice in a short time. What arrived is kept."""

    heading = later("The transfer was interrupted")
    can_retry = True


class FileUploadError(TransferError):
    """The bytes did not reach the storage, or the registry could not be told that they did."""

    heading = later("The upload failed")


class SourceChangedError(FileUploadError):
    """The local file is not the one any more that was hashed; what was sent is of no use."""

    heading = later("The file changed while uploading")


class UploadExpiredError(FileUploadError):
    """The links that take the file are too old, and no server gives new ones: begin again."""

    heading = later("The upload link has expired")


class UnconfirmedUploadError(FileUploadError):
    """The bytes are stored, but the registry could not be told; ``reason`` is why."""

    heading = later("Uploaded, but not confirmed")
    can_retry = True

    def __init__(self, *text: str, reason: DataForceError, **facts: Any) -> None:
        self.reason = reason
        super().__init__(*text, **facts)


class RecordGoneError(FileUploadError):
    """Somebody deleted the record while its file was under way."""

    heading = later("Its record was deleted")


class FileDownloadError(TransferError):
    """The file could not be fetched; nothing was left under its name."""

    heading = later("The download failed")


class MissingFileError(FileDownloadError):
    """The record exists, but the storage has no file for it."""

    heading = later("The file is missing in the storage")


class ChecksumError(FileDownloadError):
    """What the storage sent is not what was registered."""

    heading = later("The downloaded file is not the registered one")


class FileDeletionError(DataForceError):
    """The storage did not delete the file; its record stays, marked ``deletion_failed``."""

    heading = later("The file could not be deleted")


class TransferCancelled(DataForceError):  # noqa: N818 - a wish that was granted, not an error
    """Somebody stopped this transfer; it has been cleaned up."""

    heading = later("Cancelled")

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or tr("The transfer was stopped."))


class UnexpectedAnswerError(DataForceError):
    """Something answered, but not with what a registry (or its storage) says."""

    heading = later("Unexpected answer")


class ServerAddressError(UnexpectedAnswerError):
    """The server is there, under another address: ``suggested`` is the one that is meant."""

    heading = later("The server has another address")
    suggested = ""


class StorageAddressError(UnexpectedAnswerError):
    """The storage is less protected than the registry: in a private network, or without encryption.

    ``host`` is what may be approved: a host, or scheme, host and port of a storage by plain http.
    """

    heading = later("The storage is in a private network")

    def __init__(self, host: str) -> None:
        self.host, title = host, None
        said = later(
            "The registry sends the files to {host}, an address inside a private "
            "network. If your storage is there, approve the address; if not, ask whoever "
            "runs the registry."
        )
        if host.startswith("http:"):
            title = tr("The storage is not encrypted")
            said = later(
                "The registry sends the files to {host}, without encryption: everybody on "
                "the way can read and change them. If that is your storage, approve the "
                "address; if not, ask whoever runs the registry."
            )
        super().__init__(tr(said, host=host), title=title)


class APIConnectionError(DataForceError):
    """No answer came. ``answer_lost`` is true when the request may have been carried out."""

    heading = later("The server cannot be reached")
    can_retry = True
    answer_lost = False

    def __init__(self, *text: str, **facts: Any) -> None:
        super().__init__(*text, **facts)
        self.unreachable = self.retryable


class APITimeoutError(APIConnectionError):
    """The server did not answer in time."""

    heading = later("The server did not answer in time")


class CertificateError(APIConnectionError):
    """The certificate of ``host`` was not accepted. The rest is what it says of itself (times in POSIX
    seconds), as far as it could be read.

    ``may_trust``: a person can choose it for this server. ``trusted``: what was chosen before.
    """

    heading = later("The server's certificate was not accepted")
    can_retry = False
    host = issuer = subject = sha256 = trusted = ""
    port, begins, ends, may_trust = 443, 0.0, 0.0, False


class ProxyLoginError(APIConnectionError):
    """The proxy (host and port) wants a name and a password. ``user``: who was refused."""

    heading = later("The proxy wants a password")
    can_retry = False
    proxy = user = ""


class APIStatusError(DataForceError):
    """The registry refused; ``status_code`` is the HTTP status."""

    heading = later("The server refused")
    status_code = 0
    retry_after: float | None = None


class BadRequestError(APIStatusError):
    """400: the registry does not do this, in this state or with these values."""

    heading = later("The server refused the request")


class AuthenticationError(APIStatusError):
    """401: the API key is missing, wrong or replaced."""

    heading = later("The API key was not accepted")


class PermissionDeniedError(APIStatusError):
    """403: the key is good, the role is not (or the organization does not exist)."""

    heading = later("You are not allowed to do this")


class UploadDeniedError(PermissionDeniedError, FileError):
    """This file is too large for your role on this server."""

    heading = later("You are not allowed to upload a file of this size")


class NotFoundError(APIStatusError):
    """404, and also raised when the client itself finds nothing."""

    heading = later("Not found")


class ArtifactNotFoundError(NotFoundError, ValueError):
    """No model artifact has this id. Also a ValueError, as ``download`` has always documented."""

    heading = later("This model artifact does not exist")


class ConflictError(APIStatusError):
    """409: a limit is reached, or something else still uses this; ``blockers`` names what."""

    heading = later("This conflicts with something else")
    blockers: Sequence[str] = ()


class UnprocessableEntityError(APIStatusError):
    """422: a value has the wrong form."""

    heading = later("The server did not accept a value")


class RateLimitError(APIStatusError):
    """429: too many requests; ``retry_after`` holds seconds when the server named them."""

    heading = later("Too many requests")
    can_retry = True


class ServerError(APIStatusError):
    """5xx: the server failed."""

    heading = later("The server failed")
    can_retry = True


STATUS_ERRORS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
