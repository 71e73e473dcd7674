"""The table is found again as it was left, in each collection, after a restart, by the keys alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from support.qt.desktop import Desktop

from dfs_desktop.ui.main_window.go_to import GotoBox
from dfs_desktop.workspace.registry import freshness

pytestmark = pytest.mark.shared_window
Make = Callable[..., Path]
Start = Callable[..., Desktop]
Key = Qt.Key


KNOWN = {
    "Name",
    "Status",
    "Tags",
    "acc",
    "loss",
    "Size",
    "Created",
    "File",
}  # what is asserted here


def shown(desktop: Desktop) -> list[str]:
    """The known columns that are shown; others may come to stand among them."""
    return [title for title in titles(desktop) if title in KNOWN]


def titles(desktop: Desktop) -> list[str]:
    """The columns as they stand in the window, from left to right."""
    header, columns = desktop.table.horizontalHeader(), desktop.table.table.columns()
    order = sorted(range(len(columns)), key=header.visualIndex)
    return [columns[n].title for n in order if not header.isSectionHidden(n)]


def number(desktop: Desktop, key: str) -> int:
    return [column.key for column in desktop.table.table.columns()].index(key)


def menu(desktop: Desktop) -> QMenu:
    return next(m for m in desktop.window.findChildren(QMenu, "columnMenu") if m.isVisible())


def tick(desktop: Desktop, *titles: str) -> None:
    """Click these in the menu of columns, which stays open."""
    for title in titles:
        action = next(a for a in menu(desktop).actions() if a.text() == title)
        QTest.mouseClick(
            menu(desktop),
            Qt.MouseButton.LeftButton,
            pos=menu(desktop).actionGeometry(action).center(),
        )
        assert menu(desktop).isVisible(), "one click does not close it"


def test_columns_are_chosen_moved_kept_and_reset(start: Start, make_model: Make) -> None:
    desktop = start()
    paths = [make_model("a", acc=0.9, loss=0.3), make_model("b", acc=0.95, loss=0.4)]
    table, header = desktop.table, desktop.table.horizontalHeader()
    assert header.isSectionHidden(number(desktop, "status")), "it has nothing to tell"
    desktop.upload(*paths)  # there was progress to show
    assert shown(desktop) == ["Name", "Status", "Tags", "acc", "loss", "Size", "Created", "File"]

    # The head of a metric: what is better, and the first click puts the best on top.
    best = {
        (key, row): table.table.index(row, number(desktop, key)).data(
            Qt.ItemDataRole.AccessibleTextRole
        )
        for key in ("metric:acc", "metric:loss")
        for row in range(2)
    }
    assert sum("the best" in words for words in best.values()) == 2
    for key, first in (("metric:acc", "b"), ("metric:loss", "a")):
        section = number(desktop, key)
        place = QPoint(header.sectionViewportPosition(section) + 9, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert desktop.names()[0] == first
    table.columns_requested.emit(QPoint(50, 50), number(desktop, "metric:loss"))
    next(a for a in menu(desktop).actions() if a.text() == "Higher Is Better").trigger()
    menu(desktop).close()
    assert desktop.workspace.settings.metric_directions == {"loss": 1}

    # By keys alone: the menu of the current column; ticks leave it open.
    table.setCurrentIndex(table.table.index(0, number(desktop, "metric:acc")))
    for _ in range(3):
        desktop.window.actions_["columns"].trigger()
        next(a for a in menu(desktop).actions() if a.text() == "Move Left").trigger()
        menu(desktop).close()
    desktop.window.actions_["columns"].trigger()
    words = [action.text() for action in menu(desktop).actions()]
    assert [word for word in words if word in shown(desktop)] == shown(desktop), "in its order"
    tick(desktop, "Size", "Status", "File")
    menu(desktop).close()
    wanted = ["acc", "Name", "Tags", "loss", "Created"]
    assert shown(desktop) == wanted
    header.resizeSection(0, 333)

    # Another collection has its own, and this one is found again.
    create = desktop.workspace.place_editor.create_collection
    create("Other")
    desktop.until(lambda: desktop.window.windowTitle().startswith("Other"))
    assert shown(desktop) == ["Name", "Tags", "Size", "Created", "File"]
    first = next(c for c in desktop.workspace.session.collections if c.name != "Other")
    desktop.workspace.browser.choose_collection(first.id)
    desktop.until(lambda: len(desktop.names()) == 2)
    assert shown(desktop) == wanted
    desktop.end()

    desktop = start()
    table, header = desktop.table, desktop.table.horizontalHeader()
    desktop.until(lambda: len(desktop.names()) == 2)
    assert shown(desktop) == wanted
    assert header.sectionSize(0) == 333
    assert desktop.names() == ["a", "b"]
    assert header.sortIndicatorSection() == number(desktop, "metric:loss")
    assert desktop.workspace.listing.direction("loss") == 1

    # The last column stays; what is fitted is as wide as its cells need.
    desktop.window.actions_["columns"].trigger()
    tick(desktop, *(title for title in titles(desktop) if title != "Name"), "Name")
    menu(desktop).close()
    assert titles(desktop) == ["Name"]
    desktop.window.actions_["fit_columns"].trigger()
    assert 10 < header.sectionSize(0) < 333
    desktop.window.actions_["reset_columns"].trigger()
    assert shown(desktop) == ["Name", "Tags", "acc", "loss", "Size", "Created", "File"]


def test_a_view_is_saved_opened_and_shared_by_keys(desktop: Desktop, make_model: Make) -> None:
    desktop.upload(make_model("a", acc=0.9), make_model("b", acc=0.95), make_model("c", acc=0.1))
    window, actions, views = desktop.window, desktop.window.actions_, desktop.workspace.views
    assert not actions["update_view"].isEnabled()
    desktop.write(window.filter, "acc>0.5")
    desktop.workspace.listing.sort("metric:acc", descending=True)
    actions["columns"].trigger()
    tick(desktop, "Size", "File")
    menu(desktop).close()
    actions["save_view"].trigger()
    name = window.picker.views.name
    assert name.isVisible()
    QTest.keyClicks(name, "good ones")
    desktop.press(name, Key.Key_Return)
    listed = window.picker.views.list
    assert [listed.item(n).text() for n in range(listed.count())] == ["good ones"]
    assert actions["update_view"].isEnabled()

    # The collection's name leads back to all of it, with its own columns.
    item = window.picker.collections.currentItem()
    window.picker.collections.itemClicked.emit(item)
    assert (len(desktop.names()), window.filter.text()) == (3, "")
    desktop.activate()
    actions["goto"].trigger()
    box = desktop.dialog(GotoBox)
    QTest.keyClicks(box.line, "good ones")
    desktop.press(box.line, Key.Key_Return)
    assert (desktop.names(), window.filter.text()) == (["b", "a"], "acc>0.5")
    assert shown(desktop) == ["Name", "Status", "Tags", "acc", "Created"]
    actions["copy_view"].trigger()
    line = QGuiApplication.clipboard().text()
    assert line.startswith("dfs-view: ")

    # Escape empties the filter, and leaves the view; a view that was deleted comes back by the note.
    desktop.press(window.filter, Key.Key_Escape)
    assert (views.opened, len(desktop.names())) == (None, 3)
    listed.setFocus()
    desktop.press(listed, Key.Key_Down)
    desktop.press(listed, Key.Key_Delete)
    assert not views.here()
    desktop.click("Undo")
    assert [view.name for view in views.here()] == ["good ones"]
    actions["paste_view"].trigger()
    assert [view.name for view in views.here()] == ["good ones", "good ones 2"]
    QGuiApplication.clipboard().setText("nothing of the kind")
    actions["paste_view"].trigger()
    assert desktop.notice("This is no view")


def test_what_others_changed_is_seen_when_the_window_is_looked_at(
    desktop: Desktop, make_model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, workspace, table = desktop.window, desktop.workspace, desktop.table
    asked: list[str] = []
    refresh = workspace.browser.refresh
    monkeypatch.setattr(workspace.browser, "refresh", lambda: (asked.append("all"), refresh()))

    def look() -> None:
        window.changeEvent(QEvent(QEvent.Type.ActivationChange))
        desktop.until(lambda: not any(
            "look for" in task.get_name() for task in asyncio.all_tasks(desktop.loop)
        ))  # fmt: skip

    def later() -> None:
        workspace.session.seen_at = workspace.freshness._asked = 0.0

    later()
    look()
    assert not desktop.notices(), "an empty collection is looked at too"
    a, b, c = desktop.upload(make_model("a", acc=0.9), make_model("b", acc=0.5), make_model("c"))
    desktop.refresh()
    asked.clear()
    look()
    assert not asked, "it was looked at a moment ago"
    later()
    look()
    desktop.refresh()
    asked.clear()
    later()
    look()
    assert not asked, "nothing changed, so one request was all"

    table._end_marks()
    desktop.select(b)
    here = desktop.here
    desktop.run(here.model_artifacts.update(b.id, tags=["new"]))
    desktop.run(here.model_artifacts.delete(a.id))
    marked: list[list[str]] = []
    workspace.freshness.marked.connect(marked.append)
    later()
    look()
    desktop.notice("“a” is no longer in “")
    assert asked == ["all"]
    assert marked == [[b.id]]
    assert table._cells.marked == {b.id}
    assert [each.id for each in table.artifacts()] == [b.id], "the selection stays"
    assert sorted(desktop.names()) == ["b", "c"]
    table._end_marks()

    # Now and then, when that is wanted; not any more, when it is not.
    monkeypatch.setattr(freshness, "SECONDS", 0.02)
    window.actions_["poll"].trigger()
    desktop.run(here.model_artifacts.update(c.id, tags=["newer"]))
    desktop.until(lambda: [c.id] in marked, "the change")
    told = len(asked)
    desktop.run(asyncio.sleep(0.2))
    assert len(asked) == told, f"what lists leave out is no change: {marked}"
    window.actions_["poll"].trigger()
    assert not workspace.freshness.polls
    desktop.until(lambda: not workspace.session.loading)


def test_enter_asks_the_orbit_for_the_words_and_what_was_found_is_marked(
    desktop: Desktop, make_model: Make
) -> None:
    a, _b = desktop.upload(make_model("resnet a", acc=0.9), make_model("resnet b", acc=0.5))
    window, session = desktop.window, desktop.workspace.session
    desktop.write(window.filter, "NET acc>0.6")
    assert desktop.names() == ["resnet a"]
    lines, text = desktop.table._cells._names, "resnet a"
    (place,) = lines.places(QRectF(0, 0, 300, 20), text, ("net",))
    assert place.left() == pytest.approx(lines.width("res"), abs=2)
    assert not list(lines.places(QRectF(0, 0, 300, 20), "ﬀß net", ("net",))), "not one to one"
    assert desktop.workspace.listing.applied.wanted("name") == ("net",)
    desktop.press(window.filter, Key.Key_Return)
    assert session.search == "NET"
    desktop.until(lambda: not session.loading)
    assert desktop.names() == ["resnet a"]
    assert window.filter.text() == '"acc">0.6'
    desktop.press(window.filter, Key.Key_Return)  # no words: on to what was found
    assert [each.id for each in desktop.table.artifacts()] == [a.id]
    desktop.press(window.filter, Key.Key_Escape)
    desktop.until(lambda: len(desktop.names()) == 2)
    desktop.write(window.filter, "nothing like it")
    desktop.click("Clear filter")
    assert len(desktop.names()) == 2


def test_a_column_that_nobody_gave_a_width_has_room_for_its_numbers(
    desktop: Desktop, make_model: Make
) -> None:
    desktop.upload(make_model("a", acc=1.5e-7, loss=123456789.25), make_model("b", acc=0.1))
    table, header = desktop.table, desktop.table.horizontalHeader()
    acc, loss = number(desktop, "metric:acc"), number(desktop, "metric:loss")
    for section in (acc, loss):
        table.scrollTo(table.table.index(0, section))
        desktop.until(lambda n=section: header.sectionSize(n) >= table.sizeHintForColumn(n))
    header.resizeSection(loss, 40)
    table.scrollTo(table.table.index(0, acc))
    desktop.upload(make_model("c", acc=123456789123.25, loss=12345678912.25))
    desktop.until(lambda: header.sectionSize(acc) >= table.sizeHintForColumn(acc))
    assert header.sectionSize(loss) == 40, "as a person wants it"
