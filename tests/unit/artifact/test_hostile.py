"""Archives built to hurt (S-05, and S-06 by mutation): refused in a sentence, soon, and small."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from dfs_desktop.artifact import ArtifactError, read_contents
from dfs_desktop.artifact.preflight import preflight
from dfs_desktop.number_text import GROUP

BLOCK = 512
END = bytes(2 * BLOCK)


def header(
    name: bytes | str,
    size: int | bytes = 0,
    kind: bytes = b"0",
    magic: bytes = b"ustar\x0000",
    prefix: bytes = b"",
) -> bytes:
    """A header made by hand, for what tarfile refuses to write."""
    raw = name.encode() if isinstance(name, str) else name
    field = size if isinstance(size, bytes) else b"%011o\0" % size
    block = raw.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field + b"00000000000\0"
    block += b" " * 8 + kind + bytes(100) + magic
    block = block.ljust(345, b"\0") + prefix.ljust(155, b"\0") + bytes(12)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def member(name: bytes | str, data: bytes = b"", kind: bytes = b"0") -> bytes:
    return header(name, len(data), kind) + data + bytes(-len(data) % BLOCK)


def pax(**records: str | bytes) -> bytes:
    body = b""
    for key, value in records.items():
        raw = value.encode() if isinstance(value, str) else value
        rest = b" " + key.replace("__", ".").encode() + b"=" + raw + b"\n"
        length = len(rest) + 1
        while len(str(length)) + len(rest) != length:
            length += 1
        body += str(length).encode() + rest
    return member("pax", body, b"x")


MANIFEST = member("manifest.json", b'{"variant": "pyfunc"}')


def refusal(path: Path, data: bytes) -> ArtifactError:
    path.write_bytes(data)
    with pytest.raises(ArtifactError) as caught:
        read_contents(path)
    error = caught.value
    assert error.title
    assert error.detail.endswith((".", "…"))
    assert (error.title + error.detail).replace(GROUP, "").isprintable()
    return error


def test_the_hand_made_headers_are_read_when_they_are_honest(tmp_path: Path) -> None:
    path = tmp_path / "m.fnnx"
    path.write_bytes(MANIFEST + pax(path="ü/w") + member("x", b"12") + END)
    assert set(read_contents(path).index) == {"manifest.json", "ü/w"}


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("manifest.json", "{}")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (gzip.compress(MANIFEST + END), "gzip"),
        (lzma.compress(MANIFEST + END), "xz"),
        (bz2.compress(MANIFEST + END), "bzip2"),
        (zipped(), "zip"),
        (b"\x28\xb5\x2f\xfd" + bytes(600), "zstd"),
    ],
)
def test_s05_compressed_archives_are_named(tmp_path: Path, data: bytes, word: str) -> None:
    assert word in refusal(tmp_path / "m.fnnx", data).detail


@pytest.mark.parametrize(
    ("data", "word"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"short", "no tar archive", id="short"),
        pytest.param(os.urandom(4096), "no tar archive", id="noise"),
        pytest.param(b"\0" * 4096, "empty", id="zeros"),
        pytest.param(member("other") + END, "without a manifest.json", id="no manifest"),
        pytest.param(member("sub/manifest.json") + END, "without a manifest.json", id="deep"),
        pytest.param(MANIFEST + b"x", "within a header", id="short header"),
        pytest.param(MANIFEST[:530], "file ends", id="cut data"),
        pytest.param(MANIFEST + header("w", 8**11 - 1) + END, "file ends", id="cut member"),
        pytest.param(MANIFEST + b"x" * BLOCK + END, "no number", id="garbage between"),
        pytest.param(MANIFEST + b"0" * BLOCK + END, "checksum", id="wrong checksum"),
        pytest.param(MANIFEST + member("/etc/x") + END, "absolute", id="absolute"),
        pytest.param(MANIFEST + member("C:\\x") + END, "absolute", id="drive"),
        pytest.param(MANIFEST + member("\\\\s\\x") + END, "absolute", id="unc"),
        pytest.param(MANIFEST + member("a/../../x") + END, "out of its folder", id="dots"),
        pytest.param(MANIFEST + member("..\\x") + END, "out of its folder", id="back dots"),
        pytest.param(MANIFEST + member("../d/", b"", b"5") + END, "out of its", id="dot folder"),
        pytest.param(MANIFEST + pax(path="../x") + member("x") + END, "out of its", id="pax dots"),
        pytest.param(MANIFEST + pax(path=b"a\0b") + member("x") + END, "NUL", id="pax nul"),
        pytest.param(MANIFEST + member("s", b"", b"S") + END, "sparse", id="gnu sparse"),
        pytest.param(
            MANIFEST + pax(GNU__sparse__major="1") + member("s") + END, "sparse", id="pax sparse"
        ),
        pytest.param(MANIFEST + member("") + END, "no name", id="no name"),
        pytest.param(MANIFEST + pax(path="lost") + END, "without its file", id="lost pax"),
        pytest.param(MANIFEST + pax(size="-1") + member("x") + END, "no number", id="pax minus"),
        pytest.param(MANIFEST + pax(size="9" * 30) + member("x") + END, "no number", id="pax huge"),
        pytest.param(MANIFEST + pax(size="9" * 18) + member("x") + END, "file ends", id="pax big"),
    ],
)
def test_s05_bad_archives_are_refused_precisely(tmp_path: Path, data: bytes, word: str) -> None:
    assert word in str(refusal(tmp_path / "m.fnnx", data))


@pytest.mark.parametrize(
    "size",
    [b"\xff" * 12, b"\xff" * 11 + b"\0", b"\xc0" + bytes(11), b"-0000000001\0", b"0x000000010\0",
     b"0_000000001\0", b"00000000009\0"],
)  # fmt: skip
def test_s05_e18_negative_and_odd_sizes(tmp_path: Path, size: bytes) -> None:
    error = refusal(tmp_path / "m.fnnx", MANIFEST + header("w", size) + END)
    assert "number" in error.detail


@pytest.mark.parametrize(
    "body",
    [b"5", b"0 a=\n", b"5 a=b\n", b"6 a=b\n\n", b"8 path=x\n", b"99999999 a=b\n", b"5 ab\n",
     b"04 a=\n", b"4 =\n", b"\xb2 a=b\n"],
)  # fmt: skip
def test_s05_malformed_pax_records(tmp_path: Path, body: bytes) -> None:
    data = MANIFEST + member("pax", body, b"x") + member("x") + END
    assert "extended header" in refusal(tmp_path / "m.fnnx", data).detail


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K"])
def test_s05_e18_chained_extension_headers_are_walked_past(tmp_path: Path, kind: bytes) -> None:
    body = b"6 a=b\n" if kind in b"xg" else b"name\0"
    path = tmp_path / "m.fnnx"
    path.write_bytes(MANIFEST + member("e", body, kind) * 3000 + member("x") + END)
    assert len(read_contents(path).index) == 2


@pytest.mark.fault("RL-15")
@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K"])
def test_s05_e18_huge_extension_headers_allocate_nothing(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "m.fnnx"
    size = 300 * 1024**2
    start = b"%d comment=" % size if kind in b"xg" else b"n"
    with path.open("wb") as file:
        file.write(MANIFEST + header("e", size, kind) + start)
        file.seek(len(MANIFEST) + BLOCK + size - 1)
        file.write((b"\n" if kind in b"xg" else b"\0") + member("x") + END)
    tracemalloc.start()
    try:
        assert len(read_contents(path).index) == 2
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024**2
    finally:
        tracemalloc.stop()


def test_s05_a_name_that_no_file_system_takes_is_refused(tmp_path: Path) -> None:
    data = MANIFEST + member("e", b"n" * 1024**2, b"L") + member("x") + END
    assert "name of more than 65\u202f536 bytes" in refusal(tmp_path / "m.fnnx", data).detail


def test_s05_a_global_header_must_not_rename_files(tmp_path: Path) -> None:
    body = b"10 path=a\n"
    data = MANIFEST + member("g", body, b"g") + member("x") + END
    assert "global header" in refusal(tmp_path / "m.fnnx", data).detail


def test_s05_more_members_than_the_limit(tmp_path: Path) -> None:
    started = time.process_time()
    error = refusal(tmp_path / "m.fnnx", MANIFEST + header("x") * 150_000 + END)
    assert "100\u202f000" in error.detail
    assert time.process_time() - started < 10


def test_s05_a_manifest_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.fnnx"
    with path.open("wb") as file:
        file.write(header("manifest.json", 400 * 1024**2))
        file.truncate(401 * 1024**2)
    with pytest.raises(ArtifactError, match=r"manifest\.json inside it is too large"):
        read_contents(path)


def test_s05_folders_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="folder"):
        read_contents(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ArtifactError, match="pipe"):
            read_contents(tmp_path / "pipe")
        with pytest.raises(ArtifactError, match="device"):
            read_contents("/dev/zero")
    with pytest.raises(FileNotFoundError):
        read_contents(tmp_path / "nothing")


def valid_archive() -> bytes:
    buffer = io.BytesIO()
    meta = [{"producer_tags": ["dataforce.studio::registry_metrics:v1"],
             "payload": {"metrics": {"accuracy": 0.5}}}]  # fmt: skip
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in {
            "manifest.json": b'{"variant": "pyfunc", "inputs": [{"name": "x"}]}',
            "meta.json": json.dumps(meta).encode(),
            "manifest-a.patch.json": b'[{"op": "add", "path": "/version", "value": "2"}]',
            "ü" * 80: b"pax",
            "w": b"x" * 600,
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def mended(data: bytearray) -> bytearray:
    """Every block that looks like a header gets its checksum right, so that mutations go deeper."""
    for at in range(0, len(data) - BLOCK + 1, BLOCK):
        if data[at + 257 : at + 262] == b"ustar":
            data[at + 148 : at + 156] = b" " * 8
            data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + BLOCK])
    return data


def test_s05_s06_mutations_end_in_contents_or_artifact_error(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    turns = 2000 if pytestconfig.getoption("slow") else 500
    generator = random.Random(5)
    original = valid_archive()
    path = tmp_path / "m.fnnx"
    read = refused = 0
    started = time.process_time()
    for turn in range(turns):
        data = bytearray(original)
        for _ in range(generator.randint(1, 6)):
            place = generator.randrange(8 * BLOCK)
            kind = generator.randrange(4)
            if kind == 0:
                data[place] = generator.randrange(256)
            elif kind == 1:
                data[place] ^= 1 << generator.randrange(8)
            elif kind == 2:
                del data[place : place + generator.choice([1, BLOCK])]
            else:
                data[place:place] = data[place : place + generator.choice([1, BLOCK])]
        path.write_bytes(mended(data) if turn % 2 else data)
        os.utime(path, (0, 0))  # what was just written is waited for until its time is sure
        try:
            read_contents(path)
            read += 1
        except ArtifactError:
            refused += 1
    assert time.process_time() - started < 30
    assert read > turns // 40
    assert refused > turns // 2


def test_a_long_stretch_of_nothing_is_told_without_reading_its_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "cut.fnnx"
    path.write_bytes(MANIFEST + END)
    with path.open("r+b") as file:
        file.truncate(8 << 30)  # sparse: reading it all would take many seconds
    (found,) = [each for each in preflight(path) if "nothing follows" in each.title]
    assert found.level == "warning"
    assert "cut off" in found.remedy
