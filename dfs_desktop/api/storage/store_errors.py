"""What a store's error answer means: judged by its code and its status, in one place for all requests."""

import enum
import re

import httpx

from dfs_desktop.api.http.answer_limits import MOST_PIECES
from dfs_desktop.api.http.answers import retry_after
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.api.storage.providers.s3 import XML_LIMIT, StoreAnswer, read_xml
from dfs_desktop.translation import later, sentences, tr


class Meaning(enum.Enum):
    """Kinds of refusal; each value is what a person reads in English, without status and code."""

    LATER = later("The storage could not do this now")
    EXPIRED = later("The link to the storage has expired")
    SKEWED = later("The clocks of registry and storage disagree")
    UNSIGNED = later("The storage did not accept the link's signature")
    DENIED = later("The storage does not allow this")
    ABSENT = later("The file is missing in the storage, although its record exists")
    NO_BUCKET = later("The bucket of this orbit does not exist any more")
    NO_CONTAINER = later("The container of this orbit does not exist any more")
    FORGOTTEN = later("The storage has forgotten this upload")
    UNFIT = later("The storage does not have all the parts that it shall join")
    FULL = later("The storage is full")
    TOO_LARGE = later("The storage does not take files of this size")
    ARCHIVED = later("The file lies in an archive of the storage")
    ELSEWHERE = later("The storage sends us to another place, which is not followed")
    SIGN_IN = later(
        "A web page came instead of the storage's answer, as where a network wants a sign-in"
    )
    OTHER = later("The storage refused")


_REMEDIES: dict[Meaning, str] = {
    Meaning.LATER: tr("Try again a little later."),
    Meaning.EXPIRED: tr("Start again."),
    Meaning.SKEWED: tr("Ask whoever runs the registry to set its clock right."),
    Meaning.UNSIGNED: tr(
        "Ask whoever runs the bucket to look at the access key that the registry has for it."
    ),
    Meaning.DENIED: tr("Ask whoever runs the bucket to look at the rights of the registry's key."),
    Meaning.ABSENT: tr("Whoever has the file can upload it again."),
    Meaning.NO_BUCKET: tr("Ask an organization admin to give the orbit another bucket."),
    Meaning.NO_CONTAINER: tr("Ask an organization admin to give the orbit another container."),
    Meaning.FORGOTTEN: tr("Start again."),
    Meaning.UNFIT: tr("Start again."),
    Meaning.FULL: tr("Ask whoever runs the bucket to look at its quota."),
    Meaning.TOO_LARGE: tr("Ask whoever runs the bucket to look at its limits."),
    Meaning.ARCHIVED: tr("Ask whoever runs the bucket to restore it."),
    Meaning.SIGN_IN: tr("Open any page in a web browser and sign in; then try again."),
    Meaning.ELSEWHERE: tr(
        "Ask whoever runs the bucket to look at the address that the registry has for it."
    ),
}

# S3, what speaks like it (Ceph, MinIO, R2, Google, Alibaba), and Azure.
_CODES: dict[Meaning, str] = {
    Meaning.LATER: (
        "RequestTimeout SlowDown SlowDownRead SlowDownWrite InternalError ServiceUnavailable Busy "
        "OperationAborted ConditionalRequestConflict IncompleteBody BadDigest Throttling "
        "ThrottlingException RequestThrottled TooManyRequests RequestLimitExceeded "
        "BandwidthLimitExceeded XAmzContentChecksumMismatch XMinioServerNotInitialized "
        "ServerNotInitialized ClientDisconnected TemporarilyUnavailable "
        "OperationTimedOut ServerBusy Md5Mismatch Crc64Mismatch"
    ),
    Meaning.EXPIRED: "ExpiredToken RequestExpired TokenRefreshRequired ExpiredPresignRequest",
    Meaning.SKEWED: "RequestTimeTooSkewed RequestNotYetValid",
    Meaning.UNSIGNED: (
        "SignatureDoesNotMatch InvalidAccessKeyId InvalidToken InvalidSecurity "
        "AuthorizationHeaderMalformed AuthorizationQueryParametersError AuthenticationFailed "
        "InvalidAuthenticationInfo NoAuthenticationInformation"
    ),
    Meaning.DENIED: (
        "AccessDenied AllAccessDisabled AccountProblem UserDisabled Forbidden AuthorizationFailure "
        "AuthorizationPermissionMismatch AuthorizationProtocolMismatch "
        "AuthorizationResourceTypeMismatch AuthorizationServiceMismatch "
        "AuthorizationSourceIPMismatch InsufficientAccountPermissions AccountIsDisabled"
    ),
    Meaning.ABSENT: "NoSuchKey NoSuchVersion BlobNotFound ResourceNotFound",
    Meaning.NO_BUCKET: "NoSuchBucket",
    Meaning.NO_CONTAINER: "ContainerNotFound ContainerBeingDeleted ContainerDisabled",
    Meaning.FORGOTTEN: "NoSuchUpload",
    Meaning.UNFIT: "InvalidPart InvalidPartOrder InvalidBlockList",
    Meaning.FULL: (
        "QuotaExceeded InsufficientStorage StorageFull XMinioStorageFull AccountLimitExceeded "
        "XMinioAdminBucketQuotaExceeded"
    ),
    Meaning.TOO_LARGE: "EntityTooLarge RequestBodyTooLarge MaxMessageLengthExceeded",
    Meaning.ARCHIVED: "InvalidObjectState BlobArchived BlobBeingRehydrated",
    Meaning.ELSEWHERE: "PermanentRedirect TemporaryRedirect Redirect",
}
_BY_CODE = {code: meaning for meaning, codes in _CODES.items() for code in codes.split()}
_BY_STATUS = {
    401: Meaning.UNSIGNED,
    403: Meaning.DENIED,
    404: Meaning.ABSENT,
    408: Meaning.LATER,
    410: Meaning.ABSENT,
    413: Meaning.TOO_LARGE,
    425: Meaning.LATER,
    429: Meaning.LATER,
    507: Meaning.FULL,
    511: Meaning.SIGN_IN,
}
_STORES_OWN = ("etag", "x-amz-request-id", "x-ms-request-id", "accept-ranges", "content-range")
_FINAL_5XX = frozenset({501, 505, 506, 508, 510})
_LINKS = frozenset({400, 401, 403})  # what stores say of links that are too old
_TOO_OLD = re.compile(r"expired|not valid in the specified time", re.IGNORECASE)
_INTO_RENEWAL = frozenset({Meaning.EXPIRED, Meaning.SKEWED, Meaning.UNSIGNED, Meaning.DENIED})


def meaning_of(status: int, code: str, said: str) -> Meaning:
    """What a refusal means; ``said`` is everything in words that the store says beside its code.

    A known code decides, whatever the status: stores and what stands before them disagree there.
    """
    if status in _LINKS and _TOO_OLD.search(said):
        return Meaning.EXPIRED
    known = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if known is not None:
        return known
    if 300 <= status < 400:
        return Meaning.ELSEWHERE
    return Meaning.LATER if status >= 500 and status not in _FINAL_5XX else Meaning.OTHER


class StoreResponseError(Exception):
    """The store answered with an error. ``wait``: seconds that it asks us to wait."""

    def __init__(
        self, status: int, code: str, message: str, wait: float | None, meaning: Meaning
    ) -> None:
        super().__init__(status, code)
        self.status, self.code, self.message, self.wait = status, code, message, wait
        self.meaning = meaning

    @property
    def passing(self) -> bool:
        """Whether the same may go well a little later."""
        return self.meaning in (Meaning.LATER, Meaning.SIGN_IN)

    @property
    def expired(self) -> bool:
        """Whether it says that the link is too old."""
        return self.meaning is Meaning.EXPIRED

    @property
    def of_link(self) -> bool:
        """Whether a fresh link to the same object may be taken."""
        return self.meaning in _INTO_RENEWAL

    @property
    def absent(self) -> bool:
        """Whether there is no object under this name, or none that the link may see: a key that
        may not list gets 403 for what is not there."""
        return self.meaning is Meaning.DENIED or self.gone

    @property
    def gone(self) -> bool:
        """Whether there is surely no object under this name."""
        return self.meaning in (Meaning.ABSENT, Meaning.NO_BUCKET, Meaning.NO_CONTAINER)

    @property
    def answer(self) -> str:
        """Status and code, as the store said them."""
        return f"{self.status} {scrub(self.code)}".rstrip()

    def explain(self) -> str:
        """What the matter is, with the store's own status and code, and what to do."""
        told = scrub(self.message).strip().rstrip(".")
        known = self.meaning not in (Meaning.LATER, Meaning.OTHER, Meaning.DENIED)
        said = "" if known or not told else f": {told}"
        what = f"{tr(self.meaning.value)} ({self.answer}){said}."
        return sentences(what, _REMEDIES.get(self.meaning, ""))

    def explain_absence(self) -> str:
        """The same, to somebody who asked for an object."""
        if self.meaning is not Meaning.DENIED:
            return self.explain()
        hidden = tr(
            "The file is not in the storage, or the bucket's key may not see it: the storage says "
            "the same to both ({answer}).",
            answer=self.answer,
        )
        return sentences(hidden, _REMEDIES[Meaning.DENIED])


def refusal(response: httpx.Response) -> StoreResponseError:
    """What an error answer of the store says (at most 1 MiB of it is read)."""
    body = read_small(response)
    answer = read_xml(body) if body is not None else None
    found = answer if answer is not None and answer.root == "Error" else StoreAnswer("")
    header = response.headers.get("x-ms-error-code", "")  # Azure's answers may have no body
    return refused(response.status_code, found, retry_after(response.headers), header)


def refused(
    status: int, answer: StoreAnswer, wait: float | None = None, header: str = ""
) -> StoreResponseError:
    """A refusal from what the store's XML says."""
    code = answer.code or header
    meaning = meaning_of(status, code, f"{answer.message} {answer.detail}")
    return StoreResponseError(status, code, answer.message, wait, meaning)


def refuse_page(response: httpx.Response, method: str) -> None:
    """StoreResponseError for a web page, or the way to one, that whoever stands before the store sent.

    What a store sends has an ETag or an id of the request, also where it holds a web page; to a file
    and to a deletion it has nothing to say; and who is sent on by it with what it sends, is so by
    307 or 301.
    """
    status, headers = response.status_code, response.headers
    kind = headers.get("content-type", "").lower()
    words = "html" in kind or (method == "GET" and ("json" in kind or kind.startswith("text/")))
    talks = method in ("PUT", "DELETE") and headers.get("content-length", "0") != "0"
    page = response.is_success and (words or talks)
    led = method != "GET" and status in (302, 303)
    if (page or led) and not any(name in headers for name in _STORES_OWN):
        raise StoreResponseError(status, "", "", None, Meaning.SIGN_IN)


def read_small(response: httpx.Response) -> bytes | None:
    """A short body; None when it is longer than 1 MiB or breaks off."""
    body = bytearray()
    try:
        for count, chunk in enumerate(response.iter_raw()):
            body += chunk
            if len(body) > XML_LIMIT or count > MOST_PIECES:
                return None
    except httpx.TransportError:
        return None
    return bytes(body)
