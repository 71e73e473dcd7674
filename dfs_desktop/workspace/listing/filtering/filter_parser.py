"""What a person types into the filter line, read into terms. docs/filter.md has the grammar in words.

line       = { term | "," | ";" | "&" | "and" }    all terms hold at once
term       = [ "-" | "!" | "not" ] comparison | words
comparison = name sign value | number sign name     blanks around the sign are allowed
name       = field | name of a metric that exists | '"' any name of a metric '"'
sign       = ":" | "=" | "!=" | "<" | "<=" | ">" | ">="     and ≠ ≤ ≥ == <> => =< :>
value      = quoted | number [ unit ] | date | text up to a blank
words      = quoted | text up to a blank
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct, structs

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import natural_key
from dfs_desktop.translation import tr

from .filter_values import day_of, leading_amount, typed_amount, why_doubtful, why_no_number

TEXT, SIZE, TIME, METRIC = "text", "size", "time", "metric"
FIELDS = {
    "tag": TEXT, "status": TEXT, "name": TEXT, "prefix": TEXT, "file": TEXT, "description": TEXT,
    "id": TEXT, "type": TEXT, "by": TEXT, "collection": TEXT, "have": TEXT, "size": SIZE,
    "created": TIME,
}  # fmt: skip
_OTHER_NAMES = {"tags": "tag", "author": "by", "creator": "by", "desc": "description"}
MOST_NAMED = 5  # names of metrics in a remark

_LONGEST_NAME = 200  # characters, of one that nothing has
# The signs in full width are what Chinese and Japanese keyboards give; “size:>1MB” comes from GitHub.
_SIGN = re.compile(
    r"\s*(?::(?=[=!])|:\s*(?=[<>≥≤≧≦＞＜]))?(>=|<=|!=|<>|==|=>|=<|[<>=:≥≤≠≧≦＞＜＝：])\s*"
)
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "!=", "==": "=", "<>": "!=", "=>": ">=", "=<": "<=",
          "≧": ">=", "≦": "<=", "＞": ">", "＜": "<", "＝": "=", "：": ":"}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ORDER = _TURNED.keys()
_QUOTES = {'"': '"', "“": "”", "„": "“", "”": "”", "«": "»", "»": "«", "「": "」",
           "'": "'", "‘": "’", "‚": "‘"}  # fmt: skip
_APOSTROPHES = "'’‘"  # they close nothing when they do not come
_NAME = re.compile(rf"[^\s<>=!:≤≥≠≧≦＞＜＝：,;，；、\"“”„«»「」]{{1,{_LONGEST_NAME}}}")
_NOT = re.compile(r"[-−!]|not\s+", re.IGNORECASE)
_COMMAS = ",;，；、"
_GAP = re.compile(rf"[\s{_COMMAS}]*")
_GAP_BEHIND = re.compile(rf"[\s{_COMMAS}&]*")  # behind a comparison
_JOINTS, _ALTERNATIVES = {"and", "&", "&&"}, {"or", "|", "||"}


class Words(Struct, frozen=True):
    """To be found in the texts of a record, blanks included."""

    text: str


class Comparison(Struct, frozen=True):
    """A field or a metric against a value; an empty value is still being typed and holds for all,
    unless `without`: what has no such text is looked for."""

    name: str
    sign: str
    value: str | int | float
    metric: bool = False
    negative: bool = False
    without: bool = False


class Part(Struct, frozen=True):
    """A term, where it stands in the line, and what is to be said of it when it was not understood."""

    term: Words | Comparison
    start: int
    end: int
    note: str = ""


@lru_cache(maxsize=1 << 14)
def folded(name: str) -> str:
    """Names that a person takes for the same: case, forms of letters and underscores do not count."""
    return unicodedata.normalize("NFC", name).casefold().replace("_", " ")


def parse(line: str, names: Iterable[str] = ()) -> list[Part]:
    """All parts of a line; never fails. `names` are the metrics that there are."""
    return _Reader(line, names).parts()


def is_joint(word: str) -> bool:
    """Whether a word may stand between terms without being looked for."""
    return word.casefold() in _JOINTS | _ALTERNATIVES


class _Reader:
    def __init__(self, line: str, names: Iterable[str]) -> None:
        self.line = line
        self.names = sorted(set(names), key=lambda name: (-len(name), name))
        self._known = {folded(name): name for name in self.names}
        self._by_first: dict[str, list[str]] = {}
        for name in self.names:
            self._by_first.setdefault(folded(name)[:1], []).append(name)

    def parts(self) -> list[Part]:
        found: list[Part] = []
        at = self._gap(0)
        while at < len(self.line):
            part = self._term(at)
            found.append(part)
            gap = _GAP_BEHIND if isinstance(part.term, Comparison) else _GAP
            at = self._gap(part.end, gap)
        joined = [self._joint(found, place) for place in range(len(found))]
        return [part for part in joined if part is not None]

    def _gap(self, at: int, gap: re.Pattern[str] = _GAP) -> int:
        match = gap.match(self.line, at)
        return match.end() if match else at

    def _joint(self, parts: list[Part], place: int) -> Part | None:
        """An “and” beside a comparison says nothing new; an “or” would say something else."""
        part = parts[place]
        word = self.line[part.start : part.end].casefold()
        if not is_joint(word):
            return part
        around = parts[max(0, place - 1) : place] + parts[place + 1 : place + 2]
        if not any(isinstance(each.term, Comparison) or each.note for each in around):
            return part
        if word in _JOINTS:
            return None
        note = tr(
            "“{word}” is looked for as a word: the parts of this line hold all at once", word=word
        )
        return Part(part.term, part.start, part.end, note)

    def _term(self, at: int) -> Part:
        found = self._comparison(at)
        if found is None or found.note:
            found = self._turned(at) or found
        if (denied := _NOT.match(self.line, at)) and (found is None or found.note):
            positive = self._comparison(denied.end())
            if positive is not None and isinstance(positive.term, Comparison):
                negative = structs.replace(positive.term, negative=True)
                return Part(negative, at, positive.end, positive.note)
        return found or self._words(at)

    def _words(self, at: int) -> Part:
        if (quoted := self._quoted(at)) is None:
            end = self._run(at)
            return Part(Words(self.line[at:end]), at, end)
        text, end = quoted
        inner = _Reader(text, self.names).whole() if text[:1].strip() else None
        return Part(inner or Words(" ".join(text.split())), at, end)

    def whole(self) -> Comparison | None:
        """The line as one comparison, its value going to the end."""
        if (named := self._name(0)) is None or not named[2]:
            return None
        name, after, kind = named
        sign = _SIGN.match(self.line, after)
        rest = self.line[sign.end() :].strip() if sign else ""
        if sign is None or not rest:
            return None
        text = kind in (TEXT, TIME)
        value: str | int | float | None = rest if text else typed_amount(rest, size=kind == SIZE)
        if value is None or (kind == TEXT and _sign(sign) in _ORDER):
            return None
        return Comparison(name, _sign(sign), value, metric=kind == METRIC)

    def _quoted(self, at: int) -> tuple[str, int] | None:
        """The text between quotes and where it ends; one that is not closed goes to the end."""
        if not (closing := _QUOTES.get(self.line[at : at + 1], "")):
            return None
        text, place = "", at + 1
        while place < len(self.line):
            sign = self.line[place]
            if sign == closing and closing in "\"'" and self.line[place + 1 : place + 2] == closing:
                place += 1
            elif sign == closing:
                return text, place + 1
            text += sign
            place += 1
        return None if closing in _APOSTROPHES else (text, place)

    def _run(self, at: int) -> int:
        """Where a text without quotes ends: at a blank, or a comma behind which something begins."""
        place = at
        while place < len(self.line) and not self.line[place].isspace():
            # What a text begins with divides nothing: each takes at least one character.
            if place > at and self.line[place] in _COMMAS + "&" and self._begins(place):
                break
            place += 1
        return place

    def _begins(self, comma: int) -> bool:
        """Whether a comma divides: a blank, the end, or a comparison stands behind it. An “&”
        without blanks divides before a comparison alone."""
        at = self._gap(comma + 1)
        if self.line[comma] in _COMMAS and (at > comma + 1 or at == len(self.line)):
            return True
        named = self._name(at)
        sign = _SIGN.match(self.line, named[1]) if named else None
        if named is None or sign is None:
            return False
        return bool(named[2]) or leading_amount(self.line, sign.end()) is not None

    def _name(self, at: int) -> tuple[str, int, str] | None:
        """A name before a sign, where it ends, and its kind: "" when nothing has this name."""
        if (quoted := self._quoted(at)) is not None:
            text, end = quoted
            if not text or not _SIGN.match(self.line, end):
                return None
            known = self._known.get(folded(text))
            if known is None and (field := _field(text)):
                return field, end, FIELDS[field]
            return (known, end, METRIC) if known is not None else (text, end, "")
        plain = _NAME.match(self.line, at)
        field = _field(plain[0]) if plain else ""
        for name in self._by_first.get(folded(self.line[at : at + 1]), ()):
            end = at + len(name)
            same = folded(self.line[at:end]) == folded(name)
            if same and _SIGN.match(self.line, end) and not _field(name):
                return name, end, METRIC
        if plain is None or not _SIGN.match(self.line, plain.end()):
            return None
        return (field, plain.end(), FIELDS[field]) if field else (plain[0], plain.end(), "")

    def _comparison(self, at: int) -> Part | None:
        named = self._name(at)
        sign = _SIGN.match(self.line, named[1]) if named else None
        if named is None or sign is None:
            return None
        name, after, kind = named
        if not kind:
            return self._unknown(at, name, sign)
        metric = kind == METRIC
        if sign.end() == len(self.line):
            return Part(Comparison(name, _sign(sign), "", metric), at, after + len(sign[0]))
        value, end, note = self._value(name, kind, sign)
        if note and isinstance(value, str):
            return _as_words(self.line[at:end], at, end, note)
        closed = value == "" and end - sign.end() > 1
        without = closed and kind == TEXT and name != "have" and _sign(sign) in ("=", "!=")
        return Part(Comparison(name, _sign(sign), value, metric, without=without), at, end, note)

    def _value(
        self, name: str, kind: str, sign: re.Match[str]
    ) -> tuple[str | int | float, int, str]:
        """The value behind a sign, where it ends, and why it is none."""
        at, order = sign.end(), _sign(sign) in _ORDER
        quoted = self._quoted(at)
        if quoted is None and sign[0][-1:].isspace() and self._starts_known(at):
            return "", at, ""
        text, end = quoted or (self.line[at : self._run(at)], self._run(at))
        if kind == TEXT:
            why = tr("“{name}” is a text: it takes : = and !=", name=name)
            return text, end, why if order else ""
        if kind == TIME:
            right = not text or day_of(text) is not None
            why = tr("“{text}” is no day; write 2026-11-28", text=visible(text))
            return text, end, "" if right else why
        number = leading_amount(self.line, at, size=kind == SIZE) if quoted is None else None
        if number is not None:
            return *number, why_doubtful(self.line[at : number[1]])
        value = typed_amount(text, size=kind == SIZE)
        if quoted is not None and order and value is not None:
            return value, end, ""
        if kind == METRIC and not order and (quoted or not text[:1].isdecimal()):
            return text, end, ""
        return text, end, why_no_number(text) if text else ""

    def _turned(self, at: int) -> Part | None:
        """`0.5 < accuracy` is `accuracy > 0.5`; of `0.5 < accuracy < 0.9` it is the beginning."""
        number = leading_amount(self.line, at, turned=True)
        sign = _SIGN.match(self.line, number[1]) if number else None
        if number is None or sign is None or _sign(sign) not in _ORDER:
            return None
        start = sign.end()
        quoted = self._quoted(start)
        text, end = quoted or (self.line[start : self._run(start)], self._run(start))
        for name in self._by_first.get(folded(self.line[start : start + 1]), ()):
            behind = start + len(name)
            whole = not self.line[behind : behind + 1].isalnum()
            if whole and folded(self.line[start:behind]) == folded(name):
                text, end = name, behind
                break
        known = self._known.get(folded(text))
        name, kind = (known, METRIC) if known is not None else ("size", SIZE)
        if known is None and text.casefold() != name:
            plain = _NAME.match(self.line, start)
            if plain is None or not plain[0][0].isalpha():
                return None
            return _as_words(self.line[at:end], at, end, self._no_metric(plain[0]))
        both = _SIGN.match(self.line, end) is not None
        term = Comparison(name, _TURNED[_sign(sign)], number[0], metric=kind == METRIC)
        return Part(term, at, start if both else end)

    def _starts_known(self, at: int) -> bool:
        named = self._name(at)
        return named is not None and bool(named[2])

    def _unknown(self, at: int, name: str, sign: re.Match[str]) -> Part | None:
        """What looks like a comparison with a name that nothing has: plain words, with a remark."""
        end = self._run(sign.end())
        if (number := leading_amount(self.line, sign.end())) is not None:
            end = number[1]
        elif sign[0].strip() != sign[0] or self.line[at : at + 1] in _QUOTES:
            return None
        elif _sign(sign) == ":":
            near = difflib.get_close_matches(name.casefold(), FIELDS, 1, 0.7)
            if not near or end == sign.end():
                return None
            note = tr(
                "no field “{name}” here; there is “{other}:”", name=visible(name), other=near[0]
            )
            return _as_words(self.line[at:end], at, end, note)
        text = "" if end == sign.end() else self.line[at:end]
        return _as_words(text, at, max(end, sign.end()), self._no_metric(name))

    def _no_metric(self, name: str) -> str:
        near = difflib.get_close_matches(folded(name), list(self._known)[:1000], MOST_NAMED, 0.5)
        rest = sorted(set(self.names) - {self._known[each] for each in near}, key=natural_key)
        named = [*(self._known[each] for each in near), *rest][:MOST_NAMED]
        there = ", ".join(visible(each, limit=60) for each in named)
        name = visible(name, limit=60)
        if not named:
            return tr("no metric “{name}” here; there are none", name=name)
        if len(self.names) > MOST_NAMED:
            return tr("no metric “{name}” here; there are {names} and more", name=name, names=there)
        return tr("no metric “{name}” here; there are {names}", name=name, names=there)


def _as_words(text: str, start: int, end: int, why: str) -> Part:
    return Part(Words(text), start, end, f"{why}. {tr('It is looked for as plain words')}")


def _sign(match: re.Match[str]) -> str:
    return _SIGNS.get(match[1], match[1])


def _field(text: str) -> str:
    name = text.casefold()
    name = _OTHER_NAMES.get(name, name)
    return name if name in FIELDS else ""
