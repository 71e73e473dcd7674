"""Zip files inside an artifact: the directory and single members, inflated within limits.

The standard library's reader takes a directory of any size into memory and inflates without end.
Nothing is ever extracted under a name that the archive gives, so names cannot do harm.
"""

import bz2
import itertools
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr

from .byte_source import Slice, Source, read_exactly
from .compressed import Zlib

MAX_DIRECTORY = 16 * 1024 * 1024  # bytes
MAX_ENTRIES = 100_000  # that are listed; a file may have more
MOST_RATIO = 250  # how much larger than its packed form a member may be, above the first mebibyte
_FREE = 1024 * 1024
_STEP = 256 * 1024
WHOLE = 2 * 1024 * 1024  # bytes at once of what is wanted to its end
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_COMMENT = struct.Struct("<H")  # its length, the last field of the end record
_MOST_END = 76 + 22 + 65_535  # bytes of both end records, the locator and the longest comment
STORED = 0
_UNPACKING: dict[int, Callable[[], Zlib | bz2.BZ2Decompressor]] = {
    8: lambda: Zlib(-zlib.MAX_WBITS),
    12: bz2.BZ2Decompressor,
}


class ZipEntry(NamedTuple):
    """One member as the directory describes it."""

    name: str
    method: int
    packed: int
    size: int
    place: int
    encrypted: bool


def _damaged(source: Source, what: str) -> ArtifactError:
    return ArtifactError(
        tr("A zip file in the artifact is damaged"),
        tr("{file} {fault}. Build the artifact again.", file=shortened(source.name), fault=what),
    )


class ZipListing(NamedTuple):
    """The members in the order of the directory, folders left out; `cut` says that more follow."""

    entries: list[ZipEntry]
    cut: bool


def zip_listing(source: Source) -> ZipListing:
    """The first members of a zip file."""
    size, place, shift = _directory_place(source)
    try:
        data = read_exactly(source, place, min(size, MAX_DIRECTORY))
        entries = list(itertools.islice(_parse(data, shift), MAX_ENTRIES + 1))
    except UnreachableError:
        raise
    except (struct.error, ArtifactError):
        raise _damaged(source, tr("has a directory that cannot be read")) from None
    cut = size > MAX_DIRECTORY or len(entries) > MAX_ENTRIES
    return ZipListing([each for each in entries[:MAX_ENTRIES] if not each.name.endswith("/")], cut)


def zip_entries(source: Source) -> list[ZipEntry]:
    """All members of a zip file, for who looks for one of them."""
    entries, cut = zip_listing(source)
    if cut:
        raise ArtifactError(
            tr("A zip file in the artifact has too many files"),
            tr(
                "{file} has more than {most}, which is more than are looked "
                "through. Download the artifact to look into it.",
                file=shortened(source.name),
                most=number_text(len(entries)),
            ),
        )
    return entries


def _directory_place(source: Source) -> tuple[int, int, int]:
    """Bytes and place of the directory, and how far all places are shifted."""
    start = max(0, source.size - _MOST_END)
    tail = read_exactly(source, start, source.size - start)
    found = _end_place(tail)
    if found < 0:
        raise _damaged(source, tr("is no whole zip file"))
    size, place = struct.unpack_from("<II", tail, found + 12)
    wide = found - 76
    if wide >= 0 and tail.startswith(_END64, wide) and tail.startswith(_LOCATOR64, found - 20):
        size, place = struct.unpack_from("<QQ", tail, wide + 40)
        found = wide
    shift = start + found - size - place  # bytes that stand before the zip file proper
    if shift < 0:
        raise _damaged(source, tr("is no whole zip file"))
    return size, place + shift, shift


def _end_place(tail: bytes) -> int:
    """The last end record whose comment ends with the file, or the last one; -1 without any."""
    places = [each.start() for each in re.finditer(_END, tail[:-18])]
    whole = [at for at in places if at + 22 + _COMMENT.unpack_from(tail, at + 20)[0] == len(tail)]
    return (whole or places or [-1])[-1]


def _parse(data: bytes, shift: int) -> Iterator[ZipEntry]:
    at = 0
    while at + 46 <= len(data) and data[at : at + 4] == b"PK\x01\x02":
        flags, method = struct.unpack_from("<HH", data, at + 8)
        packed, size, name_length, extra_length, comment_length = struct.unpack_from(
            "<IIHHH", data, at + 20
        )
        (place,) = struct.unpack_from("<I", data, at + 42)
        names_end = at + 46 + name_length
        name = data[at + 46 : names_end].decode("utf-8" if flags & 0x800 else "cp437", "replace")
        extra = data[names_end : names_end + extra_length]
        entry_end = names_end + extra_length + comment_length
        if entry_end > len(data):
            break
        at = entry_end
        size, packed, place = _wide(extra, size, packed, place)
        yield ZipEntry(name, method, packed, size, place + shift, bool(flags & 1))
    if data and not at:
        raise struct.error("no entry")


def _wide(extra: bytes, size: int, packed: int, place: int) -> tuple[int, int, int]:
    """The three numbers, of which those that did not fit stand in the zip64 field."""
    numbers = [size, packed, place]
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field, used = extra[at + 4 : at + 4 + length], 0
            for index, number in enumerate(numbers):
                if number == 0xFFFFFFFF and used + 8 <= len(field):
                    (numbers[index],) = struct.unpack_from("<Q", field, used)
                    used += 8
        at += 4 + length
    return numbers[0], numbers[1], numbers[2]


def packed_bytes(source: Source, entry: ZipEntry) -> Slice:
    """The bytes of a member as they lie there, packed or not."""
    if entry.encrypted:
        raise ArtifactError(
            tr("A file in the artifact is encrypted"),
            tr(
                "{member} in {file} needs a password; such files are not opened.",
                member=shortened(entry.name),
                file=shortened(source.name),
            ),
        )
    header = read_exactly(source, entry.place, 30)
    if header[:4] != b"PK\x03\x04":
        raise _damaged(
            source, tr("has no {member} where it should be", member=shortened(entry.name))
        )
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    return Slice(source, entry.place + 30 + name_length + extra_length, entry.packed, entry.name)


def zip_stream(source: Source, entry: ZipEntry, limit: int, step: int = _STEP) -> Iterator[bytes]:
    """The content of a member in blocks; ArtifactError beyond `limit` bytes or a sane ratio."""
    packed = packed_bytes(source, entry)
    most = min(limit, _FREE + MOST_RATIO * packed.size)
    done = 0
    for block in _unpacked(packed, entry, step):
        done += len(block)
        if done > most:
            raise ArtifactError(
                tr("A file in the artifact is too large"),
                tr(
                    "{member} in {file} unpacks to more than {most} bytes. It is not "
                    "opened here; download the artifact.",
                    member=shortened(entry.name),
                    file=shortened(source.name),
                    most=number_text(most),
                ),
            )
        yield block


def _unpacked(packed: Slice, entry: ZipEntry, step: int) -> Iterator[bytes]:
    if entry.method == STORED:
        for start in range(0, packed.size, step):
            yield packed.read(start, min(step, packed.size - start))
        return
    if entry.method not in _UNPACKING:
        raise ArtifactError(
            tr("A file in the artifact is packed in an unknown way"),
            tr(
                "{member} uses method {method}; only deflate and bzip2 are read.",
                member=shortened(entry.name),
                method=entry.method,
            ),
        )
    unpacking = _UNPACKING[entry.method]()
    for start in range(0, packed.size, step):
        data = packed.read(start, min(step, packed.size - start))
        while True:
            try:
                block = unpacking.decompress(data, _STEP)
            except (zlib.error, OSError):
                raise _damaged(packed, tr("cannot be unpacked")) from None
            if block:
                yield block
            if unpacking.eof:
                return
            if unpacking.needs_input:
                break
            data = b""
    raise _damaged(packed, tr("ends in the middle"))


def zip_read(source: Source, entry: ZipEntry, limit: int) -> bytes:
    """The whole content of a member, at most `limit` bytes."""
    return b"".join(zip_stream(source, entry, limit, WHOLE))


def zip_head(source: Source, entry: ZipEntry, count: int) -> bytes:
    """The first `count` bytes of a member, or all that it has."""
    head = b""
    for block in zip_stream(source, entry, max(entry.size, count) + _STEP, max(count, 4096)):
        head += block
        if len(head) >= count:
            break
    return head[:count]
