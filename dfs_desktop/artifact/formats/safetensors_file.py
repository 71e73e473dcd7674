"""The header of a safetensors file: a JSON table behind eight bytes of length.

The table is walked entry by entry, so that one odd entry never hides the others, a table of any
length takes bounded memory, and a note of megabytes is never copied whole.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator
from typing import Annotated

import msgspec

from dfs_desktop.artifact.archive.byte_source import Source, read_exactly
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr, trn

from . import tensors as tensor_table
from .tensors import MORE_TENSORS, TOO_MANY_TENSORS, Tensor, Weights, damaged, listed_only

MAX_HEADER = 100_000_000  # bytes, which is the format's own limit
MAX_STEPS = 1_200_000  # entries that are counted, and brackets within odd ones: about a second
_BITS = {"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16,
         "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
         "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64, "C128": 128, "F4": 4,
         "F6_E2M3": 6, "F6_E3M2": 6}  # fmt: skip
# Possessive throughout: a hostile header must not be tried in every division.
_INSIDE = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_KEY = re.compile(rb'[ \t\r\n,]*+"(' + _INSIDE + rb')"[ \t\r\n]*+:[ \t\r\n]*+', re.DOTALL)
_FLAT = re.compile(rb'\{[^{}"]*+(?:"' + _INSIDE + rb'"[^{}"]*+)*+\}', re.DOTALL)
_SCALAR = re.compile(rb'"' + _INSIDE + rb'"|[^ \t\r\n"{}\[\],]++', re.DOTALL)
_TOKEN = re.compile(rb'[^\[\]{}"]*+(?:([\[{])|([\]}])|"' + _INSIDE + rb'")', re.DOTALL)
_OPEN = re.compile(rb"[ \t\r\n]*+\{")
_CLOSE = re.compile(rb"[ \t\r\n,]*+\}")
_NOTES = b"__metadata__"
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Place(msgspec.Struct, gc=False):
    """What the table says of one tensor."""

    dtype: str
    shape: list[_Count]
    data_offsets: tuple[_Count, _Count]


_PLACE = msgspec.json.Decoder(_Place)


def may_be_safetensors(head: bytes) -> bool:
    """Whether these first bytes are a length that a file may have, and the begin of a table."""
    start = head[8:].removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    return start.startswith(b"{") and int.from_bytes(head[:8], "little") < 1 << 40


def read_safetensors(source: Source) -> Weights:
    """The tensors that the header names, in the order of their bytes."""
    if source.size < 8:
        raise damaged(source, tr("is no safetensors file"))
    length = int.from_bytes(read_exactly(source, 0, 8), "little")
    if not 2 <= length <= source.size - 8:
        raise damaged(source, tr("has a header that is longer than the file"))
    if length > MAX_HEADER:
        raise damaged(
            source,
            tr(
                "has a header of {size} bytes; the format allows {most}",
                size=number_text(length),
                most=number_text(MAX_HEADER),
            ),
        )
    data = read_exactly(source, 8, length).removeprefix(codecs.BOM_UTF8)
    header = _Header(source, data)
    found = sorted(header.tensors.values(), key=lambda each: each[0])
    return Weights.of(
        "safetensors",
        (each for _, each in found),
        header.notes,
        " ".join(header.remarks()),
        missing=header.end - (source.size - 8 - length),
    )


class _Header:
    """One walk over the table."""

    def __init__(self, source: Source, data: bytes) -> None:
        self._source, self._data = source, data
        self._view = memoryview(data)
        self._steps = MAX_STEPS
        self.tensors: dict[str, tuple[int, Tensor]] = {}
        self.notes: dict[str, str] = {}
        self.end = 0  # of the last tensor
        self._counted = self._odd = self._twice = 0
        self._no_notes = False
        for name, start, end in self._pairs(0):
            if name == _NOTES:
                if not self.notes:
                    self._read_notes(start)
                continue
            self._counted += 1
            if len(self.tensors) < tensor_table.MAX_TENSORS:
                self._tensor(name, start, end)
        if self._odd and not self.tensors:
            raise damaged(source, tr("has a tensor without type, shape or place"))

    def remarks(self) -> Iterator[str]:
        """What a person should know of the table beside its lines."""
        if self._counted > len(self.tensors) >= tensor_table.MAX_TENSORS:
            many = MORE_TENSORS if self._steps < 0 else TOO_MANY_TENSORS
            yield listed_only(many, self._counted, tensor_table.MAX_TENSORS)
        if self._odd:
            yield trn(
                "{amount} of its entries is no tensor and is left out.",
                "{amount} of its entries are no tensors and are left out.",
                self._odd,
                amount=number_text(self._odd),
            )
        if self._no_notes:
            yield tr("Its notes are no table of texts and are left out.")
        if self._twice:
            yield trn(
                "{amount} name comes twice; the last of it is shown.",
                "{amount} names come twice; the last of each is shown.",
                self._twice,
                amount=number_text(self._twice),
            )

    def _pairs(self, at: int) -> Iterator[tuple[bytes, int, int]]:
        """The entries of the object that begins here: name, and where the value begins and ends."""
        if (begin := _OPEN.match(self._data, at)) is None:
            raise damaged(self._source, tr("has a header that is no table"))
        at = begin.end()
        while match := _KEY.match(self._data, at):
            at = self._end(match.end())
            yield match[1], match.end(), at
            self._steps -= 1
            if self._steps < 0:
                return
        if not _CLOSE.match(self._data, at):
            raise damaged(self._source, tr("has a header that is not valid JSON"))

    def _end(self, start: int) -> int:
        """Where the value ends that begins here."""
        if (first := self._data[start : start + 1]) in (b"{", b"["):
            flat = _FLAT.match(self._data, start) if first == b"{" else None
            return flat.end() if flat else self._end_of_nested(start)
        if (scalar := _SCALAR.match(self._data, start)) is None:
            raise damaged(self._source, tr("has a header that is not valid JSON"))
        return scalar.end()

    def _end_of_nested(self, at: int) -> int:
        depth = 0
        while match := _TOKEN.match(self._data, at):
            at = match.end()
            depth += 1 if match[1] else -1 if match[2] else 0
            self._steps -= 1
            if depth == 0:
                return at
            if self._steps < 0:
                break
        raise damaged(
            self._source, tr("has a header that is nested without end, or not valid JSON")
        )

    def _tensor(self, raw: bytes, start: int, end: int) -> None:
        try:
            place = _PLACE.decode(self._view[start:end])
        except (ValueError, RecursionError):
            self._odd += 1
            return
        first, last = place.data_offsets
        bits = _BITS.get(place.dtype)
        if len(place.shape) > tensor_table.MAX_AXES:
            self._odd += 1
            return
        # Types of less than a byte are padded to whole bytes.
        fits = bits is None or -(-math.prod(place.shape) * bits // 8) == last - first
        if not first <= last or not fits:
            raise damaged(self._source, tr("has a tensor whose bytes do not fit its shape"))
        self.end = max(self.end, last)
        name = _text(raw, tensor_table.MAX_NAME)
        self._twice += name in self.tensors
        shape = tuple(place.shape)
        self.tensors[name] = first, Tensor(name, place.dtype[:40], shape, last - first)

    def _read_notes(self, start: int) -> None:
        try:
            for count, (name, first, end) in enumerate(self._pairs(start)):
                if count == tensor_table.MAX_NOTES:
                    break
                raw = self._data[first : min(end, first + 8 * tensor_table.MAX_NOTE)]
                inner = raw[1 : end - first - 1] if raw[:1] == b'"' else raw
                self.notes[_text(name, tensor_table.MAX_NAME)] = _text(inner, tensor_table.MAX_NOTE)
        except ArtifactError:
            self._no_notes = self._data[start : start + 4] != b"null"


def _text(raw: bytes, most: int) -> str:
    """The text that a JSON text stands for, in `most` characters; what is no Unicode is marked."""
    if b"\\" not in raw[: 8 * most]:
        return raw[: 4 * most].decode("utf-8", "replace")[:most]
    if len(raw) >= 8 * most:  # the last escape may be cut
        raw = raw[: 8 * most]
        place = raw.rfind(b"\\", len(raw) - 12)
        raw = raw[:place] if place >= 0 else raw
        raw = raw[:-1] if (len(raw) - len(raw.rstrip(b"\\"))) % 2 else raw
    text = raw.decode("utf-8", "replace")
    try:
        text = str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text[:most]
    return text[:most].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
