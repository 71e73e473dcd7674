"""The headers of npy files, alone or together in an npz."""

import math
import re

from dfs_desktop.artifact.archive.byte_source import BytesSource, Slice, Source, read_exactly
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.archive.zip_files import ZipEntry, ZipListing, zip_head, zip_listing
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import sentences, tr, trn

from .tensors import (
    MAX_AXES,
    MORE_ARRAYS,
    TOO_MANY_ARRAYS,
    Tensor,
    Weights,
    damaged,
    listed_only,
)

MAGIC = b"\x93NUMPY"
ZIPPED, EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
MAX_HEADER = 1024 * 1024  # a record may have tens of thousands of fields
MAX_ARRAYS = 2000  # each is a read of its own
# The header is a Python literal, read with patterns: no evaluation, no recursion.
_DESCR = re.compile(r"'descr'\s*:\s*(?:'([^']{1,40})'|(\[))")
_OBJECTS = re.compile(rb"'[|<=>]?O[0-9]*'")
_SHAPE = re.compile(r"'shape'\s*:\s*\(([0-9, L]*)\)")
_PLAIN = re.compile(r"[<>=|]?([biufcmMSUVO?])([0-9]{0,9})(\[[0-9]{0,9}[A-Za-z]{1,3}\])?")
_NAMES = {"b": "int", "i": "int", "u": "uint", "f": "float", "c": "complex",
          "m": "timedelta", "M": "datetime"}  # fmt: skip


def read_npy(source: Source) -> Weights:
    array = _array(source, source.name, source.size)
    end = _header_end(read_exactly(source, 0, 12)) + array.size
    return Weights.of("npy", (array,), missing=end - source.size)


def read_npz(source: Source) -> Weights:
    """The arrays of an npz file, in its order; one that cannot be read does not hide the others."""
    listing = zip_listing(source)
    entries = _arrays(listing)
    found: list[Tensor] = []
    problems: list[ArtifactError] = []
    for entry in entries[:MAX_ARRAYS]:
        try:
            found.append(_entry(source, entry))
        except UnreachableError:
            raise
        except ArtifactError as error:
            problems.append(error)
    if problems and not found:
        raise problems[0]
    too_many = left_out = ""
    if len(entries) > MAX_ARRAYS:
        many = MORE_ARRAYS if listing.cut else TOO_MANY_ARRAYS
        too_many = listed_only(many, len(entries), MAX_ARRAYS)
    if problems:
        left_out = trn(
            "{amount} of its arrays is left out: {detail}",
            "{amount} of its arrays are left out: {detail}",
            len(problems),
            amount=number_text(len(problems)),
            detail=problems[0].detail,
        )
    return Weights.of("npz", found, remark=sentences(too_many, left_out))


def may_hold_objects(head: bytes) -> bool:
    """Whether an npy file with these first bytes has pickled objects, or its header goes on."""
    if len(head) < 12:
        return False
    end = _header_end(head)
    return end > len(head) or _OBJECTS.search(head, 10, end) is not None


def objects_of(source: Source) -> Slice | None:
    """The pickle that an npy file holds when it is an array of objects, or of records with some."""
    head = read_exactly(source, 0, min(12, source.size))
    if len(head) < 12 or (end := _header_end(head)) >= source.size:
        return None
    if not _OBJECTS.search(read_exactly(source, 10, min(end, MAX_HEADER) - 10)):
        return None
    return Slice(source, end, source.size - end, source.name)


def is_npz(source: Source) -> bool:
    return bool(_arrays(zip_listing(source)))


def _arrays(listing: ZipListing) -> list[ZipEntry]:
    return [
        each
        for each in listing.entries
        if each.name.endswith(".npy") and not is_companion(each.name)
    ]


def _entry(source: Source, entry: ZipEntry) -> Tensor:
    head = zip_head(source, entry, 1024)
    if len(head) >= 12 and head.startswith(MAGIC) and _header_end(head) > len(head):
        head = zip_head(source, entry, min(_header_end(head), MAX_HEADER + 12))
    name = entry.name.removesuffix(".npy")
    return _array(BytesSource(head, entry.name), name, entry.size)


def _header_end(head: bytes) -> int:
    if head[6] == 1:
        return 10 + int.from_bytes(head[8:10], "little")
    return 12 + int.from_bytes(head[8:12], "little")


def _array(source: Source, name: str, size: int) -> Tensor:
    if source.size < 12:
        raise damaged(source, tr("is no npy file"))
    head = read_exactly(source, 0, 12)
    if not head.startswith(MAGIC) or head[6] not in (1, 2, 3):
        raise damaged(source, tr("is no npy file"))
    start, end = (10 if head[6] == 1 else 12), _header_end(head)
    if end > size:
        raise damaged(source, tr("has a header that is longer than the file"))
    if end > MAX_HEADER + 12:
        raise ArtifactError(
            tr("The array cannot be listed"),
            tr(
                "{file} has a header of {size} bytes; {most} are read.",
                file=shortened(source.name),
                size=number_text(end),
                most=number_text(MAX_HEADER),
            ),
        )
    text = read_exactly(source, start, end - start).decode("latin-1")
    descr, shape_text = _DESCR.search(text), _SHAPE.search(text)
    if descr is None or shape_text is None:
        raise damaged(source, tr("has a header that names no type or shape"))
    axes = [axis.strip(" L") for axis in shape_text[1].split(",")]
    shape = tuple(int(axis) for axis in axes if axis and len(axis) < 20 and axis.isdigit())
    if len(shape) > MAX_AXES:
        raise damaged(source, tr("has more than {most} axes", most=MAX_AXES))
    dtype, item = _type(descr[1])
    return Tensor(name, dtype, shape, math.prod(shape) * item if item else max(0, size - end))


def _type(descr: str | None) -> tuple[str, int]:
    """A readable name, and the bytes of one element; 0 when they are not told."""
    match = _PLAIN.fullmatch(descr) if descr else None
    if descr is None or match is None:
        return ("record" if descr is None else descr), 0
    kind, digits = match[1], int(match[2] or 0)
    if kind in _NAMES and descr not in ("|b1", "b1"):
        return f"{_NAMES[kind]}{digits * 8}{match[3] or ''}", digits
    if kind in "b?":
        return "bool", 1
    if kind == "O":
        return tr("object (pickled)"), 0
    label = {"S": "bytes", "U": "string", "V": "void"}[kind]
    return f"{label}{digits}", digits * 4 if kind == "U" else digits
