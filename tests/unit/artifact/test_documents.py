"""JSON documents built to hurt (S-06): refused in a sentence that names the place."""

import io
import json
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError, read_contents
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.preflight import preflight


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
    started = time.process_time()
    read_contents(path)
    assert time.process_time() - started < 3


@pytest.mark.fault("S-06")
@pytest.mark.parametrize("name", ["meta.json", "meta-x.json"])
@pytest.mark.parametrize("text", [b"", b"nonsense", b"[", b"[" + b"[]," * 1_000_001 + b"[]]"])
def test_s06_bad_metadata_is_refused_by_name(tmp_path: Path, name: str, text: bytes) -> None:
    error = refusal(tmp_path / "m.fnnx", MANIFEST | {name: text})
    assert name in error.detail


METRICS = {"producer_tags": [makers.REGISTRY_METRICS], "payload": {"metrics": {"a": 0.5}}}
ODD = {
    "object": b"{}",
    "number": b"7",
    "deep": NESTED,
    "deep entry": b"[" + NESTED + b", %s]" % json.dumps(METRICS).encode(),
    "80 levels": b'[{"payload": ' + b'{"a":' * 80 + b"1" + b"}" * 80 + b"}]",
    "twice": b'[{"a":1,"a":2}]',
    "half a character": b'["\\ud800", {"\\udfff": "\\ud800"}]',
    "not a number": b"[NaN, -Infinity, 1e999]",
    "many digits": b"[" + b"9" * 10_000 + b", 18446744073709551616]",
    "brackets in a text": b'["' + b"[" * 1_100_000 + b'"]',
    "entries of every kind": b'[1, null, "x", [], {}, {"producer_tags": 3, "payload": 4}]',
    "legacy": '["Größe"]'.encode("cp1252"),
}


@pytest.mark.fault("RL-11")
@pytest.mark.parametrize("odd", sorted(ODD))
def test_what_is_not_sent_may_be_any_json_and_hides_nothing(tmp_path: Path, odd: str) -> None:
    documents = MANIFEST | {"meta.json": json.dumps([METRICS]).encode(), "meta-b.json": ODD[odd]}
    path = tmp_path / "m.fnnx"
    archive(path, documents | {"ops.json": b"[]", "variant_config.json": b"{}"})
    assert read_contents(path).metrics == {"a": 0.5}
    with OpenArtifact.local(path) as opened:
        shown = opened.metadata()
        assert shown[0].payload == METRICS["payload"]
        json.dumps([each.payload for each in shown]).encode()  # shallow enough, and all Unicode
    assert all(each.level != "error" for each in preflight(path) if "meta" in each.remedy)


@pytest.mark.fault("RL-11")
def test_a_tree_in_one_entry_is_cut_off_and_the_next_entry_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "m.fnnx"
    archive(path, MANIFEST | {"meta.json": ODD["deep entry"]})
    assert read_contents(path).metrics == {"a": 0.5}
    with OpenArtifact.local(path) as opened:
        assert "nested too deep" in json.dumps(opened.metadata()[0].payload)


@pytest.mark.fault("RL-11")
@pytest.mark.parametrize("value", [b"NaN", b"9223372036854775808", b'"\\ud800"', NESTED])
def test_a_manifest_that_no_registry_takes_is_shown_and_not_sent(
    tmp_path: Path, value: bytes
) -> None:
    path = tmp_path / "m.fnnx"
    error = refusal(path, {"manifest.json": b'{"name": "x", "a": ' + value + b"}"})
    with OpenArtifact.local(path) as opened:
        assert opened.manifest().value["name"] == "x"
    (found,) = [each for each in preflight(path) if each.remedy == error.detail]
    assert (found.level, found.overridable) == ("error", False)


@pytest.mark.fault("RL-10")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize(
    "name", ["manifest.json", "meta.json", "meta-x.json", "manifest-a.patch.json", "env.json",
             "ops.json", "dtypes.json", "variant_config.json"],
)  # fmt: skip
def test_documents_in_any_unicode_encoding_are_sent_as_in_utf_8(
    tmp_path: Path, name: str, encoding: str
) -> None:
    texts = {
        "manifest.json": '{"variant": "pyfunc", "name": "Größe"}',
        "meta.json": json.dumps([METRICS]), "meta-x.json": "[]", "env.json": "{}", "ops.json": "[]",
        "manifest-a.patch.json": '[{"op": "add", "path": "/version", "value": "漢"}]',
        "dtypes.json": "{}", "variant_config.json": "{}",
    }  # fmt: skip
    plain, other = tmp_path / "plain.fnnx", tmp_path / "other.fnnx"
    documents = {each: text.encode() for each, text in texts.items()}
    archive(plain, documents)
    archive(other, documents | {name: texts[name].encode(encoding)})
    first, second = read_contents(plain), read_contents(other)
    assert (second.manifest, second.metrics) == (first.manifest, first.metrics)
    assert second.manifest["version"] == "漢"
    assert preflight(other) == preflight(plain)


@pytest.mark.fault("RL-10")
def test_a_manifest_in_the_encoding_of_a_country_is_shown_as_a_guess_and_not_sent(
    tmp_path: Path,
) -> None:
    path = tmp_path / "m.fnnx"
    error = refusal(path, {"manifest.json": '{"name": "Größe"}'.encode("cp1252")})
    assert "UTF-8" in error.detail
    with OpenArtifact.local(path) as opened:
        assert opened.manifest().value == {"name": "Größe"}
        (finding,) = opened.findings()
    assert "guess" in finding.remedy


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
