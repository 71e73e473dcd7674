"""Files that come with a Content-Encoding: nobody asked for it, and what counts are the file's bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import download
from support.registries.faults import status
from support.registries.scripted import Stage
from unit.api.test_source import CONTENT, reading

from dfs_desktop.api import ChecksumError
from dfs_desktop.artifact import ArtifactError

PACKED = zlib.compress(CONTENT)
ENCODINGS = ("gzip", "deflate", "br", "zstd", "BR", "x-odd")
LAST = len(CONTENT) - 1


@pytest.fixture
def stage() -> Iterator[Stage]:
    found = Stage()
    yield found
    found.close()


def chunked(code: int, body: bytes, **headers: str) -> Any:
    """An answer of a length that nobody tells."""

    def answer(handler: Any) -> bool:
        handler.send_response(code)
        for name, value in (headers | {"Transfer-Encoding": "chunked"}).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        return True

    return answer


@pytest.mark.fault("D-10")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_packed_bytes_are_no_part_of_a_file(stage: Stage, encoding: str) -> None:
    told = {"Content_Encoding": encoding}
    part = told | {"Content_Range": f"bytes 0-{LAST}/{len(CONTENT)}"}
    for fault in (
        chunked(200, PACKED, **told),
        status(200, PACKED, **told),
        chunked(206, PACKED, **part),
        chunked(206, CONTENT + b"!", **part),
    ):
        stage.script("get", fault)
        with pytest.raises(ArtifactError) as caught:
            reading(stage, "sync", lambda s: s.read(0, len(CONTENT)))
        assert f"compressed (Content-Encoding: {encoding.lower()})" in caught.value.detail


@pytest.mark.fault("D-10")
@pytest.mark.parametrize("encoding", [*ENCODINGS, "identity", ""])
def test_a_file_that_was_stored_with_an_encoding_is_read(stage: Stage, encoding: str) -> None:
    told = {"Content_Encoding": encoding, "Content_Range": f"bytes 20-29/{len(CONTENT)}"}
    for fault in (status(206, CONTENT[20:30], **told), chunked(206, CONTENT[20:30], **told)):
        stage.script("get", fault)
        assert reading(stage, "sync", lambda s: s.read(20, 10)) == CONTENT[20:30]


@pytest.mark.fault("D-10")
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("send", "body"),
    [(chunked, PACKED), (chunked, CONTENT + b"!"), (chunked, CONTENT[::-1]), (status, PACKED)],
)
def test_packed_bytes_never_get_the_name(
    stage: Stage, tmp_path: Path, encoding: str, send: Any, body: bytes
) -> None:
    fault = send(200, body, Content_Encoding=encoding)
    stage.script("get", fault, fault)  # what stands between may say so once
    with pytest.raises(ChecksumError) as caught:
        download(stage, "sync", stage.add(CONTENT)["id"], tmp_path / "out.fnnx")
    assert f"compressed (Content-Encoding: {encoding.lower()})" in caught.value.detail
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("D-10")
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_that_was_stored_with_an_encoding_is_downloaded(
    stage: Stage, tmp_path: Path, encoding: str
) -> None:
    told = {"Content_Encoding": encoding, "ETag": '"1"'}
    for number, send in enumerate((status, chunked)):
        stage.script("get", send(200, CONTENT, **told))
        target = tmp_path / str(number)
        download(stage, "sync", stage.add(CONTENT)["id"], target)
        assert target.read_bytes() == CONTENT


@pytest.mark.fault("D-10")
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_unpacks_to_the_file_is_called_so(stage: Stage, tmp_path: Path, encoding: str) -> None:
    packer = zlib.compressobj(wbits=31 if encoding == "gzip" else 15)
    packed = packer.compress(CONTENT) + packer.flush()
    stage.script("get", status(200, packed, Content_Encoding=encoding))
    record = stage.add(CONTENT) | {"size": len(packed)}
    stage.records[record["id"]] = record
    with pytest.raises(ChecksumError, match=f"{encoding}.; unpacked it would be the registered"):
        download(stage, "sync", record["id"], tmp_path / "out.fnnx")
