"""The whole way through the real window, in a process of its own: whole_journey.py PLAN (JSON).

Connect, look, filter, edit, upload, download, save members, compare, quit. A plan says: folder,
sources (the folder of files that come and go, if it is another), file_name (as bytes in hex),
downloads_full, rows. The last line of stdout is what was seen, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from support.artifacts import model_files
from support.artifacts.foreign_records import answer_with, raw_records
from support.network.relay import Relay
from support.qt.desktop import Desktop
from support.qt.detail_pane import turn_to

from dfs_desktop.api import ModelArtifact
from dfs_desktop.transfers.job import Kind, State
from dfs_desktop.ui.comparison.window import CompareWindow
from dfs_desktop.ui.widgets.dialogs import Question
from dfs_desktop.workers.reader import operations

CONTROL = Qt.KeyboardModifier.ControlModifier


class Journey:
    """One person's way; every step has to come to its end."""

    def __init__(self, plan: dict[str, Any], relay: Relay) -> None:
        self.plan, self.relay = plan, relay
        self.folder = Path(plan["folder"])
        self.desktop = Desktop(self.folder / "home", relay.before)
        self.desktop.ready()
        if "sources" in plan:
            self.desktop.workspace.downloads.use_folder(Path(plan["sources"], "downloads"))
        self.seen: dict[str, Any] = {}

    def go(self) -> dict[str, Any]:
        first = self.upload("first", accuracy=0.5, steps=1234567)
        second = self.upload("second", accuracy=0.75)
        self.look(first)
        self.filter()
        self.edit(second)
        self.download(first)
        self.compare(first, second)
        if self.plan.get("rows"):
            self.select_many(self.plan["rows"])
        self.seen["notices"] = [[notice.title, notice.detail] for notice in self.desktop.said]
        self.seen["code"] = self.desktop.end()
        return self.seen

    def upload(self, name: str, **metrics: Any) -> ModelArtifact:
        stem = bytes.fromhex(self.plan.get("file_name", "")) or b"model"
        file = os.fsdecode(stem + f" {name}.fnnx".encode())
        sources = Path(self.plan.get("sources", self.folder))
        path = model_files.write(sources, name, file=file, weights=200_000, **metrics)
        (record,) = self.desktop.upload(path)
        assert record.file_hash == model_files.sha256(path)
        return record

    def look(self, record: ModelArtifact) -> None:
        """The details, the files inside, and one of them on the disk."""
        desktop = self.desktop
        desktop.select(record)
        details = desktop.window.details
        desktop.until(lambda: (found := details.artifact()) and found.id == record.id, "details")
        turn_to(desktop, "files")
        page = details.pages["files"]
        desktop.until(lambda: page._shown is details.look, "the files")
        found = desktop.run(details.look.think(operations.members))
        members = [member for member in found if member.name == "manifest.json"]
        target = self.folder / "saved" / "manifest.json"
        target.parent.mkdir()
        saving = desktop.workspace.member_saver.save(details.look, members, target)
        desktop.until(lambda: saving.ended, "the saved member")
        assert json.loads(target.read_text("utf-8"))["name"] == "first"
        self.seen["times"] = desktop.column("created")
        self.seen["numbers"] = desktop.column("metric:accuracy")

    def filter(self) -> None:
        desktop = self.desktop
        line = desktop.window.filter
        for text, found in (("accuracy>0.6", ["second"]), ("SIZE<1GB FIRST", ["first"])):
            desktop.write(line, text)
            desktop.until(lambda found=found: desktop.names() == found, text)
        desktop.press(line, Qt.Key.Key_Escape)
        desktop.until(lambda: len(desktop.names()) == 2)

    def edit(self, record: ModelArtifact) -> None:
        desktop = self.desktop
        desktop.select(record)
        desktop.press(desktop.table, Qt.Key.Key_F2)
        name = desktop.window.focusWidget()
        assert name is not None
        typed = QInputMethodEvent()
        typed.setCommitString("İstanbul ılık")
        QApplication.sendEvent(name, typed)
        desktop.press(name, Qt.Key.Key_Return)
        desktop.until_records(lambda all_: "İstanbul ılık" in [r.model_name for r in all_])

    def download(self, record: ModelArtifact) -> None:
        desktop = self.desktop
        folder = desktop.workspace.downloads.folder
        desktop.double_click(record)
        if self.plan.get("downloads_full"):
            desktop.click("Download Anyway")
        job = desktop.until(
            lambda: next(
                (job for job in desktop.workspace.queue.jobs if job.kind is Kind.DOWNLOAD), None
            ),
            "the download",
        )
        if self.plan.get("downloads_full"):
            desktop.until(lambda: job.state is State.PAUSED, "the pause")
            assert list(folder.glob("*.fnnx")) == []
            self.seen["pause"] = str(job.error)
            return
        desktop.until(lambda: job.state is State.DONE, f"the download, {job.error}")
        assert model_files.sha256(job.path) == record.file_hash
        self.seen["downloaded"] = os.fsencode(job.path.name).hex()

    def compare(self, *records: ModelArtifact) -> None:
        desktop = self.desktop
        desktop.close_progress()
        desktop.select(*records)
        desktop.press(desktop.table, Qt.Key.Key_D, CONTROL)
        window = desktop.dialog(CompareWindow)
        desktop.until(lambda: window._comparison is not None, "the comparison")
        window.close()
        desktop.until(lambda: not desktop.dialogs(CompareWindow))
        desktop.activate()

    def select_many(self, count: int) -> None:
        """So many rows: selected, counted, copied, and not deleted after all."""
        desktop = self.desktop
        record = raw_records(self.relay)[0]
        rows = [{**record, "id": f"{n:08}-0000-7000-8000-000000000000"} for n in range(count)]
        answer_with(self.relay, rows)
        desktop.refresh()
        desktop.until(lambda: len(desktop.workspace.listing.visible) == count, "the rows")
        desktop.table.setFocus()
        desktop.table.selectAll()
        desktop.until(lambda: len(desktop.table.artifacts()) == count)
        self.seen["counts"] = desktop.window.counts.text()
        desktop.press(desktop.table, Qt.Key.Key_Delete)
        question = desktop.dialog(Question)
        desktop.press(question, Qt.Key.Key_Escape)
        desktop.until(lambda: not desktop.dialogs(Question))


if __name__ == "__main__":
    code = 1
    try:
        with Relay() as relay:
            seen = Journey(json.loads(sys.argv[1]), relay).go()
        print(json.dumps(seen), flush=True)
        code = 0
    except BaseException:  # noqa: BLE001 - the program's own hook writes it into its log
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code)  # wherever it stands
