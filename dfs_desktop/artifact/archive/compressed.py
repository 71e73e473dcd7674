"""The beginning of a file that is packed as a whole with zlib, gzip, bzip2, xz or lzma."""

import bz2
import lzma
import zlib

from .byte_source import Source, read_exactly

_STEP = 256 * 1024
_PIECE = 1024 * 1024
_LZMA_MEMORY = 32 * 1024 * 1024  # enough for all presets that joblib uses; others are not unpacked
_MAGICS = (
    (b"\x1f\x8b", "gzip"),
    *((b"\x78" + level, "zlib") for level in (b"\x01", b"\x5e", b"\x9c", b"\xda")),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x5d\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)


class Zlib:
    """Zlib, gzip or raw deflate with the face that the decompressors of bz2 and lzma have."""

    def __init__(self, bits: int = 47) -> None:
        self._inner = zlib.decompressobj(bits)
        self._tail = b""
        self._more = False  # more output may wait, though all input is taken

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._tail and not self._more

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        found = self._inner.decompress(self._tail + data, max_length)
        self._tail = self._inner.unconsumed_tail
        self._more = len(found) == max_length
        return found


def packing_of(head: bytes) -> str:
    """How a file with these first bytes is packed; "" when it is not."""
    return next((kind for magic, kind in _MAGICS if head.startswith(magic)), "")


def unpacked_head(source: Source, kind: str, most: int) -> tuple[bytes, bool] | None:
    """Some `most` bytes at most, and whether that is all; None when they cannot be unpacked."""
    unpacking: Zlib | bz2.BZ2Decompressor | lzma.LZMADecompressor
    if kind in ("gzip", "zlib"):
        unpacking = Zlib()
    elif kind == "bzip2":
        unpacking = bz2.BZ2Decompressor()
    elif kind in ("xz", "lzma"):
        unpacking = lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)
    else:
        return None
    data = bytearray()
    place = 0
    try:
        while place < source.size and len(data) < most and not unpacking.eof:
            block = read_exactly(source, place, min(_STEP, source.size - place))
            place += len(block)
            data += unpacking.decompress(block, _PIECE)
            while not unpacking.eof and not unpacking.needs_input and len(data) < most:
                data += unpacking.decompress(b"", _PIECE)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, MemoryError):
        return None
    return bytes(data), unpacking.eof
