"""Short answers of object stores, bounded in size: their XML, without document types; errors in JSON."""

from xml.etree import ElementTree as ET

import httpx
import msgspec
from msgspec import Struct

from dfs_desktop.api.http.answer_limits import MOST_PIECES
from dfs_desktop.api.storage.providers.known_providers import PROVIDERS

XML_LIMIT = 1 << 20
_AROUND = ("ErrorResponse", "Response")  # has the error, as answers of STS, SQS and EC2
_UNFIT = {code: None for code in range(32) if chr(code) not in "\t\n\r"}  # for XML


class StoreAnswer(Struct, frozen=True):
    """The root element of an answer and, for errors, what they say."""

    root: str
    code: str = ""
    message: str = ""
    etag: str = ""
    upload_id: str = ""
    detail: str = ""  # what the code leaves open: that a link is too old


def read_xml(body: bytes) -> StoreAnswer | None:
    """What a store's XML says; None when it is none, too large, or declares a document type."""
    if len(body) > XML_LIMIT:
        return None
    try:
        # Decoded here, so that another encoding cannot hide a document type.
        text = body.decode("utf-8", "replace").translate(_UNFIT).strip()
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            return None
        root = ET.fromstring(text)  # noqa: S314 - small, and without a document type
    except (ET.ParseError, ValueError, LookupError):
        return None
    if _local(root.tag) in _AROUND:
        root = next((each for each in root.iter() if _local(each.tag) == "Error"), root)
    found: dict[str, str] = {}
    for child in root:
        found.setdefault(_local(child.tag), (child.text or "").strip())
    return StoreAnswer(
        _local(root.tag),
        found.get("Code", ""),
        found.get("Message", ""),
        found.get("ETag", ""),
        found.get("UploadId", ""),
        next((found[each.detail] for each in PROVIDERS.values() if each.detail in found), ""),
    )


def read_json_error(body: bytes) -> StoreAnswer:
    """What a refusal in JSON says, alone or below "error"."""
    try:
        said = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return StoreAnswer("")
    found: dict[str, object] = {}
    for _ in range(2):
        if isinstance(said, dict):
            found |= {key.lower(): value for key, value in said.items()}
            said = found.get("error")
    words = {key: value for key, value in found.items() if isinstance(value, str)}
    code = words.get("code") or words.get("__type", "").rpartition("#")[2]
    return StoreAnswer("Error", code, words.get("message", ""))


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


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
