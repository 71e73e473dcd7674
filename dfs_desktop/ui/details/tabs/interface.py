"""The tab of the interface: inputs, outputs, attributes and variables; JSON types as trees."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.documents.interface import Interface, Port, Variable, read_interface
from dfs_desktop.artifact.documents.json_schema import Schema
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.details.detail_page import DetailPage, Section, show_section
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.preview.text_table import FieldTable
from dfs_desktop.ui.widgets.layouts import Part, set_margins
from dfs_desktop.ui.widgets.naming import tooltip
from dfs_desktop.workers.reader import operations
from dfs_desktop.workspace.inspection.inspector import Inspection

_PORT_TITLES = [later("Name"), later("Type"), later("Shape"), later("Tags")]
_VARIABLE_TITLES = [later("Name"), later("Description"), later("Tags")]
_SECTIONS = (
    ("inputs", later("Inputs"), _PORT_TITLES),
    ("outputs", later("Outputs"), _PORT_TITLES),
    ("dynamic_attributes", later("Dynamic attributes"), _VARIABLE_TITLES),
    ("env_vars", later("Environment variables"), _VARIABLE_TITLES),
)
_LONGEST = 300
_MOST_AXES = 32
_MOST_LINES = 24  # of a tree before it scrolls by itself


def shape_text(shape: tuple[int | str, ...] | None) -> str:
    """`batch × 3 × 224`; "" for a value that has none, `scalar` for no axes."""
    if shape is None:
        return ""
    shown = " × ".join(str(axis)[:40] for axis in shape[:_MOST_AXES])
    return (shown + (" × …" if len(shape) > _MOST_AXES else "")) or tr("scalar")


class SchemaTree(QTreeWidget):
    """JSON types field by field: name, kind with its limits, and what it is for."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("JSON types"))
        self.setHeaderLabels([tr("Field"), tr("Type"), tr("Description")])
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIndentation(self.fontMetrics().averageCharWidth() * 2)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setMaximumSectionSize(self.fontMetrics().averageCharWidth() * 44)
        self.itemExpanded.connect(lambda _item: self._fit())
        self.itemCollapsed.connect(lambda _item: self._fit())

    def show_schemas(self, schemas: list[Schema]) -> None:
        self.clear()
        self.addTopLevelItems([_schema_item(schema) for schema in schemas])
        self.expandToDepth(1 if len(schemas) < 4 else 0)
        self._fit()

    def _fit(self) -> None:
        lines, index = 0, self.model().index(0, 0)
        while index.isValid() and lines < _MOST_LINES:
            lines, index = lines + 1, self.indexBelow(index)
        height = self.fontMetrics().height() + 8
        head = self.header().sizeHint().height()
        self.setFixedHeight(head + height * lines + 8)


def _schema_item(schema: Schema) -> QTreeWidgetItem:
    kind = [schema.kind, *schema.limits]
    if schema.choices:
        kind.append(tr("one of {choices}", choices=", ".join(schema.choices[:6])))
    if not schema.required:
        kind.append(tr("optional"))
    if schema.cut:
        kind.append("…")
    words = [schema.name, ", ".join(kind), schema.description]
    item = QTreeWidgetItem([visible(word[:_LONGEST].replace("\n", " ")) for word in words])
    for column, word in enumerate(words):
        item.setToolTip(column, tooltip(word))
    item.addChildren([_schema_item(part) for part in schema.parts])
    return item


class InterfacePage(DetailPage):
    """The registered manifest at once; its patches and the JSON types when they have been read."""

    key = "interface"
    operation = staticmethod(operations.interface)
    margins = (0, 8, 16, 16)
    spacing = 4

    def make(self) -> Iterator[Part]:
        self.findings = FindingList()
        set_margins(self.findings, 5, 0, 0, 4)
        self.findings.hide()
        yield self.findings
        self.tables: dict[str, FieldTable] = {}
        for key, title, titles in _SECTIONS:
            stretch = 0 if titles is _PORT_TITLES else 1
            self.tables[key] = table = FieldTable(tr(title), [*map(tr, titles)], stretch=stretch)
            yield Section(tr(title), table, margins=(5, 8, 0, 0), spacing=4)
        self.types = SchemaTree()
        yield Section(tr("JSON types"), self.types, margins=(5, 8, 0, 0), spacing=4)
        yield None

    def fill_known(self, look: Inspection) -> bool:
        if look.record is None:
            return False
        found = read_interface(look.record.manifest)
        # Without the types every JSON value would count as a fault.
        self.fill(Interface(found.inputs, found.outputs, found.dynamic_attributes, found.env_vars))
        return True

    def fill(self, found: Interface) -> None:
        for key, table in self.tables.items():
            entries = getattr(found, key)
            show_section(table, entries)
            rows = [
                _port_row(each) if isinstance(each, Port) else _variable_row(each)
                for each in entries
            ]
            table.show_rows(rows)
            last = len(_PORT_TITLES if key in ("inputs", "outputs") else _VARIABLE_TITLES) - 1
            table.setColumnHidden(last, not any(row[last] for row in rows))
        schemas = {
            port.element: port.schema for port in (*found.inputs, *found.outputs) if port.schema
        }
        show_section(self.types, schemas)
        self.types.show_schemas(list(schemas.values()))
        self.findings.show_findings([(f.level, f.title, f.remedy) for f in found.findings])


def _port_row(port: Port) -> list[str]:
    name = f"{port.name} — {port.description}" if port.description else port.name
    shape = shape_text(port.shape) or port.content_type
    return [name[:_LONGEST], port.dtype[:_LONGEST], shape, ", ".join(port.tags)[:_LONGEST]]


def _variable_row(variable: Variable) -> list[str]:
    name = tr("{name} (secret)", name=variable.name) if variable.is_secret else variable.name
    tags = "" if variable.is_secret else ", ".join(variable.tags)
    return [name[:_LONGEST], variable.description[:_LONGEST], tags[:_LONGEST]]
