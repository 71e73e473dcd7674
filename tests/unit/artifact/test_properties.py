"""What holds for documents, archives and weights that nobody thought of, made by Hypothesis."""

import contextlib
import io
import json
import pickle
import tarfile
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from fnnx.dtypes import BUILTINS, DtypesManager
from fuzz import entry_points
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.archive.folder_tree import folders_of
from dfs_desktop.artifact.archive.tar_headers import BadHeaderError, parse_header
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.documents.sample_values import sample_request
from dfs_desktop.artifact.formats.weights import read_weights
from dfs_desktop.artifact.safety.pickle_imports import read_pickle
from dfs_desktop.artifact.safety.pickle_scan import FIRST

# The same examples every time: a search for new ones is what the fuzzer is for.
bounded = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

WORDS = ("name", "content_type", "dtype", "shape", "tags", "inputs", "outputs", "id", "op", "type",
         "nodes", "op_instance_id", "properties", "items", "$ref", "$defs", "anyOf", "enum",
         "python3::conda_pip", "dependencies", "package", "condition", "os", "producer_tags",
         "payload", "metrics", "variant", "path", "value", "extra_pip_args", "required")  # fmt: skip
VALUES = ("NDJSON", "JSON", "Array[float32]", "ext::a", "#/$defs/a", "object", "array", "pipeline",
          "pyfunc", "ONNX_v1", "add", "/inputs/-", "numpy==1", "a; os_name=='x'", "linux",
          makers.REGISTRY_METRICS)  # fmt: skip
ODD_TEXTS = ("\ud800", "a\udfff\ud800b", "\0", "\u202e", "9" * 30)
SCALARS = (
    st.none() | st.sampled_from([10**25, -(10**299), 10**500, float("nan"), *ODD_TEXTS])
    | st.booleans() | st.integers(-5, 2**63) | st.floats() | st.sampled_from(VALUES)
    | st.text(max_size=8)
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(WORDS + ODD_TEXTS) | st.text(max_size=4), inner, max_size=5
        )
        | inner.map(lambda value: nested(value, 70))
        | inner.map(lambda value: nested({"payload": value}, 20))
    ),
    max_leaves=25,
)


def nested(value: Any, depth: int) -> Any:
    """The value below so many lists and objects."""
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="/\\\0", exclude_categories=["Cs"]),
    min_size=1, max_size=40,
)  # fmt: skip
PATHS = st.lists(NAMES, min_size=1, max_size=8).map("/".join)


@bounded
@given(
    members=st.dictionaries(PATHS, st.binary(max_size=1500), min_size=1, max_size=8),
    style=st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
)
def test_every_member_of_every_archive_is_found_where_tarfile_finds_it(
    members: dict[str, bytes], style: int
) -> None:
    assume(not any(part in (".", "..") for name in members for part in name.split("/")))
    assume(not any(name[1:2] == ":" for name in members))
    data = makers.tar_of(dict(members), format=style)
    artifact = OpenArtifact.walk(BytesSource(data, "a.tar"))
    assert {name: tuple(each[1:]) for name, each in artifact.index.items()} == (
        makers.index_of(data)
    )
    assert {name: artifact.read(name) for name in members} == members
    assert folders_of(artifact.members()).count == len(members)


@bounded
@given(
    st.binary(min_size=512, max_size=512),
    st.integers(0, 8**11 - 1),
    st.booleans(),
    st.sampled_from([1, -1, 0xFFF1, -0xFFF1]),
)
@example(b"\xff" * 512, 0, False, 0xFFF1)
@example(b"\xff" * 512, 0, False, -0xFFF1)
def test_a_header_is_read_by_its_own_checksum_and_by_no_other(
    noise: bytes, size: int, signed: bool, wrong: int
) -> None:
    block = noise[:124] + b"%011o\0" % size + noise[136:148] + b" " * 8 + noise[156:]
    sums = sum(block), sum(block) - 256 * sum(byte > 127 for byte in block)
    stored = sums[signed]
    assume(stored >= 0)
    found = parse_header(block[:148] + b"%06o\0 " % stored + block[156:])
    assert found.size == size
    assert found.name.endswith(block[:100].split(b"\0")[0])
    assume(stored + wrong >= 0 and stored + wrong not in sums)
    with pytest.raises(BadHeaderError):
        parse_header(block[:148] + b"%06o\0 " % (stored + wrong) + block[156:])


@pytest.mark.fault("RL-11")
@bounded
@given(st.dictionaries(st.sampled_from(entry_points.DOCUMENTS), JSON))
def test_no_document_breaks_the_reader(documents: dict[str, Any]) -> None:
    given_ones = [json.dumps(documents.get(name, {})).encode() for name in entry_points.DOCUMENTS]
    entry_points.documents(b"\0".join(given_ones))


@bounded
@given(st.dictionaries(st.text(max_size=10), JSON, max_size=8))
def test_no_index_of_a_registry_breaks_the_reader(index: dict[str, Any]) -> None:
    entry_points.record(json.dumps(index).encode())


@bounded
@given(
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 9000)), max_size=20), st.booleans()
)
def test_a_cached_source_gives_the_bytes_and_reads_no_more_than_it_may(
    spans: list[tuple[int, int]], prepare: bool
) -> None:
    data = np.random.default_rng(3).bytes(50_000)
    cached = CachedSource(BytesSource(data, "x"), block=1000, keep=100_000)
    if prepare:
        cached.prepare(spans)
        asked = sum(length for _, length in spans)
        assert cached.fetched <= asked + 1000 * max(cached.requests, 1)
    for offset, length in spans:
        before = cached.fetched
        assert cached.read(offset, length) == data[offset : offset + length]
        assert cached.fetched - before <= length + 1000


SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
DTYPES = st.sampled_from(["float16", "float32", "float64", "int8", "int64", "uint16", "bool"])


@bounded
@given(st.dictionaries(st.text(min_size=1, max_size=10), st.tuples(SHAPES, DTYPES), max_size=6))
def test_every_table_of_tensors_is_the_one_that_was_written(tensors: dict[str, Any]) -> None:
    assume("__metadata__" not in tensors)
    arrays = {name: np.zeros(shape, dtype) for name, (shape, dtype) in tensors.items()}
    found = read_weights(BytesSource(safetensors.numpy.save(arrays), "w.safetensors"))
    assert {each.name: (each.shape, each.size) for each in found.tensors} == {
        name: (array.shape, array.nbytes) for name, array in arrays.items()
    }
    for array in arrays.values():
        buffer = io.BytesIO()
        np.save(buffer, array)
        (each,) = read_weights(BytesSource(buffer.getvalue(), "w.npy")).tensors
        assert (each.shape, each.dtype, each.size) == (array.shape, str(array.dtype), array.nbytes)


PICKLED = st.recursive(
    SCALARS | st.binary(max_size=300) | st.sampled_from([len, print, np.dtype, OSError, st.text])
    | st.complex_numbers() | st.fractions() | st.decimals() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@bounded
@given(PICKLED, st.integers(0, pickle.HIGHEST_PROTOCOL))
@example(0.5, 1)
@example("a text", 1)
@example((), 1)
def test_the_imports_of_every_pickle_are_those_that_loading_looks_up(
    value: Any, protocol: int
) -> None:
    data = pickle.dumps(value, protocol)
    asked: set[tuple[str, str]] = set()

    class Watched(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            asked.add((module, name))
            return super().find_class(module, name)

    Watched(io.BytesIO(data)).load()
    facts = read_pickle(BytesSource(data, "x.pkl"))
    assert facts is not None
    assert {(each.module, each.name) for each in facts.imports} == asked
    assert facts.complete
    # Without the opcode that tells the protocol, in a file whose name raw weights have too.
    bare = read_pickle(BytesSource(data[2:] if protocol > 1 else data, "x.bin"))
    assert {(each.module, each.name) for each in bare.imports} == asked if bare else not asked


@bounded
@given(
    st.sampled_from(sorted(FIRST - {b"\x80"})),
    st.binary(max_size=2000),
    st.sampled_from(["pt", "bin"]),
)
def test_bytes_that_loading_refuses_at_once_are_no_pickle(
    first: bytes, rest: bytes, kind: str
) -> None:
    class Refusing(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            raise LookupError

    data = first + rest
    try:
        Refusing(io.BytesIO(data)).load()
    except LookupError:
        assume(False)
    except Exception:  # noqa: BLE001  an unpickler fails with any
        assert read_pickle(BytesSource(data, f"x.{kind}")) is None


LEAVES = st.sampled_from(
    [{"type": kind} for kind in ("string", "integer", "number", "boolean", "null")]
    + [{"enum": ["a", 1]}, {"const": None}, {"type": "integer", "minimum": 2}]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: (
        st.fixed_dictionaries({"type": st.just("array"), "items": inner})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)})
        | st.dictionaries(st.sampled_from("abc"), inner, min_size=1, max_size=3).map(
            lambda parts: {"type": "object", "properties": parts, "required": sorted(parts)}
        )
    ),
    max_leaves=12,
)


@bounded
@given(st.dictionaries(st.sampled_from("abc"), SCHEMAS, min_size=1, max_size=3))
def test_every_example_satisfies_its_schema(parts: dict[str, Any]) -> None:
    dtypes = {"ext::q": {"type": "object", "properties": parts, "required": sorted(parts)}}
    manifest = {"inputs": [{"name": "q", "content_type": "JSON", "dtype": "ext::q"}]}
    body = sample_request(read_interface(manifest, dtypes), dtypes)
    DtypesManager(dtypes, BUILTINS).validate_dtype("ext::q", body["inputs"]["q"])


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What the fuzzer starts from, a choice of it."""
    folder = tmp_path_factory.mktemp("seeds")
    return [
        b"\0" + makers.make_pipeline(folder / "p.fnnx").read_bytes(),
        b"\2" + safetensors.numpy.save(makers.WEIGHTS),
        b"\2" + makers.npz_bytes(),
        b"\2" + makers.gguf_bytes({"a": ([4, 32], 2)}, ["a", "b"]),
        b"\3" + pickle.dumps({"a": [1, (2.5, "x")], "f": len, "n": np.zeros(2)}),
        b"\4" + makers.zip_of({"index.html": makers.PAGE}),
        b"\5" + makers.experiment_database(folder / "e.db", steps=2),
        b"\6" + b"a,b\n1,2\n",
    ]


@settings(bounded)
@given(data=st.data())
def test_no_damage_breaks_the_reader(seeds: list[bytes], data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(seeds)))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(1, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=8))
    with contextlib.suppress(ArtifactError):
        entry_points.read(bytes(damaged))
