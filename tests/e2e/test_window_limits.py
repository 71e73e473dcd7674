"""Endless names, sizes over 32 bits; and a spoken name for every widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QToolButton,
    QWidget,
)
from support.artifacts.foreign_records import (
    KEPT,
    answer_with,
    everywhere,
    metrics_of,
    raw_records,
    show_everything,
)
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import Ledger, ModelArtifact, Phase, Scope, UploadRecord
from dfs_desktop.transfers.job import Job
from dfs_desktop.ui.transfers.progress_dialog import ProgressDialog
from dfs_desktop.ui.upload_review.sheet import ReviewSheet

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
TB = 10**12


def test_endless_names_keep_the_window_in_shape(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    desktop.upload(make_model("resnet50", acc=0.9))
    desktop.refresh()
    (record,) = raw_records(relay)
    long = "x" * 10_000
    evil = everywhere(record, long, KEPT)
    evil |= {metrics_of(evil): {long: 0.5}, "tags": [long, long + "y"], "description": long * 3}
    answer_with(relay, [evil])
    before = desktop.window.size()
    desktop.refresh()
    desktop.select(desktop.workspace.listing.visible[0].artifact)
    show_everything(desktop)
    assert desktop.window.size() == before
    assert desktop.window.minimumSizeHint().width() < 1000
    desktop.workspace.deleter.delete([desktop.workspace.listing.visible[0].artifact])
    desktop.until(desktop.window.undo_strip.isVisible)
    assert desktop.window.undo_strip.height() < desktop.window.height() / 8
    assert desktop.window.size() == before


SIZES = {2**31: "2.1 GB", 5_000_000_000: "5 GB", 5 * TB: "5 TB", 2**63 - 1: "9223 PB"}


def test_sizes_beyond_32_bits_in_rows_and_details(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    desktop.upload(make_model("resnet50"))
    desktop.refresh()
    (record,) = raw_records(relay)
    for size, text in SIZES.items():
        relay.release()
        answer_with(relay, [record | {"size": size}])
        desktop.refresh()
        assert desktop.column("size") == [text]
        desktop.select(desktop.workspace.listing.visible[0].artifact)
        assert text in desktop.window.counts.text()
        labels = [label.text() for label in desktop.window.details.findChildren(QLabel)]
        assert any(f"{size:,}".replace(",", "\u202f") in label for label in labels)


def test_progress_of_terabytes(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    total, done = 5 * TB, 3 * TB
    record = UploadRecord("/models/vast.fnnx", "vast", Scope("o", "b", "c"))
    job = Job("vast", Ledger(record))
    job.provisional = ModelArtifact(
        id=f"job:{job.number}", collection_id="c", file_name="vast.fnnx", size=total
    )
    over = asyncio.Event()

    async def work(job: Job) -> None:
        job.meter.enter(Phase.SENDING, total)
        job.meter.advance(done)
        await over.wait()

    monkeypatch.setattr(desktop.workspace.queue, "_work", work)
    desktop.workspace.queue.add(job)
    desktop.workspace.listing.put(job.provisional, job)
    desktop.window.transfer_handlers.watch([job])
    dialog = desktop.dialog(ProgressDialog)
    desktop.until(lambda: job.snapshot().permille == 600)
    seen = lambda: "\n".join(label.text() for label in dialog.findChildren(QLabel))  # noqa: E731
    desktop.until(lambda: "3 TB of 5 TB" in seen(), seen())
    desktop.until(lambda: "60 %" in desktop.window.transfer_summary.text())
    desktop.window.grab()
    job.meter.advance(2 * TB - 1)
    desktop.until(lambda: "99 %" in desktop.window.transfer_summary.text())
    over.set()
    desktop.until(lambda: job.state.ended)


NEEDS_A_NAME = (
    QAbstractButton, QLineEdit, QPlainTextEdit, QAbstractItemView, QComboBox, QTabBar,
)  # fmt: skip


def nameless() -> list[str]:
    """Widgets that take keys or clicks, and have nothing that a screen reader could say."""
    found = []
    for widget in QApplication.allWidgets():
        if not isinstance(widget, NEEDS_A_NAME) or isinstance(widget, QHeaderView):
            continue
        if widget.objectName().startswith("qt_") or not widget.isVisible():
            continue
        spoken = QAccessible.queryAccessibleInterface(widget)
        parent = widget.parentWidget()
        if spoken is not None and not spoken.text(QAccessible.Text.Name).strip():
            place = f"{type(parent).__name__} {parent.objectName()!r}" if parent else "a window"
            found.append(f"{type(widget).__name__} {widget.objectName()!r} in {place}")
    return found


def test_every_widget_that_takes_keys_or_clicks_has_a_name(
    desktop: Desktop, make_model: Make
) -> None:
    desktop.run(desktop.app.prepared.wait())
    names = ("collectionPicker", "artifactTable", "detailPane", "filterEdit", "transfersView")
    for name in names:
        widget = desktop.window.findChild(QWidget, name)
        assert widget is not None, name
        assert widget.accessibleName(), name
    assert nameless() == []
    desktop.drop(make_model("a", acc=0.9), make_model("b"))
    desktop.dialog(ReviewSheet)
    assert nameless() == []
    desktop.accept_review()
    desktop.dialog(ProgressDialog)
    assert nameless() == []
    desktop.until(lambda: not desktop.workspace.queue.running())
    desktop.close_progress()
    desktop.select(desktop.workspace.listing.visible[0].artifact)
    desktop.window.transfers.show()
    for key in desktop.window.details.tabs.shown:
        desktop.window.details.tabs.choose(key)
        assert nameless() == []
    for action in ("add_server", "goto", "python", "new_collection"):
        desktop.window.actions_[action].trigger()
        desktop.run(asyncio.sleep(0.02))
        assert nameless() == []
        for dialog in desktop.dialogs():
            dialog.close()
    desktop.workspace.deleter.delete([desktop.workspace.listing.visible[0].artifact])
    desktop.until(desktop.window.undo_strip.isVisible)
    assert nameless() == []
    stray = QToolButton(desktop.window)
    stray.show()
    assert nameless() == ["QToolButton '' in MainWindow 'mainWindow'"]
    shiboken6.delete(stray)  # other tests have the window after this one
    desktop.window.transfers.hide()
    desktop.activate()
    desktop.window.picker.name.setFocus()
    desktop.press(desktop.window.picker.name, Qt.Key.Key_Escape)
    desktop.until(lambda: not desktop.window.picker.kind.isVisible())
