"""What pickles ask for, without loading one; and the facts that a person should know before."""

import bz2
import collections
import fractions
import functools
import gzip
import io
import lzma
import os
import pickle
import struct
import subprocess
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.safety.code_risks import facts_of
from dfs_desktop.artifact.safety.pickle_imports import read_pickle
from dfs_desktop.artifact.safety.pickle_scan import FIRST


class Evil:
    """Would make a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch '{self.mark}'",)


def imports(data: bytes, name: str = "x.pkl") -> set[tuple[str, str]]:
    facts = read_pickle(BytesSource(data, name))
    assert facts is not None
    return {(each.module, each.name) for each in facts.imports}


VALUES: list[Any] = [
    collections.OrderedDict(a=1),
    {"f": fractions.Fraction(1, 3), "d": collections.deque([1, 2])},
    [np.arange(5), np.float32(1.5), np.dtype("f8")],
    [subprocess.run, functools.partial(print, 1), len],
    {"long": 2**4000, "bytes": b"x" * 100_000, "text": "ü" * 70_000, "none": None},
    (1, 2, (3, (4,)), [[]], {}, set(), frozenset([1]), bytearray(b"x")),
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_names_are_those_that_loading_would_look_up(value: Any, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    asked: set[tuple[str, str]] = set()

    class Watched(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            asked.add((module, name))
            return super().find_class(module, name)

    Watched(io.BytesIO(data)).load()
    assert imports(data) == asked
    facts = read_pickle(BytesSource(data, "x.pkl"))
    assert facts is not None
    assert facts.complete


def test_nothing_is_ever_run(tmp_path: Path) -> None:
    mark = tmp_path / "run"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(Evil(mark), protocol)
        facts = read_pickle(BytesSource(data, "x.pkl"))
        assert facts is not None
        (found,) = facts.imports
        assert (found.module, found.name, found.weight) == (
            os.system.__module__,
            "system",
            "runs code",
        )
    assert not mark.exists()


def test_names_that_are_hidden_in_the_memo_or_by_tricks_are_found() -> None:
    memo = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93."
    assert imports(memo) == {("os", "system")}
    twice = b"\x80\x04\x8c\x02os2\x8c\x06system\x93."
    assert imports(twice) == {("os", "system")}
    popped = b"\x80\x04\x8c\x02os\x8c\x01x0\x8c\x06system\x93."
    assert imports(popped) == {("os", "system")}
    marked = b"\x80\x04\x8c\x02os(K\x01K\x021\x8c\x06system\x93."
    assert imports(marked) == {("os", "system")}
    escaped = b"\x80\x04S'\\x6fs'\nV\\u0073ystem\n\x93."
    assert imports(escaped) == {("os", "system")}
    assert imports(b"(ios\nsystem\n.") == {("os", "system")}
    computed = b"\x80\x04\x8c\x02os\x8c\x06system\x85\x93."
    assert imports(computed) == {("", "a name that it computes")}
    assert imports(b"\x80\x02\x82\x07.") == {("", "extension 7")}
    for data in (memo, popped, marked, escaped):
        assert pickle.loads(data) is os.system or os.system.__module__ == "nt"


@pytest.mark.parametrize(
    "first",
    [pickle.dumps(value, protocol)[2 * (protocol > 1) : -1] for value in (0.5, "a", (), b"b", 2**70)
     for protocol in (0, 1, 3, 4)],
)  # fmt: skip
def test_a_stream_that_does_not_tell_its_protocol_may_begin_with_any_value(first: bytes) -> None:
    data = first + b"0cos\nsystem\n."
    assert pickle.loads(data) is os.system
    assert imports(data) >= {("os", "system")}


BARE = {
    "a global": b"cos\nsystem\n(S'true'\ntR.",
    "an instance": b"(S'true'\nios\nsystem\n.",
    "an object": b"(cos\nsystem\nX\x04\x00\x00\x00trueo.",
    "a first value": b"I1\n0K\x05q\x00h\x000(0cos\nsystem\n(S'true'\ntR.",
    "an old protocol that is told": b"\x80\x00cos\nsystem\n(S'true'\ntR.",
    "raw data behind it": b"cos\nsystem\n(S'true'\ntR" + bytes(range(256)) * 40,
    "streams before it": b"L119547037146038801333356L\n.I1001\n.(dp0\n.cos\nsystem\n(S'x'\ntR.",
    "a long argument before it": b"B"
    + struct.pack("<I", 2**20)
    + bytes(2**20)
    + b"0cos\nsystem\n.",
    "more opcodes than are tried": b"N0" * 5_001 + b"cos\nsystem\n(S'true'\ntR.",
    "a long number": b"I" + b"0" * 5000 + b"1\n0cos\nsystem\n.",
}


@pytest.mark.parametrize("kind", BARE)
def test_a_pickle_that_does_not_tell_its_protocol_is_seen_whatever_its_name(kind: str) -> None:
    for suffix in ("bin", "pt", "pth", "ckpt", "joblib", "pkl"):
        assert ("os", "system") in imports(BARE[kind], f"x.{suffix}")
    assert ("os", "system") in imports(gzip.compress(BARE[kind]), "x.bin")


def test_raw_weights_and_texts_are_no_pickles_whatever_their_first_byte() -> None:
    random = np.random.default_rng(1)
    texts = [b"In the beginning\nwas a word.\n", b"None of it", b"Vocabulary\nand\nmore\n",
             b"config\nsettings\nand words.\n", b"cat dog\nowl\n.", b"]", b"(" * 40, b""]  # fmt: skip
    blobs = list(texts)
    firsts = sorted(FIRST - {b"\x80"})  # which would tell a protocol
    for kind in ("f2", "f4", "f8", "i1", "u1", "i4"):
        for _ in range(8):
            numbers = random.normal(0, 40 if kind[0] != "f" else 0.05, 20_000)
            blobs += [first + numbers.astype(kind).tobytes() for first in firsts]
    blobs += [first * 3000 for first in firsts]
    for blob in blobs:
        assert read_pickle(BytesSource(blob, "pytorch_model.bin")) is None, blob[:40]


@pytest.mark.parametrize(
    ("module", "name", "weight"),
    [
        ("builtins", "eval", "runs code"),
        ("__builtin__", "getattr", "runs code"),
        ("builtins", "set", "named"),
        ("os.path", "join", "runs code"),
        ("numpy.core.multiarray", "_reconstruct", "named"),
        ("numpy.f2py.crackfortran", "getlincoef", "runs code"),
        ("mymodule", "os.system", "runs code"),
        ("mymodule", "Outer.Inner", "named"),
        ("operator", "attrgetter", "runs code"),
        ("sklearn.linear_model._base", "LinearRegression", "named"),
    ],
)
def test_names_that_can_run_code_are_marked(module: str, name: str, weight: str) -> None:
    text = b"\x80\x04" + f"c{module}\n{name}\n.".encode()
    facts = read_pickle(BytesSource(text, "x.pkl"))
    assert facts is not None
    assert [each.weight for each in facts.imports] == [weight]


def test_streams_after_the_first_and_raw_arrays_between_are_seen() -> None:
    first, second = pickle.dumps([1], 2), pickle.dumps(subprocess.run, 4)
    assert imports(first + second) == {("subprocess", "run")}
    old = first + pickle.dumps(subprocess.run, 0).replace(b"commands", b"subprocess") + b"\0raw"
    assert ("subprocess", "run") in imports(old)
    # joblib writes the bytes of arrays between the opcodes.
    raw = b"\x80\x04" + b"cnumpy\nndarray\n" + b"\xff" * 1000 + b"cposix\nsystem\n" + b"."
    facts = read_pickle(BytesSource(raw, "x.joblib"))
    assert facts is not None
    assert not facts.complete
    assert {(each.module, each.name) for each in facts.imports} >= {("posix", "system")}


@pytest.mark.parametrize(
    "array",
    [np.arange(1000, dtype="f8"), np.zeros((3, 70), "i4"), np.array(["a", "bcd"]),
     np.zeros(5, [("x", "f4"), ("y", "i8")]), np.zeros((0, 4)), np.array([subprocess.run, None])],
    ids=["floats", "integers", "texts", "records", "empty", "objects"],
)  # fmt: skip
def test_raw_arrays_of_joblib_are_passed_over(array: Any) -> None:
    data = makers.joblib_bytes(array)
    facts = read_pickle(BytesSource(data, "model.joblib"))
    assert facts is not None
    assert (facts.complete, facts.note) == (True, "")
    found = {(each.module, each.name) for each in facts.imports}
    assert {("joblib.numpy_pickle", "NumpyArrayWrapper"), ("module", "last")} <= found
    assert (("subprocess", "run") in found or ("commands", "run") in found) is (
        array.dtype == object
    )


def test_what_joblib_would_take_for_an_array_is_seen_as_opcodes_too() -> None:
    opcodes = b"\x00" * 15 + b"0cos\nsystem\n0"
    hidden = np.frombuffer(b"N" * 3 + opcodes.replace(b"\x00", b"") + b"N0" * 4, "u1")
    data = makers.joblib_bytes(hidden).replace(b"\xff", b"0")
    assert ("os", "system") in imports(data, "model.pkl")


def test_arrays_of_objects_in_arrays_of_objects_end() -> None:
    head = makers.joblib_bytes(np.array([None, None])).partition(b"b\x80\x02")[0] + b"b"
    facts = read_pickle(BytesSource(head * 3000, "x.joblib"))
    assert facts is not None
    assert not facts.complete
    assert "nested too deeply" in facts.note


def test_pytorch_zips_and_packed_files_are_opened() -> None:
    data = pickle.dumps({"w": np.zeros(2), "f": subprocess.run}, 2)
    expected = imports(data)
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = makers.zip_of({"archive/data.pkl": data, "archive/data/0": b"x"}, packing)
        assert imports(archive, "model.pt") == expected
    for level in range(10):
        assert imports(zlib.compress(data, level), "x.joblib") == expected
    assert read_pickle(BytesSource(b"xx" + bytes(100), "raw.bin")) is None, "no zlib begins so"
    assert imports(gzip.compress(data), "x.pkl") == expected
    assert imports(bz2.compress(data), "x.joblib") == expected
    assert imports(lzma.compress(data), "x.joblib") == expected
    assert imports(lzma.compress(data, lzma.FORMAT_ALONE), "x.joblib") == expected
    large = zlib.compress(pickle.dumps([subprocess.run, "x" * 2_000_000], 4))
    assert imports(large + b"more" * 1000, "x.joblib") == {("subprocess", "run")}
    for packed in (b"BZh9nonsense", b"\x04\x22\x4d\x18", lzma.compress(data, preset=9)):
        facts = read_pickle(BytesSource(packed, "x.pkl"))
        assert facts is not None
        assert "packed with" in facts.note
        assert not facts.complete


@pytest.mark.parametrize("data", [b"", b"GGUF", b"hello", b"\x80\x09", b"PK\x03\x04"])
def test_what_is_no_pickle_is_none_or_refused(data: bytes) -> None:
    if data.startswith(b"PK"):
        with pytest.raises(ArtifactError, match="no whole zip"):
            read_pickle(BytesSource(data, "x.bin"))
    else:
        assert read_pickle(BytesSource(data, "x.bin")) is None


HOSTILE = {
    "many opcodes": b"\x80\x04" + b"N0" * 2_000_000 + b".",
    "many marks": b"\x80\x04" + b"(" * 2_000_000 + b"1" * 100,
    "many memos": b"\x80\x04N" + b"\x94" * 2_000_000,
    "long lines": b"\x80\x04" + (b"V" + b"a" * 4000 + b"\n") * 500,
    "endless line": b"\x80\x04V" + b"a" * 2_000_000,
    "huge string": b"\x80\x04\x8d" + struct.pack("<Q", 2**62),
    "negative string": b"\x80\x04T" + struct.pack("<i", -5),
    "names of c": b"\x80\x04\xff" + b"c" * 4_000_000,
    "many names": b"\x80\x04" + b"cos\nsystem\n0" * 100_000,
    "gets": b"\x80\x04" + b"g" + b"9" * 4000 + b"\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_pickles_built_to_hurt_end_soon(name: str) -> None:
    started = time.process_time()
    facts = read_pickle(BytesSource(HOSTILE[name], "x.pkl"))
    took = time.process_time() - started
    assert facts is not None
    assert not facts.complete
    assert took < 5, "far above what it takes; the fuzzer watches the second"


def test_the_facts_name_what_a_person_should_know(tmp_path: Path) -> None:
    with OpenArtifact.local(makers.make_pyfunc(tmp_path / "a.luml")) as artifact:
        facts = {each.topic: each for each in facts_of(artifact)}
    assert "class Model" in facts["python"].detail
    assert facts["python"].members == ("variant_artifacts/__pyfunc__.py",)
    assert facts["modules"].title == "It brings one more file of Python code"
    assert "numpy" in facts["pickle"].detail
    with OpenArtifact.local(makers.make_pipeline(tmp_path / "p.fnnx")) as artifact:
        assert facts_of(artifact) == []


def test_the_weightiest_facts_come_first_and_none_says_safe(tmp_path: Path) -> None:
    build: Callable[[dict[str, bytes | str]], bytes] = makers.tar_of
    data = build(
        {"manifest.json": '{"variant": "pyfunc"}', "a.pkl": pickle.dumps(np.zeros(1)),
         "b.pkl": pickle.dumps(subprocess.run), "c.pkl": b"\x80\x04\xff", "run.sh": "ls",
         "lib.so": "x", "ops.json": "[]"}
    )  # fmt: skip
    facts = facts_of(OpenArtifact.walk(BytesSource(data, "a.fnnx")))
    pickles = [each for each in facts if each.topic == "pickle"]
    assert pickles[0].members == ("b.pkl",)
    assert "can run code" in pickles[0].title
    assert any(each.topic == "unread" and each.members == ("c.pkl",) for each in facts)
    assert {each.members for each in facts if each.topic == "binary"} == {("run.sh",), ("lib.so",)}
    assert "safe" not in " ".join(each.title + each.detail for each in facts).lower()
