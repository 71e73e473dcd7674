"""One 512-byte tar header, and the extension records that may precede it, read strictly."""

import re

import msgspec

from .errors import ArtifactError
from .names import shortened

BLOCK = 512
MAX_PAX_RECORDS = 1000

_OCTAL = re.compile(rb"[0-7]*")
_PAX_LENGTH = re.compile(rb"([1-9][0-9]{0,7}) ")
_WITHOUT_CHECKSUM = b" " * 8

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


def damaged(offset: int, what: str) -> ArtifactError:
    """The error for an archive whose structure breaks at the byte `offset`."""
    return ArtifactError(
        "The archive is damaged",
        f"At byte {offset} {what}. The file may be incomplete: copy or build it again.",
    )


def parse_header(block: bytes) -> Header:
    """The fields of one header block; BadHeaderError when its checksum or a number is wrong."""
    stored = _number(block[148:156])
    plain = block[:148] + _WITHOUT_CHECKSUM + block[156:]
    unsigned = sum(plain)
    # Some old writers summed signed bytes; tar programs accept both.
    if stored != unsigned and stored != unsigned - 256 * sum(byte > 127 for byte in plain):
        raise BadHeaderError("a header has a wrong checksum")
    name = _text(block[:100])
    # GNU headers keep times where POSIX ones keep the first part of a long name.
    if block[257:263] == b"ustar\0" and block[345] != 0:
        name = _text(block[345:500]) + b"/" + name
    return Header(name, block[156:157], _number(block[124:136]))


def _text(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


def _number(field: bytes) -> int:
    """An octal field, or base 256 when its first bit is set; negative ones are refused."""
    if field[0] & 0x80:
        if field[0] & 0x40:
            raise BadHeaderError("a header holds a negative number")
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    digits = _text(field).strip(b" ")
    if not _OCTAL.fullmatch(digits):
        raise BadHeaderError("a header holds something that is no number")
    return int(digits or b"0", 8)


def parse_pax(data: bytes) -> dict[str, bytes]:
    """The records of one PAX header; BadHeaderError when they are malformed or too many."""
    records: dict[str, bytes] = {}
    position = 0
    for _ in range(MAX_PAX_RECORDS):
        if position == len(data) or (data[position] == 0 and not data[position:].strip(b"\0")):
            return records
        match = _PAX_LENGTH.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or not match.end() < end <= len(data) or data[end - 1] != 0x0A:
            raise BadHeaderError("an extended header is malformed")
        key, equals, value = data[match.end() : end - 1].partition(b"=")
        if not equals or not key:
            raise BadHeaderError("an extended header has a record without a key")
        records[key.decode("utf-8", "replace")] = value
        position = end
    raise BadHeaderError(f"an extended header has more than {MAX_PAX_RECORDS} records")


def member_name(raw: bytes) -> str:
    """The path of a member, relative and in short form; ArtifactError when it is a hostile one.

    "./" and doubled slashes are dropped, since `tar -cf model.tar .` writes them; "" is the root.
    """
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        shown = shortened(raw.decode("utf-8", "backslashreplace"))
        raise ArtifactError(
            "A file inside the archive has a name that is not UTF-8",
            f"“{shown}” cannot be written to a registry. Rename it and build the archive again.",
        ) from None
    title = "The archive is not safe to register"
    if "\0" in name:
        raise ArtifactError(title, f"The name “{shortened(name)}” inside it holds a NUL character.")
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:[/\\]", name):
        raise ArtifactError(title, f"“{shortened(name)}” inside it is an absolute path.")
    if ".." in re.split(r"[/\\]", name):
        raise ArtifactError(title, f"“{shortened(name)}” inside it leads out of its folder.")
    return "/".join(part for part in name.split("/") if part not in ("", "."))
