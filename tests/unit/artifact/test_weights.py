"""Tables of tensors: what numpy and safetensors wrote is what we list, from the headers alone."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.formats.weights import has_weights, read_weights

NAMES = {"F32": "float32", "I64": "int64", "BOOL": "bool", "F16": "float16"}


def test_safetensors_lists_what_the_library_wrote(tmp_path: Path) -> None:
    data = safetensors.numpy.save(makers.WEIGHTS, {"format": "np"})
    found = read_weights(BytesSource(data, "model.safetensors"))
    (tmp_path / "w").write_bytes(data)
    with safetensors.safe_open(tmp_path / "w", "np") as library:
        assert found.metadata == library.metadata()
        assert {each.name for each in found.tensors} == set(library.keys())
    for each in found.tensors:
        array = makers.WEIGHTS[each.name]
        assert (NAMES[each.dtype], each.shape, each.size) == (
            str(array.dtype), array.shape, array.nbytes)  # fmt: skip
    assert found.parameters == sum(array.size for array in makers.WEIGHTS.values())


@pytest.mark.parametrize("packed", [True, False])
def test_npz_lists_what_numpy_wrote(packed: bool) -> None:
    found = read_weights(BytesSource(makers.npz_bytes(packed=packed), "w.npz"))
    assert [each.name for each in found.tensors] == list(makers.WEIGHTS)
    for each in found.tensors:
        array = makers.WEIGHTS[each.name]
        assert (each.dtype, each.shape, each.size) == (
            str(array.dtype), array.shape, array.nbytes)  # fmt: skip


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.zeros((2, 3), "<f4"), "float32"),
        (np.zeros((2, 3), ">f8", order="F"), "float64"),
        (np.array(5, "u1"), "uint8"),
        (np.zeros(3, "c16"), "complex128"),
        (np.array(["ab", "cde"]), "string3"),
        (np.array([b"ab"]), "bytes2"),
        (np.zeros(2, "M8[ms]"), "datetime64[ms]"),
        (np.zeros(2, ">m8[25s]"), "timedelta64[25s]"),
        (np.zeros(2, [("x", "f4"), ("y", "i8")]), "record"),
        (np.zeros((0, 7), "?"), "bool"),
    ],
)
def test_npy_headers_of_many_kinds(array: Any, dtype: str) -> None:
    (found,) = read_weights(BytesSource(makers.npy_bytes(array), "a.npy")).tensors
    assert (found.dtype, found.shape, found.size) == (dtype, array.shape, array.nbytes)


def test_gguf_lists_settings_and_quantized_tensors() -> None:
    words = [f"word{number}" for number in range(5000)]
    tensors = {"blk.0.q": ([256, 8], 12), "norm": ([256], 0), "new": ([32], 99)}
    data = makers.gguf_bytes(tensors, words)
    found = read_weights(BytesSource(data, "model.bin"))
    assert [(each.name, each.dtype, each.shape, each.size) for each in found.tensors] == [
        ("blk.0.q", "Q4_K", (8, 256), 8 * 144),
        ("norm", "F32", (256,), 1024),
        ("new", "type 99", (32,), 0),
    ]
    assert found.metadata == {
        "general.architecture": "llama", "llama.context_length": "4096", "rope.base": "10\u202f000",
        "tokenizer.add_bos": "true", "tokenizer.tokens": "5000 values",
        "tokenizer.scores": "5000 values"}  # fmt: skip


class Huge:
    """Ten gibibytes of weights behind a header, of which only the header exists."""

    name = "huge.safetensors"

    def __init__(self) -> None:
        side = 2**16
        header = {f"layer.{number}": {"dtype": "U8", "shape": [side, side],
                                      "data_offsets": [number * side**2, (number + 1) * side**2]}
                  for number in range(3)}  # fmt: skip
        text = json.dumps(header).encode()
        self.head = struct.pack("<Q", len(text)) + text
        self.size = len(self.head) + 3 * side**2

    def read(self, offset: int, length: int) -> bytes:
        return self.head[offset : offset + length].ljust(length, b"\0")


def test_ten_gigabytes_far_away_cost_one_small_request() -> None:
    cached = CachedSource(Huge())
    found = read_weights(cached)
    assert found.size == found.parameters == 3 * 2**32
    assert cached.requests == 1
    assert cached.fetched < 70_000


def test_weights_are_found_inside_an_artifact(tmp_path: Path) -> None:
    with OpenArtifact.local(makers.make_pyfunc(tmp_path / "a.luml")) as artifact:
        names = [each.name for each in artifact.members() if has_weights(each.name)]
        assert [Path(name).name for name in names] == ["w.npz", "w.safetensors"]
        assert {read_weights(artifact.slice(name)).parameters for name in names} == {16}
        with pytest.raises(ArtifactError, match="neither safetensors"):
            read_weights(artifact.slice("manifest.json"))


def safetensors_of(header: Any, body: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def tensor(**changed: Any) -> dict[str, Any]:
    return {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changed}


BODY = bytes(8)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.safetensors", b"abc", "no safetensors"),
        ("a.safetensors", safetensors_of({}, length=2**63), "no safetensors file"),
        ("a.safetensors", safetensors_of(b"[" * 100_000), "no safetensors file"),
        ("a.safetensors", safetensors_of([1]), "no safetensors file"),
        ("a.safetensors", safetensors_of({"a": 5}), "without type"),
        ("a.safetensors", safetensors_of(tensor(shape=[-2]), BODY), "without type"),
        ("a.safetensors", safetensors_of(tensor(shape=[True, 2]), BODY), "without type"),
        ("a.safetensors", safetensors_of(tensor(data_offsets=[0]), BODY), "without type"),
        ("a.safetensors", safetensors_of(tensor(data_offsets=[8, 0]), BODY), "do not fit"),
        ("a.safetensors", safetensors_of(tensor(data_offsets=[0, 16]), BODY), "do not fit"),
        ("a.safetensors", safetensors_of(tensor(shape=[3]), BODY), "do not fit"),
        ("a.safetensors", safetensors_of(tensor(shape=[2**62, 2**62]), BODY), "do not fit"),
        ("a.safetensors", safetensors_of(b'{"a": ' + b"[" * 100_000), "nested"),
        ("a.safetensors", safetensors_of(b'{"a": 1, "b'), "not valid JSON"),
        ("a.npy", b"\x93NUMPY\x09\x00" + bytes(10), "no npy"),
        ("a.npy", b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31) + b"{}", "longer than the file"),
        ("a.npy", b"\x93NUMPY\x01\x00\x02\x00{}" + bytes(9), "no type or shape"),
        ("a.npz", b"PK\x05\x06", "no whole zip"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQ", 9, 0, 0), "version 9"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2**63, 0), "more tensors"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + bytes(16), "ends before"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQQ", 3, 1, 0, 2**40) + bytes(9), "ends before"),
        (
            "a.gguf",
            b"GGUF" + struct.pack("<IQQQIIIQ", 3, 0, 1, 0, 9, 8, 8, 2**40),
            "longer than the file",
        ),
    ],
)
def test_headers_built_to_hurt_are_refused(name: str, data: bytes, word: str) -> None:
    with pytest.raises(ArtifactError, match=word):
        read_weights(BytesSource(data, name))
