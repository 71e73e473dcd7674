"""Every tab of the details on real artifacts: what it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from support.artifacts import makers as make
from support.artifacts.makers import make_pipeline, pipeline_members
from support.qt.detail_pane import Pane, cells, open_pane
from support.qt.widgets import find, texts

from dfs_desktop.ui.preview.json_tree import JsonTree


@pytest.fixture
def pane(qapp: QApplication, tmp_path: Path) -> Iterator[Pane]:
    with open_pane(qapp, tmp_path) as pane:
        yield pane


def test_the_overview_of_a_file_says_what_it_is(pane: Pane, artifacts: dict[str, Path]) -> None:
    page = pane.open(artifacts["pyfunc"])
    values = {title: label.text() for title, label in page.facts.values.items()}
    assert values["Kind"] == "pyfunc"
    assert not pane.pane.overview.isVisible(), "that is for records; it must not lie over the file"
    assert values["Version"] == "2"
    assert values["Folder"] == str(artifacts["pyfunc"].parent)
    assert "f1 0.5000" in page.metrics.accessibleDescription()
    assert [name for name, _, _ in page.metrics._metrics] == ["f1 ↑", "loss ↓"]
    assert not page.facts.values["SHA-256"].isVisible()
    page.hash.click()
    pane.until(lambda: len(page.facts.values["SHA-256"].text()) == 64)
    assert page.hash.isHidden()


def test_the_interface_has_shapes_types_and_variables(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pyfunc"], "interface")
    rows = cells(page.tables["inputs"])
    assert ["x", "Array[float32]", "batch × 3"] in [row[:3] for row in rows]
    assert ["question", "ext::question", "JSON"] in [row[:3] for row in rows]
    variables = cells(page.tables["env_vars"])
    assert any("(secret)" in row[0] for row in variables)
    top = page.types.topLevelItem(0)
    fields = {top.child(n).text(0): top.child(n).text(1) for n in range(top.childCount())}
    assert fields["text"] == "string, length ≥ 3"
    assert "optional" in fields["top_k"]


def test_a_short_tab_has_its_free_room_below_its_sections(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pipeline"], "interface")
    sections = [table.parentWidget() for table in page.tables.values()]
    shown = [section for section in sections if section and section.isVisible()]
    assert [each.height() for each in shown] == [each.sizeHint().height() for each in shown]


def test_the_graph_is_drawn_in_the_order_it_runs(pane: Pane, artifacts: dict[str, Path]) -> None:
    page = pane.open(artifacts["pipeline"], "graph")
    layers = {box.title: box.layer for box in page.graph._drawing.boxes}
    assert layers == {"x": 0, "first": 1, "last": 2, "y": 3}
    assert "2 steps: first, ONNX_v1, then last, ONNX_v1" in page.graph.accessibleDescription()
    assert cells(page.ops)[0] == ["first", "ONNX_v1", "ai.onnx 17", "8"]
    assert "MatMul" in page.operators.text()
    page.graph.choose(0)
    assert page.step.isVisible()
    assert "last" in page._step_section.heading.text()
    page.graph.grab()


def test_the_environment_is_judged_for_this_machine_and_copied(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pyfunc"], "environment")
    rows = {row[0]: row[1:] for row in cells(page.packages)}
    assert rows["numpy"] == ["==1.26.4", "yes"]
    assert rows["tomli"][1].startswith("only if")
    clipboard = QGuiApplication.clipboard()
    for name, part in (
        ("requirements", "numpy==1.26.4"), ("uv", "uv pip install"), ("conda", "dependencies:"),
    ):  # fmt: skip
        find(page, QWidget, f"copy_{name}").click()
        assert part in clipboard.text()
        assert "tomli" not in clipboard.text()


def test_a_card_is_text_and_its_page_is_only_opened_after_a_warning(
    pane: Pane, tmp_path: Path
) -> None:
    html = f"<h1>Card</h1><script>alert(1)</script><img src='file://{tmp_path}/x.png'><p>Fine"
    card = make.zip_of({"index.html": html + "<a href='https://cdn.example/x'>more</a>"})
    path = make.make_pipeline(tmp_path / "a.fnnx", **{make.CARD.format(make.HEX): card})
    page = pane.open(path, "card")
    assert page.browser.toPlainText().split() == ["Card", "Finemore"]
    assert page.browser.asked == [], "nothing was even asked for"
    page.open.click()
    pane.until(lambda: pane.pane.findChildren(QWidget, "") and _question())
    question = _question()
    assert question is not None
    said = texts(question)
    assert "It has scripts" in said
    assert "cdn.example" in said
    question.close()
    pane.run(asyncio.sleep(0))
    assert page._folder is None, "nothing was written"


def _question() -> QWidget | None:
    kinds = [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Question"]
    return next((w for w in kinds if w.isVisible()), None)


def test_an_experiment_has_curves_parameters_and_attachments(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["experiment"], "experiment")
    assert "2 metrics, 100 points" in page.summary.text()
    assert ["lr", "0.01", "float"] in cells(page.parameters)
    assert "loss: 50 points, from 2.000 to 0.04000" in page.curves.chart.accessibleDescription()
    page.curves.axis.setCurrentIndex(1)
    page.curves.axis.activated.emit(1)
    assert page.curves.chart.axis == "time"
    page.curves.log.setChecked(True)
    page.curves.smoothing.setValue(50)
    page.curves.grab()
    page.attachments.table.selectRow(1)
    pane.until(lambda: page.attachments.preview.found)
    assert page.attachments.preview.found.view == "markdown"


def test_weights_are_a_table_with_sums(pane: Pane, artifacts: dict[str, Path]) -> None:
    page = pane.open(artifacts["pyfunc"], "weights")
    assert page.files.count() == 2
    assert "16 parameters" in page.tensors.summary.text()
    page.choose(1)
    pane.until(lambda: "safetensors" in page.tensors.summary.text())
    assert ["embedding", "float32", "3 × 4", "48 bytes"] in [
        [row[0], row[1].lower().replace("f32", "float32"), row[2], row[3]]
        for row in cells(page.tensors.table)
    ]


def test_safety_is_a_list_of_facts_and_never_a_stamp(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pyfunc"], "safety")
    titles = [label.text() for label in page.facts.findChildren(QLabel)][::2]
    assert titles[0] == "It runs Python code that came with it"
    assert any("pickle" in title for title in titles)
    words = texts(page).casefold()
    assert "is safe" not in words
    page = pane.open(artifacts["dataset"], "safety")
    assert page.nothing.isVisible()
    assert "may still be harmful" in page.introduction.text()


def test_a_forecast_and_a_prompt_graph_have_a_dashboard(pane: Pane, tmp_path: Path) -> None:
    tags = ["dataforce.studio::forecasting:v1", "dataforce.studio::prompt_optimization:v1"]
    payloads = {
        "forecasting_metrics:v1": {"metrics": {"mape": 0.08}},
        "forecasting_chart:v1": {"dates": ["2026-01", "2026-02"], "<b>sales": [1.5, None]},
        "graph_fe_def:v1": {
            "nodes": [{"id": "a", "data": {"label": "Question"}}, {"id": "b", "type": "model"}],
            "edges": [{"source": "a", "target": "b"}],
        },
    }
    meta = [{"tags": [tag], "payload": payload} for tag, payload in payloads.items()]
    members = json.loads(pipeline_members()["manifest.json"]) | {"producer_tags": tags}
    path = make_pipeline(
        tmp_path / "f.fnnx", manifest__json=json.dumps(members), meta__json=json.dumps(meta)
    )
    page = pane.open(path, "dashboard")
    assert "mape 0.0800" in page.metrics.accessibleDescription()
    assert "<b>sales" in page.chart.accessibleDescription()
    assert page.chart._x_text(1.0) == "2026-02"
    page.graph.chosen.emit(0)
    assert page._step.heading.text() == "Question"
    assert page._step.isVisible()


def test_metadata_keeps_the_order_and_what_it_does_not_know(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pyfunc"], "metadata")
    tree: JsonTree = page.tree
    first = tree.topLevelItem(0)
    assert first is not None
    assert first.text(0) == "1: registry_metrics:v1"
    keys = [first.child(n).text(0) for n in range(first.childCount())]
    assert keys[0] == "payload"
    assert "kept" in keys
    assert tree.topLevelItemCount() == 2


def test_the_manifest_tells_what_its_patches_changed(
    pane: Pane, artifacts: dict[str, Path]
) -> None:
    page = pane.open(artifacts["pyfunc"], "manifest")
    assert json.loads(page.text.toPlainText())["version"] == "2"
    assert cells(page.changes) == [["/version", "0", "2", "manifest-a.patch.json"]]
    page.which.setCurrentText("Without patches")
    page._show_text()
    assert json.loads(page.text.toPlainText())["version"] == "0"


def test_of_several_files_with_weights_a_damaged_one_hides_no_other(
    pane: Pane, tmp_path: Path
) -> None:
    good = make.safetensors.numpy.save(make.WEIGHTS)
    members = {"w/a.safetensors": b"\xff" * 5000, "w/b.safetensors": good}
    path = make.make_pipeline(tmp_path / "a.fnnx", **members)
    page = pane.open(path, "weights")
    assert page.problem.isVisible()
    assert page.tensors.isHidden()
    page.choose(1)
    pane.until(page.tensors.isVisible)
    assert "16 parameters" in page.tensors.summary.text()
