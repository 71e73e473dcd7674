"""Text of others: HTML and control characters in every field are shown, never rendered (S-04)."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from support.artifacts.foreign_records import (
    KEPT,
    Opened,
    answer_with,
    everywhere,
    faults,
    metrics_of,
    raw_records,
    show_everything,
)
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.ui.main_window.go_to import GotoBox
from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog
from dfs_desktop.ui.upload_review.sheet import ReviewSheet

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[tuple[str, Opened | None]]:
    """HTML that would fetch a file when somebody renders it, and who hears when that happens."""
    picture = tmp_path / "trap.png"
    picture.write_bytes(b"\x89PNG\r\n")
    text = f'<img src="file://{picture}"><b>&amp;bold</b><table><a href="x">&evil\u202e\x07\x1b[31m'
    opened = Opened(picture) if sys.platform == "linux" else None
    if opened is not None:
        picture.read_bytes()
        assert opened, "the watch hears"
    yield text, opened
    if opened is not None:
        opened.close()


@pytest.mark.fault("S-04")
def test_no_text_of_a_server_is_rendered(
    slow_desktop: Desktop,
    relay: Relay,
    make_model: Make,
    trap: tuple[str, Opened | None],
) -> None:
    desktop, (text, opened) = slow_desktop, trap
    fields = [{"name": "x", "content_type": "NDJSON", "dtype": "Array[float32]", "shape": ["x"]}]
    env = [{"name": "x", "description": "x"}]
    manifest = {"inputs": fields, "outputs": fields, "dynamic_attributes": env, "env_vars": env}
    desktop.upload(make_model("resnet50", manifest=manifest, acc=0.9))
    desktop.refresh()
    (record,) = raw_records(relay)
    evil = everywhere(record, text, KEPT)
    evil |= {metrics_of(evil): {text: 0.5, "b": text}, "tags": [text, "two"], "description": text}
    evil["file_index"] = {f"{text}/{n}": [512, 10] for n in range(3)}
    evil["created_by_user"] = evil["unique_identifier"] = text
    other = copy.deepcopy(evil) | {"id": "01a2b3c4-0000-4000-8000-000000000000", "status": text}
    answer_with(relay, [evil, other])
    desktop.refresh()
    assert len(desktop.names()) == 2
    for row in list(desktop.workspace.listing.visible):
        desktop.select(row.artifact)
        show_everything(desktop)
        assert faults() == []
    desktop.select(*(row.artifact for row in desktop.workspace.listing.visible))
    desktop.window.filter.setText(text)
    desktop.window.filter.setText("")
    desktop.window.actions_["goto"].trigger()
    desktop.dialog(GotoBox).grab()
    assert faults() == []
    desktop.dialog(GotoBox).close()
    assert not opened


def test_no_error_text_of_a_server_is_rendered(
    slow_desktop: Desktop, relay: Relay, make_model: Make, trap: tuple[str, Opened | None]
) -> None:
    desktop, (text, opened) = slow_desktop, trap
    relay.answer_instead(
        "artifacts", 409, "application/json", json.dumps({"detail": text}).encode()
    )
    desktop.refresh()
    desktop.notice("Could not refresh")
    desktop.drop(make_model("bert"))
    desktop.accept_review()
    desktop.notice("Could not upload bert.fnnx")
    show_everything(desktop)
    assert faults() == []
    assert not opened


def test_no_name_of_a_place_is_rendered(
    slow_desktop: Desktop, relay: Relay, trap: tuple[str, Opened | None]
) -> None:
    desktop, (text, opened) = slow_desktop, trap
    desktop.run(
        desktop.here.collections.create(text[:99].replace("\x07", "").replace("\x1b", ""), "")
    )
    desktop.refresh()
    session = desktop.workspace.session
    evil = next(c for c in session.collections if "<img" in c.name)
    desktop.workspace.browser.choose_collection(evil.id)
    desktop.ready()
    desktop.window.grab()
    assert desktop.window.main_panel.empty.isVisible()
    assert faults() == []
    assert not opened


def test_no_text_of_a_file_is_rendered(
    desktop: Desktop, make_model: Make, trap: tuple[str, Opened | None]
) -> None:
    text, opened = trap
    fields = [{"name": text, "content_type": text, "dtype": text, "shape": [text]}]
    manifest = {"name": text, "description": text, "producer_name": text, "inputs": fields}
    path = make_model("plain", manifest=manifest, file="a <b>b</b> & c.fnnx", **{text: 0.5})
    desktop.drop(path, path.with_name("<img>missing.fnnx"))
    desktop.dialog(ReviewSheet).grab()
    assert faults() == []
    desktop.accept_review()
    desktop.dialog(ProgressDialog)
    show_everything(desktop)
    assert faults() == []
    desktop.until(lambda: not desktop.workspace.queue.running())
    show_everything(desktop)
    assert faults() == []
    assert not opened


def test_the_look_at_every_widget_has_eyes(desktop: Desktop) -> None:
    label = QLabel("<b>foreign</b>", desktop.window)
    assert any("may render '<b>foreign" in fault for fault in faults())
    label.setText("")
    label.setToolTip('<img src="file:///x">')
    assert any("tooltip" in fault for fault in faults())
    label.setToolTip("")
    assert faults() == []
