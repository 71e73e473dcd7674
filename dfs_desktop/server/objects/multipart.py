"""Multipart uploads: the plan of parts that the API sends, the list that completes them."""

import xml.parsers.expat
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from dfs_desktop.server.http.answers import StoreRefusal
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.store.objects import Segment

# 10 000 parts of some 200 bytes, generously.
COMPLETION_BYTES = 4 << 20
_PARTS = 10_000


class PlannedPart(NamedTuple):
    """A part as it is announced. Only ``part_size`` means the same in all generations."""

    part_number: int
    start_byte: int
    end_byte: int
    part_size: int


def plan(size: int, rules: Rules) -> Iterator[PlannedPart]:
    """The parts of an upload of *size* bytes; ``end_byte`` is the last byte of a part."""
    step = rules.part_size(size)
    for number in range(1, -(-size // step) + 1):
        start = (number - 1) * step
        length = min(step, size - start)
        yield PlannedPart(number, start, start + length - 1, length)


def drifting_plan(size: int, rules: Rules) -> Iterator[PlannedPart]:
    """The same parts as servers of 2025 announce them.

    Their start and end drift: each start lies one byte behind the end before, which itself is
    exclusive. Clients have to cut by ``part_size``, and those that do not must see it here too.
    """
    start = 0
    for part in plan(size, rules):
        yield part._replace(start_byte=start, end_byte=start + part.part_size)
        start += part.part_size + 1


def combined_etag(parts: Sequence[Segment]) -> str:
    """The ETag of a multipart object: the hash of its parts' hashes, and their number."""
    digest = sha256(b"".join(bytes.fromhex(part.sha256) for part in parts))
    return f"{digest.hexdigest()}-{len(parts)}"


def chosen(body: bytes, arrived: dict[int, Segment], smallest: int) -> list[Segment]:
    """The parts that a completion names, in order, or a refusal in the words of S3."""
    listed = parse_completion(body)
    if (numbers := [number for number, _ in listed]) != sorted(set(numbers)):
        raise StoreRefusal(400, "InvalidPartOrder", "Parts must be listed in ascending order.")
    segments = []
    for number, etag in listed:
        if (segment := arrived.get(number)) is None or segment.sha256 != etag:
            raise StoreRefusal(400, "InvalidPart", "A part is missing or has another ETag.")
        segments.append(segment)
    if any(segment.size < smallest for segment in segments[:-1]):
        raise StoreRefusal(400, "EntityTooSmall", "A part other than the last is too small.")
    return segments


def parse_completion(body: bytes) -> list[tuple[int, str]]:
    """Part numbers and ETags (without quotes) of a CompleteMultipartUpload document."""
    reader = _Completion()
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(body, True)
    except (xml.parsers.expat.ExpatError, ValueError) as error:
        raise StoreRefusal(400, "MalformedXML", "The list of parts cannot be read.") from error
    if not reader.parts or len(reader.parts) > _PARTS:
        raise StoreRefusal(400, "MalformedXML", f"List between 1 and {_PARTS} parts.")
    return reader.parts


class _Completion:
    """Collects the parts while expat walks the document."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, str]] = []
        self._depth = 0
        self._values: dict[str, str] = {}
        self._text = ""

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if self._depth == 0 and _local(name) != "CompleteMultipartUpload":
            raise ValueError("another document")
        self._depth += 1
        if self._depth > 3:
            raise ValueError("nested too deep")
        if self._depth == 2:
            self._values = {}
        self._text = ""

    def end(self, name: str) -> None:
        if self._depth == 3:
            self._values[_local(name)] = self._text.strip()
        elif self._depth == 2:
            number = self._values.get("PartNumber", "")
            if not number.isascii() or not number.isdigit() or len(number) > 5:
                raise ValueError("not a part number")
            self.parts.append((int(number), self._values.get("ETag", "").strip('"')))
        self._depth -= 1
        self._text = ""

    def text(self, text: str) -> None:
        self._text += text
        if len(self._text) > 1024:
            raise ValueError("text too long")

    def doctype(self, *_declaration: object) -> None:
        # Without a document type expat has no entities to expand.
        raise ValueError("document types are not allowed")


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]
