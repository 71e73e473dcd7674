"""Artifacts side by side: verdicts on interfaces, and tables of what differs."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.artifacts import makers
from support.artifacts.comparison_facts import comparison_facts

from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.comparison.compare import Comparison, compare
from dfs_desktop.artifact.comparison.comparison_export import Row
from dfs_desktop.artifact.comparison.compatibility import compatibility
from dfs_desktop.artifact.comparison.member_diff import text_difference
from dfs_desktop.artifact.comparison.metric_direction import better
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.safety.written_tables import Form


def port(name: str = "x", **changed: Any) -> dict[str, Any]:
    return {"name": name, "content_type": "NDJSON", "dtype": "Array[float32]",
            "shape": ["n", 3]} | changed  # fmt: skip


BASE: dict[str, Any] = {"inputs": [port()], "outputs": [port("y")],
                        "env_vars": [{"name": "A"}], "dynamic_attributes": [{"name": "cut"}]}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "verdict", "reason"),
    [
        ({}, "same", ""),
        ({"inputs": []}, "breaking", "the input “x” is gone"),
        ({"inputs": [port(), port("z")]}, "breaking", "new input “z” is required"),
        ({"inputs": [port(dtype="Array[float64]")]}, "breaking", "has the dtype “Array[float64]”"),
        ({"inputs": [port(shape=["n", 3, 1])]}, "breaking", "has 3 axes, had 2"),
        ({"inputs": [port(shape=["n", 4])]}, "breaking", "the input “x”: axis 2 is 4, was 3"),
        ({"inputs": [port(shape=[8, 3])]}, "breaking", "the input “x”: axis 1 is 8, was free"),
        ({"inputs": [port(shape=["n", "m"])]}, "compatible", "the input “x”: axis 2 is free"),
        ({"inputs": [port(shape=["b", 3])]}, "compatible", "is called “b”"),
        ({"inputs": [port(content_type="JSON")]}, "breaking", "is “JSON”, was “NDJSON”"),
        ({"inputs": [port(tags=["t"])]}, "compatible", "other tags"),
        ({"outputs": []}, "breaking", "the output “y” is gone"),
        ({"outputs": [port("y"), port("z")]}, "compatible", "the output “z” is new"),
        ({"outputs": [port("y", shape=[1, 3])]}, "compatible", "the output “y”: axis 1"),
        ({"outputs": [port("y", shape=["n", "k"])]}, "breaking", "the output “y”: axis 2"),
        ({"env_vars": [{"name": "A"}, {"name": "B"}]}, "breaking", "“B” must be set"),
        ({"env_vars": []}, "compatible", "not needed any more"),
        ({"dynamic_attributes": []}, "breaking", "the attribute “cut” is gone"),
        ({"dynamic_attributes": [{"name": "cut"}, {"name": "b"}]}, "compatible", "“b” is new"),
    ],
)
def test_the_verdict_on_an_interface(changed: dict[str, Any], verdict: str, reason: str) -> None:
    found = compatibility(read_interface(BASE), read_interface(BASE | changed))
    assert found.verdict == verdict
    assert reason in "; ".join(found.breaking or found.harmless)


JSON_PORT = {"name": "q", "content_type": "JSON", "dtype": "ext::q"}


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ({"a": "string"}, {"a": "string"}, "same"),
        ({"a": "string"}, {"a": "integer"}, "breaking"),
        ({"a": "string"}, {}, "breaking"),
        ({"a": "string"}, {"a": "string", "b?": "string"}, "compatible"),
        ({"a": "string"}, {"a": "string", "b": "string"}, "breaking"),
        ({"a": "string", "b?": "string"}, {"a": "string"}, "compatible"),
        ({"a?": "string"}, {"a": "string"}, "breaking"),
        ({"a": "string"}, {"a?": "string"}, "compatible"),
    ],
)
def test_the_verdict_on_the_schema_of_a_json_input(old: Any, new: Any, verdict: str) -> None:
    def interface(fields: dict[str, str]) -> Any:
        schema = {
            "type": "object",
            "properties": {name.strip("?"): {"type": kind} for name, kind in fields.items()},
            "required": [name for name in fields if not name.endswith("?")],
        }
        return read_interface({"inputs": [JSON_PORT]}, {"ext::q": schema})

    assert compatibility(interface(old), interface(new)).verdict == verdict


@pytest.mark.parametrize(
    ("name", "direction"),
    [("accuracy", 1), ("val/accuracy", 1), ("ACC", 1), ("F1", 1), ("f1_macro", 1), ("ROC_AUC", 1),
     ("r2", 1), ("top_5", 1), ("loss", -1), ("val_loss", -1), ("RMSE", -1), ("trainLoss", -1),
     ("log_loss", -1), ("latency_ms", -1), ("accuracy_error", -1), ("epochs", 0), ("x", 0),
     ("glossary", 0), ("capacity", 0), ("alpha", 0)],
)  # fmt: skip
def test_the_direction_of_a_metric_is_guessed_from_its_name_or_not_at_all(
    name: str, direction: int
) -> None:
    assert better(name) == direction


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[OpenArtifact]]:
    folder = tmp_path_factory.mktemp("compared")
    paths = [
        makers.make_pyfunc(folder / "old.luml"),
        makers.make_pyfunc(folder / "new.luml", version="2", numpy_version="2.1.0"),
        makers.make_pipeline(folder / "other.fnnx"),
    ]
    found = [OpenArtifact.local(path) for path in paths]
    yield found
    for each in found:
        each.close()


@pytest.fixture(scope="module")
def comparison(artifacts: list[OpenArtifact]) -> Comparison:
    return compare([comparison_facts(each) for each in artifacts])


def rows(comparison: Comparison, title: str, *, only: bool = True) -> dict[str, Row]:
    (section,) = [each for each in comparison.sections if each.title == title]
    return {each.label: each for each in section.shown(only_differences=only)}


def test_two_versions_differ_where_they_do(artifacts: list[OpenArtifact]) -> None:
    both = compare([comparison_facts(each) for each in artifacts[:2]])
    assert both.verdicts[0].verdict == "same"
    assert set(rows(both, "Manifest")) == {"version"}
    assert rows(both, "Interface") == {}
    assert (
        rows(both, "Interface", only=False)["input x"].values == ("Array[float32] [batch, 3]",) * 2
    )
    assert rows(both, "Environment")["numpy"].note == "major version"
    assert set(rows(both, "Files")) == {"env.json"}
    assert rows(both, "Files")["env.json"].note == "resized"
    assert set(rows(both, "Files", only=False)) == set(artifacts[0].index)


def test_gaps_are_gaps(comparison: Comparison) -> None:
    assert rows(comparison, "Metrics")["f1"].values == ("0.5", "0.5", None)
    assert rows(comparison, "Interface")["attribute threshold"].values == (None, None, "asked for")
    assert rows(comparison, "Files")["ops_artifacts/first/model.onnx"].note == "added"
    assert comparison.verdicts[1].verdict == "breaking"


def made(metrics: dict[str, Any], packages: list[str], python: str = "3.11") -> OpenArtifact:
    meta = [{"id": "m", "producer_tags": [makers.REGISTRY_METRICS],
             "payload": {"metrics": metrics}}]  # fmt: skip
    env = {"python3::conda_pip": {"python_version": python, "build_dependencies": [],
                                  "dependencies": [{"package": each} for each in packages]}}  # fmt: skip
    members = {"manifest.json": "{}", "meta.json": json.dumps(meta), "env.json": json.dumps(env)}
    return OpenArtifact.walk(BytesSource(makers.tar_of(members), "a.fnnx"))


def test_the_best_of_each_metric_is_marked_where_a_direction_is_known() -> None:
    facts = [
        comparison_facts(made({"accuracy": a, "loss": b, "epochs": c, "note": d}, []), name)
        for name, a, b, c, d in (
            ("a", 0.9, 0.3, 5, "x"), ("b", 0.95, 0.2, 9, "y"), ("c", 0.95, None, 1, True))
    ]  # fmt: skip
    metrics = rows(compare(facts), "Metrics")
    assert metrics["accuracy"].best == (1, 2)
    assert metrics["loss"].best == (1,)
    assert metrics["epochs"].best == metrics["note"].best == ()
    assert metrics["loss"].values == ("0.3", "0.2", None)
    text = compare(facts).written(Form.MARKDOWN)
    assert "| accuracy | 0.9 | **0.95** | **0.95** |" in text


def test_packages_come_in_the_order_of_what_hurts_most() -> None:
    old = made({}, ["a==1.0", "b==1.0", "c==1", "d==1", "same==1"], "3.11")
    new = made({}, ["a==1.1", "b==2.0", "d==1", "e==1", "same==1"], "3.12")
    section = compare([comparison_facts(each) for each in (old, new)]).sections[3]
    assert [(row.label, row.note) for row in section.rows] == [
        ("python", ""), ("b", "major version"), ("c", "removed"), ("e", "added"),
        ("a", "changed"), ("d", ""), ("same", "")]  # fmt: skip
    assert section.rows[0].values == ("3.11", "3.12")


def test_csv_and_markdown_say_the_same_and_no_name_becomes_markup(comparison: Comparison) -> None:
    table = list(csv.reader(io.StringIO(comparison.written(Form.CSV, only_differences=False))))
    assert table[0] == ["section", "", "old.luml", "new.luml", "other.fnnx", "note"]
    assert {len(line) for line in table} == {6}
    every = sum(len(section.rows) for section in comparison.sections)
    assert len(table) == every + 1
    hostile = made({"=HYPERLINK(1)": 1, "a|b<script>**": 2, "-1": 3}, [])
    both = compare([comparison_facts(hostile, "=x|"), comparison_facts(hostile, "b")])
    text = both.written(Form.MARKDOWN, only_differences=False)
    assert "a\\|b\\<script\\>\\*\\*" in text
    cells = [cell for line in csv.reader(io.StringIO(both.written(Form.CSV, only_differences=False)))
             for cell in line]  # fmt: skip
    assert "'=HYPERLINK(1)" in cells
    assert "'=x|" in cells
    assert "-1" in cells
    assert not any(cell.startswith("=") for cell in cells)


def test_identical_artifacts_have_nothing_to_show(artifacts: list[OpenArtifact]) -> None:
    facts = comparison_facts(artifacts[0])
    same = compare([facts, facts])
    assert same.verdicts[0].verdict == "same"
    assert all(not section.shown(only_differences=True) for section in same.sections)
    assert same.written(Form.CSV).count("\r\n") == 1


def test_text_members_are_compared_line_by_line(
    artifacts: list[OpenArtifact], tmp_path: Path
) -> None:
    old, new, other = artifacts
    lines = text_difference(old, new, "manifest-a.patch.json")
    assert lines[0] == "--- old.luml"
    assert any('"2"' in line for line in lines if line.startswith("+"))
    assert text_difference(old, new, "manifest.json") == []
    assert text_difference(other, old, "manifest-a.patch.json")[2].startswith("@@ -0,0")
    with pytest.raises(ArtifactError, match="line by line"):
        text_difference(old, new, "variant_artifacts/extra_files/w.npz")
    large = OpenArtifact.walk(
        BytesSource(makers.tar_of({"a": "x\n" * 3000, "b": "x" * 600_000}), "l")
    )
    for name in ("a", "b"):
        with pytest.raises(ArtifactError):
            text_difference(large, large, name)
