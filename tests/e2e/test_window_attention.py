"""What needs attention, in the real window: the badge counts it, the list says what and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from support.qt.desktop import Desktop

from dfs_desktop.api import ModelArtifact
from dfs_desktop.transfers.job import State
from dfs_desktop.ui.attention.card import AttentionCard
from dfs_desktop.ui.attention.dialog import AttentionDialog
from dfs_desktop.ui.widgets.dialogs import Question

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
HTML = "<b>resnet</b>"


def stuck(desktop: Desktop, status: str, name: str) -> ModelArtifact:
    """A record that somebody else left like this."""
    artifacts = desktop.here.model_artifacts
    where = desktop.workspace.session.place.collection

    async def make() -> ModelArtifact:
        made = await artifacts.create(
            where, "x.fnnx", {}, {}, "0" * 64, {}, 12_000_000, model_name=name
        )
        record = made["model"]
        assert isinstance(record, ModelArtifact)
        if "delet" in status:
            await artifacts.delete_url(record.id)
        return record

    return desktop.run(make())


def cards(dialog: AttentionDialog) -> dict[str, AttentionCard]:
    found = [card for card in dialog.findChildren(AttentionCard) if card.isVisible()]
    return {card.item.title: card for card in found}


def agreed(desktop: Desktop, button: str, card: AttentionCard) -> None:
    """Press it, say no, press it again, say yes: what cannot be brought back is asked about."""
    title = card.item.title
    for answer in ("Keep", button):
        desktop.click(button, card)
        question = desktop.dialog(Question)
        assert question.windowTitle() == f"{button}: “{title}”?"
        assert desktop.button("Keep", question).hasFocus()
        desktop.click(answer, question)
        desktop.until(lambda: not desktop.dialogs(Question))


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.mark.fault("RL-07")
def test_the_badge_leads_to_the_list_and_its_buttons_work(desktop: Desktop) -> None:
    desktop.workspace.deleter.seconds = 0.0
    badge = desktop.window.badge
    assert not badge.isVisible()
    stuck(desktop, "pending_upload", HTML)
    stuck(desktop, "pending_deletion", "old")
    desktop.refresh()
    desktop.until(lambda: badge.isVisible() and badge.text() == "1 needs attention")
    desktop.click("attentionButton")
    dialog = desktop.dialog(AttentionDialog)
    assert not dialog.isModal()
    desktop.until(lambda: set(cards(dialog)) == {HTML, "old"})
    for label in dialog.findChildren(QLabel):
        assert not label.text() or label.textFormat() is Qt.TextFormat.PlainText
    for title, card in cards(dialog).items():
        assert card.accessibleName().startswith(f"{title}, In “Models” · 12 MB. ")
        for button in card.findChildren(QPushButton):
            assert button.accessibleName() == f"{button.text()}: {title}"
    assert "started elsewhere or earlier" in words(cards(dialog)[HTML])
    agreed(desktop, "Finish the deletion", cards(dialog)["old"])
    desktop.until(lambda: set(cards(dialog)) == {HTML})
    desktop.until_records(lambda found: [r.model_name for r in found] == [HTML])
    agreed(desktop, "Mark as failed", cards(dialog)[HTML])
    desktop.until_records(lambda found: [r.status.value for r in found] == ["upload_failed"])
    desktop.until(lambda: "failed or was given up" in words(cards(dialog)[HTML]))
    desktop.until(lambda: desktop.column("status") == ["Upload failed"])
    desktop.until(lambda: not badge.isVisible(), "what only lies there needs no badge")
    agreed(desktop, "Remove record", cards(dialog)[HTML])
    desktop.until(lambda: "Nothing needs you" in words(dialog))
    desktop.until_records(lambda found: found == [])
    desktop.until(lambda: desktop.names() == [])
    dialog.close()


@pytest.mark.fault("D-08")
def test_d08_wrong_bytes_are_kept_from_the_list(desktop: Desktop, make_model: Make) -> None:
    (record,) = desktop.upload(make_model("bert", weights=300_000))
    stores = (p for p in (desktop.places.data / "registry").rglob("*") if p.is_file())
    (stored,) = [path for path in stores if path.stat().st_size == record.size]
    good = stored.read_bytes()
    stored.write_bytes(good[:-1] + b"!")
    desktop.double_click(record)
    desktop.until(lambda: len(desktop.workspace.queue.jobs) == 2)
    job = desktop.workspace.queue.jobs[-1]
    desktop.until(lambda: job.state is State.FAILED)
    desktop.close_progress()
    desktop.window.actions_["attention"].trigger()
    dialog = desktop.dialog(AttentionDialog)
    card = desktop.until(lambda: cards(dialog).get("bert"))
    assert "not the registered one" in words(card)
    desktop.click("Keep the wrong bytes", card)
    desktop.until(lambda: job.state is State.CANCELLED)
    kept = desktop.workspace.downloads.folder / "bert.fnnx.corrupt"
    assert kept.read_bytes() == good[:-1] + b"!"
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    desktop.notice("The wrong bytes were kept as bert.fnnx.corrupt")
    desktop.until(lambda: not cards(dialog))
    dialog.close()
