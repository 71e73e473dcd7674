"""The sample that is shipped: read like fnnx reads it, run by fnnx, and made by its script."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from fnnx.extras.reader import Reader
from fnnx.runtime import Runtime

from dfs_desktop.artifact import read_contents

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "resources" / "sample" / "sample-classifier.fnnx"


def test_sample_is_what_fnnx_reads() -> None:
    contents = read_contents(SAMPLE)
    reader = Reader(str(SAMPLE))
    assert contents.manifest == reader.manifest.model_dump()
    assert contents.metrics == reader.metadata[0].payload["metrics"]
    assert set(contents.metrics) == {"accuracy", "f1"}
    with tarfile.open(SAMPLE, "r:") as archive:
        members = [member for member in archive if member.isfile()]
    assert contents.index == {m.name: (m.offset_data, m.size) for m in members}
    assert contents.size == SAMPLE.stat().st_size < 100 * 1024


@pytest.mark.skipif(
    not hasattr(tarfile, "data_filter"), reason="fnnx's runtime wants the tarfile of Python 3.11.4"
)
def test_sample_runs_in_fnnx() -> None:
    answer = Runtime(str(SAMPLE)).compute({"points": [[3.0, 1.0]]}, {"margin": "0"})
    assert answer["labels"] == ["birch"]


def test_sample_comes_out_of_its_script_byte_for_byte(tmp_path: Path) -> None:
    made = tmp_path / "again.fnnx"
    subprocess.run(
        [sys.executable, ROOT / "packaging" / "make_sample.py", made], check=True, timeout=60
    )
    assert made.read_bytes() == SAMPLE.read_bytes()
