"""Interfaces, schemas and graphs; the example bodies are judged by fnnx's own validators."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from fnnx.dtypes import BUILTINS, DtypesManager, NDContainer
from fnnx.validators.model_schema import validate_op_instances, validate_variant
from support.artifacts import makers

from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.interface import ELEMENTS, read_interface
from dfs_desktop.artifact.documents.json_schema import Expansions, Schema
from dfs_desktop.artifact.documents.pipeline_graph import read_graph, read_ops
from dfs_desktop.artifact.documents.sample_values import sample_request


def test_the_interface_of_a_pyfunc_is_typed(tmp_path: Path) -> None:
    with OpenArtifact.local(makers.make_pyfunc(tmp_path / "a.luml")) as artifact:
        dtypes = artifact.dtypes()
        interface = read_interface(artifact.manifest().value, dtypes)
    question, x = interface.inputs
    assert (question.content_type, question.shape, question.dtype) == (
        "JSON",
        None,
        "ext::question",
    )
    assert (x.container, x.element, x.shape) == ("Array", "float32", ("batch", 3))
    assert interface.outputs[0].element == "string"
    assert [each.name for each in interface.dynamic_attributes] == ["margin"]
    secrets = {each.name: each.is_secret for each in interface.env_vars}
    assert secrets == {"API_TOKEN": True, "LEVEL": False}
    assert interface.findings == ()
    fields = {part.name: part for part in question.schema.parts} if question.schema else {}
    assert (fields["text"].kind, fields["text"].required) == ("string", True)
    assert fields["text"].limits == ("length ≥ 3",)
    assert not fields["top_k"].required
    (each,) = fields["filters"].parts
    assert [part.name for part in each.parts] == ["field", "above"]

    body = sample_request(interface, dtypes)
    manager = DtypesManager(dtypes, BUILTINS)
    manager.validate_dtype("ext::question", body["inputs"]["question"])
    assert NDContainer(body["inputs"]["x"], "float", manager).shape == (1, 3)
    assert body["dynamic_attributes"] == {"margin": ""}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {"const": 5}, "b": {"type": "boolean"}}},
        {"type": "object", "properties": {"a": {"type": ["null", "string"]}}},
        {"type": "object", "properties": {"a": {"type": "number", "exclusiveMaximum": 0}}},
        {"type": "object", "properties": {"a": {"type": "number", "exclusiveMinimum": 1}}},
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 9}}},
        {"type": "object", "properties": {"a": {"type": "array", "minItems": 2,
                                                "items": {"$ref": "#/$defs/n"}}},
         "$defs": {"n": {"type": "object", "properties": {"v": {"type": "null"}}}}},
        {"type": "object", "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}},
        {"type": "object", "properties": {"a": {"oneOf": [{"type": "integer"}, {"type": "null"}]}}},
    ],
)  # fmt: skip
def test_example_values_satisfy_their_schema(schema: dict[str, Any]) -> None:
    manifest = {"inputs": [{"name": "q", "content_type": "JSON", "dtype": "ext::q"},
                           {"name": "many", "content_type": "NDJSON", "dtype": "NDContainer[ext::q]",
                            "shape": ["n", 2]}]}  # fmt: skip
    dtypes = {"ext::q": schema}
    body = sample_request(read_interface(manifest, dtypes), dtypes)
    manager = DtypesManager(json.loads(json.dumps(dtypes)), BUILTINS)
    manager.validate_dtype("ext::q", body["inputs"]["q"])
    assert NDContainer(body["inputs"]["many"], "ext::q", manager).shape == (1, 2)


def test_huge_and_negative_shapes_make_small_examples() -> None:
    ports = [{"name": str(number), "content_type": "NDJSON", "dtype": "Array[int64]", "shape": shape}
             for number, shape in enumerate(([10**12], [10**6, 10**6], [-5, 2], ["n"] * 64,
                                             [0, 10**12]))]  # fmt: skip
    body = sample_request(read_interface({"inputs": ports}))
    assert body["inputs"]["0"] == body["inputs"]["1"] == body["inputs"]["4"] == []
    assert len(json.dumps(body)) < 1000


@pytest.mark.parametrize(
    ("port", "word"),
    [
        (
            {"name": "x", "content_type": "NDJSON", "dtype": "float32", "shape": [1]},
            "neither Array",
        ),
        ({"name": "x", "content_type": "NDJSON", "dtype": "Array[float32]"}, "no shape"),
        (
            {"name": "x", "content_type": "NDJSON", "dtype": "Array[tensor]", "shape": []},
            "unknown kind, tensor",
        ),
        (
            {"name": "x", "content_type": "NDJSON", "dtype": "Array[bool]", "shape": [-1]},
            "negative",
        ),
        ({"name": "x", "content_type": "JSON", "dtype": "ext::gone"}, "not in dtypes.json"),
        ({"name": "x", "content_type": "XML", "dtype": "a"}, "unknown content type"),
        ({"content_type": "JSON", "dtype": "a"}, "no name"),
        (7, "cannot be shown"),
    ],
)
def test_what_is_wrong_with_a_port_is_told(port: Any, word: str) -> None:
    findings = read_interface({"outputs": [port]}).findings
    assert word in findings[0].title


def test_elements_are_those_that_the_runtime_takes() -> None:
    """fnnx gives NumPy the name, "string" apart; LUML's packagers write float, int and str."""
    assert ELEMENTS.keys() > {"float32", "string", "float", "int", "str"}
    for element in ELEMENTS:
        port = {"name": "x", "content_type": "NDJSON", "dtype": f"Array[{element}]", "shape": ["n"]}
        interface = read_interface({"inputs": [port]})
        assert interface.findings == ()
        (value,) = sample_request(interface)["inputs"]["x"]
        kind = np.dtype("str" if element == "string" else element).kind
        assert type(value) is {"f": float, "i": int, "u": int, "b": bool, "U": str}[kind]


def test_repeated_names_are_an_error_and_nonsense_is_none() -> None:
    port = {"name": "x", "content_type": "NDJSON", "dtype": "Array[bool]", "shape": []}
    (finding,) = read_interface({"inputs": [port, port, port]}).findings
    assert (finding.level, "twice" in finding.title) == ("error", True)
    nonsense = {"inputs": 5, "outputs": {"a": 1}, "env_vars": "x", "dynamic_attributes": [1]}
    assert read_interface(nonsense).inputs == ()


def size(schema: Schema) -> int:
    return 1 + sum(size(part) for part in schema.parts)


def test_schemas_that_loop_or_grow_without_end_are_cut() -> None:
    loop = {"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"again": {"$ref": "#/$defs/a"}}}}}
    found = Expansions({"x": loop}).of("x")
    assert found is not None
    assert found.parts[0].cut
    doubling = {}
    for number in range(60):
        next_one = {"$ref": f"#/$defs/d{number + 1}"}
        doubling[f"d{number}"] = {"properties": {"l": next_one, "r": next_one}}
    wide = Expansions({"x": {"$ref": "#/$defs/d0", "$defs": doubling}}).of("x")
    assert wide is not None
    assert size(wide) <= 2100
    chain = {f"c{n}": {"$ref": f"#/$defs/c{n + 1}"} for n in range(5000)}
    assert Expansions({"x": {"$ref": "#/$defs/c0", "$defs": chain}}).of("x") is not None
    assert Expansions({"x": "no schema"}).of("x") is None


def test_examples_of_schemas_that_double_stay_small() -> None:
    every = {f"f{number}": {"$ref": "#/$defs/a"} for number in range(100)}
    dtypes = {"ext::q": {"$ref": "#/$defs/a", "$defs": {"a": {"properties": every}}}}
    ports = [{"name": str(n), "content_type": "JSON", "dtype": "ext::q"} for n in range(50)]
    body = sample_request(read_interface({"inputs": ports}, dtypes), dtypes)
    assert len(json.dumps(body)) < 200_000


def test_a_graph_with_too_many_of_all_ends_soon() -> None:
    wide = [node(f"o{number}", ["x"] * 1000, ["y"] * 1000) for number in range(1000)]
    graph = read_graph({"nodes": wide}, [], {"inputs": [{"name": "x"}]})
    assert len(graph.findings) == 100
    assert len(graph.edges) == 100_000


def test_a_pipeline_comes_in_the_order_it_runs(tmp_path: Path) -> None:
    with OpenArtifact.local(makers.make_pipeline(tmp_path / "p.fnnx")) as artifact:
        validate_variant("pipeline", artifact.variant())
        validate_op_instances(artifact.ops())
        graph = read_graph(artifact.variant(), artifact.ops(), artifact.manifest().value)
        model = onnx.load_from_string(artifact.read(f"{graph.ops[0].folder}model.onnx"))
    assert [node.op_id for node in graph.nodes] == ["first", "last"]
    borders = {(edge.value, edge.source, edge.target) for edge in graph.edges}
    assert borders == {("x", None, 1), ("h", 1, 0), ("y", 0, None)}
    assert graph.findings == ()
    facts = graph.ops[0].onnx
    assert facts is not None
    assert facts.opsets == {each.domain: each.version for each in model.opset_import}
    assert facts.ir_version == model.ir_version
    assert set(facts.operators["ai.onnx"]) == {node.op_type for node in model.graph.node}
    assert graph.ops[0].dynamic == {"cut": ("threshold", "0")}


def node(op: str, inputs: list[str], outputs: list[str]) -> dict[str, Any]:
    return {"op_instance_id": op, "inputs": inputs, "outputs": outputs, "extra_dynattrs": {}}


OP = {"id": "a", "op": "ONNX_v1", "inputs": [{}], "outputs": [{}]}


@pytest.mark.parametrize(
    ("nodes", "ops", "word"),
    [
        ([node("b", ["x"], ["y"])], [OP], "not in ops.json"),
        ([node("a", ["x", "x"], ["y"])], [OP], "gives 2 inputs"),
        ([node("a", ["x"], [])], [OP], "gives 0 outputs"),
        ([node("a", ["z"], ["y"])], [OP], "which nothing makes"),
        ([node("a", ["x"], ["y"]), node("a", ["x"], ["y"])], [OP], "made twice"),
        ([node("a", ["x"], ["x"])], [OP], "made twice"),
        ([node("a", ["p"], ["q"]), node("a", ["q"], ["p"])], [OP], "in a circle"),
        ([node("a", ["x"], ["y"])], [OP, OP], "used twice"),
        ([node("a-b", ["x"], ["y"])], [OP | {"id": "a-b"}], "no valid id"),
        ([node("a", ["x"], ["y"])], [OP | {"op": "TVM"}], "unknown kind “TVM”"),
    ],
)
def test_what_a_runtime_would_refuse_is_told(nodes: Any, ops: Any, word: str) -> None:
    graph = read_graph({"nodes": nodes}, ops, {"inputs": [{"name": "x"}]})
    assert any(word in finding.title for finding in graph.findings)
    assert len(graph.nodes) == len(nodes)


def test_ops_in_the_wrapper_of_the_old_schema_are_read() -> None:
    assert [op.id for op in read_ops({"ops": [OP]})] == ["a"]
    assert read_ops("x") == ()
