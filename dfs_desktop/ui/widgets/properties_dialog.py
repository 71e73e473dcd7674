"""One form for what a person writes of a collection, an orbit or a track."""

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr

from .dialogs import FittedDialog, choice_box, primary_button, secondary_button
from .fields.tag_edit import TagEdit
from .labels import headline, plain_label
from .layouts import row, sheet
from .naming import named

LONGEST_NAME = 100  # what servers take
LONGEST_TEXT = 1000


class PropertiesDialog(FittedDialog):
    """Fields are added in the order in which they stand; the name comes first and cannot be empty."""

    def __init__(self, parent: QWidget, title: str, verb: str, name: str = "") -> None:
        super().__init__(parent)
        self.setObjectName("propertiesDialog")
        self.setWindowTitle(title)
        self._words: dict[str, list[str]] = {}
        self._text: QPlainTextEdit | None = None
        self._choices: dict[str, QComboBox] = {}
        longest = max(LONGEST_NAME, len(name))
        self.name = named(QLineEdit(name, maxLength=longest), "propertiesNameEdit")
        self.name.selectAll()
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.addRow(tr("&Name"), self.name)
        self._cancel = secondary_button(tr("Cancel"), self.reject)
        self.ok = primary_button(verb, "propertiesOkButton", self.accept)
        sheet(self, headline(title, wrap=True), self.form, row(None, self._cancel, self.ok))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        self.name.textChanged.connect(self._allow)
        self._allow()

    def showEvent(self, event: QShowEvent) -> None:
        if (last := self.previousInFocusChain()) is not None:  # the fields came after the buttons
            self.setTabOrder(last, self._cancel)
        self.setTabOrder(self._cancel, self.ok)
        super().showEvent(event)

    def _allow(self) -> None:
        self.ok.setEnabled(bool(self.name.text().strip()))

    def add_text(self, text: str) -> None:
        """A description of some lines."""
        self._text = named(QPlainTextEdit(text, tabChangesFocus=True), "propertiesTextEdit")
        self._text.setFixedHeight(self.fontMetrics().height() * 4)
        self.form.addRow(tr("&Description"), self._text)

    def add_words(self, title: str, words: Iterable[str], hint: str = "") -> None:
        """A line of chips: tags, or the stages of a track."""
        edit = named(TagEdit(), reads=tr(title))
        edit.set_tags(list(words))
        self._words[title] = edit.tags()
        edit.edited.connect(lambda now: self._words.__setitem__(title, list(now)))
        self.form.addRow(tr(title), edit)
        if hint:
            self.add_note(hint)

    def add_note(self, text: str) -> None:
        """What is to be known of the fields above, in one line: a form gives wrapped words two."""
        self.form.addRow("", plain_label(text, dim=True))

    def add_choice(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        """One of several: a value and the words for it each."""
        box = choice_box("propertiesChoice", tr(title))
        for value, words in choices:
            box.addItem(visible(words), value)
        self._choices[title] = box
        self.form.addRow(tr(title), box)

    def choose(self, title: str, value: str) -> None:
        """Choose a value beforehand."""
        box = self._choices[title]
        box.setCurrentIndex(max(0, box.findData(value)))

    def words(self, title: str) -> list[str]:
        return self._words[title]

    def choice(self, title: str) -> str:
        return str(self._choices[title].currentData())

    def description(self) -> str:
        """The text, cut where servers would refuse it."""
        return self._text.toPlainText()[:LONGEST_TEXT] if self._text is not None else ""
