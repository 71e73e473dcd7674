"""Keeps secrets out of the log: keys, bearer tokens and the signed part of presigned URLs."""

import logging
import logging.handlers
import os
import re
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path

_NAMES = (
    r"x-[a-z]+-(?:signature|security-token|credential)|signature|sig|accountkey|"
    r"(?:aws_?)?secret_?(?:access_?)?key|(?:aws_?)?access_?key(?:_?id)?|session_?token|api[_-]?key|"
    r"password|passwd|pwd|token|secret"
)
_PATTERNS = (
    (re.compile(r"\b(dfs|dfssat|luml|lumlsat)_[\w-]{8,}"), r"\1_…"),
    (re.compile(r"(?i)\b(bearer|basic|digest)\s+[\w+/=.~:-]{6,}"), r"\1 …"),
    (re.compile(r"(?i)((?:proxy-)?authorization['\"]?\s*[:=]\s*)[^\r\n]+"), r"\1…"),
    # User and password before a host, and everything behind a question mark.
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}://)[^\s/?#'\"<>@]*@"), r"\1…@"),
    (re.compile(r"(https?://[^\s?'\"<>]+)\?[^\s'\"<>]*"), r"\1?…"),
    # name=value and "name": "value", the signs between them percent-encoded as well.
    (
        re.compile(
            rf"(?i)(?<![^\W_])({_NAMES})(['\"]?\s*(?:=|:\s|%3d|%253d)\s*['\"]?)[^&\s;,'\"]+"
        ),
        r"\1\2…",
    ),
)
# What could start a line of its own, or move the cursor of a terminal that shows the log.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def redact(text: str) -> str:
    """The text without anything that opens a door."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


LOG = "dfs-desktop.log"


class RedactingFormatter(logging.Formatter):
    """Works on the finished line, so that arguments and tracebacks are covered too.

    A message is one line whatever is in it; only tracebacks have lines of their own, indented.
    """

    def format(self, record: logging.LogRecord) -> str:
        text = _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], redact(super().format(record)))
        return text.replace("\n", "\n    ")


class PrivateRotatingFile(logging.handlers.RotatingFileHandler):
    """A log of at most three files, each for its owner only. A full disk costs lines, no more."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)

        stream = open(  # noqa: SIM115 - the handler closes it; only open() takes an opener
            self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=private
        )
        if hasattr(os, "fchmod"):
            os.fchmod(stream.fileno(), 0o600)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: there is nowhere left to say it."""


def write_log(folder: Path, quiet: Iterable[str]) -> None:
    """Send what is logged to a file of at most a few megabytes, readable by its owner only.

    Loggers named in ``quiet`` write warnings only. Where no file can be written the terminal gets
    warnings.
    """
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = PrivateRotatingFile(folder / LOG, maxBytes=1_000_000, backupCount=2)
    except OSError:
        handler = logging.StreamHandler()
        handler.setLevel(logging.WARNING)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in quiet:
        logging.getLogger(name).setLevel(logging.WARNING)
