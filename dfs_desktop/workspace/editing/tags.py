"""Tags as a person types them: commas divide, quotes hold a comma, what is there already stays."""

from collections.abc import Iterable

_QUOTES = {'"': '"', "“": "”", "„": "“"}
_DIVIDERS = ",\n\r\u2028\u2029"


def divided(text: str) -> tuple[list[str], str]:
    """The parts that a comma or a line break has ended, and the part that is still being typed.

    A part that begins with a quote goes on to its closing quote, commas included; a doubled one
    stands for itself.
    """
    parts: list[str] = []
    part, closing = "", ""
    at = 0
    while at < len(text):
        sign = text[at]
        if closing and text[at : at + 2] == closing * 2:
            part, at = part + closing * 2, at + 1
        elif closing:
            part, closing = part + sign, "" if sign == closing else closing
        elif sign in _DIVIDERS:
            parts.append(part)
            part = ""
        else:
            if not part.strip():
                closing = _QUOTES.get(sign, "")
            part += sign
        at += 1
    return parts, part


def unquoted(part: str) -> str:
    """The tag that a part stands for: without its quotes, blanks in a row as one."""
    part = part.strip()
    if (closing := _QUOTES.get(part[:1])) is not None and len(part) > 1:
        body = part[1:-1] if part.endswith(closing) else part[1:]
        part = body.replace(closing * 2, closing)
    return " ".join(part.split())


def typed_tags(text: str) -> list[str]:
    """All tags in what was typed or pasted."""
    whole, rest = divided(text)
    return with_new((), map(unquoted, (*whole, rest)))


def with_new(tags: Iterable[str], new: Iterable[str]) -> list[str]:
    """The tags as they are, odd ones too, and those of the new ones that no spelling of is there."""
    together = list(tags)
    seen = {tag.casefold() for tag in together}
    for tag in new:
        if tag and tag.casefold() not in seen:
            seen.add(tag.casefold())
            together.append(tag)
    return together


def other_spelling(tags: Iterable[str], new: Iterable[str]) -> str | None:
    """A tag that is there, which one of the new ones means with other capitals; None without one."""
    there = list(tags)
    spelled = {tag.casefold(): tag for tag in there}
    exact = set(there)
    found = (spelled.get(tag.casefold()) for tag in new if tag not in exact)
    return next((tag for tag in found if tag is not None), None)
