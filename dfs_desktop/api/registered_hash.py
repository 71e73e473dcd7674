"""Reading the SHA-256 of a record in the notations that people and tools write it in."""

import base64
import binascii
import re

_LONGEST = 200  # signs; longer ones are no SHA-256
_SCHEME = re.compile(r"(?:sha-?_?256\s*[:=-]|0x)\s*", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{43}=?")


def sha256_of(text: str) -> str:
    """64 hex digits in small letters; empty for what is no SHA-256, as hashes of other kinds are.

    Read are a scheme in front (``sha256:``, ``SHA-256=``), capitals, hex digits in pairs and
    base64, of both alphabets, as web pages (``sha256-…``) and HTTP's digests have it.
    """
    if len(text) > _LONGEST:
        return ""
    plain = text.strip().strip("\"' \t")
    scheme = _SCHEME.match(plain)
    # Without its scheme second: base64 may begin with the letters of one.
    return _digits(plain) or (_digits(plain[scheme.end() :].strip(":\"' \t")) if scheme else "")


def _digits(plain: str) -> str:
    pairs = re.sub(r"[\s:-]", "", plain)
    if _HEX.fullmatch(pairs):
        return pairs.lower()
    if not _BASE64.fullmatch(plain):
        return ""
    try:
        return base64.b64decode(plain[:43].translate(_URL_ALPHABET) + "=", validate=True).hex()
    except binascii.Error:
        return ""


_URL_ALPHABET = str.maketrans("-_", "+/")
