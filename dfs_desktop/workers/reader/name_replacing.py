"""Names in which what a person's regular expression finds is replaced: it may never come to an end."""

import re

from msgspec import Struct


class Replaced(Struct, frozen=True):
    """The names, or what is wrong with the expression or with what comes in its place."""

    names: list[str]
    problem: str = ""


def replaced_names(
    names: list[str], find: str, replacements: list[str], match_case: bool
) -> Replaced:
    r"""Each name with its own replacement, in which ``\1`` stands for the first group."""
    try:
        pattern = re.compile(find, 0 if match_case else re.IGNORECASE)
        return Replaced(
            [pattern.sub(text, name) for name, text in zip(names, replacements, strict=True)]
        )
    except (re.error, IndexError, OverflowError, RecursionError) as error:
        return Replaced([], str(error)[:200])
