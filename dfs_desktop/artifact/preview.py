"""What a member looks like, from its first bytes: text, table, picture, tensors, or plain bytes."""

import json
import re
from typing import Literal

import msgspec

from dfs_desktop.artifact.archive.byte_source import BytesSource, Source, read_exactly
from dfs_desktop.artifact.archive.compressed import packing_of, unpacked_head
from dfs_desktop.artifact.documents.strict_json import CUT, MAX_DEPTH, load
from dfs_desktop.artifact.formats.parquet_file import MAGIC as PARQUET
from dfs_desktop.artifact.formats.parquet_file import parquet_table
from dfs_desktop.artifact.formats.pictures import picture_of
from dfs_desktop.artifact.formats.separated_values import table_of
from dfs_desktop.artifact.formats.tensors import Weights
from dfs_desktop.artifact.formats.weights import has_weights, read_weights
from dfs_desktop.text.decoding import Decoded, decode_text
from dfs_desktop.translation import sentences, tr

from .errors import ArtifactError, UnreachableError
from .names import extension

HEAD = 256 * 1024
MAX_PICTURE = 10 * 1024 * 1024
MAX_PRETTY = 4 * 1024 * 1024  # characters; deep lists grow a hundredfold when indented
HEX_BYTES = 4096
_HEX_ROW = 16
_PACKED = frozenset([".gz", ".gzip", ".bz2", ".xz", ".lzma", ".zlib"])

_LANGUAGES = {
    ".py": "python", ".pyi": "python", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xml": "xml",
    ".svg": "xml", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".ini": "ini",
    ".cfg": "ini", ".js": "javascript", ".ts": "typescript", ".css": "css", ".sh": "shell",
    ".sql": "sql", ".c": "c", ".h": "c", ".cpp": "cpp", ".rs": "rust", ".go": "go",
    ".java": "java", ".r": "r", ".jl": "julia", ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".psv": "csv", ".proto": "protobuf",
    ".ipynb": "json", ".tex": "latex", ".dockerfile": "docker", ".txt": "", ".log": "",
}  # fmt: skip

PreviewKind = Literal[
    "empty", "text", "json", "csv", "markdown", "html", "image", "weights", "binary"
]


class Preview(msgspec.Struct, frozen=True):
    """What can be shown of a member; the fields that its kind does not have are empty.

    `cut` says that only the beginning is here. `note` tells why a better view is not possible.
    Text comes as it is in the file: make it `visible` where it is shown.
    """

    kind: PreviewKind
    size: int
    cut: bool = False
    text: str = ""
    encoding: str = ""
    language: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    image: bytes = b""
    media_type: str = ""
    weights: Weights | None = None
    note: str = ""


def preview_source(source: Source, limit: int = HEAD) -> Preview:
    """The preview of any source by its content; its name only hints at the language."""
    if source.size == 0:
        return Preview("empty", 0)
    weights = has_weights(source.name)
    head = b"" if weights else read_exactly(source, 0, min(source.size, limit))
    if weights or head.startswith((b"GGUF", b"\x93NUMPY")):
        try:
            return Preview("weights", source.size, weights=read_weights(source))
        except UnreachableError:
            raise
        except ArtifactError as error:
            return _binary(source, read_exactly(source, 0, min(source.size, HEX_BYTES)), str(error))
    if head.startswith(PARQUET):
        return _parquet(source, head)
    picture = picture_of(head)
    if picture is not None and picture.media_type != "image/svg+xml":
        if picture.too_large or source.size > MAX_PICTURE:
            return _binary(source, head, tr("The picture is too large to be shown here."))
        return _image(source, head, picture.media_type)
    whole = len(head) == source.size
    if (found := decode_text(head, whole=whole)) is None:
        return _packed(source, head, limit) or _binary(source, head)
    if picture is not None and source.size <= MAX_PICTURE:
        return _image(source, head, picture.media_type)
    return _text(source, found, whole=whole)


def _parquet(source: Source, head: bytes) -> Preview:
    try:
        table = parquet_table(source)
    except UnreachableError:
        raise
    except ArtifactError as error:
        return _binary(source, head, error.detail)
    rows, note = table.rows, table.note
    return Preview("csv", source.size, table.cut, language="parquet", rows=rows, note=note)


def _packed(source: Source, head: bytes, limit: int) -> Preview | None:
    """The beginning of a text that is packed as a whole, as in metrics.csv.gz."""
    packing = packing_of(head)
    if extension(source.name) not in _PACKED or not packing:
        return None
    if (unpacked := unpacked_head(source, packing, limit)) is None:
        return None
    data, whole = unpacked[0][:limit], unpacked[1] and len(unpacked[0]) <= limit
    if (found := decode_text(data, whole=whole)) is None:
        return None
    inner = _text(BytesSource(data, source.name.rpartition(".")[0]), found, whole=whole)
    note = sentences(tr("It is packed with {packing}.", packing=packing), inner.note)
    return msgspec.structs.replace(inner, size=source.size, note=note)


def _image(source: Source, head: bytes, media_type: str) -> Preview:
    data = head + read_exactly(source, len(head), source.size - len(head))
    return Preview("image", source.size, image=data, media_type=media_type)


def _text(source: Source, found: Decoded, *, whole: bool) -> Preview:
    text = found.text
    encoding = (
        tr("{encoding} (a guess)", encoding=found.encoding) if found.guessed else found.encoding
    )
    language = _language(source.name, text)
    plain = Preview("text", source.size, not whole, text, encoding, language)
    if language == "csv":
        if (table := table_of(text, source.name, whole=whole)) is None:
            return plain
        return msgspec.structs.replace(
            plain, kind="csv", rows=table.rows, cut=table.cut, note=table.note
        )
    if language == "json":
        return _json(plain, source, whole=whole)
    if language == "markdown":
        return msgspec.structs.replace(plain, kind="markdown")
    return msgspec.structs.replace(plain, kind="html") if language == "html" else plain


def _language(name: str, text: str) -> str:
    """The language by the name's extension, else by how the text begins; "" for plain text."""
    if (base := name.rsplit("/", 1)[-1].lower()) in ("dockerfile", "makefile"):
        return base
    if (known := _LANGUAGES.get(extension(name))) is not None:
        return known
    start = text[:200].lstrip()
    if start.startswith("#!") and "python" in start.split("\n", 1)[0]:
        return "python"
    if start.lower().startswith(("<!doctype html", "<html")):
        return "html"
    return "json" if re.match(r'(\{\s*("|\})|\[\s*[\[{"\d\]])', start) else ""


def _json(plain: Preview, source: Source, *, whole: bool) -> Preview:
    """Indented when it is one whole document, as it stands when not."""
    if not whole or extension(source.name) in (".jsonl", ".ndjson"):
        return plain
    try:
        value = load(plain.text.encode(), source.name)
    except ArtifactError as error:
        return msgspec.structs.replace(plain, note=error.detail)
    pretty = json.dumps(value, indent=2, ensure_ascii=False)
    if len(pretty) > MAX_PRETTY:
        return plain
    note = tr(
        "What is nested more than {most} levels deep is cut off: save the file to see it.",
        most=MAX_DEPTH,
    )
    note = note if tr(CUT) in pretty else ""
    return msgspec.structs.replace(plain, kind="json", text=pretty, note=note)


def _binary(source: Source, head: bytes, note: str = "") -> Preview:
    shown = head[:HEX_BYTES]
    rows = (_hex_row(at, shown[at : at + _HEX_ROW]) for at in range(0, len(shown), _HEX_ROW))
    return Preview("binary", source.size, len(shown) < source.size, "\n".join(rows), note=note)


def _hex_row(offset: int, data: bytes) -> str:
    """Sixteen bytes: where they stand, as hexadecimal pairs, and as characters."""
    characters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f"{offset:08x}  {data.hex(' '):<47}  {characters}"
