"""Time to look into artifacts, as ratios to fnnx's reader and the libraries in the same run.

    .venv/bin/python tests/benchmarks/read_artifact.py [members [runs]]

One pyfunc with many files is opened and its manifest, metadata and environment are read, by ours
and by fnnx; its directory is read by ours and by Python's tarfile. Then tables of tensors against
safetensors and numpy, imports of a pickle against pickletools, and what a far-away artifact costs
in requests and bytes. Medians of runs in turns.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import safetensors
import safetensors.numpy
from fnnx.extras.reader import Reader
from support.artifacts import makers

from dfs_desktop.artifact.archive.byte_source import BytesSource, CachedSource, LocalSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.formats.weights import read_weights
from dfs_desktop.artifact.safety.pickle_imports import read_pickle


def in_turns(runs: int, *calls: Callable[[], Any]) -> list[float]:
    """Median milliseconds of each call, all of them in turns."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for call, found in zip(calls, times, strict=True):
            started = time.perf_counter()
            call()
            found.append((time.perf_counter() - started) * 1000)
    return [statistics.median(each) for each in times]


def told(what: str, peer: str, ours: float, theirs: float) -> None:
    """One line of the result."""
    print(f"{what:34} ours {ours:8.2f} ms   {peer} {theirs:8.2f} ms   ratio {theirs / ours:6.1f}")


def artifact(folder: Path, members: int) -> Path:
    """A pyfunc with this many files more."""
    path = makers.make_pyfunc(folder / "a.luml")
    with tarfile.open(path, "a") as archive:
        for number in range(members):
            info = tarfile.TarInfo(f"variant_artifacts/extra_files/part-{number:06}.bin")
            info.size = 2048
            archive.addfile(info, io.BytesIO(bytes(2048)))
    return path


def read(path: Path) -> None:
    """What fnnx's reader reads."""
    with OpenArtifact.local(path) as opened:
        opened.manifest()
        opened.metadata()
        opened.environment()


def walk(path: Path) -> None:
    """The directory alone."""
    with LocalSource(path) as source:
        OpenArtifact.walk(source)


def by_tarfile(path: Path) -> None:
    """The directory by the standard library."""
    with tarfile.open(path, "r:") as archive:
        archive.getmembers()


def weights(path: Path) -> None:
    """A table of tensors by ours."""
    with LocalSource(path) as source:
        read_weights(source)


def by_safetensors(path: Path) -> None:
    """The same table by the library."""
    with safetensors.safe_open(path, "np") as library:
        for name in library.keys():  # noqa: SIM118 - not a mapping
            library.get_slice(name).get_shape()


def main(members: int, runs: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        path = artifact(Path(place), members)
        ours, theirs, walked, listed = in_turns(
            runs, lambda: read(path), lambda: Reader(str(path)), lambda: walk(path),
            lambda: by_tarfile(path),
        )  # fmt: skip
        told(f"documents among {members} files", "fnnx       ", ours, theirs)
        told(f"directory of {members} files", "tarfile    ", walked, listed)

        tensors = {f"layer.{n}.weight": np.zeros((64, 64), "f4") for n in range(1000)}
        file = Path(place) / "w.safetensors"
        file.write_bytes(safetensors.numpy.save(tensors))
        ours, theirs = in_turns(runs, lambda: weights(file), lambda: by_safetensors(file))
        told("1000 tensors", "safetensors", ours, theirs)

        data = pickle.dumps([{"k": [n, str(n), 2.5]} for n in range(20_000)], 4)
        ours, theirs = in_turns(
            runs,
            lambda: read_pickle(BytesSource(data, "x.pkl")),
            lambda: list(pickletools.genops(data)),
        )
        told(f"imports of {len(data):,} bytes", "pickletools", ours, theirs)

        whole = path.read_bytes()
        far = CachedSource(BytesSource(whole, "a.luml"))
        opened = OpenArtifact(far, makers.index_of(whole))
        for look in (opened.manifest, opened.metadata, opened.dtypes, opened.environment):
            look()
        share = far.fetched / len(whole)
        cost = f"{far.requests} request(s), {far.fetched:,} bytes, {share:.3%} of the file"
        print(f"all documents far away: {cost}")


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    main(*(numbers + [2000, 15][len(numbers) :]))
