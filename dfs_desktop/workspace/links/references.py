"""What a text refers to: files on this computer, a place in a registry, an ID, a hash; no disk is asked."""

import os
import re
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from msgspec import Struct

from dfs_desktop.disk_errors import is_there
from dfs_desktop.workspace.session import Place

LONGEST = 200_000  # characters; more is no list of paths
MOST_PATHS = 10_000
SCHEMES = ("luml", "luml-desktop", "dfs-desktop")  # of links that are given to this program
_WEB = ("http", "https")
_PART = r"([A-Za-z0-9_-]{1,64})"
# The pages of the web application, those of its versions, and the addresses of its API.
_ROUTE = re.compile(
    rf"(?:^|/)organizations?/{_PART}"
    rf"(?:/orbits?/{_PART}"
    rf"(?:/collections?/{_PART}"
    rf"(?:/(?:artifacts?|model_artifacts|models?)/{_PART})?)?)?(?=/|$)"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HASH = re.compile(
    r"(?:sha-?256[:=]\s*)?(?:([0-9a-f]{64})\s+\*?\S.*|([0-9a-f]{8,64}))", re.IGNORECASE
)  # the first: a line that sha256sum wrote
_HOME = re.compile(r"(?:\$HOME\b|\$\{HOME\}|%USERPROFILE%)(?=[\\/]|$)", re.IGNORECASE)
_DRIVE = re.compile(r"([A-Za-z]):[\\/]")
_PAIRS = {'"': '"', "'": "'", "“": "”", "‘": "’", "`": "`", "<": ">"}


class FilePath(Struct, frozen=True):
    """A path as somebody wrote it, and the files that may be meant, the likeliest first."""

    text: str
    candidates: tuple[Path, ...]


class Files(Struct, frozen=True):
    """Paths, one or many."""

    paths: tuple[FilePath, ...]


class Link(Struct, frozen=True):
    """A place in a registry, or an artifact there. `host` is empty where the link names none."""

    host: str
    place: Place
    artifact: str = ""
    scheme: str = ""

    @property
    def origin(self) -> str:
        """Scheme and host of a web page; empty for a link of another kind."""
        return f"{self.scheme}://{self.host}" if self.scheme in _WEB and self.host else ""


class Identifier(Struct, frozen=True):
    """The ID of an artifact, a collection, an orbit or an organization."""

    value: str


class ContentHash(Struct, frozen=True):
    """The SHA-256 of a file in hex, or how it begins."""

    beginning: str


class OtherPage(Struct, frozen=True):
    """A web page that is no place of a registry."""

    host: str


Reference = Files | Link | Identifier | ContentHash | OtherPage


def parse(text: str, *, windows: bool = sys.platform == "win32") -> Reference | None:
    """What a text refers to; None when it is only words."""
    lines = [line for each in text[:LONGEST].splitlines() if (line := _bare(each))]
    if len(lines) == 1:
        if (found := _single(lines[0])) is not None:
            return found
        lines = _shell_words(text.strip(), windows)
    paths = [_file(line, windows) for line in lines[:MOST_PATHS]]
    known = tuple(path for path in paths if path is not None)
    return Files(known) if known and len(known) == len(paths) else None


def _bare(line: str) -> str:
    """Without spaces, invisible marks and the quotes around it."""
    line = line.strip().strip("\ufeff\u200b\u200e\u202a\u202c\0").strip()
    if len(line) > 1 and _PAIRS.get(line[0]) == line[-1] and line.count(line[0]) <= 2:
        line = line[1:-1].strip()
    return line


def _shell_words(line: str, windows: bool) -> list[str]:
    """Several quoted paths in one line, as a terminal or a file manager gives them."""
    if line[:1] in {'"', "'"}:
        try:
            words = shlex.split(line, posix=not windows)
        except ValueError:
            return [_bare(line)]
        return [_bare(word) for word in words]
    return [_bare(line)]


def _single(line: str) -> Reference | None:
    if _UUID.fullmatch(line):
        return Identifier(line.lower())
    if match := _HASH.fullmatch(line):
        return ContentHash((match[1] or match[2]).lower())
    scheme, separator, _rest = line.partition(":")
    if separator and scheme.lower() in (*_WEB, *SCHEMES):
        return _link(line)
    return None


def _link(line: str) -> Link | OtherPage | None:
    try:
        parts = urlsplit(line)
        host = parts.netloc.rpartition("@")[2].lower()
        _ = parts.port  # raises for what is no port
    except ValueError:
        return None
    path = parts.path
    scheme = parts.scheme.lower()
    if scheme in SCHEMES and host in {"organization", "organizations"}:
        path, host = f"/{host}{path}", ""  # without a server
    match = _ROUTE.search(path) or _ROUTE.search(parts.fragment)
    if match is None:
        return OtherPage(host)
    organization, orbit, collection, artifact = (part or "" for part in match.groups())
    return Link(host, Place(organization, orbit, collection), artifact, scheme)


def _file(line: str, windows: bool) -> FilePath | None:
    candidates = [path for path in _paths(line, windows) if "\0" not in str(path)]
    return FilePath(line, tuple(dict.fromkeys(candidates))) if candidates else None


def _paths(line: str, windows: bool) -> Iterable[Path]:
    if line[:5].lower() == "file:":
        yield from _of_url(line[5:], windows)
        return
    if home := _HOME.match(line):
        line = f"~{line[home.end() :]}"
    if drive := _DRIVE.match(line):
        if windows:
            yield Path(line)
        else:  # a path of Windows: where its drive is mounted, if at all
            rest = line[3:].replace("\\", "/")
            yield Path("/mnt", drive[1].lower(), rest)
    elif line.startswith("\\\\"):
        yield Path(line if windows else line.replace("\\", "/"))
    elif line.startswith("~"):
        for text in _unescaped(line, windows):
            try:
                yield Path(text.replace("\\", "/") if text.startswith("~\\") else text).expanduser()
            except (RuntimeError, ValueError):  # nobody has this home
                continue
    elif line.startswith(("/", "./", "../")) or (windows and line.startswith((".\\", "..\\"))):
        for text in _unescaped(line, windows):
            yield Path(text).absolute()


def _unescaped(line: str, windows: bool) -> Iterable[str]:
    """As it is written; and without the backslashes that a shell wants before a space."""
    yield line
    if not windows and "\\" in line and not line.startswith("~\\"):
        yield re.sub(r"\\(.)", r"\1", line)


def _of_url(rest: str, windows: bool) -> Iterable[Path]:
    if (match := re.fullmatch(r"(?://([^/]*))?(/.*)", rest)) is None:
        return
    host, path = match[1] or "", os.fsdecode(unquote_to_bytes(match[2]))
    if host.lower() not in {"", "localhost"}:
        path = f"//{host}{path}"
    elif windows and re.match(r"/[A-Za-z]:", path):
        path = path[1:]
    yield Path(path)


def on_disk(files: Files) -> tuple[list[Path], list[str]]:
    """The files and folders that are there, and the texts of those that are not."""
    found, missing = list[Path](), list[str]()
    for each in files.paths:
        path = next((path for path in each.candidates if is_there(path)), None)
        if path is None:
            missing.append(each.text)
        else:
            found.append(path)
    return found, missing
