"""Files as pandas, MLflow, W&B, ONNX and joblib leave them: read as what they are, none called damaged."""

import bz2
import gzip
import json
import lzma
import tarfile
from pathlib import Path

import numpy as np
import pytest
from support.artifacts import makers

from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.preflight import preflight
from dfs_desktop.artifact.preview import preview_source

Rows = tuple[tuple[str, ...], ...]

PLAIN = ',acc,loss,name\n0,0.9,0.1,"a,b"\n1,0.8,,"say ""hi"""\n'
PLAIN_ROWS: Rows = (
    ("", "acc", "loss", "name"),
    ("0", "0.9", "0.1", "a,b"),
    ("1", "0.8", "", 'say "hi"'),
)
QUOTED = '"","acc","loss","name"\n"0","0.9","0.1","a,b"\n"1","0.8","","say ""hi"""\n'
ESCAPED = ',acc,loss,name\n0,0.9,0.1,"a,b"\n1,0.8,,"say \\"hi\\""\n'
GERMAN = ';acc;loss;name\n0;0,9;0,1;a,b\n1;0,8;;"say ""hi"""\n'
# What `to_csv` of each kind writes; the quoting, separators and encodings are its options.
PANDAS: dict[str, tuple[bytes, Rows]] = {
    "plain.csv": (PLAIN.encode(), PLAIN_ROWS),
    "lines.csv": (PLAIN.replace("\n", "\r\n").encode(), PLAIN_ROWS),
    "quoted.csv": (QUOTED.encode(), PLAIN_ROWS),
    "escaped.csv": (ESCAPED.encode(), PLAIN_ROWS),
    "mark.csv": (PLAIN.encode("utf-8-sig"), PLAIN_ROWS),
    "wide.csv": (PLAIN.encode("utf-16"), PLAIN_ROWS),
    "german.csv": (
        GERMAN.encode(),
        (PLAIN_ROWS[0], ("0", "0,9", "0,1", "a,b"), ("1", "0,8", "", 'say "hi"')),
    ),
    "tab.tsv": (
        b"\tacc\tname\n0\t0.9\ta, b\n1\t\tc, d\n",
        (("", "acc", "name"), ("0", "0.9", "a, b"), ("1", "", "c, d")),
    ),
    "levels.csv": (
        b",train,train,val\n,acc,loss,acc\nmodel,,,\nm1,0.1,0.2,0.3\n",
        (("", "train", "train", "val"), ("", "acc", "loss", "acc"), ("model", "", "", ""),
         ("m1", "0.1", "0.2", "0.3")),
    ),
    "head.csv": (b"a,b\n", (("a", "b"),)),
    "plain.csv.gz": (gzip.compress(PLAIN.encode()), PLAIN_ROWS),
    "plain.csv.bz2": (bz2.compress(PLAIN.encode()), PLAIN_ROWS),
    "plain.csv.xz": (lzma.compress(PLAIN.encode()), PLAIN_ROWS),
}  # fmt: skip

RUN = "mlruns/1/4f0c"
MLFLOW: dict[str, bytes | str] = {
    "mlruns/1/meta.yaml": "artifact_location: file:///x\nexperiment_id: '1'\nname: exp\n",
    f"{RUN}/meta.yaml": "end_time: 1700000000\nrun_id: 4f0c\nstatus: 3\ntags: []\n",
    f"{RUN}/metrics/acc": "1700000000000 0.1 0\n1700000000100 nan 1\n1700000000200 0.9 2\n",
    f"{RUN}/metrics/val/loss": "1700000000000 1e-05 0\n",
    f"{RUN}/params/layers": "64, 32",
    f"{RUN}/params/empty": "",
    f"{RUN}/tags/mlflow.note.content": "first line\nsecond: ü",
    f"{RUN}/artifacts/model/MLmodel": "flavors:\n  python_function:\n    env: conda.yaml\n",
    f"{RUN}/artifacts/t.json": '{"columns": ["q"], "data": [["a", NaN]]}',
    "wandb/latest-run/files/wandb-summary.json": '{"acc":0.9,"_wandb":{"runtime":3},"x":NaN}',
    "wandb/latest-run/files/config.yaml": "lr:\n    value: 0.1\nwandb_version: 1\n",
    "wandb/latest-run/files/output.log": "\x1b[34mepoch\x1b[0m 1\r\x1b[Kepoch 2\n",
    "wandb/latest-run/files/requirements.txt": "zipp==4.1.2\nwandb==0.31.0\n",
    "wandb/latest-run/files/media/table/t_5.table.json": '{"columns":["a"],"data":[[1]]}',
    "wandb/latest-run/run-1.wandb": b":W&B\xb0\x00\x00" + bytes(range(200)),
    "joblib/m.joblib": makers.joblib_bytes(np.zeros(3)),
    "onnx/m.onnx": makers.onnx_model().SerializeToString(),
}


@pytest.mark.fault("RL-20")
@pytest.mark.parametrize("name", sorted(PANDAS))
def test_every_table_of_pandas_has_its_rows(name: str) -> None:
    data, rows = PANDAS[name]
    found = preview_source(BytesSource(data, name))
    assert (found.kind, found.rows, found.size) == ("csv", rows, len(data))


@pytest.mark.fault("RL-11", "RL-20")
def test_nothing_in_the_folders_of_trackers_is_called_damaged(tmp_path: Path) -> None:
    with tarfile.open(makers.make_pyfunc(tmp_path / "plain.fnnx")) as archive:
        files = [each for each in archive if each.isreg()]
        model = {each.name: archive.extractfile(each).read() for each in files}  # type: ignore[union-attr]
    makers.tar_of({**model, **MLFLOW}, tmp_path / "m.fnnx")
    assert [each for each in preflight(tmp_path / "m.fnnx") if each.level == "error"] == []
    with OpenArtifact.local(tmp_path / "m.fnnx") as opened:
        assert opened.metrics()
        for name, content in MLFLOW.items():
            found = preview_source(opened.slice(name))
            assert "damaged" not in found.note, name
            kind = "binary" if name.endswith((".wandb", ".joblib", ".onnx")) else ""
            kind = kind or ("json" if name.endswith(".json") else "text" if content else "empty")
            assert (name, found.kind) == (name, kind)


@pytest.mark.fault("RL-20", "X-03")
def test_a_packed_text_is_shown_from_its_beginning_and_a_bomb_is_not_unpacked() -> None:
    lines = gzip.compress(b"".join(b"%d,%d\n" % (n, n) for n in range(200_000)))
    found = preview_source(BytesSource(lines, "a.csv.gz"))
    assert (found.cut, found.rows[:2], found.size) == (True, (("0", "0"), ("1", "1")), len(lines))
    notes = json.dumps({"a": [1, 2]}).encode()
    found = preview_source(BytesSource(gzip.compress(notes), "a.json.gz"))
    assert (found.kind, found.note) == ("json", "It is packed with gzip.")
    bomb = gzip.compress(bytes(50_000_000))
    assert preview_source(BytesSource(bomb, "a.txt.gz")).kind == "binary"
    assert preview_source(BytesSource(lines[:-2000], "a.csv.gz")).kind == "csv"
    assert preview_source(BytesSource(b"\x1f\x8b" + bytes(50), "a.csv.gz")).kind == "binary"
