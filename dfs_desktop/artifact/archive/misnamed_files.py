"""What lies on disks under a model's name although it is none: known by its first bytes."""

import re

from dfs_desktop.translation import later, tr

from .tar_headers import COMPRESSIONS

LOOKED_AT = 1024  # bytes

_POINTER = later("is a pointer of Git LFS and not the file itself. Fetch that with “git lfs pull”.")
_ANNEX = later(
    "is a pointer of git-annex and not the file itself. Fetch that with “git annex get”."
)
_PAGE = later(
    "is a web page, as servers send it in place of a file that is gone or wants a login. "
    "Download the file again."
)
_REFUSED = later("is the error message of a storage and not the file. Download the file again.")
_STAND_INS = (
    (re.compile(rb"version https://(?:git-lfs|hawser)\.github\.com/spec/"), _POINTER),
    (re.compile(rb"/annex/objects/|(?:\.\./)*\.git/annex/objects/"), _ANNEX),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE), _PAGE),
    (re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?<Error>\s*<Code>"), _REFUSED),
)  # fmt: skip
_PACKED = later("is packed with {packing}. Unpack it.")
_FORMATS = (
    (
        re.compile(rb"PK\x03\x04"),
        later(
            "is a zip archive, as torch.save writes them. Give it the ending .pt, or convert it."
        ),
    ),
    (
        re.compile(rb"\x80[\x02-\x05](?!\0{5})"),
        later(
            "is a pickle, as torch.save and joblib write them. Give it the ending .pt or .pkl, or "
            "convert it."
        ),
    ),
    (
        re.compile(rb"\x89HDF\r\n"),
        later("is an HDF5 file, as Keras writes them. Give it the ending .h5."),
    ),
    (re.compile(rb"PAR1"), later("is a Parquet table. Give it the ending .parquet.")),
    (
        re.compile(rb".{4}TFL3", re.DOTALL),
        later("is a model of TensorFlow Lite. Give it the ending .tflite."),
    ),
    (
        re.compile(rb"lmgg|fmgg|tjgg|algg"),
        later("is of the format before GGUF (GGML). Convert it with llama.cpp’s tools."),
    ),
    (re.compile(rb".{257}ustar", re.DOTALL), later("is a tar archive. Unpack it.")),
    (re.compile(rb"%PDF-"), later("is a PDF document.")),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), later("is a picture.")),
    (re.compile(rb"SQLite format 3\0"), later("is an SQLite database.")),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]\s*[\"\[{\d\]}]"), later("is a JSON document.")),
)


def other_format(start: bytes) -> str:
    """Which format a file with these first bytes is in, when its name says another; else ""."""
    for magic, packing in COMPRESSIONS:
        if packing != "zip" and start.startswith(magic):
            return tr(_PACKED, packing=packing)
    return next((tr(what) for pattern, what in _FORMATS if pattern.match(start)), "")


def stand_in(start: bytes) -> str:
    """What these first bytes are in place of a model, completing “model.fnnx …”; "" for others."""
    return next((tr(what) for pattern, what in _STAND_INS if pattern.match(start)), "")
