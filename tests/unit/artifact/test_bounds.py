"""Files that are small and want to be huge: memory stays bounded whatever a header promises."""

import bz2
import contextlib
import gzip
import io
import lzma
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from support.artifacts import makers

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.card import find_cards, read_card
from dfs_desktop.artifact.experiment.snapshot import Snapshot
from dfs_desktop.artifact.formats.weights import read_weights
from dfs_desktop.artifact.preview import preview_source
from dfs_desktop.artifact.safety import pickle_imports
from dfs_desktop.artifact.safety.pickle_imports import read_pickle
from dfs_desktop.artifact.safety.pickle_search import Budget

MOST = 64 * 1024 * 1024


def zipped(name: str, content: bytes, times: int, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of one member that is the same content many times."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", packing) as archive,
        archive.open(name, "w") as out,
    ):
        for _ in range(times):
            out.write(content)
    return buffer.getvalue()


MEBIBYTE = bytes(1024 * 1024)


def wanted() -> bytes:
    return b"\x80\x04" + MEBIBYTE * 70


def card(source: BytesSource) -> Any:
    artifact = OpenArtifact(source, {"card.zip": [0, source.size]}, {})
    return read_card(artifact, find_cards(artifact)[0])


# The name of the file, who makes its bytes, who reads them.
BOMBS: dict[str, tuple[str, Callable[[], bytes], Callable[[BytesSource], Any]]] = {
    "card": ("a", lambda: zipped("index.html", MEBIBYTE, 70), card),
    "card in bzip2": ("a", lambda: zipped("index.html", MEBIBYTE, 70, zipfile.ZIP_BZIP2), card),
    "experiment": ("e", lambda: zipped("exp.db", b"SQLite format 3\0" + MEBIBYTE, 70), Snapshot),
    "arrays": (
        "a.npz",
        lambda: zipped("a.npy", b"\x93NUMPY\x02\x00" + struct.pack("<I", 65_000) + MEBIBYTE, 70),
        read_weights,
    ),
    "packed pickle": ("a.pkl", lambda: gzip.compress(wanted(), 1), read_pickle),
    "bzip2": ("a.joblib", lambda: bz2.compress(wanted()), read_pickle),
    "xz": ("a.joblib", lambda: lzma.compress(wanted(), preset=0), read_pickle),
    "pickle of torch": (
        "a.pt",
        lambda: zipped("m/data.pkl", b"\x80\x04\x95" + struct.pack("<Q", 2**60) + MEBIBYTE, 70),
        read_pickle,
    ),
    "long string in a pickle": (
        "a.pkl",
        lambda: b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + bytes(100),
        read_pickle,
    ),
    "deep JSON": (
        "a.json",
        lambda: b'{"a":' * 60 + b"[" + b"[]," * 20_000 + b"[]]" + b"}" * 60,
        preview_source,
    ),
    "GGUF strings": (
        "a.gguf",
        lambda: b"GGUF" + struct.pack("<IQQQIIIQ", 3, 0, 1, 0, 9, 8, 0, 600_000),
        read_weights,
    ),
}


SHOWN = ("packed pickle", "bzip2", "xz", "pickle of torch", "long string in a pickle", "deep JSON")


ALIKE = ("bzip2", "xz")  # read in the same steps as the packed pickle


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] if n in ALIKE else []) for n in BOMBS]
)
def test_what_wants_to_be_huge_stays_small(name: str) -> None:
    found: Any = None
    file, make, read = BOMBS[name]
    source = BytesSource(make(), file)
    tracemalloc.start()
    with contextlib.suppress(ArtifactError):
        found = read(source)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST
    assert (found is None) is (name not in SHOWN)
    assert not getattr(found, "complete", False)


class Endless:
    """A pickle of four gibibytes: small strings, between long ones that need not be read."""

    name = "a.pkl"
    size = 4 * 1024**3

    def __init__(self) -> None:
        self.taken = 0

    def read(self, offset: int, length: int) -> bytes:
        self.taken += length
        unit = b"\x8e" + struct.pack("<Q", 1024 * 1024 - 9) + bytes(1024 * 1024 - 9)
        start = offset % len(unit)
        many = unit * (length // len(unit) + 2)
        return many[start : start + length]


def test_a_pickle_full_of_arrays_is_given_up_after_a_while() -> None:
    class Begun(Endless):
        def read(self, offset: int, length: int) -> bytes:
            data = super().read(offset, length)
            return b"\x80\x04" + data[2:] if offset == 0 and length >= 2 else data

    for source in (Endless(), Begun()):  # without a protocol at its start, and with one
        facts = read_pickle(source)
        assert facts is not None
        assert not facts.complete
        assert source.taken < 70 * 1024 * 1024


def test_many_pickles_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickle_imports, "Budget", lambda: Budget(opcodes=10_000))
    members: dict[str, bytes | str] = {"manifest.json": "{}"}
    members |= {f"{number}.pkl": b"\x80\x04" + b"N0" * 1500 + b"." for number in range(6)}
    source = CachedSource(BytesSource(makers.tar_of(members), "a"))
    found = pickle_imports.pickles_of(OpenArtifact.walk(source))
    assert [facts.complete for facts in found.values()] == [True] * 3 + [False] * 3
