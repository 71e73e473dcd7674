"""Which encoding of a country bytes without a mark are most likely in: each has a judge of its texts."""

import itertools
import re
from collections.abc import Callable

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


def likeliest(read: Callable[[str], str | None]) -> str | None:
    """The encoding, or None when the bytes look like no text in any.

    ``read`` gives the text that they are in an encoding, None where they are none.
    """
    found = {
        encoding: weigh(text)
        for encoding, weigh in _COUNTRIES
        if (text := read(encoding)) is not None and not _C1.search(text)
    }
    best = max(found, key=found.__getitem__, default=None)
    return best if best is not None and found[best] > 0 else None


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
