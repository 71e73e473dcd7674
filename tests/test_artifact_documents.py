"""JSON documents built to hurt (S-06): refused in a sentence that names the place."""

import io
import json
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from dfs_desktop.artifact import ArtifactError, read_contents


def archive(path: Path, documents: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as target:
        for name, text in documents.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            target.addfile(info, io.BytesIO(text))
    return path


def refusal(path: Path, documents: dict[str, bytes]) -> ArtifactError:
    archive(path, documents)
    with pytest.raises(ArtifactError) as caught:
        read_contents(path)
    assert (str(caught.value)).isprintable()
    return caught.value


MANIFEST = {"manifest.json": b'{"variant": "pyfunc"}'}
NESTED = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.fault("S-06")
@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param(b"", "not valid JSON", id="empty"),
        pytest.param(b"{", "not valid JSON", id="half"),
        pytest.param(b"[]", "not a JSON object", id="array"),
        pytest.param(b'"x"', "not a JSON object", id="text"),
        pytest.param(b'{"a": NaN}', "NaN", id="nan"),
        pytest.param(b'{"a": -Infinity}', "Infinity", id="infinity"),
        pytest.param(b'{"a": [1e999]}', "/a/0", id="overflow"),
        pytest.param(b'{"a": 1, "a": 2}', "“a” twice", id="twice"),
        pytest.param(b'{"x": {"\\u202e": 1, "\\u202e": 2}}', "⟨U+202E⟩", id="hidden twice"),
        pytest.param(b'{"a": 9223372036854775808}', "64 bits", id="2**63"),
        pytest.param(b'{"a": -9223372036854775809}', "64 bits", id="-2**63-1"),
        pytest.param(b'{"a": ' + b"9" * 10_000 + b"}", "64 bits", id="10 000 digits"),
        pytest.param(b'{"a": "\\ud800"}', "not valid Unicode", id="surrogate"),
        pytest.param(b'{"\\udfff": 1}', "not valid Unicode", id="surrogate key"),
        pytest.param(b'{"a": {"b": "\\u0000"}}', "NUL character at /a/b", id="nul"),
        pytest.param(b'{"a": "\xff"}', "UTF-8", id="latin-1"),
        pytest.param(b"\xef\xbb\xbf{}", "JSON", id="bom"),
        pytest.param(b'{"a": ' + NESTED + b"}", "64 levels", id="100 000 deep"),
        pytest.param(b'{"a":' * 64 + b"[]" + b"}" * 64, "64 levels", id="65 deep"),
        pytest.param(b"[" + b"[]," * 1_000_001 + b"[]]", "a million", id="many lists"),
    ],
)
def test_s06_bad_manifests_are_refused_precisely(tmp_path: Path, text: bytes, word: str) -> None:
    assert word in refusal(tmp_path / "m.fnnx", {"manifest.json": text}).detail


@pytest.mark.fault("S-06")
def test_s06_what_is_just_within_the_limits_passes(tmp_path: Path) -> None:
    text = b'{"n": [9223372036854775807, -9223372036854775808, 1.5], "a": ' + (
        b"[" * 63 + b"]" * 63 + b"}"
    )
    path = tmp_path / "m.fnnx"
    archive(path, {"manifest.json": text})
    assert read_contents(path).manifest["n"] == [2**63 - 1, -(2**63), 1.5]


@pytest.mark.fault("S-06")
def test_s06_long_keys_above_many_values_cost_no_memory(tmp_path: Path) -> None:
    text = b'{"%s": [%s]}' % (b"k" * 4_000_000, b",".join([b"1.5"] * 200_000))
    path = tmp_path / "m.fnnx"
    archive(path, {"manifest.json": text})
    started = time.perf_counter()
    read_contents(path)
    assert time.perf_counter() - started < 3


@pytest.mark.fault("S-06")
@pytest.mark.parametrize("name", ["meta.json", "meta-x.json"])
@pytest.mark.parametrize("text", [b"{}", b"nonsense", NESTED, b'[{"a":1,"a":2}]', b'["\\ud800"]'])
def test_s06_bad_metadata_is_refused_by_name(tmp_path: Path, name: str, text: bytes) -> None:
    error = refusal(tmp_path / "m.fnnx", MANIFEST | {name: text})
    assert name in error.detail


@pytest.mark.fault("S-06")
@pytest.mark.parametrize(
    ("patch", "word"),
    [
        ({}, "array"),
        ([1], "without a value"),
        ([{"op": "add", "path": "/a"}], "without a value"),
        ([{"op": "remove", "path": "/variant", "value": 1}], "other than add"),
        ([{"op": "move", "from": "/a", "path": "/b", "value": 1}], "other than add"),
        ([{"op": "add", "path": "", "value": {}}], "JSON pointer"),
        ([{"op": "add", "path": "a", "value": 1}], "JSON pointer"),
        ([{"op": "add", "path": "/~2", "value": 1}], "JSON pointer"),
        ([{"op": "add", "path": 3, "value": 1}], "JSON pointer"),
        ([{"op": "replace", "path": "/none", "value": 1}], "does not have"),
        ([{"op": "add", "path": "/none/x", "value": 1}], "does not have"),
        ([{"op": "add", "path": "/variant/x", "value": 1}], "does not have"),
        ([{"op": "add", "path": "/l", "value": []}, {"op": "add", "path": "/l/1", "value": 1}],
         "at a place"),
        ([{"op": "add", "path": "/l", "value": [1]}, {"op": "add", "path": "/l/00", "value": 1}],
         "at a place"),
        ([{"op": "add", "path": "/l", "value": [1]}, {"op": "replace", "path": "/l/-", "value": 1}],
         "at a place"),
        ([{"op": "add", "path": "/a", "value": 1}] * 10_001, "10000 operations"),
        ([{"op": "add", "path": "/a" * n, "value": {}} for n in range(1, 70)], "64 levels"),
    ],
)  # fmt: skip
def test_s06_bad_manifest_patches_are_refused(tmp_path: Path, patch: Any, word: str) -> None:
    data = MANIFEST | {"manifest-p.patch.json": json.dumps(patch).encode()}
    assert word in refusal(tmp_path / "m.fnnx", data).detail
