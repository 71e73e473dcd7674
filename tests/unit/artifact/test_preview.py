"""Previews of members by their first bytes: text, tables, pictures, tensors, and plain bytes."""

import struct
import time
import zlib
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColor, QImage, QImageReader
from support.artifacts import makers

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.formats.pictures import picture_of
from dfs_desktop.artifact.preview import HEAD, Preview, preview_source


def shown(data: bytes | str, name: str = "x", limit: int = HEAD) -> Preview:
    raw = data.encode() if isinstance(data, str) else data
    return preview_source(BytesSource(raw, name), limit)


@pytest.mark.parametrize(
    ("name", "data", "kind", "language"),
    [
        ("a.py", "import os\n", "text", "python"),
        ("a", "#!/usr/bin/env python\n", "text", "python"),
        ("a.md", "# Title\n", "markdown", "markdown"),
        ("a.html", "<p>x</p>", "html", "html"),
        ("a", "<!DOCTYPE html><p>", "html", "html"),
        ("a.yaml", "a: 1\n", "text", "yaml"),
        ("Dockerfile", "FROM x\n", "text", "dockerfile"),
        ("a.unknown", "plain words\n", "text", ""),
        ("a.json", '{"b":[1]}', "json", "json"),
        ("a", '{"b":[1]}', "json", "json"),
        ("a.jsonl", '{"b":1}\n{"b":2}\n', "text", "json"),
        ("a.csv", "a;b\n1;2\n", "csv", "csv"),
        ("a.bin", b"\0\1\2", "binary", ""),
        ("a.txt", b"\xff\xfe\xff", "binary", ""),
        ("a.txt", b"caf\xe9", "text", ""),
        ("a.txt", b"\xef\xbb\xbfcaf\xc3\xa9", "text", ""),
        ("a", b"", "empty", ""),
    ],
)
def test_content_and_name_tell_what_a_member_is(
    name: str, data: bytes | str, kind: str, language: str
) -> None:
    found = shown(data, name)
    assert (found.kind, found.language) == (kind, language)


def test_text_in_utf_16_is_read_and_a_character_cut_in_two_is_left_out() -> None:
    found = shown("\ufeffümläut\n".encode("utf-16-be"))
    assert (found.text, found.encoding) == ("ümläut\n", "utf-16-be")
    found = shown("ü" * 3000, "a.txt", limit=4097)
    assert (found.kind, found.cut, found.text) == ("text", True, "ü" * 2048)
    assert shown(b"caf\xe9").encoding == "cp1252 (a guess)"


def test_json_is_indented_when_it_is_whole_and_plain_when_not() -> None:
    assert shown('{"a":[1,"ü"]}', "a.json").text == '{\n  "a": [\n    1,\n    "ü"\n  ]\n}'
    cut = shown('{"a": "' + "x" * 5000 + '"}', "a.json", limit=100)
    assert (cut.kind, cut.cut, cut.language) == ("text", True, "json")
    broken = shown('{"a": }', "a.json")
    assert (broken.kind, broken.text) == ("text", '{"a": }')
    assert "line 1" in broken.note
    deep = "[" * 60 + "1," * 100_000 + "1" + "]" * 60
    assert shown(deep, "a.json").kind == "text"


def test_tables_have_rows_and_the_last_half_row_is_left_out() -> None:
    found = shown('a,b\n1,"x, y"\n', "t.csv")
    assert found.rows == (("a", "b"), ("1", "x, y"))
    assert not found.cut
    rows = "".join(f"{number}\t{number * 2}\n" for number in range(2000))
    long = shown(rows, "t.tsv")
    assert (len(long.rows), long.cut, long.rows[499]) == (500, True, ("499", "998"))
    cut = shown(rows, "t.tsv", limit=6)
    assert cut.rows == (("0", "0"),)
    assert shown("a," * 100_000 + "\n", "t.csv").rows[0] == ("a",) * 200
    assert shown('"' + "x" * 200_000, "t.csv").rows[0][0].startswith('"x')


def picture(form: str) -> bytes:
    image = QImage(31, 17, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)
    return bytes(buffer.data().data())


@pytest.mark.parametrize("form", ["PNG", "JPG", "WEBP"])
def test_pictures_are_known_with_their_measures(form: str) -> None:
    data = picture(form)
    found = shown(data, "x.dat", limit=len(data) - 5)
    assert (found.kind, found.image) == ("image", data)
    known = picture_of(data)
    assert known is not None
    assert (known.width, known.height) == (31, 17)
    device = QBuffer()
    device.setData(QByteArray(data))
    device.open(QBuffer.OpenModeFlag.ReadOnly)
    assert found.media_type == f"image/{QImageReader(device).format().data().decode()}"


def test_gif_svg_and_bombs() -> None:
    gif = b"GIF89a" + struct.pack("<HH", 5, 7) + bytes(20)
    assert picture_of(gif) == picture_of(gif + b"x")
    assert shown(gif).media_type == "image/gif"
    svg = '<?xml version="1.0"?><!-- a --><!-- b -->\n<svg viewBox="0 0 1 1"/>'
    assert shown(svg).media_type == "image/svg+xml"
    size = struct.pack(">II", 60_000, 60_000)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + size + zlib.compress(b"")
    found = shown(bomb)
    assert (found.kind, found.note) == ("binary", "The picture is too large to be shown here.")
    started = time.process_time()
    assert shown("<!---->" * 500 + "<sv").kind == "text"
    assert time.process_time() - started < 1


def test_bytes_are_shown_in_rows_of_sixteen() -> None:
    found = shown(bytes(range(256)) * 100, "x.dat")
    rows = found.text.split("\n")
    assert (found.kind, found.cut, len(rows)) == ("binary", True, 256)
    pairs = " ".join(f"{byte:02x}" for byte in range(64, 80))
    assert rows[4] == f"00000040  {pairs}  @ABCDEFGHIJKLMNO"


def test_weights_are_shown_as_a_table_and_broken_ones_as_bytes(tmp_path: Path) -> None:
    with OpenArtifact.local(makers.make_pyfunc(tmp_path / "a.luml")) as artifact:
        found = preview_source(artifact.slice("variant_artifacts/extra_files/w.safetensors"))
    assert found.kind == "weights"
    assert found.weights is not None
    assert found.weights.parameters == 16
    array = makers.npy_bytes(np.zeros((2, 2)))
    assert shown(array, "no-suffix").kind == "weights"
    broken = shown(b"\x93NUMPY broken header", "x.npy")
    assert broken.kind == "binary"
    assert "cannot be read" in broken.note


@pytest.mark.fault("RL-11")
def test_a_tree_that_is_cut_off_says_so() -> None:
    for depth, cut in ((60, False), (80, True), (100_000, True)):
        found = preview_source(BytesSource(b"[" * depth + b"]" * depth, "deep.json"))
        assert found.kind == "json"
        assert ("cut off" in found.note) is cut


def test_the_beginning_of_a_large_member_comes_in_one_read() -> None:
    class Counted(BytesSource):
        reads: ClassVar[list[tuple[int, int]]] = []

        def read(self, offset: int, length: int) -> bytes:
            self.reads.append((offset, length))
            return super().read(offset, length)

    found = preview_source(Counted(b"line\n" * 400_000, "long.txt"))
    assert (found.kind, found.cut) == ("text", True)
    assert Counted.reads == [(0, HEAD)]
