"""Makes the ICU data that comes with Qt smaller: what Qt never asks for is left out.

Of its 32 MB Qt takes how texts are sorted and what time zones are called; names of units, currencies,
languages and regions, other encodings, dictionaries and transliterations it has itself, or not at all.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

_MARK = b"CmnD"  # of a package of data, behind twelve bytes of its head
_UNUSED = re.compile(
    r"[^/]+/(?:(?:unit|curr|lang|region|brkitr|translit|rbnf)/.*|[^/]+\.(?:cnv|spp|cfu)|unames\.icu)"
)
_ALIGNED = 16  # bytes
_SOURCE = """\
.section .rodata
.balign 4096
.globl {symbol}
.type {symbol}, @object
{symbol}: .incbin "{data}"
.size {symbol}, . - {symbol}
.section .note.GNU-stack, "", @progbits
"""


def trim_icu(folder: Path) -> None:
    """Trim each data library below a folder; without the tools to make a library they stay as they are."""
    if shutil.which("as") is None or shutil.which("ld") is None:
        print("The ICU data stays whole: as and ld are missing (Debian: binutils).")
        return
    for library in folder.rglob("libicudata.so.*"):
        if not library.is_symlink():
            _make(library, trimmed(library.read_bytes()))


def trimmed(library: bytes) -> bytes:
    """The package of data in a library, without what is not used."""
    items, head = read_package(library)
    kept = {name: data for name, data in items.items() if not _UNUSED.fullmatch(name)}
    return head + _packed(kept)


def read_package(library: bytes) -> tuple[dict[str, bytes], bytes]:
    """The items by name, and the head that stands before the table of them."""
    start = library.index(_MARK) - 12
    table = start + int.from_bytes(library[start : start + 2], "little")
    (count,) = struct.unpack_from("<I", library, table)
    entries = [struct.unpack_from("<II", library, table + 4 + 8 * n) for n in range(count)]
    ends = [offset for _name, offset in entries[1:]] + [_end(library, table, entries[-1][1])]
    items = {}
    for (name, offset), end in zip(entries, ends, strict=True):
        at = table + name
        items[library[at : library.index(b"\0", at)].decode()] = library[
            table + offset : table + end
        ]
    return items, library[start:table]


def _end(library: bytes, table: int, last: int) -> int:
    """Behind the last item, which is a resource bundle: it says itself how many words it has."""
    start = table + last
    head = int.from_bytes(library[start : start + 2], "little")
    words = int.from_bytes(library[start + head + 16 : start + head + 20], "little")
    return last + head + 4 * words


def _packed(items: Mapping[str, bytes]) -> bytes:
    """A table of these items, sorted by name as ICU looks them up, then their data."""
    names = sorted(items)
    texts, places = b"", []
    begin = 4 + 8 * len(names)
    for name in names:
        places.append(begin + len(texts))
        texts += name.encode() + b"\0"
    offset = -(-(begin + len(texts)) // _ALIGNED) * _ALIGNED
    table, blocks = struct.pack("<I", len(names)), []
    for name, place in zip(names, places, strict=True):
        table += struct.pack("<II", place, offset)
        block = items[name] + bytes(-len(items[name]) % _ALIGNED)
        blocks.append(block)
        offset += len(block)
    front = table + texts
    return b"".join([front, bytes(-len(front) % _ALIGNED), *blocks])


def _make(library: Path, data: bytes) -> None:
    """A library of the same name, with this data."""
    number = library.name.rpartition(".")[2]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "data").write_bytes(data)
        text = _SOURCE.format(symbol=f"icudt{number}_dat", data=folder / "data")
        (folder / "data.s").write_text(text)
        built = folder / library.name
        subprocess.run(["as", "-o", folder / "data.o", folder / "data.s"], check=True)
        link = ["ld", "-shared", "-z", "noexecstack", "-soname", library.name, "-o", str(built)]
        subprocess.run([*link, str(folder / "data.o")], check=True)
        shutil.copyfile(built, library)
