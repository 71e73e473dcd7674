"""The order in which people expect names: v2 before v10, Äpfel beside apfel, as file managers sort."""

import re
import unicodedata
from itertools import filterfalse
from typing import TypeAlias

_PARTS = re.compile(r"\d+")
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n"}
)

_SHORT = tuple(f"0{chr(length + 1)}" for length in range(40))

Key: TypeAlias = tuple[str, str]


def _plain(text: str) -> str:
    """Without case, accents and forms: what decides first."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return "".join(filterfalse(unicodedata.combining, folded))


def _number(match: re.Match[str]) -> str:
    """Digits that sort by their value: how many there are stands before them."""
    digits = match[0]
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(sign)) for sign in digits)
    digits = digits.lstrip("0")
    length = len(digits)
    return _SHORT[length] + digits if length < 40 else f"0{chr(min(length, 0xD000) + 1)}{digits}"


def natural_key(text: str) -> Key:
    """A key to sort by; two texts have the same key only when they are the same."""
    return _PARTS.sub(_number, _plain(text)), text


def path_key(name: str) -> Key:
    """A key for names with folders in them: folder by folder."""
    return natural_key(name.replace("/", "\x01"))
