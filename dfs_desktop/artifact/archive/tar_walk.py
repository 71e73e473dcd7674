"""The walk over an uncompressed tar file: every regular member's place, and nothing extracted.

Whatever GNU tar and bsdtar read without complaint is read. The standard library's reader loops,
recurses or allocates without bounds on crafted archives; this one holds one name at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text, path_key
from dfs_desktop.translation import tr, trn

from .byte_source import Source, read_exactly
from .misnamed_files import stand_in
from .special_entries import SpecialEntries
from .tar_headers import (
    BLOCK,
    COMPRESSIONS,
    MAX_NAME,
    BadHeaderError,
    Header,
    damaged,
    member_name,
    parse_header,
    pax_records,
)

MAX_MEMBERS = 100_000

MOST_PADDING = 16 << 20  # tar pads to 10 KiB; anything near this is no padding
_SCAN = 1024 * 1024
_AHEAD = 64 * 1024  # bytes; headers of small files stand close together
_ZEROS, _NOTHING = bytes(_SCAN), bytes(BLOCK)
_REGULAR = frozenset((b"0", b"\0", b"7"))
_EXTENSIONS = frozenset((b"x", b"X", b"g", b"L", b"K"))
# Kinds whose header may tell a size though no bytes follow, as most programs read them.
_WITHOUT_DATA = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
_PLACE = {"path", "size", "linkpath"}  # the records that say where and what a member is


class Member(NamedTuple):
    """A regular file inside the archive: where its bytes begin, and how many there are."""

    name: str
    offset: int
    size: int


def by_name(members: Iterable[Member]) -> list[Member]:
    """The members as people look for them: in natural order, folder by folder."""
    return sorted(members, key=lambda member: path_key(member.name))


class Walk:
    """One pass over the headers in `source`; only headers are read.

    After it `findings()` tells what speaks against the archive although it can be read.
    """

    def __init__(self, source: Source, check: Callable[[], None]) -> None:
        self._source, self._size = source, source.size
        self._window, self._window_at = b"", 0
        self._check = check
        self._offset = 0
        self._pax: dict[str, bytes] = {}
        self._long_name: bytes | None = None
        self._long_link: bytes | None = None
        self._extended = False  # whether an extension is about the next member
        self._known: dict[str, Member] = {}
        self._special = SpecialEntries()
        self._end: list[Finding] = []

    def findings(self) -> list[Finding]:
        """What was left out, and what is odd about the end."""
        return [*self._special.findings(), *self._end]

    def members(self) -> Iterator[Member]:
        """Every regular file in the order of the archive; a repeated name comes repeatedly."""
        count = 0
        while (header := self._next_header()) is not None:
            self._check()
            if header.kind in _EXTENSIONS:
                self._take_extension(header)
                continue
            member = self._take_member(header)
            if self._extended:
                self._pax, self._long_name, self._long_link = {}, None, None
                self._extended = False
            if member is None:
                continue
            self._known[member.name] = member
            count += 1
            if count > MAX_MEMBERS:
                raise ArtifactError(
                    tr("The archive has too many files"),
                    tr(
                        "More than {most} are not listed here. Pack small files together, in "
                        "a zip or npz file, and build it again.",
                        most=number_text(MAX_MEMBERS),
                    ),
                )
            yield member
        self._look_behind_end()

    def _next_header(self) -> Header | None:
        """The header at the offset, which moves behind it; None where the archive ends."""
        block = self._read(self._offset, BLOCK)
        if self._offset == 0:
            _check_format(block)
        if block == _NOTHING:
            return None
        if len(block) < BLOCK:
            if not block.strip(b"\0"):  # also where nothing is left
                return None
            raise damaged(self._offset, tr("it ends within a header"))
        try:
            header = parse_header(block)
        except BadHeaderError as error:
            if self._offset == 0:
                raise _no_archive() from None
            raise damaged(self._offset, str(error)) from None
        self._offset += BLOCK
        return header

    def _read(self, place: int, length: int) -> bytes:
        """These bytes, or those that there are; more are read ahead."""
        start = place - self._window_at
        if 0 <= start <= len(self._window) - length:
            return self._window[start : start + length]
        if (left := self._size - place) <= 0:
            return b""
        self._check()
        count = min(max(length, _AHEAD), left)
        self._window, self._window_at = read_exactly(self._source, place, count), place
        return self._window[:length]

    def _take_extension(self, header: Header) -> None:
        self._extended, place = True, self._offset
        self._skip(header.size, "")
        if header.kind in (b"L", b"K"):
            name = self._read(place, min(header.size, MAX_NAME + 1)).split(b"\0", 1)[0]
            if header.kind == b"L":
                self._long_name = name
            else:
                self._long_link = name
        else:
            self._take_pax(place, header.size, everywhere=header.kind == b"g")

    def _take_pax(self, place: int, size: int, *, everywhere: bool) -> None:
        try:
            records = dict(pax_records(lambda at, length: self._read(place + at, length), size))
        except BadHeaderError as error:
            raise damaged(place - BLOCK, str(error)) from None
        if not everywhere:
            self._pax.update(records)
        elif records.keys() & {"path", "size"}:
            raise ArtifactError(
                tr("The archive is not safe to register"),
                tr(
                    "A global header gives all its files one name or size, "
                    "which programs read in different ways. Build it again."
                ),
            )

    def _take_member(self, header: Header) -> Member | None:
        raw = self._pax.get("path") or self._long_name or header.name
        name = member_name(raw)
        size = self._member_size(header) if self._pax else header.size
        if header.kind == b"S" or (self._pax and self._pax.keys() - _PLACE):
            real = self._pax.get("GNU.sparse.name")
            raise _sparse(member_name(real) if real else name)
        folder = header.kind == b"5" or (header.kind in _REGULAR and raw.endswith(b"/"))
        if folder or header.kind in _WITHOUT_DATA:
            if self._has_data(size):
                self._skip(size, name)
        else:
            place = self._offset
            self._skip(size, name)
            if header.kind in _REGULAR:
                if not name:
                    raise damaged(place - BLOCK, tr("a file has no name"))
                if "%" in name:
                    self._special.check_name(raw, name)
                return Member(name, place, size)
        if header.kind == b"1":
            # The bytes of a hard link are those of the member that came first.
            target = self._linked(self._pax.get("linkpath") or self._long_link or header.link)
            if target is not None and name:
                self._special.add_link(name)
                return Member(name, target.offset, target.size)
        if not folder:
            self._special.add(header.kind, name, size)
        return None

    def _linked(self, raw: bytes) -> Member | None:
        try:
            return self._known.get(member_name(raw))
        except ArtifactError:  # it leads out of the archive
            return None

    def _has_data(self, size: int) -> bool:
        """Whether bytes follow a folder or link; a few programs write them, most only a size."""
        behind = self._offset + size + -size % BLOCK
        return size > 0 and not self._goes_on(self._offset) and self._goes_on(behind)

    def _goes_on(self, place: int) -> bool:
        """Whether a header is at this place, or the end."""
        if place > self._size:
            return False
        block = self._read(place, BLOCK)
        if block == _ZEROS[: len(block)]:
            return True
        try:
            parse_header(block.ljust(BLOCK, b"\0"))
        except BadHeaderError:
            return False
        return True

    def _member_size(self, header: Header) -> int:
        text = self._pax.get("size") or b""
        if not text:
            return header.size
        if not text.isdigit() or len(text) > 19:
            raise damaged(self._offset - BLOCK, tr("a file has a size that is no number"))
        return int(text)

    def _skip(self, size: int, name: str) -> None:
        """Move behind `size` bytes and their padding; the bytes themselves must be in the file."""
        end = self._offset + size
        if end > self._size:
            what = trn(
                "an extension header should go on for {amount} byte, but the file ends",
                "an extension header should go on for {amount} bytes, but the file ends",
                size,
            )
            if name:
                what = trn(
                    "“{name}” should go on for {amount} byte, but the file ends",
                    "“{name}” should go on for {amount} bytes, but the file ends",
                    size,
                    name=shortened(name),
                )
            raise damaged(self._offset, what)
        self._offset = end + -end % BLOCK

    def _look_behind_end(self) -> None:
        """Behind the end mark there should be zeros alone, and not many of them."""
        if self._offset == 0:
            raise ArtifactError(tr("Not an artifact file"), tr("The archive is empty."))
        if self._pax or self._long_name:
            raise damaged(self._offset, tr("an extension header comes without its file"))
        rest = self._size - self._offset
        if rest < BLOCK:
            title = tr("The archive has no end mark")
            remedy = tr("It may be cut off between two files. Compare its size with the original.")
            self._end = [Finding("warning", title, remedy)]
            return
        for place in range(self._offset, self._offset + MOST_PADDING, _SCAN):
            if (block := self._read(place, _SCAN)) != _ZEROS[: len(block)]:
                title = tr("Other data follow the end mark of the archive")
                remedy = tr(
                    "Programs stop at the mark. Files appended with cat are not read: "
                    "build one archive."
                )
                self._end = [Finding("warning", title, remedy)]
                return
        if rest > MOST_PADDING:
            title = tr("A long stretch of nothing follows the end mark of the archive")
            remedy = tr(
                "It has {size} bytes, as in a download that was cut off. Fetch it again.",
                size=number_text(rest),
            )
            self._end = [Finding("warning", title, remedy)]


def _sparse(name: str) -> ArtifactError:
    return ArtifactError(
        tr("The archive is not safe to register"),
        tr(
            "“{name}” inside it is a sparse file, whose zeros are left out. Build "
            "it again: with GNU tar without --sparse (-S), with bsdtar with "
            "--no-read-sparse.",
            name=shortened(name),
        ),
    )


def _no_archive() -> ArtifactError:
    return ArtifactError(
        tr("Not an artifact file"),
        tr(
            "It is no tar archive, whatever its extension says. "
            "Artifacts are made with fnnx, pyfnx or the LUML tools."
        ),
    )


def _check_format(start: bytes) -> None:
    if not start:
        raise ArtifactError(tr("Not an artifact file"), tr("The file is empty."))
    if what := stand_in(start):
        raise ArtifactError(tr("Not an artifact file"), tr("The file {fault}", fault=what))
    for magic, compression in COMPRESSIONS:
        if start.startswith(magic):
            raise ArtifactError(
                tr("Not an artifact file"),
                tr(
                    "The file is compressed ({compression}). Artifacts are uncompressed tar "
                    "archives.",
                    compression=compression,
                ),
            )
    if len(start) < BLOCK:
        raise _no_archive()
