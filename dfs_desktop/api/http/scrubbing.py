"""Texts from servers and stores, made fit to be shown: no secrets, no control characters, short."""

import re

TEXT_LIMIT = 500
_SECRETS = re.compile(
    r"dfs_[\w-]{20,}|(?i:bearer)\s+\S+|(https?://[^\s?\"'<>]*)\?[^\s\"'<>]*|(?i:sig|signature)=\S+"
)


def scrub(text: str) -> str:
    """A foreign text made fit to show: no keys, no signed URLs, no control characters, short."""
    text = _SECRETS.sub(lambda found: f"{found[1]}?…" if found[1] else "…", text)
    text = "".join(c if c.isprintable() or c == " " else " " for c in text).strip()
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"
