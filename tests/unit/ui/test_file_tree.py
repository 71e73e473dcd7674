"""The files of an artifact in the order of their names, or the biggest first."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from dfs_desktop.artifact.archive.folder_tree import folders_of
from dfs_desktop.artifact.archive.tar_walk import Member
from dfs_desktop.ui.preview.file_tree import FileTree

SIZES = {"a/1": 5, "a/2": 70, "b/1": 10, "b/2": 9, "c": 400, "d": 1}


def shown(tree: FileTree, parent: QModelIndex | None = None) -> list[str]:
    """The paths from top to bottom, everything open."""
    parent = parent or QModelIndex()
    found = []
    for row in range(tree.rowCount(parent)):
        index = tree.index(row, 0, parent)
        assert tree.parent(index) == parent
        found += [tree.node(index).path, *shown(tree, index)]
    return found


def test_a_click_on_size_shows_the_biggest_first_and_keeps_what_is_open(qtbot: QtBot) -> None:
    view = QTreeView()
    qtbot.addWidget(view)
    tree = FileTree(view)
    view.setModel(tree)
    folder = folders_of(Member(name, 0, size) for name, size in SIZES.items())
    tree.show(folder, folder.size)
    by_name = shown(tree)
    assert by_name == ["a/", "a/1", "a/2", "b/", "b/1", "b/2", "c", "d"]
    view.expand(tree.index(1, 0))
    view.setCurrentIndex(tree.index(1, 0, tree.index(0, 0)))  # a/2
    tree.sort(1)
    assert shown(tree) == ["c", "a/", "a/2", "a/1", "b/", "b/1", "b/2", "d"]
    assert view.isExpanded(tree.index(2, 0)), "b/ as before"
    assert tree.node(view.currentIndex()).path == "a/2"
    tree.show(folder, folder.size)
    assert shown(tree)[0] == "c", "the next artifact as well"
    tree.sort(0)
    assert shown(tree) == by_name
