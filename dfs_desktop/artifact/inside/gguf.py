"""The header of a GGUF file: its settings and its table of tensors."""

import struct
from typing import Any

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.artifact.source import Source

from .cursor import Cursor
from .tensors import MAX_TENSORS, Tensor, Weights, damaged, product

MAX_HEADER = 64 * 1024 * 1024
MAX_SETTINGS = 10_000
MAX_STRINGS = 600_000  # a vocabulary is walked word by word
MAX_TEXT = 1024 * 1024
MAX_NAME = 4096
_SHOWN = 1000  # characters of a setting
_STRING, _ARRAY, _BOOL = 8, 9, 7
_FORMS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<B", 10: "<Q",
          11: "<q", 12: "<d"}  # fmt: skip
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
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
}  # fmt: skip


def read_gguf(source: Source) -> Weights:
    """The tensors and settings that the header names; arrays of settings only by their length."""
    cursor = Cursor(source, MAX_HEADER)
    if cursor.take(4) != b"GGUF":
        raise damaged(source, "is no GGUF file")
    version = cursor.number("<I")
    if version not in (2, 3):
        raise ArtifactError(
            "The weights cannot be read",
            f"{shortened(source.name)} has version {version} of GGUF; 2 and 3 are known.",
        )
    tensor_count, setting_count = cursor.number("<Q"), cursor.number("<Q")
    if tensor_count > MAX_TENSORS or setting_count > MAX_SETTINGS:
        raise damaged(source, "names more tensors or settings than are read")
    settings = _Settings(cursor, source)
    metadata = dict(settings.entry() for _ in range(setting_count))
    tensors = tuple(_tensor(cursor, source) for _ in range(tensor_count))
    return Weights.of("GGUF", tensors, metadata)


class _Settings:
    """Reads settings, and counts the texts in them."""

    def __init__(self, cursor: Cursor, source: Source) -> None:
        self._cursor = cursor
        self._source = source
        self._strings = MAX_STRINGS

    def entry(self) -> tuple[str, str]:
        """The next key with its value as a text."""
        return _text(self._cursor, self._source, MAX_NAME), self._value(self._cursor.number("<I"))

    def _value(self, kind: int) -> str:
        if kind == _STRING:
            return _text(self._cursor, self._source, MAX_TEXT)[:_SHOWN]
        if kind == _ARRAY:
            inner, length = self._cursor.number("<I"), self._cursor.number("<Q")
            self._skip_array(inner, length)
            return f"{length:,} values"
        if kind not in _FORMS:
            raise damaged(self._source, "has a setting of an unknown kind")
        if kind in (6, 12):
            return f"{_float(self._cursor, kind):g}"
        number = self._cursor.number(_FORMS[kind])
        return str(bool(number)).lower() if kind == _BOOL else str(number)

    def _skip_array(self, kind: int, length: int) -> None:
        if kind in _SIZES:
            self._cursor.skip(_SIZES[kind] * length)
            return
        self._strings -= length
        if kind != _STRING or self._strings < 0:
            raise damaged(self._source, "has a setting that is too long or nested")
        self._cursor.skip_texts(length)


def _float(cursor: Cursor, kind: int) -> float:
    form = _FORMS[kind]
    value: Any = struct.unpack(form, cursor.take(struct.calcsize(form)))[0]
    return float(value)


def _text(cursor: Cursor, source: Source, limit: int) -> str:
    length = cursor.number("<Q")
    if length > limit:
        raise damaged(source, "has a name or text in its header that is far too long")
    return cursor.take(length).decode("utf-8", "replace")


def _tensor(cursor: Cursor, source: Source) -> Tensor:
    name = _text(cursor, source, MAX_NAME)
    axes = cursor.number("<I")
    if axes > 8:
        raise damaged(source, "has a tensor with more than eight axes")
    # GGUF counts axes from the fastest; people write the slowest first.
    shape = tuple(cursor.number("<Q") for _ in range(axes))[::-1]
    kind, _offset = cursor.number("<I"), cursor.number("<Q")
    label, elements, size = _TYPES.get(kind, (f"type {kind}", 1, 0))
    return Tensor(name, label, shape, -(-product(shape) // elements) * size)
