"""The SHA-256 of a record is understood in every usual notation; what is none says nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.registries.client_faces import FACES, Recorded, download, through
from support.registries.scripted import KEY, Stage

from dfs_desktop.api import ChecksumError
from dfs_desktop.api.registered_hash import sha256_of
from dfs_desktop.workspace import quantities

NOTATIONS = {
    "plain": lambda d: d.hex(),
    "capitals": lambda d: f" {d.hex().upper()}\n",
    "colon": lambda d: f"sha256:{d.hex()}",
    "equals": lambda d: f"SHA256={d.hex()}",
    "hyphen": lambda d: f"sha-256: {d.hex()}",
    "number": lambda d: f"0x{d.hex()}",
    "pairs": lambda d: d.hex(":").upper(),
    "base64": lambda d: base64.b64encode(d).decode(),
    "page": lambda d: f"sha256-{base64.b64encode(d).decode()}",
    "no padding": lambda d: f"sha256:{base64.urlsafe_b64encode(d).decode().rstrip('=')}",
    "digest": lambda d: f"sha-256=:{base64.b64encode(d).decode()}:",
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with_stage = Stage()
    yield with_stage
    with_stage.close()


@pytest.mark.fault("RL-02")
@pytest.mark.parametrize("notation", NOTATIONS)
@given(digest=st.binary(min_size=32, max_size=32))
@example(digest=b"\xd1p" + bytes(30))  # whose base64 begins with 0X
@example(digest=b"\xb2\x16\x9a\xdb\x9e\xbe" + bytes(26))  # and with sha256
def test_reading_undoes_writing(notation: str, digest: bytes) -> None:
    assert sha256_of(NOTATIONS[notation](digest)) == digest.hex()


@pytest.mark.fault("RL-02")
@given(
    st.one_of(
        st.text(),
        st.sampled_from(["sha512:" + "a" * 128, "a" * 63, "b" * 65, "sha256:", "x" * 9999]),
    )
)
def test_any_other_text_is_no_hash(text: str) -> None:
    assert sha256_of(text) == "" or len(sha256_of(text)) == 64


@pytest.mark.fault("RL-02")
@pytest.mark.parametrize("notation", ["colon", "base64", "pairs"])
def test_a_download_is_checked_by_it(
    notation: str, stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = b"weights"
    right = NOTATIONS[notation](hashlib.sha256(content).digest())
    wrong = NOTATIONS[notation](hashlib.sha256(b"others").digest())
    folder = tmp_path_factory.mktemp("got")
    record = stage.add(content, file_hash=right)
    download(stage, "sync", record["id"], folder / "right")
    assert (folder / "right").read_bytes() == content
    record = stage.add(content, file_hash=wrong)
    with pytest.raises(ChecksumError):
        download(stage, "sync", record["id"], folder / "wrong")
    assert not (folder / "wrong").exists()


@pytest.mark.fault("RL-02")
@pytest.mark.parametrize("count", [-1, -(10**15), 1 << 63, 10**400])
def test_a_size_that_no_file_has_is_not_known(count: int) -> None:
    assert (
        quantities.size(count),
        quantities.exact_size(count),
        quantities.possible(count),
    ) == (
        "",
        "",
        None,
    )
    assert quantities.size(0) == "0 bytes"


@pytest.mark.fault("RL-02")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("total", [-1, 10**30])
def test_a_total_that_cannot_be_is_not_known(face: str, total: int) -> None:
    body = [{"id": "00000000-0000-7000-8000-000000000001", "name": "o", "total_members": total,
             "total_collections": 3}]  # fmt: skip
    found = through(
        face,
        lambda c: c.orbits.list("00000000-0000-7000-8000-000000000002"),
        base_url="https://api.example", api_key=KEY, generation="A",
        transport=Recorded([{"status": 200, "json": body}]),
    )  # fmt: skip
    assert (found[0].total_members, found[0].total_collections) == (None, 3)
