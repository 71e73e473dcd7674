"""Comparing what arrived with the hash that its record has, and saying what is wrong with it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable

from dfs_desktop.api.errors import ChecksumError

from .hashing import BLOCK

Read = Callable[[memoryview, int], int]

_MOST = 4  # times its own size that a compressed file may unpack to, when it is looked into


def is_sha256(text: str) -> bool:
    """Whether a record's hash can be compared with anything."""
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text.lower())


def check_hash(found: str, registered: str, read: Read, size: int, encoding: str) -> None:
    """ChecksumError unless the hash is the registered one. Foreign hashes say nothing.

    ``encoding`` is the Content-Encoding with which the storage gave the file, ``read`` reads it.
    """
    expected = registered.strip().lower()
    if not is_sha256(expected) or found == expected:
        return
    if "gzip" in encoding and _inflated(read, size) == expected:
        raise ChecksumError(
            "The storage holds it compressed (Content-Encoding: gzip); unpacked it would be the "
            "registered file. It was not kept. Upload it again as it is."
        )
    raise ChecksumError(
        "Its SHA-256 differs from the registered one: the file was replaced or damaged in "
        "the storage. It was not kept.",
    )


def _inflated(read: Read, size: int) -> str:
    """The SHA-256 of what gzip makes of it; empty when it is no gzip, or suspiciously large."""
    digest, unpack, total = hashlib.sha256(), zlib.decompressobj(31), 0
    room = memoryview(bytearray(BLOCK))
    for start in range(0, size, BLOCK):
        data = bytes(room[: read(room[: size - start], start)])
        while data:
            try:
                piece = unpack.decompress(data, BLOCK)
            except zlib.error:
                return ""
            data, total = unpack.unconsumed_tail, total + len(piece)
            if total > _MOST * size + BLOCK:
                return ""
            digest.update(piece)
    return digest.hexdigest() if unpack.eof else ""
