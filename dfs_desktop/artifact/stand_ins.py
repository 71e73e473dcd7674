"""What lies on disks under a model's name although it is none: known by its first bytes."""

import re

LOOKED_AT = 1024  # bytes

_POINTER = "is a pointer of Git LFS and not the file itself. Fetch that with “git lfs pull”."
_ANNEX = "is a pointer of git-annex and not the file itself. Fetch that with “git annex get”."
_PAGE = (
    "is a web page, as servers send it in place of a file that is gone or wants a login. "
    "Download the file again."
)
_REFUSED = "is the error message of a storage and not the file. Download the file again."
_STAND_INS = (
    (re.compile(rb"version https://(?:git-lfs|hawser)\.github\.com/spec/"), _POINTER),
    (re.compile(rb"/annex/objects/|(?:\.\./)*\.git/annex/objects/"), _ANNEX),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE), _PAGE),
    (re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?<Error>\s*<Code>"), _REFUSED),
)  # fmt: skip


def stand_in(start: bytes) -> str:
    """What these first bytes are in place of a model, completing “model.fnnx …”; "" for others."""
    return next((what for pattern, what in _STAND_INS if pattern.match(start)), "")


__all__ = ["LOOKED_AT", "stand_in"]
