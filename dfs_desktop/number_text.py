"""Numbers as people read and type them: one text for each, one decimal sign, one way to group;
and names with numbers in them in the order of file managers.

Whole numbers are whole; fractions have at least four digits, and more where different values would
read the same; exponents begin below 1e-4 and at 1e15.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import filterfalse
from typing import TypeAlias

_PARTS = re.compile(r"\d+")
# Also those of a version, a date, a shape; behind each an exponent or a unit.
_FIGURES = re.compile(r"\W*\d[\W\d]*(?:(?:[eE]|[^\W\d_]{1,5}\W+)\d[\W\d]*)*(?:[^\W\d_]{1,5}\W*)?")
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


def is_figures(text: str) -> bool:
    """Whether a text is figures and signs, with short units at most: a number, a size, a time."""
    return _FIGURES.fullmatch(text) is not None


def natural_key(text: str) -> Key:
    """A key to sort by; two texts have the same key only when they are the same."""
    return _PARTS.sub(_number, _plain(text)), text


def path_key(name: str) -> Key:
    """A key for names with folders in them: folder by folder."""
    folder, slash, last = name.rpartition("/")
    plain = _PARTS.sub(_number, _plain(last))
    return (f"{_folder_key(folder)}\x01{plain}" if slash else plain), name


@lru_cache(maxsize=256)
def _folder_key(folder: str) -> str:
    """Many names stand in one folder."""
    return natural_key(folder.replace("/", "\x01"))[0]


GROUP = "\u202f"  # a narrow space that breaks no line; it can't be taken for a decimal sign
FEWEST, MOST = 4, 17  # significant digits; 17 tell any two floats apart
_TOGETHER = 8  # up to here all numbers of a column have as many digits, so that they line up
_EXACT = 10**6  # instead of a number of digits: all that there are
_SMALLEST, _LARGEST = 1e-4, 1e15
_NUMBERS = (int, float)  # a union is asked three times as long
_MOST_COUNTED = 100  # digits of a whole number that are looked at to write some
LONGEST_TYPED = 100  # characters of a number

_point = "."


def use_decimal_point(point: str) -> None:
    """Take over the decimal sign of the person's locale; the window knows it."""
    global _point  # noqa: PLW0603  one setting for the whole program, made once at start
    _point = point if point == "," else "."
    number_text.cache_clear()


def with_point(text: str) -> str:
    """A number that Python wrote, with the decimal sign of the person."""
    return text.replace(".", _point)


def grouped(text: str) -> str:
    """Digits in groups of three where there are five or more before the decimal sign."""
    sign, rest = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, fraction = rest.partition(".")
    if len(whole) > 4:
        first = len(whole) % 3
        whole = GROUP.join(
            [*([whole[:first]] if first else []),
             *(whole[at : at + 3] for at in range(first, len(whole), 3))]
        )  # fmt: skip
    return sign + whole + with_point(point) + fraction


@lru_cache(maxsize=8192, typed=True)  # those in sight are painted again and again
def number_text(value: float, digits: int = FEWEST) -> str:
    """One number with so many significant digits, more where it would seem whole and is not."""
    if isinstance(value, int):
        if digits > MOST or abs(value) < _LARGEST:
            return grouped(str(value))
        # The last of thousands of digits change nothing in the first ones, and each costs time.
        dropped = max(0, int(value.bit_length() * 0.3) - _MOST_COUNTED)
        mantissa, _, exponent = f"{Decimal(value // 10**dropped):.{digits - 1}e}".partition("e")
        return with_point(f"{mantissa}e{int(exponent) + dropped:+03d}")
    if not math.isfinite(value):
        return str(value)
    digits = min(digits, MOST)
    size = abs(value)
    if size and not _SMALLEST <= size < _LARGEST:
        return with_point(f"{value:.{digits - 1}e}")
    whole = value.is_integer()
    if whole and size >= 10**FEWEST:
        return grouped(str(int(value)))
    power = int(f"{size:.{digits - 1}e}".partition("e")[2])
    decimals = max(digits - 1 - power, 0 if whole else 1)
    text = f"{value + 0.0:.{decimals}f}"
    if not whole and digits <= _TOGETHER and not text.rstrip("0").rpartition(".")[2]:
        return number_text(value, digits + 1)
    return grouped(text)


@lru_cache(maxsize=256)
def _digits(values: frozenset[float]) -> tuple[int, dict[float, int]]:
    """How many digits these values need to read differently: all of them, and single ones."""
    floats = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    together, rivals = FEWEST, floats
    while rivals := _rivals(rivals, together):
        if _kinds(rivals, together) == _kinds(rivals, _TOGETHER):
            break
        together += 1
    own: dict[float, int] = {}
    texts = {value: number_text(value, together) for value in _crowd(values, floats, together)}
    while True:
        growing = [
            value
            for group in _alike(texts).values()
            if len(group) > 1
            for value in group
            if own.get(value) != _EXACT
        ]
        if not growing:
            return together, own
        for value in growing:
            before = own.get(value, together)
            own[value] = before + 1 if before < MOST else _EXACT
            texts[value] = number_text(value, own[value])


def _kinds(values: Iterable[float], digits: int) -> int:
    return len({f"{value:.{digits}g}" for value in values})


def _rivals(values: Iterable[float], digits: int) -> list[float]:
    """Those that do not read differently with so many digits."""
    groups = _alike({value: f"{value:.{digits}g}" for value in values}).values()
    return [value for group in groups if len(group) > 1 for value in group]


def _crowd(values: Iterable[float], floats: Iterable[float], digits: int) -> Iterator[float]:
    """The values that may read alike with so many digits; the others need not be written to know."""
    for text, group in _alike({value: f"{value:.{digits}g}" for value in floats}).items():
        if len(group) > 1 or "." not in text or "e" in text:
            yield from group
    yield from (value for value in values if isinstance(value, int) and abs(value) >= _LARGEST)


def _alike(texts: Mapping[float, str]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for value, text in texts.items():
        groups.setdefault(text, []).append(value)
    return groups


def _is_number(value: object) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool) and value == value


def told_apart(values: Iterable[object]) -> Callable[[float], str]:
    """How numbers of this company are written so that different ones read differently."""
    together, own = _digits(frozenset(value for value in values if _is_number(value)))
    return lambda value: number_text(value, own.get(value, together))


def decimals(text: str) -> int:
    """How many digits a number has behind its decimal sign; 0 for what has none, or an exponent."""
    whole, point, fraction = text.partition(_point)
    return len(fraction) if point and fraction.isdecimal() and whole[-1:].isdecimal() else 0


def number_texts(values: Sequence[float]) -> list[str]:
    """All of these, told apart."""
    return list(map(told_apart(values), values))


def exact_text(value: float, decimals: int = 0) -> str:
    """The shortest text that means this number and no other, at least so many decimals."""
    if isinstance(value, int):
        return grouped(str(value))
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    exact = Decimal(repr(value)).normalize()
    if not _SMALLEST <= abs(value) < _LARGEST:
        mantissa, _, power = f"{exact:e}".partition("e")
        return with_point(f"{mantissa}e{int(power):+03d}")
    return grouped(f"{exact:.{max(decimals, decimals_of(value))}f}")


def short_text(value: float, digits: int = FEWEST) -> str:
    """Rounded to so many digits, without zeros at its end; a whole number stays whole."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        value = float(f"{value:.{digits}g}")
    return exact_text(value)


def decimals_of(value: float) -> int:
    """How many decimals the exact text of a number has; none when it has an exponent."""
    if not math.isfinite(value) or not _SMALLEST <= abs(value) < _LARGEST:
        return 0
    power = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -power) if isinstance(power, int) else 0


_BETWEEN = re.compile("(?<=[0-9])[\u00a0\u2009\u202f](?=[0-9]{3})")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_TYPED = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_SIGNS = str.maketrans({"\u2212": "-", "\u066b": ".", "\uff0c": ",", "\uff0e": "."})


def typed_number(text: str) -> int | float | None:
    """What a person means who typed this; a comma and a point are both the decimal sign.

    None for what is no number, and for one in which a sign may divide thousands: that is for the
    person to say.
    """
    if len(text) > LONGEST_TYPED:
        return None
    plain = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in text.strip().translate(_SIGNS)
    )
    plain = _BETWEEN.sub("", plain)
    if _WHOLE.fullmatch(plain):
        return int(plain)
    return float(plain.replace(",", ".")) if _TYPED.fullmatch(plain) else None
