"""Short answers of object stores: their XML, bounded in size and read without document types."""

from xml.etree import ElementTree as ET

import httpx
from msgspec import Struct

from dfs_desktop.api.http.answer_limits import MOST_PIECES
from dfs_desktop.api.storage.providers.known_providers import PROVIDERS

XML_LIMIT = 1 << 20
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
