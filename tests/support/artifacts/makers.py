"""Real artifacts for tests, made with fnnx's models, onnx, safetensors, numpy and sqlite3.

Each `make_` function writes one artifact file and returns its path; the others return bytes.
"""

from __future__ import annotations

import io
import json
import pickle
import sqlite3
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.helper
import safetensors.numpy
from fnnx.extras.builder import PyfuncBuilder, PyFuncSpec
from fnnx.extras.pydantic_models.manifest import JSON, NDJSON, Manifest, Var
from fnnx.extras.pydantic_models.ops.onnx import ONNX_v1, ONNXAttributes, Opset
from fnnx.extras.pydantic_models.variants.pipeline import PipelineNode, PipelineVariant
from pydantic import BaseModel, Field

REGISTRY_METRICS = "dataforce.studio::registry_metrics:v1"
SECRET = "dataforce.studio::runtime_secret:v1"
CARD = "meta_artifacts/dataforce.studio~c~~c~model_card~c~v1~~et~~{}/model_card.zip"
SNAPSHOT = "meta_artifacts/dataforce.studio~c~~c~experiment_snapshot~c~v1~~et~~{}/"
HEX = "0123456789abcdef" * 2
PAGE = (
    "<!doctype html><html><head><script src='https://cdn.plot.ly/plotly.js'></script></head></html>"
)

WEIGHTS = {
    "embedding": np.arange(12, dtype="float32").reshape(3, 4),
    "bias": np.array([1, 2], dtype="int64"),
    "mask": np.array([[True], [False]]),
    "half": np.zeros((2, 0, 3), dtype="float16"),
}


def tar_of(members: dict[str, bytes | str], path: Path | None = None, **options: Any) -> bytes:
    """An uncompressed tar file of these members, also written to `path`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", **options) as archive:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    if path is not None:
        path.write_bytes(buffer.getvalue())
    return buffer.getvalue()


def index_of(data: bytes) -> dict[str, tuple[int, int]]:
    """The place and size of every file in a tar file, by Python's own reader."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        return {each.name: (each.offset_data, each.size) for each in archive if each.isfile()}


def zip_of(members: dict[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def experiment_database(path: Path, *, steps: int = 50) -> bytes:
    """A snapshot database with the tables of LUML's tracker, as SQLite writes them."""
    with sqlite3.connect(path) as database:
        database.executescript(
            """
            CREATE TABLE static_params (key TEXT PRIMARY KEY, value TEXT, value_type TEXT);
            CREATE TABLE dynamic_metrics (key TEXT, value REAL, step INTEGER,
                logged_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (key, step));
            CREATE TABLE attachments (id TEXT PRIMARY KEY, name TEXT NOT NULL, file_path TEXT);
            CREATE TABLE spans (trace_id TEXT, span_id TEXT, name TEXT);
            CREATE TABLE evals (id TEXT, dataset_id TEXT, inputs TEXT);
            CREATE TABLE eval_annotations (id TEXT PRIMARY KEY, value TEXT);
            PRAGMA user_version = 2;
            """
        )
        database.executemany(
            "INSERT INTO static_params VALUES (?, ?, ?)",
            [("lr", "0.01", "float"), ("optimizer", "adam", "str")],
        )
        rows = [
            (name, factor / (step + 1), step, f"2026-01-02 03:{step // 60:02}:{step % 60:02}")
            for name, factor in (("loss", 2.0), ("val/accuracy", 0.5))
            for step in reversed(range(steps))
        ]
        database.executemany("INSERT INTO dynamic_metrics VALUES (?, ?, ?, ?)", rows)
        spans = [("t1", "s1", "a"), ("t1", "s2", "b"), ("t2", "s3", "c")]
        database.executemany("INSERT INTO spans VALUES (?, ?, ?)", spans)
        database.execute("INSERT INTO evals VALUES ('e', 'd', '{}')")
    database.close()
    return path.read_bytes()


ATTACHMENTS = {"attachments/notes.md": "# Notes\n", "attachments/deep/plot.bin": bytes(range(256))}


def snapshot_members(folder: Path, prefix: str = "") -> dict[str, bytes | str]:
    """The three files of a snapshot: database, attachments, and the index of these."""
    attachments = tar_of(dict(ATTACHMENTS))
    return {
        f"{prefix}exp.db.zip": zip_of({"exp.db": experiment_database(folder / "exp.db")}),
        f"{prefix}attachments.tar": attachments,
        f"{prefix}attachments.index.json": json.dumps(index_of(attachments)),
    }


def make_experiment(path: Path) -> Path:
    """An experiment artifact as LUML writes it: no model in it."""
    payload = {"local_experiment_id": "1", "status": "completed", "tags": []}
    manifest = {"artifact_type": "experiment", "variant": "default", "payload": payload}
    tar_of({"manifest.json": json.dumps(manifest), **snapshot_members(path.parent)}, path)
    return path


def make_dataset(path: Path) -> Path:
    """A tabular dataset artifact with one chunk of CSV."""
    rows = "x,y\n" + "".join(f"{number},{number * number}\n" for number in range(100))
    split = {"file_format": "csv", "num_rows": 100, "num_chunks": 1, "chunk_files": ["data/0.csv"]}
    payload = {"subsets": {"default": {"train": split}}, "total_rows": 100}
    manifest = {"artifact_type": "dataset", "variant": "tabular", "payload": payload}
    tar_of({"manifest.json": json.dumps(manifest), "data/0.csv": rows}, path)
    return path


class Question(BaseModel):
    """A JSON input: required, optional and nested fields."""

    text: str = Field(description="What is asked", min_length=3)
    top_k: int = Field(default=3, ge=1)
    filters: list[Filter]


class Filter(BaseModel):
    """A part of the question that stands in a list."""

    field: str
    above: float | None = None


def make_pyfunc(path: Path, *, version: str = "1", numpy_version: str = "1.26.4") -> Path:
    """A pyfunc with weights, a pickle, a card and an experiment snapshot, made with fnnx."""
    folder = path.parent / f"{path.stem}-parts"
    (folder / "helpers_of_model").mkdir(parents=True)
    (folder / "helpers_of_model" / "__init__.py").write_text("ANSWER = 42\n")
    code = folder / "model_code.py"
    code.write_text("from fnnx.variants.pyfunc import PyFunc\n\n\nclass Model(PyFunc): ...\n")
    files = {
        "w.safetensors": safetensors.numpy.save(WEIGHTS, {"made": "for a test"}),
        "w.npz": npz_bytes(),
        "scaler.pkl": pickle.dumps({"a": np.float64(1)}, protocol=4),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)

    def metadata(archive: Any) -> None:
        entry = {"id": "1", "producer": "test", "producer_version": "1",
                 "producer_tags": [REGISTRY_METRICS],
                 "payload": {"metrics": {"f1": 0.5, "loss": 0.1}}, "kept": [1]}  # fmt: skip
        archive.create_file("meta.json", json.dumps([entry]))
        sidecar = [{"id": "2", "tags": ["t"], "payload": {}}]
        archive.create_file("meta-a.json", json.dumps(sidecar))
        patch = [{"op": "replace", "path": "/version", "value": version}]
        archive.create_file("manifest-a.patch.json", json.dumps(patch))
        members = {CARD.format(HEX): zip_of({"index.html": PAGE})}
        members |= snapshot_members(folder, SNAPSHOT.format(HEX))
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.tar.addfile(info, io.BytesIO(data))

    spec = PyFuncSpec(str(code), "Model")
    builder = PyfuncBuilder(spec, "Searcher", "0", create_meta_callback=metadata)
    builder.define_dtype("ext::question", Question)
    builder.add_input(JSON(name="question", content_type="JSON", dtype="ext::question"))
    builder.add_input(
        NDJSON(name="x", content_type="NDJSON", dtype="Array[float32]", shape=["batch", 3])
    )
    builder.add_output(
        NDJSON(name="y", content_type="NDJSON", dtype="NDContainer[string]", shape=["batch"])
    )
    builder.add_dynamic_attribute(Var(name="margin", description="How sure to be"))
    builder.add_env_var(Var(name="API_TOKEN", description="…", tags=[SECRET]))
    builder.add_env_var(Var(name="LEVEL", description="…"))
    builder.add_runtime_dependency(f"numpy=={numpy_version}")
    builder.add_runtime_dependency('tomli>=2 ; python_version < "3.11"')
    builder.add_build_dependency("pip==24.0")
    builder.add_module(str(folder / "helpers_of_model"))
    for name in files:
        builder.add_file(str(folder / name), name)
    builder.save(str(path))
    return path


def onnx_model() -> onnx.ModelProto:
    """y = relu(x @ w), checked by onnx."""
    tensor, helper = onnx.TensorProto, onnx.helper
    weight = helper.make_tensor("w", tensor.FLOAT, [3, 2], [1.0] * 6)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["z"]),
        helper.make_node("Relu", ["z"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", tensor.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("y", tensor.FLOAT, ["batch", 2])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def onnx_op(op_id: str, model: onnx.ModelProto, shapes: list[list[int | str]]) -> ONNX_v1:
    """The op instance that describes the model, by what the model itself says."""
    operators: dict[str, list[str]] = {}
    for node in model.graph.node:
        operators.setdefault(node.domain or "ai.onnx", []).append(node.op_type)
    opsets = [Opset(domain=each.domain or "ai.onnx", version=each.version)
              for each in model.opset_import]  # fmt: skip
    attributes = ONNXAttributes(
        opsets=opsets,
        has_external_data=False,
        onnx_ir_version=model.ir_version,
        used_operators=operators,
    )
    ports = [{"dtype": "Array[float32]", "shape": shape} for shape in shapes]
    return ONNX_v1(
        id=op_id,
        op="ONNX_v1",
        inputs=ports[:1],
        outputs=ports[1:],
        attributes=attributes,
        dynamic_attributes={"cut": {"name": "threshold", "default_value": "0"}},
    )


def pipeline_members() -> dict[str, bytes | str]:
    """The members of a pipeline of two ONNX steps; the second stands first in the file."""
    model = onnx_model()
    port = {"content_type": "NDJSON", "dtype": "Array[float32]"}
    manifest = Manifest(
        variant="pipeline",
        name="Two steps",
        version="1",
        producer_name="test",
        producer_version="1",
        producer_tags=["a::b:v1"],
        inputs=[NDJSON(name="x", shape=["batch", 3], **port)],
        outputs=[NDJSON(name="y", shape=["batch", 2], **port)],
        dynamic_attributes=[Var(name="threshold", description="…")],
        env_vars=[],
    )
    nodes = [
        PipelineNode(op_instance_id="last", inputs=["h"], outputs=["y"], extra_dynattrs={}),
        PipelineNode(op_instance_id="first", inputs=["x"], outputs=["h"], extra_dynattrs={}),
    ]
    ops = [
        onnx_op(name, model, [["batch", 3], ["batch", 2]]).model_dump()
        for name in ("first", "last")
    ]
    return {
        "manifest.json": manifest.model_dump_json(),
        "ops.json": json.dumps(ops),
        "variant_config.json": PipelineVariant(nodes=nodes).model_dump_json(),
        "dtypes.json": "{}",
        "env.json": "{}",
        "meta.json": "[]",
        "ops_artifacts/first/model.onnx": model.SerializeToString(),
        "ops_artifacts/last/model.onnx": model.SerializeToString(),
    }


def make_pipeline(path: Path, **changed: bytes | str | None) -> Path:
    """A pipeline artifact; `changed` replaces members by name ("." for "__"), None drops one."""
    members: dict[str, Any] = pipeline_members()
    members |= {name.replace("__", "."): content for name, content in changed.items()}
    kept = {name: content for name, content in members.items() if content is not None}
    tar_of(kept, path)
    return path


def npz_bytes(*, packed: bool = True) -> bytes:
    """The weights as numpy writes them together."""
    buffer = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(buffer, **WEIGHTS)
    return buffer.getvalue()


def npy_bytes(array: Any) -> bytes:
    """One array as numpy writes it."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def gguf_bytes(tensors: dict[str, tuple[list[int], int]], words: list[str]) -> bytes:
    """A GGUF header (version 3); shapes from the fastest axis, types by their numbers."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    settings = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("llama.context_length") + struct.pack("<II", 4, 4096),
        text("rope.base") + struct.pack("<If", 6, 10000.0),
        text("tokenizer.add_bos") + struct.pack("<IB", 7, 1),
        text("tokenizer.tokens")
        + struct.pack("<IIQ", 9, 8, len(words))
        + b"".join(text(word) for word in words),
        text("tokenizer.scores") + struct.pack("<IIQ", 9, 6, len(words)) + bytes(4 * len(words)),
    ]
    data = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(settings)) + b"".join(settings)
    for name, (shape, kind) in tensors.items():
        axes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        data += text(name) + axes + struct.pack("<IQ", kind, 0)
    return data


def joblib_bytes(array: Any) -> bytes:
    """A list of an array and a class, written as joblib has written them since its version 1.0."""
    fields = {"subclass": np.ndarray, "shape": array.shape, "order": "C", "dtype": array.dtype,
              "allow_mmap": array.dtype != object, "numpy_array_alignment_bytes": 16}  # fmt: skip
    state = pickle.dumps(fields, 4)[2:-1]
    state = state[9:] if state[:1] == b"\x95" else state
    head = b"\x80\x04](cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + state + b"b"
    padding = 16 - (len(head) + 1) % 16
    raw = bytes([padding]) + b"\xff" * padding + array.tobytes()
    content = pickle.dumps(array, 2) if array.dtype == object else raw
    return head + content + b"cmodule\nlast\ne."


Question.model_rebuild()
