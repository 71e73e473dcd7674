"""The header of a GGUF file: its settings and its table of tensors."""

import itertools
import math
import struct

from msgspec.structs import replace

from dfs_desktop.artifact.archive.byte_source import Source
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import exact_text, number_text
from dfs_desktop.translation import later, sentences, tr, trn

from . import tensors as tensor_table
from .cursor import Cursor
from .tensors import TOO_MANY_TENSORS, Tensor, Weights, damaged, listed_only

MAX_HEADER = 1024 * 1024 * 1024  # bytes that are gone through
MAX_READ = 256 * 1024 * 1024  # bytes of it that are looked at
MAX_STRINGS = 5_000_000  # a vocabulary is walked word by word
MAX_NESTED = 16
MAX_NAMES = 64 * 1024 * 1024  # characters of all names together
_LEAST_SETTING, _LEAST_TENSOR = 8, 16  # bytes, in the shortest version of the format
_ALIGNMENT = "general.alignment"
_FLOAT32, _STRING, _ARRAY, _BOOL = 6, 8, 9, 7
_FORMS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q",
          12: "d"}  # fmt: skip
# Name, elements in a block, bytes of a block.
_TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4),
    27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}  # fmt: skip


def _shortest(value: float) -> float:
    """The value with the fewest digits that mean this float of 32 bits."""
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return float(f"{value:.9g}")


class _LimitError(Exception):
    """Completes the sentence "The settings and tensors behind “key” are not listed, since …"."""


def read_gguf(source: Source) -> Weights:
    """The tensors and settings that the header names; arrays of settings only by their length.

    Where the header goes beyond a limit, or holds a kind that is not known, what was read before
    is kept, and the remark says what is missing.
    """
    if source.size < 8:
        raise damaged(source, tr("is no GGUF file"))
    return _Header(source).weights()


class _Header:
    """One walk through a header, in the byte order and the width of lengths that its version has."""

    def __init__(self, source: Source) -> None:
        self._source = source
        cursor = self._cursor = Cursor(source, MAX_HEADER, MAX_READ)
        if cursor.take(4) != b"GGUF":
            raise damaged(source, tr("is no GGUF file"))
        version = cursor.number("<I")
        self._order = "<"
        if version and not version & 0xFFFF:
            self._order, version = ">", int.from_bytes(version.to_bytes(4, "little"), "big")
        if version not in (1, 2, 3):
            raise ArtifactError(
                tr("The weights cannot be listed"),
                tr(
                    "{file} has version {version} of GGUF; 1 to 3 are known here. A newer "
                    "version of this program may know it.",
                    file=shortened(source.name),
                    version=version,
                ),
            )
        self._length = self._order + ("I" if version == 1 else "Q")
        self._strings = MAX_STRINGS
        self._kept = MAX_NAMES

    def weights(self) -> Weights:
        cursor, source = self._cursor, self._source
        count, settings = cursor.number(self._length), cursor.number(self._length)
        if settings * _LEAST_SETTING + count * _LEAST_TENSOR > source.size:
            raise damaged(source, tr("names more tensors or settings than it has room for"))
        metadata: dict[str, str] = {}
        tensors: list[tuple[Tensor, int]] = []
        key = remark = ""
        try:
            for _ in range(settings):
                key = self._text(tensor_table.MAX_NAME)
                value = self._value(cursor.number(self._order + "I"))
                if len(metadata) < tensor_table.MAX_NOTES:
                    metadata[key] = value
            for _ in range(min(count, tensor_table.MAX_TENSORS)):
                tensors.append(self._tensor())
                key = tensors[-1][0].name
        except _LimitError as limit:
            stands = later("What stands in its header is not listed here: {reason}.")
            if key:
                stands = later(
                    "What stands behind “{name}” in its header is not listed here: {reason}."
                )
            numbers = tr(
                "The file has {tensors} tensors and {settings} settings.",
                tensors=number_text(count),
                settings=number_text(settings),
            )
            remark = sentences(numbers, tr(stands, name=shortened(key, 80), reason=limit))
        if len(tensors) == tensor_table.MAX_TENSORS < count:
            remark = listed_only(TOO_MANY_TENSORS, count, tensor_table.MAX_TENSORS)
        begin = self._begin_of_bytes(metadata)
        end = max(
            (begin + place + tensor.size for tensor, place in tensors if tensor.size), default=0
        )
        return Weights.of(
            "GGUF",
            self._sized(tensors, count, begin),
            metadata,
            remark,
            missing=0 if remark else end - source.size,
        )

    def _begin_of_bytes(self, metadata: dict[str, str]) -> int:
        given = metadata.get(_ALIGNMENT, "")
        alignment = int(given) if given.isdigit() and 0 < int(given) < 2**20 else 32
        return -(-self._cursor.place // alignment) * alignment

    def _value(self, kind: int) -> str:
        """A value as a text; an array by how many values it has."""
        if kind == _STRING:
            return self._text(tensor_table.MAX_NOTE)
        if kind == _ARRAY:
            length = self._skip_array(0)
            return trn("{amount} value", "{amount} values", length, amount=number_text(length))
        if (form := _FORMS.get(kind)) is None:
            raise _LimitError(
                tr("that setting is of the kind {kind}, which is not known", kind=kind)
            )
        value = struct.unpack(self._order + form, self._cursor.take(struct.calcsize(form)))[0]
        if isinstance(value, float):
            return exact_text(_shortest(value) if kind == _FLOAT32 else value)
        return str(bool(value)).lower() if kind == _BOOL else str(value)

    def _skip_array(self, depth: int) -> int:
        kind, length = (self._cursor.number(self._order + "I"), self._cursor.number(self._length))
        if length == 0:
            return 0
        if kind in _FORMS:
            self._cursor.skip(struct.calcsize(_FORMS[kind]) * length)
            return length
        if kind not in (_STRING, _ARRAY):
            raise _LimitError(
                tr("that setting holds values of the kind {kind}, which is not known", kind=kind)
            )
        if length * struct.calcsize(self._length) > self._source.size:
            raise damaged(self._source, tr("has a setting that is longer than the file"))
        self._strings -= length
        if self._strings < 0:
            raise _LimitError(
                tr(
                    "more than {most} words are too many to go through ({found} here)",
                    most=number_text(MAX_STRINGS),
                    found=number_text(length),
                )
            )
        if kind == _STRING:
            self._cursor.skip_texts(length, self._length)
            return length
        if depth == MAX_NESTED:
            raise _LimitError(
                tr("that setting is nested more than {most} levels deep", most=MAX_NESTED)
            )
        for _ in range(length):
            self._skip_array(depth + 1)
        return length

    def _text(self, most: int) -> str:
        """The next text, its first `most` bytes; templates of chats may be long."""
        length = self._cursor.number(self._length)
        text = self._cursor.take(min(length, most)).decode("utf-8", "replace")
        self._cursor.skip(max(0, length - most))
        return text

    def _tensor(self) -> tuple[Tensor, int]:
        """The next tensor, and where its bytes begin behind the header."""
        name = self._text(tensor_table.MAX_NAME)
        self._kept -= len(name)
        if self._kept < 0:
            raise _LimitError(tr("the names are too long to keep them all"))
        axes = self._cursor.number(self._order + "I")
        if axes > tensor_table.MAX_AXES:
            raise damaged(
                self._source,
                trn(
                    "has a tensor with {amount} axis",
                    "has a tensor with {amount} axes",
                    axes,
                    amount=number_text(axes),
                ),
            )
        # GGUF counts axes from the fastest; people write the slowest first.
        shape = tuple(self._cursor.number(self._length) for _ in range(axes))[::-1]
        kind = self._cursor.number(self._order + "I")
        place = self._cursor.number(self._order + "Q")
        label, elements, size = _TYPES.get(kind, (tr("type {kind}", kind=kind), 1, 0))
        return Tensor(name, label, shape, -(-math.prod(shape) // elements) * size), place

    def _sized(self, tensors: list[tuple[Tensor, int]], count: int, begin: int) -> list[Tensor]:
        """The tensors; those of unknown types are as large as the room up to the next one."""
        if all(tensor.size or not math.prod(tensor.shape) for tensor, _ in tensors):
            return [tensor for tensor, _ in tensors]
        # Behind the last listed tensor others may follow, so its end is not known then.
        end = [max(0, self._source.size - begin)] if len(tensors) == count else []
        places = sorted({place for _, place in tensors} | set(end))
        following = dict(itertools.pairwise(places))
        return [
            tensor if tensor.size else replace(tensor, size=following.get(place, place) - place)
            for tensor, place in tensors
        ]
