"""Fuzzes the reader of artifacts with atheris: nothing but ArtifactError, no second, no 64 MiB.

    python tests/fuzz/make_corpus.py CORPUS
    python tests/fuzz/fuzz_artifact.py CORPUS -max_total_time=600 -max_len=65536 -timeout=5

Run by hand, with atheris, msgspec and packaging installed; the corpus is made with the test
environment. The first byte of an input chooses what is read, the rest is what is read.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["dfs_desktop.artifact"], enable_loader_override=False):
    from fuzz import entry_points

    from dfs_desktop.artifact.errors import ArtifactError

SLOWEST = float(os.environ.get("FUZZ_SECONDS", "1.0"))
MOST_MEMORY = 64 * 1024 * 1024


def one_input(data: bytes) -> None:
    """Read the input; whatever is not an ArtifactError, too slow or too large ends the run."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        entry_points.read(data)
    except ArtifactError as error:
        if not error.title or not error.detail or "\n" in str(error):
            raise AssertionError(f"an error that says nothing: {error!r}") from None
    took = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    if took > SLOWEST:
        raise TimeoutError(f"{took:.2f} s")
    if grown > MOST_MEMORY:
        raise MemoryError(f"{grown // 2**20} MiB")


if __name__ == "__main__":
    json.dumps({})  # imported before memory is measured
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
