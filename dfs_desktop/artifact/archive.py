"""The walk over an uncompressed tar file: every regular member's place, and nothing extracted.

The standard library's reader loops, recurses or allocates without bounds on crafted archives, so
this one has a limit for everything: members, extension headers, sizes, offsets.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from .errors import ArtifactError
from .headers import (
    BLOCK,
    COMPRESSIONS,
    BadHeaderError,
    Header,
    damaged,
    member_name,
    parse_header,
    parse_pax,
)
from .names import shortened

MAX_MEMBERS = 100_000
MAX_EXTENSION = 1024 * 1024  # bytes of one PAX or long-name header
MAX_EXTENSIONS_TOTAL = 16 * 1024 * 1024  # bytes of all of them
MAX_CHAIN = 8  # extension headers before one member

MOST_PADDING = 16 << 20  # tar pads to 10 KiB; anything near this is no padding
_SCAN = 1024 * 1024
_ZEROS = bytes(_SCAN)
_UNSAFE = "The archive is not safe to register"
_FORBIDDEN = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a character device",
    b"4": "a block device",
    b"6": "a named pipe",
    b"S": "a sparse file",
    b"M": "a part of a file that goes on in another volume",
}


class Member(NamedTuple):
    """A regular file inside the archive: where its bytes begin, and how many there are."""

    name: str
    offset: int
    size: int


class Walk:
    """One pass over the headers of `file`, which is `size` bytes long; only headers are read."""

    def __init__(self, file: BinaryIO, size: int, check: Callable[[], None]) -> None:
        self._file = file
        self._size = size
        self._check = check
        self._offset = 0
        self._extension_bytes = 0
        self._pax: dict[str, bytes] = {}
        self._long_name: bytes | None = None
        self._chain = 0

    def members(self) -> Iterator[Member]:
        """Every regular file in the order of the archive; a repeated name comes repeatedly."""
        for _ in range(MAX_MEMBERS + 1):
            self._check()
            header = self._next_header()
            if header is None:
                self._check_end()
                return
            if header.kind in (b"x", b"X", b"g", b"L", b"K"):
                self._take_extension(header)
                continue
            member = self._take_member(header)
            self._pax, self._long_name, self._chain = {}, None, 0
            if member is not None:
                yield member
        raise ArtifactError(
            "The archive has too many files", f"More than {MAX_MEMBERS:,} entries are not read."
        )

    def _next_header(self) -> Header | None:
        """The header at the offset, which moves behind it; None for the block that ends all."""
        self._file.seek(self._offset)
        block = self._file.read(BLOCK)
        if self._offset == 0:
            _check_format(block)
        if len(block) < BLOCK:
            raise damaged(self._offset, "it ends without the end mark of an archive")
        if block == _ZEROS[:BLOCK]:
            return None
        try:
            header = parse_header(block)
        except BadHeaderError as error:
            if self._offset == 0:
                raise _no_archive() from None
            raise damaged(self._offset, str(error)) from None
        self._offset += BLOCK
        return header

    def _take_extension(self, header: Header) -> None:
        start = self._offset - BLOCK
        self._chain += 1
        self._extension_bytes += header.size
        if self._chain > MAX_CHAIN:
            raise ArtifactError(_UNSAFE, f"More than {MAX_CHAIN} extension headers in a row.")
        if header.size > MAX_EXTENSION or self._extension_bytes > MAX_EXTENSIONS_TOTAL:
            raise ArtifactError(_UNSAFE, "An extension header (a long name) is far too large.")
        place = self._offset
        self._skip(header.size, "")
        self._file.seek(place)
        data = self._file.read(header.size)
        if header.kind == b"L":
            self._long_name = data.split(b"\0", 1)[0]
        elif header.kind != b"K":  # a long link name belongs to a link, which is refused later
            self._take_pax(data, start, everywhere=header.kind == b"g")

    def _take_pax(self, data: bytes, start: int, *, everywhere: bool) -> None:
        try:
            records = parse_pax(data)
        except BadHeaderError as error:
            raise damaged(start, str(error)) from None
        if any(key.startswith("GNU.sparse.") for key in records):
            raise ArtifactError(_UNSAFE, "It holds a sparse file. Build it without --sparse.")
        if not everywhere:
            self._pax.update(records)
        elif records.keys() & {"path", "size", "linkpath"}:
            raise ArtifactError(_UNSAFE, "A global header gives all its files one name or size.")

    def _take_member(self, header: Header) -> Member | None:
        raw = self._pax.get("path") or self._long_name or header.name
        name = member_name(raw)
        if header.kind in _FORBIDDEN:
            raise ArtifactError(
                _UNSAFE,
                f"“{shortened(name)}” inside it is {_FORBIDDEN[header.kind]}; "
                "only ordinary files and folders are allowed.",
            )
        if header.kind == b"5" or (header.kind == b"\0" and raw.endswith(b"/")):
            return None  # whatever size a folder's header tells, no bytes follow it
        if header.kind not in (b"0", b"\0", b"7"):
            raise ArtifactError(
                _UNSAFE, f"“{shortened(name)}” inside it is of a kind that is not known."
            )
        if not name:
            raise damaged(self._offset - BLOCK, "a file has no name")
        size = self._member_size(header)
        place = self._offset
        self._skip(size, name)
        return Member(name, place, size)

    def _member_size(self, header: Header) -> int:
        text = self._pax.get("size") or b""
        if not text:
            return header.size
        if not text.isdigit() or len(text) > 19:
            raise damaged(self._offset - BLOCK, "a file has a size that is no number")
        return int(text)

    def _skip(self, size: int, name: str) -> None:
        """Move behind `size` bytes and their padding, all of which must be in the file."""
        end = self._offset + size
        if end > self._size:
            what = f"“{shortened(name)}”" if name else "an extension header"
            raise damaged(self._offset, f"{what} should go on for {size} bytes, but the file ends")
        self._offset = end + -end % BLOCK

    def _check_end(self) -> None:
        """Behind the end mark there may be nothing but zeros, and not many of them."""
        if self._offset == 0:
            raise ArtifactError("Not an artifact file", "The archive is empty.")
        if self._pax or self._long_name:
            raise damaged(self._offset, "an extension header comes without its file")
        if self._size - self._offset > MOST_PADDING:
            raise ArtifactError(
                "The archive is damaged",
                "A long stretch of nothing follows its end mark, as in a download that was cut off.",
            )
        self._file.seek(self._offset)
        while block := self._file.read(_SCAN):
            self._check()
            if block != _ZEROS[: len(block)]:
                raise ArtifactError(
                    "The archive is damaged",
                    "Other data follow its end mark. Files appended with cat cannot be read; "
                    "build one archive.",
                )


def _no_archive() -> ArtifactError:
    return ArtifactError(
        "Not an artifact file",
        "It is no tar archive, whatever its extension says. "
        "Artifacts are made with fnnx, pyfnx or the LUML tools.",
    )


def _check_format(start: bytes) -> None:
    if not start:
        raise ArtifactError("Not an artifact file", "The file is empty.")
    for magic, compression in COMPRESSIONS:
        if start.startswith(magic):
            raise ArtifactError(
                "Not an artifact file",
                f"The file is compressed ({compression}). Artifacts are uncompressed tar archives.",
            )
    if len(start) < BLOCK:
        raise _no_archive()
