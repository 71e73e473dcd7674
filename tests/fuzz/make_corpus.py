"""Writes the seeds of the fuzzer into a folder: python tests/fuzz/make_corpus.py FOLDER."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from support.artifacts import makers


def seeds(folder: Path) -> list[tuple[int, bytes]]:
    """Which entry point (by its number) reads which bytes."""
    archives = [
        makers.make_pyfunc(folder / "a.fnnx").read_bytes(),
        makers.make_pipeline(folder / "b.fnnx").read_bytes(),
        makers.make_experiment(folder / "c.luml").read_bytes(),
        makers.make_dataset(folder / "d.tar").read_bytes(),
    ]
    found = [(0, data) for data in archives]
    with_documents = makers.pipeline_members()
    names = ("manifest.json", "dtypes.json", "ops.json", "variant_config.json", "env.json")
    texts = [with_documents[name] for name in names]
    found.append((1, b"\0".join(t.encode() if isinstance(t, str) else t for t in texts)))
    environment = {"python3::conda_pip": {
        "python_version": "3.11.0", "build_dependencies": ["pip"],
        "dependencies": [{"package": "numpy>=1.2,<3; python_version<'3.12'",
                          "extra_pip_args": "--hash=sha256:" + "a" * 64,
                          "condition": {"os": ["linux"], "platform": None}}]}}  # fmt: skip
    dtypes = {"ext::q": makers.Question.model_json_schema()}
    manifest = {"variant": "pyfunc", "inputs": [
        {"name": "q", "content_type": "JSON", "dtype": "ext::q"},
        {"name": "x", "content_type": "NDJSON", "dtype": "Array[float32]", "shape": ["n", 2]}]}  # fmt: skip
    patch = [{"op": "add", "path": "/inputs/-", "value": {}}]
    meta = [
        {"id": "1", "producer_tags": [makers.REGISTRY_METRICS], "payload": {"metrics": {"a": 1}}}
    ]
    for_pyfunc = [manifest, dtypes, [], {}, environment, meta, [{"tags": ["t"]}], patch]
    found.append((1, b"\0".join(json.dumps(each).encode() for each in for_pyfunc)))
    found += [
        (2, makers.safetensors.numpy.save(makers.WEIGHTS, {"a": "b"})),
        (2, makers.npz_bytes()),
        (2, makers.npz_bytes(packed=False)),
        (2, makers.npy_bytes(np.zeros((2, 3)))),
        (2, makers.npy_bytes(np.zeros(2, dtype=[("x", "f4")]))),
        (2, makers.gguf_bytes({"a.weight": ([4, 32], 2), "b": ([3], 0)}, ["a", "bc"])),
    ]
    values = {"a": [1, 2.5, None, "x", b"y", (1,)], "b": np.arange(3), "c": subprocess.run}
    found += [(3, pickle.dumps(values, protocol)) for protocol in range(6)]
    found.append((3, makers.zip_of({"m/data.pkl": pickle.dumps(values, 2)}, zipfile.ZIP_STORED)))
    found += [(3, makers.joblib_bytes(each)) for each in (np.arange(9.0), np.array([1, "x"], "O"))]
    found.append((4, makers.zip_of({"index.html": makers.PAGE})))
    base = makers.experiment_database(folder / "e.db", steps=3)
    found += [(4, makers.zip_of({"exp.db": base})), (5, base)]
    texts = [
        "a,b\n1,2\n",
        '{"a": [1]}',
        "# x\n",
        "<svg viewBox='0 0 1 1'></svg>",
        "<!doctype html>",
    ]
    found += [(6, text.encode()) for text in texts]
    found.append((6, b"\x89PNG\r\n\x1a\n" + bytes(30)))
    found.append((7, b'{"manifest.json": [0, 10], "a/b": [512, 0], "\\ud800": [1, 2]}'))
    return found


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for number, (choice, data) in enumerate(seeds(Path(place))):
            (target / f"seed-{number:02}").write_bytes(bytes([choice]) + data)
