"""Bytes that people saved as text become text: by their mark, else by how they look.

Editors save JSON and plain text in UTF-8 with a byte order mark, in UTF-16, in UTF-32, or in the
encoding of a country. Every reader of such files decodes here. What the bytes do not say by
themselves is a guess, and marked as one.
"""

import codecs
import itertools
import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

_MARKS = (  # the long ones first: UTF-32's begins with that of UTF-16; no text begins with NUL
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 64 * 1024  # bytes by which an encoding is told
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])  # no text has many
_ASCII = re.compile(rb"[\0\t-\r\x1b -\x7e]*+")
_NO_TEXT = frozenset(["Cn", "Co", "Cs"])  # not assigned, private, half of a character
_C1 = re.compile("[\x7f-\x9f]")
_WORD = re.compile("[^\\W\\d_]+")
_KANA = re.compile("[\u3041-\u30fe]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_COMMON_HAN = re.compile(
    "[的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生]"
)
_TRADITIONAL = re.compile("[這為來個們說國時會學對發後沒過還點現開關數據]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_WORD = re.compile("[\u4e00-\u9fff]{2}")
_BOXES = re.compile("[\u2500-\u259f]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SIGN = "[°±²³§€£«»“”‘–—…·×÷©®¼½¾¡¿•™]"
_SIGNS = re.compile(rf"(?<![^\W\d_]){_SIGN}|{_SIGN}(?![^\W\d_])|’")  # not within a word
_IN_LATIN = re.compile("(?<=[a-z])[\u3041-\u9fff]|[\u3041-\u9fff](?=[a-z])")


class Decoded(NamedTuple):
    """The text, the encoding it was in, and whether that is only a guess."""

    text: str
    encoding: str
    guessed: bool


def decode_json(data: bytes) -> Decoded:
    """The text of a whole JSON document in any encoding; never raises.

    JSON begins with an ASCII character, so that zeros among the first bytes tell UTF-16 and UTF-32
    for certain (RFC 4627, section 3). What is neither these nor UTF-8 is a guess.
    """
    encoding, skip = _marked(data) or (_wide_json(data[:4]), 0)
    try:
        return Decoded(data[skip:].decode(encoding), encoding, guessed=False)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            return Decoded(data[skip:].decode(encoding, "replace"), encoding, guessed=True)
    return _legacy(data) or Decoded(data.decode("latin-1"), "latin-1", guessed=True)


def decode_text(head: bytes, *, whole: bool) -> Decoded | None:
    """The text of a file's first bytes, or None when they are no text.

    Unless it is the `whole` file, a character that is cut at the end is left out.
    """
    marked = _marked(head)
    encoding, skip = marked or (_wide_text(head[:_LOOKED_AT]) or "utf-8", 0)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head[skip:], final=whole)
        found = Decoded(text, encoding, guessed=not marked and encoding != "utf-8")
    except UnicodeDecodeError:
        if marked or _controls(head):  # which are themselves in all but UTF-16 and UTF-32
            return None
        if mended := _nearly_utf8(head, whole=whole):
            return mended
        return _legacy(head, whole=whole)
    if _controls(text[:65536].encode()) > len(text) // 200:
        return None
    return found


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def has_mark(data: bytes) -> bool:
    """Whether the bytes begin with a byte order mark."""
    return _marked(data) is not None


def _marked(data: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark names, and the length of the mark."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    return None


def _wide_json(start: bytes) -> str:
    zeros = tuple(byte == 0 for byte in start)
    if zeros[:4] == (False, True, True, True):
        return "utf-32-le"
    if zeros[:4] == (True, True, True, False):
        return "utf-32-be"
    if zeros[:2] == (False, True):
        return "utf-16-le"
    return "utf-16-be" if zeros[:2] == (True, False) else "utf-8"


def _wide_text(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: zeros among the bytes, and letters when read so."""
    zeros = head.count(0)
    if not zeros or (zeros < len(head) / 4 and _ASCII.fullmatch(head)):  # ASCII with some zeros
        return None
    best: tuple[float, str] | None = None
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=False)
        except UnicodeDecodeError:
            continue
        odd = any(
            character == "\0" or unicodedata.category(character) in _NO_TEXT
            for character in set(text)
        )
        plain = 0.0 if odd else len(text.encode("ascii", "ignore")) / max(len(text), 1)
        if plain > 0.02 and (best is None or plain > best[0]):
            best = plain, encoding
    return best[1] if best else None


def _nearly_utf8(data: bytes, *, whole: bool) -> Decoded | None:
    """UTF-8 into which some other bytes got, as lines of two programs in one log."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data, final=whole)
    odd = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text[:_LOOKED_AT]) - odd
    if good < 2 * odd:
        return None
    return Decoded(text, "utf-8", guessed=True)


def _legacy(data: bytes, *, whole: bool = True) -> Decoded | None:
    """The likeliest encoding of a country, or None when the bytes look like no text in any."""
    sample = data[:_LOOKED_AT]
    best: tuple[float, str] | None = None
    for encoding, weigh in _COUNTRIES:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
        except UnicodeDecodeError:
            continue
        if _C1.search(text):
            continue
        weight = weigh(text)
        if weight > 0 and (best is None or weight > best[0]):
            best = weight, encoding
    if best is None:
        return None
    decoder = codecs.getincrementaldecoder(best[1])("replace")
    return Decoded(decoder.decode(data, final=whole), best[1], guessed=True)


def _share(pattern: re.Pattern[str], text: str) -> float:
    """How much of what is not ASCII matches."""
    foreign = sum(not character.isascii() for character in text)
    return len(pattern.findall(text)) / foreign if foreign else 0.0


def _japanese(text: str) -> float:
    kana = _share(_KANA, text)
    if kana > (0.15 if _first_level(text, "cp932", range(0x88, 0x98)) else 0.4):
        return (0.5 + kana) * (_share(_HALF_KANA, text) < 0.2)
    return _everyday(text, "cp932", range(0x88, 0x98))


def _korean(text: str) -> float:
    hangul = _share(_HANGUL, text)
    return 0.4 + hangul / 2 if hangul > 0.8 else 0.0


def _chinese(text: str) -> float:
    common = _share(_COMMON_HAN, text) + _share(_TRADITIONAL, text)
    if common > 0.04 and _share(_HAN, text) > 0.6:
        return 0.3 + common
    return max(
        _everyday(text, "gb2312", range(0xB0, 0xD8)), _everyday(text, "big5", range(0xA4, 0xC7))
    )


def _first_level(text: str, encoding: str, level: range) -> bool:
    """Whether the Chinese characters are those of a table's first part, which the usual ones are."""
    known = [each.encode(encoding, "ignore")[:1] for each in _HAN.findall(text)]
    first = sum(bool(lead) and lead[0] in level for lead in known)
    return first >= 0.9 * len(known)


def _everyday(text: str, encoding: str, level: range) -> float:
    """A few words without grammar, as in a header, and not in the middle of plain letters."""
    if (
        not _HAN.search(text)
        or _share(_HAN, text) <= 0.9
        or not _first_level(text, encoding, level)
    ):
        return 0.0
    if _share(_IN_LATIN, text) > 0.3:
        return 0.0
    return 0.4 if _HAN_WORD.search(text) else 0.2


def _natural(word: str) -> bool:
    """Whether no capital stands inside a word of small letters; many scripts have neither."""
    return word.islower() or word.isupper() or word.istitle() or word.lower() == word.upper()


def _cyrillic(text: str) -> float:
    """Words of one case: in the wrong one of two Cyrillic tables, capitals stand inside words."""
    words = [word for word in _WORD.findall(text) if _CYRILLIC.match(word)]
    natural = sum(map(_natural, words))
    whole = sum(len(_CYRILLIC.findall(word)) == len(word) > 1 for word in words)
    if _share(_CYRILLIC, text) < 0.7 or _BOXES.search(text) or not words or whole < len(words) / 2:
        return 0.0
    return 0.6 * natural / len(words) * min(1.0, 1.6 * _usual(text, "оеаинтсрвл"))


def _usual(text: str, letters: str) -> float:
    """How many of the foreign letters are of those that a language uses most."""
    foreign = [each for each in text.lower() if not each.isascii()]
    return sum(each in letters for each in foreign) / max(len(foreign), 1)


def _written_in(script: str, letters: str) -> Callable[[str], float]:
    """A judge of texts in a script of its own, whose usual letters are these."""
    pattern = re.compile(script)

    def weigh(text: str) -> float:
        words = [word for word in _WORD.findall(text) if pattern.search(word)]
        whole = sum(
            len(pattern.findall(word)) == len(word) > 1 and _natural(word) for word in words
        )
        if _share(pattern, text) < 0.85 or not words or whole < 0.7 * len(words):
            return 0.0
        return 0.1 + 0.6 * _usual(text, letters)

    return weigh


def _turkish(text: str) -> float:
    """Western letters but for six, and no others."""
    foreign = {each for each in text if not each.isascii()}
    own = foreign & set("ğışİŞĞ")
    return 0.36 if own and foreign <= set("ğışİŞĞüöçÜÖÇâîûÂÎÛ") else 0.0


def _accented(letters: str) -> Callable[[str], float]:
    """A judge of plain letters with single ones of these among them.

    In the wrong one of two tables a sign stands inside a word, or a letter that few words have.
    """
    usual = re.compile(f"[{letters}]")

    def weigh(text: str) -> float:
        foreign = sum(not character.isascii() for character in text)
        if foreign > max(len(text) * 0.4, 1):
            return 0.0
        good = len(usual.findall(text.lower())) - sum(
            before.islower() and each.isupper() and not each.isascii()
            for before, each in itertools.pairwise(text)
        )
        signs = len(_SIGNS.findall(text))
        return 0.05 + 0.3 * max(0, good + signs) / max(foreign, 1)

    return weigh


_western = _accented("äöüßéèêëàâáãåçñóòôõøúùûíìîïæœýÿµªº")
_central = _accented("ąćęłńóśźżčďěňřšťůžáéíýúôäöüőűßăâîșțşţđ")


_COUNTRIES = (
    ("cp932", _japanese),
    ("euc-jp", _japanese),
    ("euc-kr", _korean),
    ("gb18030", _chinese),
    ("big5", _chinese),
    ("cp1251", _cyrillic),
    ("koi8-r", _cyrillic),
    ("cp866", _cyrillic),
    ("cp1253", _written_in("[\u0370-\u03ff]", "αοιεητσνρπκςυλμάόίέή")),
    ("cp1255", _written_in("[\u0590-\u05ff]", "יוהלאמםתרנבש")),
    ("cp1256", _written_in("[\u0600-\u06ff]", "اليمونرتبعةده")),
    ("cp874", _written_in("[\u0e00-\u0e7f]", "านรอกเงมยลวดท่้ั ีิ".replace(" ", ""))),
    ("cp1254", _turkish),
    ("cp1252", _western),
    ("cp1250", _central),
    ("iso-8859-2", _central),
    ("cp850", _western),
    ("mac-roman", _western),
)

__all__ = ["Decoded", "decode_json", "decode_text", "has_mark"]
