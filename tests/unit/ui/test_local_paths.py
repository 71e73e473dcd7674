"""Local URLs become paths and paths become URLs without losing a byte of a file's name."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QUrl

from dfs_desktop.ui.platform.local_paths import dropped_files, path_of, url_of

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="there, names are Unicode"
)
some_names = st.binary(min_size=1, max_size=30).filter(
    lambda name: not set(name) & {0, 0x2F} and name not in {b".", b".."}
)


@pytest.mark.fault("RL-44")
@given(some_names)
def test_a_path_comes_back_from_its_url_byte_for_byte(name: bytes) -> None:
    path = Path(os.fsdecode(b"/folder/" + name))
    assert path_of(url_of(path)) == path
    mime = QMimeData()
    mime.setUrls([url_of(path)])
    assert dropped_files(mime) == [path]


@pytest.mark.fault("RL-44")
@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"file:///tmp/mod%E9l.fnnx", b"/tmp/mod\xe9l.fnnx"),
        (b"file:///tmp/mod%C3%A9l%20%231.fnnx", b"/tmp/mod\xc3\xa9l #1.fnnx"),
        (b"file:/tmp/a.fnnx", b"/tmp/a.fnnx"),
        (b"FILE://localhost/tmp/a.fnnx", b"/tmp/a.fnnx"),
        (b"file://" + socket.gethostname().encode() + b"/tmp/a.fnnx", b"/tmp/a.fnnx"),
        (b"file:///tmp/a.fnnx?x=1#y", b"/tmp/a.fnnx"),
        (b"file:///tmp/100%2525.fnnx", b"/tmp/100%25.fnnx"),
    ],
)
def test_every_spelling_of_a_local_url_in_a_drag_is_understood(line: bytes, name: bytes) -> None:
    mime = QMimeData()
    mime.setData("text/uri-list", b"# a remark\r\n" + line + b"\r\n")
    assert dropped_files(mime) == [Path(os.fsdecode(name))]


@pytest.mark.parametrize("line", [b"https://example.org/a.fnnx", b"mailto:a@b", b"file:///a%00b"])
def test_what_is_no_local_file_is_left_out(line: bytes) -> None:
    mime = QMimeData()
    mime.setData("text/uri-list", line + b"\r\n")
    assert dropped_files(mime) == []


@pytest.mark.fault("RL-44")
def test_bytes_that_were_lost_on_their_way_are_found_where_one_file_can_be_meant(
    tmp_path: Path,
) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xfcll"))
    folder.mkdir()
    path = folder / os.fsdecode(b"mod\xe9l.fnnx")
    path.touch()
    mime = QMimeData()
    mime.setData("text/uri-list", b"file://" + os.fsencode(path))  # not encoded, as some do
    assert dropped_files(mime) == [path]
    (folder / os.fsdecode(b"mod\xe8l.fnnx")).touch()
    assert dropped_files(mime) != [path]


def test_a_sign_of_a_url_in_a_name_that_exists_belongs_to_the_name(tmp_path: Path) -> None:
    path = tmp_path / "what?#.fnnx"
    path.touch()
    mime = QMimeData()
    mime.setData("text/uri-list", b"file://" + os.fsencode(path))
    assert dropped_files(mime) == [path]
    assert path_of(QUrl("https://example.org/x")) is None
