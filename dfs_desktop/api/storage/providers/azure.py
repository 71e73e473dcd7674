"""What Azure Blob Storage needs: the header of a whole blob, and the block list that completes one."""

import base64
import urllib.parse
from collections.abc import Iterable
from xml.sax.saxutils import escape

from dfs_desktop.api.storage.presigned_urls import Target

WHOLE_BLOB = {"x-ms-blob-type": "BlockBlob"}


def block_id(target: Target, number: int) -> str:
    """The id of a block, as its presigned URL says it."""
    query = target.raw.decode("ascii").partition("?")[2]
    # Not parse_qs: it reads a plus sign, which base64 has, as a space.
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "blockid":
            return urllib.parse.unquote(value)
    return base64.b64encode(f"block-{number:08d}".encode()).decode()


def block_list(ids: Iterable[str]) -> bytes:
    """The body that joins blocks, in file order."""
    blocks = "".join(f"<Latest>{escape(block)}</Latest>" for block in ids)
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return f"{head}<BlockList>{blocks}</BlockList>".encode()
