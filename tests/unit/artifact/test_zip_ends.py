"""Where a zip file ends: marks in comments, bytes behind it or before it, its wide form."""

import io
import struct
import zipfile
from unittest import mock

import pytest

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.archive.zip_files import zip_listing, zip_read
from dfs_desktop.artifact.errors import ArtifactError

MARK = b"PK\x05\x06"
EMPTY = MARK + bytes(18)


def zipped(comment: bytes = b"", *, member: bytes = b"x", wide: bool = False) -> bytes:
    file = io.BytesIO()
    limit = mock.patch.object(zipfile, "ZIP_FILECOUNT_LIMIT", 0 if wide else 65_535)
    with limit, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "hello")
        archive.writestr("in.zip", member)
        archive.comment = comment
    return file.getvalue()


@pytest.mark.parametrize("wide", [False, True], ids=["plain", "zip64"])
@pytest.mark.parametrize(
    "comment",
    [
        b"",
        b"about " + MARK,
        b"about " + MARK + b" marks and more words than an end record has bytes",
        b"an empty one " + EMPTY + b" and words",
        zipped() + b" and words",
        b"c" * 65_535,
        (MARK * 16_384)[:65_535],
    ],
)
def test_a_mark_in_the_comment_is_no_end(comment: bytes, wide: bool) -> None:
    source = BytesSource(zipped(comment, wide=wide), "a.zip")
    entries = zip_listing(source).entries
    assert [(each.name, zip_read(source, each, 9)) for each in entries] == [
        ("a.txt", b"hello"),
        ("in.zip", b"x"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        zipped(member=MARK * 50),
        zipped(member=zipped()),
        zipped(b"words")[:-3],
        zipped() + b"\r\n",
        zipped(b"words") + b"z" * 5000,
        b"#!/bin/sh\n" + zipped(),
        b"#!/bin/sh\n" + zipped(wide=True),
        EMPTY,
        zipped(EMPTY),
        zipped(zipped()),
    ],
)
def test_an_end_is_found_where_the_standard_library_finds_it(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        expected = [(each, archive.read(each)) for each in archive.namelist()]
    source = BytesSource(data, "a.zip")
    entries = zip_listing(source).entries
    assert [(each.name, zip_read(source, each, 999)) for each in entries] == expected


@pytest.mark.parametrize("directory", [bytes(50), b"PK", b"PK\x01\x02" + b"\xff" * 46])
def test_a_directory_without_an_entry_is_damage_and_no_empty_zip_file(directory: bytes) -> None:
    end = MARK + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), 0, 0)
    with pytest.raises(ArtifactError, match="directory that cannot be read"):
        zip_listing(BytesSource(directory + end, "a.zip"))
