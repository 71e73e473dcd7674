"""Pictures known by their first bytes, with their measures: a picture may be a bomb too."""

import re
import struct

import msgspec

MAX_PIXELS = 16 * 1000 * 1000
MAX_SCALED = 200 * 1000 * 1000  # pixels of a JPEG, which is made smaller while it is decoded
MAX_SCANS = 100  # of a progressive JPEG
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset([b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"pHYs", b"eXIf"])
_PNG_SMALL = 64 * 1024  # bytes of a chunk that is no pixels
MAX_SCANNED = 300 * 1000 * 1000  # pixels of all scans together; each is gone through
# Possessive throughout: a head full of comments must not be tried in every division.
_SVG = re.compile(
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:(?><!--.*?-->)\s*+|<!DOCTYPE[^>]*+>\s*+)*+<svg[\s>]", re.DOTALL
)


class Picture(msgspec.Struct, frozen=True):
    """Which picture it is; 0 for a measure that the first bytes do not tell.

    A `deep` one takes twice the memory: it has 16 bits a colour, or a canvas beside its frame.
    """

    media_type: str
    width: int = 0
    height: int = 0
    deep: bool = False

    @property
    def too_large(self) -> bool:
        """Whether unpacking it would take more memory than a preview is worth."""
        most = MAX_SCALED if self.media_type == "image/jpeg" else MAX_PIXELS
        return self.width * self.height * (1 + self.deep) > most


def is_endless(data: bytes, width: int, height: int) -> bool:
    """Whether a JPEG of this size has more scans than a picture needs."""
    scans = data.count(b"\xff\xda")
    return scans > MAX_SCANS or (scans > 1 and scans * width * height > MAX_SCANNED)


def picture_of(head: bytes) -> Picture | None:
    """The picture that these first bytes begin, or None when they do not."""
    if head.startswith(_PNG_MAGIC):
        width, height, depth = struct.unpack_from(">IIB", head, 16) if len(head) > 24 else (0, 0, 8)
        return Picture("image/png", width, height, deep=depth > 8)
    if head[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack_from("<HH", head, 6) if len(head) >= 10 else (0, 0)
        return Picture("image/gif", width, height, deep=True)
    if head.startswith(b"\xff\xd8\xff"):
        return Picture("image/jpeg", *_jpeg_sizes(head))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Picture("image/webp", *_webp_sizes(head))
    return Picture("image/svg+xml") if _SVG.match(head[:4096]) else None


def plain_png(data: bytes) -> bytes:
    """The same picture with the chunks that draw it. Packed texts and profiles, which a decoder
    unpacks wholly and of which there may be any number, are left out."""
    parts = [_PNG_MAGIC]
    left = set(_PNG_CHUNKS)
    at = len(_PNG_MAGIC)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind in (b"IDAT", b"IEND") or (kind in left and length <= _PNG_SMALL):
            parts.append(data[at:end])
            left.discard(kind)
        if kind == b"IEND":
            break
        at = end
    return b"".join(parts)


def _jpeg_sizes(head: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return 0, 0


def _webp_sizes(head: bytes) -> tuple[int, int]:
    if len(head) < 30:
        return 0, 0
    if head[12:16] == b"VP8X":
        return _measure(head[24:27]), _measure(head[27:30])
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    bits = int.from_bytes(head[21:25], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _measure(field: bytes) -> int:
    """A measure of 24 bits, stored one less than it is."""
    return int.from_bytes(field, "little") + 1
