"""Keeps secrets out of the log: keys, bearer tokens and the signed part of presigned URLs."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

_PATTERNS = (
    (re.compile(r"dfs(?:sat)?_[\w-]{8,}"), "dfs_…"),
    (re.compile(r"(?i)bearer\s+\S+"), "Bearer …"),
    (re.compile(r"(https?://[^\s?'\"<>]+)\?[^\s'\"<>]*"), r"\1?…"),
    (
        re.compile(r"(?i)(x-amz-signature|sig|accountkey|secret_key|access_key)=[^&\s;'\"]+"),
        r"\1=…",
    ),
)


def redact(text: str) -> str:
    """The text without anything that opens a door."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Works on the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def configure(handler: logging.Handler, levels: Mapping[str, int]) -> None:
    """Make this handler the only one of the root logger; `levels` quiets named loggers."""
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
