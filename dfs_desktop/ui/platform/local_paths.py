"""Local URLs as paths and back, byte for byte: on Linux a file's name is bytes, often but not always UTF-8.

Qt's own way goes through text and loses such bytes.
"""

import os
import re
import socket
import sys
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from PySide6.QtCore import QByteArray, QFile, QMimeData, QUrl

MOST_ITEMS = 10_000  # of one drag
_BYTES = sys.platform not in {"win32", "darwin"}
_LOCAL = re.compile(rb"file:(?://([^/]*))?(/.*)", re.IGNORECASE | re.DOTALL)


def path_of(url: QUrl) -> Path | None:
    """The local file that a URL names; None for what lies elsewhere."""
    if not _BYTES:
        return Path(url.toLocalFile()) if url.isLocalFile() and url.toLocalFile() else None
    return _path(bytes(url.toEncoded().data()))


def _path(url: bytes) -> Path | None:
    if (match := _LOCAL.fullmatch(url)) is None:
        return None
    host, rest = match.groups()
    here = {b"", b"localhost", os.fsencode(socket.gethostname()).lower()}
    root = b"" if (host or b"").lower() in here else b"//" + host
    path = Path(os.fsdecode(root + unquote_to_bytes(rest)))
    if re.search(rb"[?#]", rest) and not os.path.lexists(path):
        path = Path(os.fsdecode(root + unquote_to_bytes(re.split(rb"[?#]", rest)[0])))
    return None if b"\0" in os.fsencode(path) else _as_written(path)


def dropped_files(mime: QMimeData) -> list[Path]:
    """Paths of the local files in a drag or on the clipboard; web links and texts are left out."""
    if not mime.hasUrls():
        return []
    found = map(path_of, mime.urls()[:MOST_ITEMS])
    return [path for path in found if path is not None]


def url_of(path: Path) -> QUrl:
    """The URL of a local file."""
    if not _BYTES:
        return QUrl.fromLocalFile(str(path))
    return QUrl.fromEncoded(QByteArray(b"file://" + quote(os.fsencode(path.absolute())).encode()))


def _as_written(path: Path) -> Path:
    """The path whose bytes became U+FFFD on their way, where only one in its folder can be meant."""
    if "\ufffd" not in str(path) or os.path.lexists(path):
        return path
    folder = _as_written(path.parent)
    try:
        names = [each.name for each in folder.iterdir()]
    except OSError:
        return path
    meant = [n for n in names if QFile.decodeName(QByteArray(os.fsencode(n))) == path.name]
    return folder / meant[0] if len(meant) == 1 else path
