"""One 512-byte tar header, and the extension records that may precede it."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator

import msgspec

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr

BLOCK = 512
MAX_NAME = 64 * 1024  # bytes of one path; file systems stop at 4096
_WINDOW = 64 * 1024  # bytes of an extension header that are held at once
_MAX_KEY = 4096  # bytes; a longer keyword is none of those that matter

# Name, size, checksum, kind, link, magic, and the first byte of what may be a prefix of the name.
_FIELDS = struct.Struct("100s24x12s12x8sc100s6s82xB")
_OCTAL = re.compile(rb"[ \t]*([0-7]*)(?:[ \0].*)?", re.DOTALL)
_PAX_RECORD = re.compile(rb"0*([1-9][0-9]{0,17}) (?:([^=]{1,%d})=)?" % _MAX_KEY)
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_ABSOLUTE = re.compile(r"(?:[A-Za-z]:)?[/\\]")
_ZERO_TAIL = re.compile(rb"\0+")

COMPRESSIONS = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
)


class BadHeaderError(Exception):
    """The block is no tar header; the text completes the sentence "the archive is damaged: ..."."""


class Header(msgspec.Struct, frozen=True):
    """What a header block says by itself, before extensions are applied."""

    name: bytes
    kind: bytes
    size: int
    link: bytes  # the name of the member that a hard link leads to


def damaged(offset: int, what: str) -> ArtifactError:
    """The error for an archive whose structure breaks at the byte `offset`."""
    return ArtifactError(
        tr("The archive is damaged"),
        tr(
            "At byte {offset}: {fault}. The file may be incomplete: copy or build it again.",
            offset=offset,
            fault=what,
        ),
    )


def parse_header(block: bytes) -> Header:
    """The fields of one header block; BadHeaderError when its checksum or a number is wrong."""
    name, size, checksum, kind, link, magic, prefix = _FIELDS.unpack_from(block)
    stored = _number(checksum)
    unsigned = _sum(block) - _sum(checksum) + 8 * ord(" ")
    if stored != unsigned:
        # Some old writers summed signed bytes; tar programs accept both.
        plain = block[:148] + block[156:]
        if stored != unsigned - 256 * sum(byte > 127 for byte in plain):
            raise BadHeaderError(tr("a header has a wrong checksum"))
    name = _text(name)
    # GNU headers keep times where POSIX ones keep the first part of a long name; star keeps them
    # behind a shorter one.
    if prefix and magic == b"ustar\0":
        end = 476 if block[508:512] == b"tar\0" else 500
        name = _text(block[345:end]) + b"/" + name
    return Header(name, kind, _number(size), _text(link) if kind == b"1" else b"")


def _sum(data: bytes) -> int:
    """The sum of up to 512 bytes: Adler-32 holds it, in a tenth of the time that sum() takes."""
    if data.isascii():  # else it may not hold so many
        return zlib.adler32(data, 0) & 0xFFFF
    half = len(data) // 2
    return (zlib.adler32(data[:half], 0) & 0xFFFF) + (zlib.adler32(data[half:], 0) & 0xFFFF)


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _number(field: bytes) -> int:
    """An octal field, or base 256 when its first bit is set; negative ones are refused."""
    digits = field.rstrip(b" \0")
    if digits.isdigit():  # nearly always; int() by itself takes signs and more
        try:
            return int(digits, 8)
        except ValueError:
            raise BadHeaderError(tr("a header holds something that is no number")) from None
    if field[0] & 0x80:
        if field[0] & 0x40:
            raise BadHeaderError(tr("a header holds a negative number"))
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    if (match := _OCTAL.fullmatch(field)) is None:
        raise BadHeaderError(tr("a header holds something that is no number"))
    return int(match[1] or b"0", 8)


def pax_records(read: Callable[[int, int], bytes], size: int) -> Iterator[tuple[str, bytes]]:
    """The records of one PAX header that say where a file lies and what it is called.

    `read(place, length)` gives bytes of the header, which is `size` bytes long. Other records
    (times, owners, attributes of any length) are walked past, a window at a time. BadHeaderError
    when the records contradict their own lengths.
    """
    start, held, position = 0, read(0, min(size, _WINDOW)), 0
    while position < size:
        if position + _MAX_KEY + 32 > start + len(held) < size:
            start, held = position, read(position, min(size - position, _WINDOW))
        if (match := _PAX_RECORD.match(held, position - start)) is None:
            if _only_zeros(read, position, size):
                return
            raise BadHeaderError(tr("an extended header is malformed"))
        end = position + int(match[1])
        if not match.end(1) + start + 1 < end <= size:
            raise BadHeaderError(tr("an extended header is malformed"))
        if (held[end - 1 - start : end - start] or read(end - 1, 1)) != b"\n":
            raise BadHeaderError(tr("an extended header is malformed"))
        if (key := match[2]) is None or match.end() + start >= end:
            if end - position <= _MAX_KEY:
                raise BadHeaderError(tr("an extended header has a record without a key"))
        elif key in _NAMES or key.startswith(b"GNU.sparse."):
            value = match.end() + start
            yield key.decode("utf-8", "replace"), read(value, min(end - 1 - value, MAX_NAME + 1))
        position = end


# The last two mark a file whose zeros are left out, for star and for Solaris.
_NAMES = (b"path", b"size", b"linkpath", b"SCHILY.realsize", b"SUN.holesdata")


def _only_zeros(read: Callable[[int, int], bytes], position: int, size: int) -> bool:
    while position < size:
        piece = read(position, min(size - position, 4096))
        if not _ZERO_TAIL.fullmatch(piece):
            return False
        position += len(piece)
    return True


def member_name(raw: bytes) -> str:
    """The path of a member, relative and in short form; ArtifactError when it is a hostile one.

    "./" and doubled slashes are dropped, since `tar -cf model.tar .` writes them; "" is the root.
    Bytes that are not UTF-8 are written as in addresses: "mod%E9l".
    """
    if len(raw) > MAX_NAME:
        shown = shortened(raw[:200].decode("utf-8", "replace"), 60)
        most = number_text(MAX_NAME)
        raise _unsafe(
            tr(
                "“{name}…” inside it is a name of more than {most} bytes. Shorten it.",
                name=shown,
                most=most,
            )
        )
    name = raw.decode("utf-8", "surrogateescape")
    if not name.isascii():
        name = _NOT_UTF8.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", name)
    if "\0" in name:
        raise _unsafe(
            tr("The name “{name}” inside it holds a NUL character.", name=shortened(name))
        )
    if _ABSOLUTE.match(name):
        raise _unsafe(tr("“{name}” inside it is an absolute path.", name=shortened(name)))
    if ".." in name and ".." in re.split(r"[/\\]", name):
        raise _unsafe(tr("“{name}” inside it leads out of its folder.", name=shortened(name)))
    if "//" in name or "./" in name or name.endswith(("/", "/.")) or name == ".":
        return "/".join(part for part in name.split("/") if part not in ("", "."))
    return name


def _unsafe(why: str) -> ArtifactError:
    return ArtifactError(tr("The archive is not safe to register"), why)
