"""Notices: equal troubles show one card, and a card leaves when its cause has passed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from support.network.relay import Relay
from support.qt.desktop import Desktop

from dfs_desktop.api import Phase
from dfs_desktop.ui.main_window.bars.notice_bar import NoticeCard
from dfs_desktop.workspace.notices import Level, Notice, from_error
from dfs_desktop.workspace.transfers.progress_text import _PHASES

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]


@pytest.mark.fault("RL-35")
def test_settings_that_cannot_be_written_are_told_once(start: Start, home: Path) -> None:
    desktop = start()
    settings = desktop.workspace.state.settings_file.path
    settings.unlink(missing_ok=True)
    settings.parent.mkdir(parents=True, exist_ok=True)
    target = home / "gone" / "dfs.json"
    settings.symlink_to(target)
    if target.parent.exists():
        target.parent.rmdir()
    desktop.home.joinpath("gone").write_text("a file where a folder should be")
    said = len(desktop.said)
    for theme in ("dark", "light", "dark"):
        desktop.workspace.settings.theme = theme
        desktop.workspace.save_settings()
        desktop.until(lambda: not desktop.workspace.state._saving.locked())
    notice = desktop.notice("Your settings could not be saved")
    assert "settings.json" in notice.detail
    assert len(desktop.said) == said + 1
    for card in desktop.window.main_panel.notices.cards():
        card.leave()  # the person has read it
    desktop.workspace.settings.theme = "light"
    desktop.workspace.save_settings()
    desktop.until(lambda: not desktop.workspace.state._saving.locked())
    assert not desktop.notices(), "and it does not come back for ever"
    desktop.home.joinpath("gone").unlink()


@pytest.mark.fault("RL-35", "RL-02")
def test_equal_troubles_show_one_card(desktop: Desktop) -> None:
    for _ in range(3):
        desktop.workspace.notify(from_error(OverflowError("x"), "Something went wrong"))
    assert desktop.notices() == ["Something went wrong"]
    for number in range(4):
        desktop.workspace.notify(Notice(f"saved {number}", seconds=60))
    assert "Something went wrong" in desktop.notices(), "passing news push no trouble out"


@pytest.mark.fault("W-06")
def test_a_refresh_that_works_again_takes_its_card_away(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    desktop.upload(make_model("one"))
    relay.answer_instead("/collections", 403, "application/json", b'{"detail": "No"}')
    for _ in range(2):
        desktop.press(desktop.window, Qt.Key.Key_F5)
        desktop.notice("Could not refresh")
        desktop.until(lambda: not desktop.workspace.session.loading)
    assert desktop.notices().count("Could not refresh") == 1
    relay.release()
    desktop.refresh()
    desktop.until(lambda: not desktop.notices())


@pytest.mark.fault("W-06")
def test_trouble_of_one_server_does_not_stand_over_another(desktop: Desktop) -> None:
    workspace = desktop.workspace
    workspace.notify(Notice("Could not upload big-model", key="transfer:7", place="another"))
    workspace.notify(Notice("Something of this server"))
    workspace.notify(Notice("Something of the program", place=""))
    workspace.session_changed.emit()
    assert desktop.notices() == ["Something of this server", "Something of the program"]
    profile = workspace.session.profile
    workspace.session.profile = type(profile)(id="another", name="x", base_url="")
    workspace.session_changed.emit()
    assert desktop.notices() == ["Something of the program"]
    workspace.session.profile = profile
    workspace.notices.withdraw("Something of the program")
    assert not desktop.notices()


@pytest.mark.fault("W-06")
def test_an_upload_that_is_tried_again_takes_its_card_away(
    slow_desktop: Desktop, relay: Relay, make_model: Make
) -> None:
    desktop = slow_desktop
    relay.answer_instead("artifacts", 403, "application/json", b'{"detail": "No"}')
    desktop.drop(make_model("one"))
    (job,) = desktop.accept_review()
    desktop.notice("Could not upload one")
    relay.release()
    desktop.close_progress()
    desktop.workspace.transfers.resume(job)
    desktop.until(lambda: job.state.ended)
    desktop.until(lambda: not [title for title in desktop.notices() if "Could not" in title])


def test_every_phase_of_a_transfer_has_a_word() -> None:
    assert set(_PHASES) == set(Phase)


def test_a_notice_has_room_for_its_sentence_where_the_table_is_narrow(desktop: Desktop) -> None:
    desktop.window.resize(desktop.window.minimumSizeHint())
    words = "The storage says the same to both. Ask whoever runs the bucket. " * 4
    desktop.workspace.notify(Notice("Could not download bert", words, Level.ERROR))
    desktop.notice("Could not download")
    bar = desktop.window.main_panel.notices
    em = bar.fontMetrics().averageCharWidth()
    desktop.until(lambda: bar.isVisible() and bar.width() >= 48 * em, "a notice of some width")
    assert desktop.window.rect().contains(bar.geometry())
    (card,) = bar.cards()
    assert all(label.heightForWidth(label.width()) <= label.height() for label in sentences(card))


def sentences(card: NoticeCard) -> list[QLabel]:
    return [label for label in card.findChildren(QLabel) if label.wordWrap()]
