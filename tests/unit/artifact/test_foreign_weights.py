"""Weights as real programs write them, larger or odder than a maker of tests would think of."""

import contextlib
import io
import json
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given
from hypothesis import strategies as st
from support.artifacts import makers
from unit.artifact.test_foreign_gguf import gguf_of, tensor_of, text, texts

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.formats import numpy_file
from dfs_desktop.artifact.formats import tensors as tensor_table
from dfs_desktop.artifact.formats.tensors import Weights
from dfs_desktop.artifact.formats.weights import read_weights
from dfs_desktop.artifact.preflight import examine
from dfs_desktop.artifact.preview import preview_source

ONE = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}


def safetensors_of(header: Any, data: bytes = b"", length: int = 0) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    text = text.ljust(length, b" ")
    return struct.pack("<Q", len(text)) + text + data


def listed(data: bytes, name: str = "m.safetensors") -> Weights:
    return read_weights(BytesSource(data, name))


# safetensors


@pytest.mark.fault("RL-12")
def test_every_scalar_note_is_shown_as_text() -> None:
    notes = {"step": 3, "lr": 0.1, "who": "me", "best": True, "none": None, "seed": 2**70}
    found = listed(safetensors_of(ONE | {"__metadata__": notes}, bytes(8)))
    assert found.metadata == {"step": "3", "lr": "0.1", "who": "me", "best": "true",
                              "none": "null", "seed": str(2**70)}  # fmt: skip
    assert [each.name for each in found.tensors] == ["a"]


@pytest.mark.fault("RL-12")
@pytest.mark.parametrize(
    "notes",
    [
        b'{"x":"\\ud800"}', b'{"x":NaN}', b'{"x":-Infinity}', b"null", b"[1]", b'"text"', b"7",
        b'{"x":{"y":[1,{"z":[]}]},"k":"v"}', b'{"x":"\xff\xfe"}', b'{"x":"\\q"}', b"{}",
        b'{"x":' + b"[" * 90 + b"]" * 90 + b"}",
        b'{"x":"1","x":"2"}', b'{"x":' + b"9" * 6000 + b"}",
    ],
)  # fmt: skip
def test_odd_notes_never_hide_the_tensors(notes: bytes) -> None:
    header = b'{"__metadata__":' + notes + b"," + json.dumps(ONE)[1:].encode()
    found = listed(safetensors_of(header, bytes(8)))
    assert [(each.name, each.size) for each in found.tensors] == [("a", 8)]
    for value in found.metadata.values():
        value.encode()  # what is shown is Unicode


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        ),
    ),
    st.booleans(),
)
@pytest.mark.fault("RL-12")
def test_notes_of_any_json_leave_the_table_and_texts_are_the_same(
    notes: dict[str, Any], ascii_only: bool
) -> None:
    header = json.dumps(ONE | {"__metadata__": notes}, ensure_ascii=ascii_only)
    found = listed(safetensors_of(header.encode("utf-8", "surrogatepass"), bytes(8)))
    assert [each.name for each in found.tensors] == ["a"]
    texts = {key: value for key, value in notes.items() if isinstance(value, str)}
    assert texts.items() <= found.metadata.items()


def header_of(count: int) -> bytes:
    entries = (
        f'"layers.{n}.weight":{{"dtype":"U8","shape":[1],"data_offsets":[{n},{n + 1}]}}'
        for n in range(count)
    )
    return safetensors_of(f"{{{','.join(entries)}}}".encode(), bytes(count))


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
@example(18, b"\xde")  # in the name of a type
@pytest.mark.fault("RL-12")
def test_whatever_bytes_stand_in_a_header_it_is_read_or_refused_with_a_reason(
    at: int, foreign: bytes
) -> None:
    header = bytearray(json.dumps(ONE | {"__metadata__": {"by": "me"}}).encode())
    header[at : at + len(foreign)] = foreign
    with contextlib.suppress(ArtifactError):
        found = listed(safetensors_of(bytes(header), bytes(8)))
        assert found.tensors or found.remark


@pytest.mark.fault("RL-14")
def test_a_header_of_100_000_tensors_is_listed_within_seconds() -> None:
    data = header_of(100_000)
    start = time.process_time()
    found = listed(data)
    assert (len(found.tensors), found.remark) == (100_000, "")
    assert time.process_time() - start < 4  # half a one, on a machine that does nothing else


@pytest.mark.fault("RL-14")
def test_a_header_takes_memory_by_its_lines_only() -> None:
    data = header_of(20_000)
    tracemalloc.start()
    try:
        listed(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 700 * 20_000


@pytest.mark.fault("RL-14")
def test_more_tensors_than_are_listed_are_counted_and_not_called_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tensor_table, "MAX_TENSORS", 50)
    header = {f"t{n}": {"dtype": "U8", "shape": [1], "data_offsets": [n, n + 1]} for n in range(60)}
    found = listed(safetensors_of(header | {"__metadata__": {"a": "b"}}, bytes(60)))
    assert len(found.tensors) == 50
    assert found.remark.startswith("60 tensors: too many to list.")
    assert found.metadata == {"a": "b"}


@pytest.mark.fault("RL-14")
@pytest.mark.parametrize("length", [65_536, 4_194_312, 9_000_000])
def test_a_padded_header_costs_two_requests(length: int) -> None:
    source = CachedSource(BytesSource(safetensors_of(ONE, bytes(8), length), "m.safetensors"))
    assert len(read_weights(source).tensors) == 1
    assert source.requests <= 2


@pytest.mark.fault("RL-14")
@pytest.mark.parametrize(
    ("dtype", "shape", "size"),
    [
        ("F4", [2, 8], 8), ("F4", [3], 2), ("F6_E2M3", [4], 3), ("F6_E3M2", [5], 4),
        ("F8_E8M0", [8], 8), ("F8_E4M3FNUZ", [8], 8), ("C64", [2], 16), ("XX9", [8], 7),
        ("F32", [0, 5], 0), ("F32", [], 4), ("U8", [0, 2**64 - 1], 0),
    ],
)  # fmt: skip
def test_types_of_every_width_have_their_size(dtype: str, shape: list[int], size: int) -> None:
    header = {"a": {"dtype": dtype, "shape": shape, "data_offsets": [0, size], "extra": [1]}}
    (found,) = listed(safetensors_of(header, bytes(size))).tensors
    assert (found.dtype, found.shape, found.size) == (dtype, tuple(shape), size)


@pytest.mark.fault("RL-14")
def test_entries_that_are_no_tensors_are_left_out_and_told() -> None:
    found = listed(safetensors_of(ONE | {"format": "pt", "config": {"a": {"b": []}}}, bytes(8)))
    assert [each.name for each in found.tensors] == ["a"]
    assert found.remark == "2 of its entries are no tensors and are left out."
    twice = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},' * 2
    found = listed(safetensors_of(twice[:-1].replace(b",{", b",") + b"}", b"x"))
    assert len(found.tensors) == 1


@pytest.mark.fault("RL-14")
@pytest.mark.parametrize(
    "make",
    [
        lambda: b'{"a":' + b"[" * 1_000_000,
        lambda: b'{"a":[' + b"[]," * 500_000 + b"[]]}",
        lambda: b'{"a":"' + b'\\"' * 2_000_000,
        lambda: b'{"a":{' + b'"":' * 1_000_000,
        lambda: b"{" + b'"__metadata__":{"a":"b"},' * 50_000,
        lambda: b"{" + b",".join(b'"%d":1' % number for number in range(100_000)) + b"}",
    ],
)
def test_headers_built_to_hurt_end_within_seconds(make: Callable[[], bytes]) -> None:
    header = make()
    start = time.process_time()
    with pytest.raises(ArtifactError, match="cannot be read"):
        listed(safetensors_of(header))
    assert time.process_time() - start < 10


# npy and npz


@pytest.mark.fault("RL-13")
def test_an_npz_lists_its_first_arrays_and_says_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(numpy_file, "MAX_ARRAYS", 3)
    buffer = io.BytesIO()
    np.savez(buffer, **{f"a{n}": np.zeros(n) for n in range(5)})
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("note.txt", "x")
    found = listed(buffer.getvalue(), "w.npz")
    assert (len(found.tensors), found.remark[:28]) == (3, "5 arrays: too many to list. ")


@pytest.mark.fault("RL-13")
def test_one_odd_array_does_not_hide_the_others() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, good=np.zeros(4))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("odd.npy", b"no array at all")
    found = listed(buffer.getvalue(), "w.npz")
    assert [each.name for each in found.tensors] == ["good"]
    assert "1 of its arrays is left out" in found.remark


@pytest.mark.fault("RL-13")
def test_a_record_with_thousands_of_fields_is_listed() -> None:
    array = np.zeros(2, [(f"field_number_{n}", "f4") for n in range(4000)])
    (found,) = listed(makers.npy_bytes(array), "a.npy").tensors
    assert (found.dtype, found.size) == ("record", array.nbytes)


# What real writers write is never called damaged


@pytest.mark.fault("RL-13", "RL-14")
def test_nothing_that_real_writers_wrote_is_called_damaged() -> None:
    kinds = ["?", "i1", "u2", "<i4", ">f4", "f2", "f8", "c8", "c16", "M8[ns]", "U3", "S0", "V5"]
    arrays = {
        f"k{n}": np.zeros((2, 0, 3) if n % 2 else (2, 3), kind) for n, kind in enumerate(kinds)
    }
    arrays |= {"bf16": np.zeros(3, ml_dtypes.bfloat16), "f8": np.zeros(3, ml_dtypes.float8_e4m3fn)}
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        save(buffer, **arrays)  # type: ignore[arg-type]
        found = listed(buffer.getvalue(), "w.npz")
        assert (len(found.tensors), found.remark) == (len(arrays), "")
    plain = {"": np.zeros(2), 'ü\n"\\': np.zeros((), "i8"), "x" * 5000: np.zeros((0, 4), "f2")}
    data = safetensors.numpy.save(plain, {"config": json.dumps({"a": ["\\", '"', "ü"]}) * 50})
    found = listed(data)
    assert {each.name for each in found.tensors} == {name[:4096] for name in plain}
    assert found.metadata["config"] == (json.dumps({"a": ["\\", '"', "ü"]}) * 50)[:1000]
    files = {"w.safetensors": data, "big.safetensors": safetensors_of(ONE, bytes(8), 4_200_000)}
    path_of = makers.npz_bytes()
    assert preview_source(BytesSource(path_of, "w.npz")).kind == "weights"
    for name, content in files.items():
        assert preview_source(BytesSource(content, name)).kind == "weights"


@pytest.mark.fault("RL-14")
def test_preflight_never_calls_legal_weights_unreadable() -> None:
    many = {
        f"t{n}": {"dtype": "U8", "shape": [1], "data_offsets": [n, n + 1]} for n in range(60_000)
    }
    words = text("words") + struct.pack("<IIQ", 9, 8, 620_000) + texts("x" * 620_000)
    members: dict[str, bytes | str] = {
        "manifest.json": "{}",
        "notes.safetensors": safetensors_of(ONE | {"__metadata__": {"step": 3}}, bytes(8)),
        "padded.safetensors": safetensors_of(ONE, bytes(8), 4_200_000),
        "many.safetensors": safetensors_of(many, bytes(60_000)),
        "words.gguf": gguf_of([words], tensor_of("t", 0), 1),
    }
    data = makers.tar_of(members)
    artifact = OpenArtifact.walk(BytesSource(data, "m.fnnx"))
    assert [each for each in examine(artifact) if "eights" in each.title] == []
