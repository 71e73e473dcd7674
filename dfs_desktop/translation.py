"""The language of the texts that people read: gettext catalogues, English without one.

The window and the commands choose it before they import what has texts; a child process has that of
its parent, by DFS_DESKTOP_LANGUAGE. A program that only imports the client library reads English.
"""

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .resource_files import folder

DOMAIN = "dfs_desktop"  # of the catalogues
VARIABLE = "DFS_DESKTOP_LANGUAGE"
LANGUAGES = {"en": "English", "de": "Deutsch", "ar": "العربية"}  # each by its own name
PSEUDO = "pseudo"  # accents, and a third longer: what stays plain is not translated
_RIGHT_TO_LEFT = {"ar"}
_COMMA = {"ar": "، "}  # of lists; with others it is “, ”
_ISOLATED = "\u2068{}\u2069"  # a name in Latin letters keeps its order inside a line of Arabic
_PLACES = re.compile(r"(\{[^{}]*\})")
_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "áçéïñöšúýÁÇÉÏÑÖŠÚÝ")


class _Language(NamedTuple):
    """How one language says a text, and one about a number of things."""

    code: str
    one: Callable[[str], str]
    many: Callable[[str, str, int], str]


def _english(one: str, many: str, amount: int) -> str:
    return one if amount == 1 else many


def _pseudo(text: str) -> str:
    parts = _PLACES.split(text)
    parts[::2] = [part.translate(_ACCENTS) for part in parts[::2]]
    return f"[{''.join(parts)}{'·' * (len(text) // 3)}]"


_ENGLISH = _Language("en", str, _english)
_used = [_ENGLISH]


def tr(text: str, /, **values: object) -> str:
    """``text`` in the language of this process, each ``{name}`` in it replaced by that value."""
    found = _used[0].one(text) if text else ""  # gettext has its own table under ""
    return found.format(**_isolated(values)) if values else found


def trn(one: str, many: str, amount: int, /, **values: object) -> str:
    """`tr` of the form that the language uses for so many; ``{amount}`` is one of the values."""
    return _used[0].many(one, many, amount).format(**_isolated({"amount": amount, **values}))


def later(text: str) -> str:
    """``text`` itself: `tr` is asked where it is shown, since it was made before the choice."""
    return text


def series(names: Iterable[str]) -> str:
    """One behind the other, by the comma of the language."""
    return _COMMA.get(language(), ", ").join(names)


def listed(names: Sequence[str], most: int, between: str = "") -> str:
    """The first of these names, and how many more there are."""
    first, more = names[:most], len(names) - most
    shown = between.join(first) if between else series(first)
    return tr("{names} and {number} more", names=shown, number=more) if more > 0 else shown


def sentences(*said: str) -> str:
    """Those that there are, one behind the other."""
    return " ".join(filter(None, said))


class _Isolated(str):
    """A value with the signs around it that keep its order; quoted as it is without them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _ISOLATED.format(repr(str(self)[1:-1]))


def _isolated(values: dict[str, object]) -> dict[str, object]:
    if not right_to_left():
        return values
    return {
        name: _Isolated(_ISOLATED.format(value)) if isinstance(value, str) else value
        for name, value in values.items()
    }


def language() -> str:
    """The code of the language in use."""
    return _used[0].code


def right_to_left() -> bool:
    """Whether lines begin at the right."""
    return _used[0].code in _RIGHT_TO_LEFT


def code_of(asked: str) -> str:
    """The language that fits best what somebody asks for (``de_AT.UTF-8``): English if none does."""
    return _code(asked) if _speaks(asked) else "en"


def _code(asked: str) -> str:
    return re.split(r"[-_.@]", asked)[0].lower()


def _speaks(asked: str) -> bool:
    return _code(asked) in (*LANGUAGES, PSEUDO)


def use(asked: str) -> None:
    """Choose the language of this process, and of those that it starts, as `code_of` understands it."""
    code, chosen = code_of(asked), _ENGLISH
    if code == PSEUDO:
        chosen = _Language(code, _pseudo, lambda *given: _pseudo(_english(*given)))
    elif code != "en":
        import gettext

        found = gettext.translation(DOMAIN, folder() / "locale", [code], fallback=True)
        chosen = _Language(code, found.gettext, found.ngettext)
    _used[0] = chosen
    os.environ[VARIABLE] = chosen.code


@contextlib.contextmanager
def by_gettext() -> Iterator[None]:
    """Meanwhile what the standard library says by gettext, as argparse does, is in the language in use."""
    import gettext

    domain, languages = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(folder() / "locale"))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop("LANGUAGE")
        if languages is not None:  # other programs that are started read it
            os.environ["LANGUAGE"] = languages


def of_the_system() -> str:
    """The language that the system asks programs to speak; may say more than that, or be empty."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if asked := os.environ.get(name):
            # GNU's order of languages counts where there is a locale: the first that we speak.
            order = [] if asked in ("C", "POSIX") else os.environ.get("LANGUAGE", "").split(":")
            return next((each for each in order if _speaks(each)), asked)
    if sys.platform == "win32":
        import ctypes
        import locale

        spoken = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return locale.windows_locale.get(spoken, "")
    if sys.platform == "darwin":
        import subprocess

        asked = ["/usr/bin/defaults", "read", "-g", "AppleLocale"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return ""


if os.environ.get(VARIABLE):
    use(os.environ[VARIABLE])
