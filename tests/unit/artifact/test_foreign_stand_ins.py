"""Files that came in part, or in place of the model: called what they are, with what was read."""

import bz2
import gzip
import io
import json
import pickle
import zipfile
from pathlib import Path

import pytest
import safetensors.numpy
from support.artifacts.makers import WEIGHTS, gguf_bytes, npy_bytes, pipeline_members, tar_of

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.formats.weights import read_weights
from dfs_desktop.artifact.preflight import preflight

STAND_INS = [
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n", "git lfs pull"),
    (b"/annex/objects/SHA256E-s3--ab.gguf\n", "git annex get"),
    (b"\xef\xbb\xbf\n <!DOCTYPE HTML><html><body>Sign in</body></html>", "a web page"),
    (
        b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
        "error message of a storage",
    ),
]


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize(("start", "words"), STAND_INS)
@pytest.mark.parametrize("name", ["m.safetensors", "m.gguf", "m.npz", "m.npy"])
def test_what_lies_in_the_place_of_weights_is_called_what_it_is(
    name: str, start: bytes, words: str
) -> None:
    with pytest.raises(ArtifactError, match=words) as caught:
        read_weights(BytesSource(start, name))
    assert "damaged" not in str(caught.value)


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize(("start", "words"), STAND_INS)
def test_what_lies_in_the_place_of_an_artifact_is_called_what_it_is(
    tmp_path: Path, start: bytes, words: str
) -> None:
    path = tmp_path / "model.fnnx"
    path.write_bytes(start)
    with pytest.raises(ArtifactError, match=words):
        OpenArtifact.local(path)


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize("data", [b"", bytes(5000)])
@pytest.mark.parametrize("name", ["m.safetensors", "m.gguf", "m.npz", "m.npy"])
def test_nothing_and_zeros_are_called_so(name: str, data: bytes) -> None:
    with pytest.raises(ArtifactError, match="nothing but zeros" if data else "is empty"):
        read_weights(BytesSource(data, name))


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("m.safetensors", safetensors.numpy.save(WEIGHTS)),
        ("m.gguf", gguf_bytes({"a": ([4], 0), "b": ([64], 0)}, ["x"]) + bytes(400)),
        ("m.npy", npy_bytes(WEIGHTS["embedding"])),
    ],
)
def test_the_table_of_a_file_that_was_cut_off_is_shown_and_what_is_missing_is_told(
    tmp_path: Path, name: str, data: bytes
) -> None:
    whole = read_weights(BytesSource(data, name))
    assert not whole.cut_off
    cut = data[: len(data) - whole.size // 2 - 130 * (name == "m.gguf")]
    part = read_weights(BytesSource(cut, name))
    assert part.tensors == whole.tensors
    assert part.cut_off
    assert part.remark.startswith("The file ends ")
    tar_of({**pipeline_members(), name: cut}, tmp_path / "m.fnnx")
    found = [each for each in preflight(tmp_path / "m.fnnx") if "is cut off" in each.title]
    assert [each.level for each in found] == ["warning"]


@pytest.mark.fault("RL-18")
def test_companions_are_no_arrays() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", npy_bytes(WEIGHTS["bias"]))
        archive.writestr("__MACOSX/._a.npy", b"\0\5\x16\7")
    found = read_weights(BytesSource(buffer.getvalue(), "w.npz"))
    assert ([each.name for each in found.tensors], found.remark) == (["a"], "")


def torch_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}))
        archive.writestr("archive/version", "3\n")
    return buffer.getvalue()


OTHERS = [
    (torch_zip(), "a zip archive, as torch.save"),
    (pickle.dumps({"a": [1]}, 2), "a pickle"),
    (pickle.dumps({"a": [1] * 99}, 5), "a pickle"),
    (b"\x89HDF\r\n\x1a\n" + bytes(900), "an HDF5 file"),
    (gzip.compress(b"x" * 900), "packed with gzip"),
    (bz2.compress(b"x" * 900), "packed with bzip2"),
    (json.dumps({"metadata": {}, "weight_map": {}}, indent=2).encode(), "a JSON document"),
    (tar_of({"a": b"x"}), "a tar archive"),
    (b"tjgg" + bytes(900), "the format before GGUF"),
    (b"1.0 2.0\n3.0 4.0\n", "whatever its name says"),
    (b"abc", "whatever its name says"),
]


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize(("data", "words"), OTHERS)
@pytest.mark.parametrize("name", ["m.safetensors", "m.gguf", "m.npz", "m.npy"])
def test_a_file_of_another_format_is_called_what_it_is(name: str, data: bytes, words: str) -> None:
    with pytest.raises(ArtifactError, match=words) as caught:
        read_weights(BytesSource(data, name))
    assert "damaged" not in str(caught.value)


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize("name", ["m.safetensors", "m.gguf", "m.npz", "m.npy"])
def test_weights_under_the_name_of_another_format_are_listed(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", npy_bytes(WEIGHTS["bias"]))
    files = [
        safetensors.numpy.save({"a": WEIGHTS["bias"]}),
        npy_bytes(WEIGHTS["bias"]),
        gguf_bytes({"a": ([4], 0)}, ["x"]),
        buffer.getvalue(),
    ]
    assert [len(read_weights(BytesSource(each, name)).tensors) for each in files] == [1] * 4


@pytest.mark.fault("RL-13")
def test_an_npz_of_more_arrays_than_are_listed_is_listed_and_counted() -> None:
    buffer = io.BytesIO()
    data = npy_bytes(WEIGHTS["bias"])
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(21_000):
            archive.writestr(f"layer_{number}/kernel.npy", data)
    found = read_weights(BytesSource(buffer.getvalue(), "w.npz"))
    assert len(found.tensors) == 2000
    assert found.remark.startswith("21\u202f000 arrays: too many to list.")
