"""GGUF as real programs write it: large vocabularies, odd settings, new types, either byte order."""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.formats import gguf as gguf_reader
from dfs_desktop.artifact.formats import tensors as tensor_table
from dfs_desktop.artifact.formats.tensors import Weights
from dfs_desktop.artifact.formats.weights import read_weights


def listed(data: bytes) -> Weights:
    return read_weights(BytesSource(data, "m.gguf"))


def text(value: str, order: str = "<", length: str = "Q") -> bytes:
    return struct.pack(order + length, len(value.encode())) + value.encode()


def texts(values: Iterable[str]) -> bytes:
    return b"".join(map(text, values))


def gguf_of(settings: list[bytes], tensors: bytes = b"", count: int = 0, data: int = 0) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, count, len(settings)) + b"".join(settings) + tensors
    return head + bytes(-len(head) % 32) + bytes(data)


def tensor_of(name: str, kind: int, place: int = 0, shape: tuple[int, ...] = (32, 4)) -> bytes:
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, place)


@pytest.mark.fault("RL-13")
def test_the_largest_vocabularies_of_today_are_walked_in_few_requests() -> None:
    words = (f"{number:06}" for number in range(300_000))
    merges = (f"{number:011}" for number in range(500_000))
    settings = [
        text("general.architecture") + struct.pack("<I", 8) + text("gpt-oss"),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 300_000) + texts(words),
        text("tokenizer.ggml.merges") + struct.pack("<IIQ", 9, 8, 500_000) + texts(merges),
    ]
    data = gguf_of(settings, tensor_of("t", 39), 1, 68)
    source = CachedSource(BytesSource(data, "m.gguf"))
    found = read_weights(source)
    assert [(each.name, each.dtype, each.size) for each in found.tensors] == [("t", "MXFP4", 68)]
    assert found.metadata["tokenizer.ggml.tokens"] == "300\u202f000 values"
    assert found.metadata["tokenizer.ggml.merges"] == "500\u202f000 values"
    assert (found.remark, source.requests) == ("", source.requests)
    assert source.requests < 14


@pytest.mark.fault("RL-13")
def test_nested_empty_and_long_settings_are_read() -> None:
    inner = struct.pack("<IQ", 8, 2) + texts("ab") + struct.pack("<IQ", 4, 0)
    settings = [
        text("nested") + struct.pack("<IIQ", 9, 9, 2) + inner,
        text("empty") + struct.pack("<IIQ", 9, 77, 0),
        text("numbers") + struct.pack("<IIQ3H", 9, 2, 3, 1, 2, 3),
        text("chat_template") + struct.pack("<I", 8) + text("x" * 3_000_000),
        text("k" * 70_000) + struct.pack("<IB", 7, 1),
    ]
    found = listed(gguf_of(settings, tensor_of("t", 0), 1))
    assert [each.name for each in found.tensors] == ["t"]
    assert list(found.metadata.values()) == [
        "2 values", "0 values", "3 values", "x" * 1000, "true"]  # fmt: skip


@pytest.mark.fault("RL-13")
def test_tensors_of_unknown_types_are_as_large_as_the_room_up_to_the_next() -> None:
    tensors = tensor_of("new", 99) + tensor_of("old", 0, 96) + tensor_of("last", 98, 608)
    found = listed(gguf_of([], tensors, 3, 608 + 50)).tensors
    assert [(each.dtype, each.size) for each in found] == [
        ("type 99", 96), ("F32", 512), ("type 98", 50)]  # fmt: skip


@pytest.mark.fault("RL-13")
def test_what_stands_behind_an_unknown_kind_is_told_and_the_rest_is_kept() -> None:
    settings = [
        text("known") + struct.pack("<II", 4, 5),
        text("future") + struct.pack("<IQ", 13, 5),
    ]
    found = listed(gguf_of(settings, tensor_of("t", 0), 1))
    assert (found.metadata, found.tensors) == ({"known": "5"}, ())
    assert "1 tensors and 2 settings" in found.remark
    assert "behind “future”" in found.remark
    assert "kind 13" in found.remark


@pytest.mark.fault("RL-13")
def test_beyond_a_limit_of_ours_nothing_is_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf_reader, "MAX_STRINGS", 10)
    monkeypatch.setattr(tensor_table, "MAX_TENSORS", 2)
    tensors = b"".join(tensor_of(f"t{n}", 0) for n in range(5))
    found = listed(gguf_of([], tensors, 5))
    assert (len(found.tensors), found.remark[:29]) == (2, "5 tensors: too many to list. ")
    words = text("words") + struct.pack("<IIQ", 9, 8, 11) + texts("x" * 11)
    found = listed(gguf_of([text("a") + struct.pack("<II", 4, 1), words], tensors, 5))
    assert found.metadata == {"a": "1"}
    assert "5 tensors" in found.remark
    assert "damaged" not in found.remark


@pytest.mark.fault("RL-13")
@pytest.mark.parametrize(("order", "version"), [(">", 3), ("<", 1), ("<", 2)])
def test_big_endian_and_early_versions_are_read(order: str, version: int) -> None:
    length = "I" if version == 1 else "Q"
    data = b"GGUF" + struct.pack(f"{order}I2{length}", version, 1, 1)
    data += text("a.name", order, length) + struct.pack(order + "I", 8) + text("me", order, length)
    data += text("t", order, length) + struct.pack(f"{order}I2{length}IQ", 2, 8, 4, 0, 0)
    found = listed(data)
    assert (found.metadata, found.tensors[0].shape) == ({"a.name": "me"}, (4, 8))


@pytest.mark.fault("RL-13")
def test_gguf_that_the_real_writer_wrote_is_listed(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    path = tmp_path / "m.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_chat_template("{{ messages }}" * 1000)
    writer.add_token_list([f"word{n}" for n in range(1000)])
    writer.add_array("nested", [[1, 2], [3, 4]])
    writer.add_custom_alignment(64)
    arrays = {"a": np.ones((3, 32), np.float32), "b": np.ones(7, np.float16)}
    for name, array in arrays.items():
        writer.add_tensor(name, array)
    for kind in (gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_0):
        packed = gguf.quants.quantize(arrays["a"], kind)
        writer.add_tensor(kind.name, packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    theirs = gguf.GGUFReader(path).tensors
    ours = listed(path.read_bytes())
    assert ours.remark == ""
    assert [(each.name, each.dtype, each.size) for each in ours.tensors] == [
        (each.name, each.tensor_type.name, int(each.n_bytes)) for each in theirs
    ]
