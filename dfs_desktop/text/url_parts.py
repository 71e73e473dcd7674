"""The parts of an address that nobody has checked yet."""

from urllib.parse import SplitResult, urlsplit


def url_parts(text: str) -> SplitResult:
    """Like ``urlsplit``; where it fails, as for ``http://[``, no part is there."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")
