"""Pickles are found under every name and in every packing that tools leave them in."""

import bz2
import gzip
import json
import lzma
import os
import pickle
import subprocess
import zipfile
import zlib

import numpy as np
from support.artifacts import makers

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.safety.code_risks import facts_of
from dfs_desktop.artifact.safety.pickle_imports import read_pickle
from dfs_desktop.artifact.safety.pickle_search import Budget

RUNS = pickle.dumps({"a": [1] * 10, "f": subprocess.run}, 4)
OBJECTS = makers.npy_bytes(np.array([subprocess.run, 1], dtype=object))
SKOPS = json.dumps(
    {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode", "content": [
        {"__class__": "LogisticRegression", "__module__": "sklearn.linear_model"},
        {"__class__": "system", "__module__": "posix", "__loader__": "TypeNode", "__id__": 1}]}
)  # fmt: skip
# Files in which other tools leave a pickle, as these name and pack them.
ELSEWHERE = {
    "model.sav": RUNS,
    "model.p": RUNS,
    "model": RUNS,
    "word2vec.model": RUNS,
    "step.100": RUNS,
    "checkpoint.pth.tar": RUNS,
    "bare.dat": b"cos\nsystem\n(S'true'\ntR.",
    "model.joblib.gz": gzip.compress(RUNS),
    "model.joblib.z": zlib.compress(RUNS),
    "frame.pkl.bz2": bz2.compress(RUNS),
    "frame.pkl.xz": lzma.compress(RUNS),
    "model.gz": gzip.compress(RUNS + bytes(1_000_000)),
    "frame.pkl.zip": makers.zip_of({"frame.pkl": RUNS}),
    "bzip2.zip": makers.zip_of({"m/model.pkl": RUNS}, zipfile.ZIP_BZIP2),
    "frame.pkl.tar": makers.tar_of({"frame.pkl": RUNS}),
    "model.tar.gz": gzip.compress(makers.tar_of({"big": bytes(2**19), "m/model.pkl": RUNS})),
    "agent.zip": makers.zip_of({"policy.pth": makers.zip_of({"policy/data.pkl": RUNS}, 0)}),
    "model.skops": makers.zip_of({"schema.json": SKOPS}),
    "endless.skops": makers.zip_of({"schema.json": SKOPS.replace(" 1}", " NaN}")}),
    "objects.npy": OBJECTS,
    "records.npy": makers.npy_bytes(np.array([(1, len)], [("a", "i4"), ("b", "O")])).replace(
        b"\x8c\x03len", b"\x8c\x04eval"
    ),
    "arrays.npz": makers.zip_of({"a.npy": makers.npy_bytes(np.arange(9)), "o.npy": OBJECTS}),
    "stored.npz": makers.zip_of({"a.npy": makers.npy_bytes(np.arange(9)), "o.npy": OBJECTS}, 0),
}


def test_pickles_are_found_whatever_they_are_called_and_packed_in() -> None:
    data = makers.tar_of({"manifest.json": "{}", **ELSEWHERE})
    facts = facts_of(OpenArtifact.walk(BytesSource(data, "a.fnnx")))
    found = {name for each in facts for name in each.members if "can run code" in each.title}
    assert found == set(ELSEWHERE)


def test_what_is_packed_and_no_pickle_gives_no_fact() -> None:
    words = b"cat\nowl\nnewt\n" * 70_000
    fine: dict[str, bytes | str] = {
        "manifest.json": "{}", "words.gz": gzip.compress(words), "words": words, "raw.zst": b"(\xb5/\xfd",
        "a.npy": makers.npy_bytes(np.zeros(3)),
        "texts.npz": makers.zip_of({"a.npy": makers.npy_bytes(np.array("O"))}),
        "record.npy": makers.npy_bytes(np.full(5, 128, [("O", "u1"), ("b", "u1")])),
        "model.skops": makers.zip_of({"schema.json": SKOPS.replace("posix", "numpy")}),
        "deep.skops": makers.zip_of({"schema.json": "[" * 100_000}),
        "pictures.zip": makers.zip_of({"a/0": RUNS[:5], "b.png": b"x"}),
        "long.tar.gz": gzip.compress(makers.tar_of({"a.txt": words * 20}), 1),
        "texts.tar.gz": gzip.compress(makers.tar_of({"a.txt": words})),
    }  # fmt: skip
    assert facts_of(OpenArtifact.walk(BytesSource(makers.tar_of(fine), "a.fnnx"))) == []


def test_a_long_archive_of_which_the_beginning_is_looked_at_is_not_called_damaged() -> None:
    archive = makers.tar_of({"a.pkl": RUNS, "b": bytes(17 * 2**20)})
    facts = read_pickle(BytesSource(gzip.compress(archive, 1), "m.tar.gz"))
    assert facts is not None
    assert ("subprocess", "run") in {(each.module, each.name) for each in facts.imports}
    assert (facts.complete, facts.note) == (False, "")


def test_one_file_of_an_archive_that_cannot_be_read_does_not_hide_the_others() -> None:
    whole = makers.zip_of({"a.pkl": b"x" * 100, "b.pkl": RUNS})
    method = whole.index(b"PK\x01\x02") + 10
    facts = read_pickle(BytesSource(whole[:method] + b"\x63" + whole[method + 1 :], "m.zip"))
    assert facts is not None
    assert ("subprocess", "run") in {(each.module, each.name) for each in facts.imports}
    assert not facts.complete
    assert "method 99" in facts.note


def test_archives_in_archives_without_end_are_given_up() -> None:
    data = makers.zip_of({"0.pkl": RUNS})
    for depth in range(4):
        facts = read_pickle(BytesSource(data, "m.zip"))
        assert facts is not None
        assert facts.complete is (depth < 3), "those are 1, 4, 13 and 40 archives"
        data = makers.zip_of({f"{number}.pt": data for number in range(3)})


def test_what_is_unpacked_of_an_artifact_has_an_end() -> None:
    large = gzip.compress(pickle.dumps([subprocess.run, os.urandom(80_000)]))
    budget = Budget(unpacked=100_000)
    told = [read_pickle(BytesSource(large, "a.pkl.gz"), budget) for _ in range(3)]
    assert [each and (bool(each.imports), each.complete) for each in told] == [
        (True, True), (True, True), (False, False)]  # fmt: skip


def test_objects_of_an_array_are_seen_behind_a_header_of_any_length() -> None:
    end = 10 + int.from_bytes(OBJECTS[8:10], "little")
    head = OBJECTS[10 : end - 1].ljust(300_000) + b"\n"
    array = b"\x93NUMPY\x02\0" + len(head).to_bytes(4, "little") + head + OBJECTS[end:]
    facts = read_pickle(BytesSource(makers.zip_of({"a.npy": array}), "a.npz"))
    assert facts is not None
    assert ("subprocess", "run") in {(each.module, each.name) for each in facts.imports}
