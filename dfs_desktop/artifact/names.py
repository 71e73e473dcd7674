"""Names that strangers chose: safe for a disk, visible for an eye, checked for a server."""

import functools
import itertools
import re
import unicodedata

from dfs_desktop.translation import right_to_left, tr

from .errors import ArtifactError

FORMATS = (".fnnx", ".pyfnx", ".dfs", ".luml", ".tar")

ONE_LINE = 1_000  # characters of what is one line: a name, a tag, a cell
MAX_DISK_NAME = 200  # UTF-8 bytes; leaves room below every system's 255 for " (1)" and ".part"
_MAX_EXTENSION = 20  # UTF-8 bytes; what is longer is no extension but part of the name
MAX_REGISTERED_NAME = 900  # UTF-8 bytes; the store refuses longer object keys

_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"]
)
_REFUSED_ON_DISK = re.compile(r'[<>:"|?*]')
_REFUSED_BY_SERVER = frozenset(":\"*`~#%;'^")

# Characters that take no room on the screen although Unicode files them under marks or letters.
_UNSEEN = frozenset(
    itertools.chain(
        [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x2800, 0x3164, 0xFFA0],
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xFFF0, 0xFFF9),
        range(0xE0000, 0xE1000),
    )
)
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)  # part of many emoji; they cannot disguise anything
_ISOLATES = "\u2068\u2069"  # what `tr` puts around the values in a line from right to left
_CONTROL_CATEGORIES = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])


@functools.lru_cache(maxsize=4096)
def _unseen(character: str) -> bool:
    if " " <= character <= "~":
        return False
    return unicodedata.category(character) in _CONTROL_CATEGORIES or ord(character) in _UNSEEN


def visible(text: str, *, multiline: bool = False, limit: int = ONE_LINE) -> str:
    """The text with control, bidi and zero-width characters written out, so that none deceives.

    `multiline` leaves line feeds and tabs alone, for descriptions. A line longer than `limit` is
    cut: no window could lay out a name of a million characters in time.
    """
    if not multiline and len(text) > limit:
        text = text[:limit] + "…"
    if text.isascii() and text.isprintable():
        return text
    # Each kind of character is looked at once: a long text holds few kinds.
    marks = {
        ord(character): _mark(character)
        for character in set(text)
        if _unseen(character)
        and ord(character) not in _VARIATION_SELECTORS
        and not (multiline and character in "\n\t")
    }
    if right_to_left() and _balanced(text):
        marks = {code: mark for code, mark in marks.items() if chr(code) not in _ISOLATES}
    return text.translate(marks) if marks else text


def _balanced(text: str) -> bool:
    """Whether each sign that isolates, as `tr` puts them around values, is taken back: none deceives."""
    depth = 0
    for sign in re.findall(f"[{_ISOLATES}]", text):
        depth += 1 if sign == _ISOLATES[0] else -1
        if depth < 0:
            return False
    return depth == 0


def _mark(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def isolated(name: str) -> str:
    """A visible name for the middle of a line: what follows one from right to left stays behind it,
    and in lines from right to left each keeps its own order."""
    if not right_to_left() and (
        name.isascii() or not any(unicodedata.bidirectional(c) in {"R", "AL"} for c in set(name))
    ):
        return name
    return f"\u2068{name}\u2069"


def shortened(text: str, limit: int = 120) -> str:
    """Foreign text fit for one line of a message: visible, and cut in the middle when long."""
    if len(text) > limit:
        text = text[: limit - 21] + "…" + text[-20:]
    return visible(text)


def safe_name(name: str, fallback: str = "artifact", limit: int = MAX_DISK_NAME) -> str:
    """A file name that stays inside its folder and is valid on Windows, macOS and Linux.

    Never a path, never a device, never hidden, at most `limit` UTF-8 bytes; the extension is kept.
    All systems get the same answer, because files travel. safe_name(safe_name(x)) == safe_name(x).
    """
    return _cleaned(name, limit) or _cleaned(fallback, limit) or "artifact"


def _cleaned(name: str, limit: int) -> str:
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    text = _without_unseen(parts[-1]) if parts else ""
    text = _REFUSED_ON_DISK.sub("_", text)
    text = _trimmed(text)
    stem, suffix = _split_extension(text)
    if not text.strip("_. "):
        return ""
    room = limit - len(_bytes_of(suffix))
    if text.split(".", 1)[0].rstrip().upper() in _DEVICES:
        stem = "_" + stem
    return _trimmed(cut_name(stem, room).rstrip(" ") + suffix)


def _without_unseen(text: str) -> str:
    # Composed before and after: what is removed may have kept a letter and its accent apart.
    text = unicodedata.normalize("NFC", text)
    text = "".join(character for character in text if not _unseen(character))
    text = unicodedata.normalize("NFC", text)
    # macOS refuses code points that are not assigned.
    plain = {"Zs": " ", "Cn": "_"}
    return "".join(plain.get(unicodedata.category(char), char) for char in text)


def _trimmed(text: str) -> str:
    """Without blanks around it and dots behind it (Windows drops them) or before it (hidden)."""
    text = text.strip(" ").rstrip(". ")
    shown = text.lstrip(". ")
    return text if shown == text else "_" + shown


def _split_extension(name: str) -> tuple[str, str]:
    dot = name.rfind(".")
    suffix = name[dot:]
    if dot < 1 or len(_bytes_of(suffix)) > _MAX_EXTENSION:
        return name, ""
    return name[:dot], suffix


def cut_name(text: str, room: int) -> str:
    """At most `room` bytes of a name, never divided between a letter and the marks that are its own."""
    raw = _bytes_of(text)
    if len(raw) <= room:
        return text
    end = len(raw[:room].decode(errors="ignore"))
    whole = end
    while whole and _continues(text, whole):
        whole -= 1
    return text[: whole or end]


def _bytes_of(text: str) -> bytes:
    # What stands for bytes that are not UTF-8 counts one each, as on the disk.
    return text.encode(errors="replace")


def _continues(text: str, position: int) -> bool:
    """Whether the character at `position` belongs to the one before it."""
    character = text[position]
    if unicodedata.category(character).startswith("M") or 0x1F3FB <= ord(character) <= 0x1F3FF:
        return True
    flags = 0  # two regional indicators make one flag
    while flags < position and 0x1F1E6 <= ord(text[position - 1 - flags]) <= 0x1F1FF:
        flags += 1
    return 0x1F1E6 <= ord(character) <= 0x1F1FF and flags % 2 == 1


def numbered(name: str, number: int, limit: int = MAX_DISK_NAME) -> str:
    """The same safe name for the next copy: "model.fnnx", 2 -> "model (2).fnnx"."""
    stem, suffix = _split_extension(name)
    mark = f" ({number})"
    return cut_name(stem, limit - len(_bytes_of(mark + suffix))).rstrip(" ") + mark + suffix


def extension(name: str) -> str:
    """The last extension in small letters: "my.model.v2.FNNX" -> ".fnnx", "" when there is none."""
    dot = name.rfind(".")
    found = name[dot:]
    if dot < 1 or len(found) < 2 or name[dot - 1] in "/\\" or "/" in found or "\\" in found:
        return ""
    return found.lower()


def check_registered_name(name: str) -> None:
    """Raise ArtifactError, naming the character, for a `file_name` that a registry refuses.

    The rule of the 2025 servers, plus the three names they accept and then fail on: a NUL,
    a ".." as a folder, and more than 900 bytes.
    """
    if why := _why_refused(name, shortened(name)):
        raise ArtifactError(tr("The registry does not take this file name"), why)


def _why_refused(name: str, shown: str) -> str:
    for character in name:
        if character in _REFUSED_BY_SERVER or character == "\0":
            return tr(
                "“{name}” holds the character {character}. Rename it.",
                name=shown,
                character=visible(character),
            )
        if 0xD800 <= ord(character) <= 0xDFFF:
            return tr("“{name}” is not valid Unicode. Rename it.", name=shown)
    dot = name.rfind(".", 1, len(name) - 1)
    if dot < 0:
        return tr("“{name}” must be a name, a dot and an extension, as in model.fnnx.", name=shown)
    if any(character.isspace() for character in name[dot:]):
        return tr("“{name}” has a space in its extension. Rename it.", name=shown)
    if ".." in name.split("/")[1:]:
        return tr("“{name}” leads out of its folder. Rename it.", name=shown)
    if len(name.encode()) > MAX_REGISTERED_NAME:
        most = MAX_REGISTERED_NAME
        return tr("“{name}” is longer than {most} bytes. Shorten it.", name=shown, most=most)
    return ""
