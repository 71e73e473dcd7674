"""Azure Blob Storage: the header of a whole blob, and the block list that completes one."""

import base64
import urllib.parse
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.translation import later

from .provider import JoinedPart, Multipart, StoreProvider


def block_id(part: JoinedPart) -> str:
    """The id of a block, as its presigned URL says it."""
    # Not parse_qs: it reads a plus sign, which base64 has, as a space.
    for pair in part.address.partition("?")[2].split("&"):
        name, _, value = pair.partition("=")
        if name == "blockid":
            return urllib.parse.unquote(value)
    return base64.b64encode(f"block-{part.number:08d}".encode()).decode()


def block_list(parts: Iterable[JoinedPart]) -> bytes:
    """The body that joins blocks, in file order."""
    blocks = "".join(f"<Latest>{escape(block_id(part))}</Latest>" for part in parts)
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}<BlockList>{blocks}</BlockList>".encode()


def _expiry(query: Mapping[str, str]) -> float | None:
    if "se" not in query:
        return None
    ends = datetime.fromisoformat(query["se"])
    return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)).timestamp()


AZURE = StoreProvider(
    kind="azure",
    codes={
        Meaning.LATER: "OperationTimedOut ServerBusy Md5Mismatch Crc64Mismatch",
        Meaning.UNSIGNED: (
            "AuthenticationFailed InvalidAuthenticationInfo NoAuthenticationInformation"
        ),
        Meaning.DENIED: (
            "AuthorizationFailure AuthorizationPermissionMismatch AuthorizationProtocolMismatch "
            "AuthorizationResourceTypeMismatch AuthorizationServiceMismatch "
            "AuthorizationSourceIPMismatch InsufficientAccountPermissions AccountIsDisabled"
        ),
        Meaning.ABSENT: "BlobNotFound ResourceNotFound",
        Meaning.NO_CONTAINER: "ContainerNotFound ContainerBeingDeleted ContainerDisabled",
        Meaning.UNFIT: "InvalidBlockList",
        Meaning.FULL: "AccountLimitExceeded",
        Meaning.TOO_LARGE: "RequestBodyTooLarge",
        Meaning.ARCHIVED: "BlobArchived BlobBeingRehydrated",
    },
    expiry=_expiry,
    request_id="x-ms-request-id",
    code_header="x-ms-error-code",
    detail="AuthenticationErrorDetail",
    whole_headers={"x-ms-blob-type": "BlockBlob"},
    endpoint_is_host=False,
    multipart=Multipart(
        opened_by_store=False,
        needs_etags=False,
        method="PUT",
        body=block_list,
        discarded=later(
            "Discarded, {much} stays in the storage, unseen, until Azure drops it, in about a week."
        ),
        cancelled=later(
            "Then {much} stays in the storage, unseen, until Azure drops it, in about a week."
        ),
    ),
)
