"""A JSON value as a tree. Children are made when their parent is opened: documents may be vast."""

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from dfs_desktop.artifact import visible
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import trn
from dfs_desktop.ui.widgets.cut_text_tooltips import show_whole_text
from dfs_desktop.ui.widgets.naming import tooltip

MOST_CHILDREN = 1000
_VALUE = Qt.ItemDataRole.UserRole
_LONGEST = 300


class _Held:
    """A value inside an item as it is: Qt would make a sorted map of its own of a dict."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _value_of(item: QTreeWidgetItem) -> Any:
    held = item.data(0, _VALUE)
    return held.value if isinstance(held, _Held) else None


_OPENED_AT_ONCE = 40


class JsonTree(QTreeWidget):
    """Names at the left, values at the right. Copy takes the value, a branch as JSON."""

    def __init__(self, name: str) -> None:
        super().__init__(columnCount=2)
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(self.fontMetrics().averageCharWidth() * 2)
        show_whole_text(self)
        header = self.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setMaximumSectionSize(self.fontMetrics().averageCharWidth() * 60)
        self.itemExpanded.connect(self._fill)

    def show_value(self, value: Any) -> None:
        """Show an object or a list by its entries, anything else as one line."""
        self.clear()
        pairs = _pairs(value) if isinstance(value, dict | list) else [("", value)]
        _add(self.invisibleRootItem(), pairs)
        left = _OPENED_AT_ONCE - self.topLevelItemCount()
        for number in range(self.topLevelItemCount()):
            item = self.topLevelItem(number)
            value = _value_of(item) if item else None
            if item is not None and isinstance(value, dict | list) and len(value) <= left:
                left -= len(value)
                item.setExpanded(True)

    def _fill(self, item: QTreeWidgetItem) -> None:
        value = _value_of(item)
        if not item.childCount() and isinstance(value, dict | list):
            _add(item, _pairs(value))

    def keyPressEvent(self, event: Any) -> None:
        item = self.currentItem()
        if event.matches(QKeySequence.StandardKey.Copy) and item is not None:
            value = _value_of(item)
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            QGuiApplication.clipboard().setText(text)
            return
        super().keyPressEvent(event)


def _pairs(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return [(str(number), each) for number, each in enumerate(value)]


def _item(name: str, value: Any) -> QTreeWidgetItem:
    item = QTreeWidgetItem([visible(name[:_LONGEST]), _short(value)])
    item.setData(0, _VALUE, _Held(value))
    if isinstance(value, dict | list) and value:
        item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
    elif isinstance(value, str) and len(value) > 40:
        item.setToolTip(1, tooltip(value))
    return item


def _add(item: QTreeWidgetItem, pairs: list[tuple[str, Any]]) -> None:
    item.addChildren([_item(name, each) for name, each in pairs[:MOST_CHILDREN]])
    if (left := len(pairs) - MOST_CHILDREN) > 0:
        words = trn("{amount} more", "{amount} more", left, amount=number_text(left))
        item.addChild(QTreeWidgetItem(["…", words]))


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return trn("{amount} entry", "{amount} entries", len(value))
    if isinstance(value, list):
        plain = [each for each in value if not isinstance(each, dict | list)]
        if value and len(plain) == len(value) <= 8:
            return ", ".join(_short(each) for each in value)[:_LONGEST]
        return trn("{amount} item", "{amount} items", len(value))
    if isinstance(value, str):
        return visible(value[:_LONGEST].replace("\n", " "))
    return json.dumps(value)
