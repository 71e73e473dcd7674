"""Checksums of a file's parts: they tell which part was damaged; a SHA-256 only tells that one was."""

import zlib

PART = 8 << 20  # bytes of a part; the last one may be shorter
WIDTH = 4  # bytes of a part's checksum


class PartSums:
    """The CRC-32 of each part of what is passed through in order.

    Whether a mended file is right is proven by its SHA-256; this only finds what to mend, at a
    third of the cost.
    """

    def __init__(self) -> None:
        self._sums = bytearray()
        self._sum = self._filled = 0

    def update(self, block: bytes | bytearray | memoryview) -> None:
        """The next bytes of the file."""
        rest = memoryview(block)
        while rest:
            piece = rest[: PART - self._filled]
            self._sum = zlib.crc32(piece, self._sum)
            self._filled += len(piece)
            rest = rest[len(piece) :]
            if self._filled == PART:
                self._end_part()

    def _end_part(self) -> None:
        self._sums += self._sum.to_bytes(WIDTH, "big")
        self._sum = self._filled = 0

    def finish(self) -> bytes:
        """The checksums one behind the other; the file ends here."""
        if self._filled:
            self._end_part()
        return bytes(self._sums)


def fit(sums: bytes, size: int) -> bool:
    """Whether these can be the checksums of a file of this size."""
    return size > 0 and len(sums) == -(-size // PART) * WIDTH


def sound(sums: bytes, number: int, part: bytes | memoryview) -> bool:
    """Whether the bytes of a part are those that its checksum was made of."""
    return sums[number * WIDTH : (number + 1) * WIDTH] == zlib.crc32(part).to_bytes(WIDTH, "big")


def differing(sums: bytes, others: bytes) -> int:
    """How many parts differ between two files, or are only in one of them."""
    most = max(len(sums), len(others))
    return sum(
        sums[start : start + WIDTH] != others[start : start + WIDTH]
        for start in range(0, most, WIDTH)
    )
