"""The form for one file under review: what it will be called, its tags, and what is inside."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from dfs_desktop.artifact import visible
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import later, tr
from dfs_desktop.ui.widgets.dialogs import link_button
from dfs_desktop.ui.widgets.elided_label import ElidedLabel
from dfs_desktop.ui.widgets.fields.tag_edit import TagEdit
from dfs_desktop.ui.widgets.labels import IconLabel, label_of, plain_label
from dfs_desktop.ui.widgets.layouts import LEFT, TOP, column, row, scrolling
from dfs_desktop.ui.widgets.naming import explain, named
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.uploads.draft import Draft, LastUsed

from .facts import facts
from .findings import Findings, Summary

_FOR_ALL = later("Use these tags for all")


class _Description(QPlainTextEdit):
    """Three lines, more when there is room. Tab moves on."""

    def __init__(self) -> None:
        super().__init__(placeholderText=tr("Optional"), tabChangesFocus=True)
        named(self, "descriptionEdit", reads=tr("Description"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 44, metrics.height() * 3 + 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 24, self.sizeHint().height())


class ReviewForm(QWidget):
    """Shows one draft and edits it in place."""

    tags_for_all = Signal(list)

    def __init__(self, known_tags: list[str], last: LastUsed | None, *, several: bool) -> None:
        super().__init__()
        self._last = last or LastUsed()
        self.last_tags = link_button("", self._use_last_tags, name="lastTagsButton")
        self.last_words = link_button("", self._use_last_words, name="lastDescriptionButton")
        offers = (self.last_tags, self._last.tags), (self.last_words, self._last.description)
        for button, offered in offers:
            button.hide()
            policy = button.sizePolicy()  # what is below stays while one types
            policy.setRetainSizeWhenHidden(bool(offered))
            policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)  # nor is the form made wider
            button.setSizePolicy(policy)
        self._draft: Draft | None = None
        self.file = ElidedLabel()
        self.size_text = plain_label(dim=True)
        self.name = named(QLineEdit(), "nameEdit", reads=tr("Name"))
        self.complaint = named(plain_label(failed=True, wrap=True), "nameComplaint")
        self.complaint.hide()
        self.description = _Description()
        self.tags = TagEdit()
        self.tags.set_known(lambda: known_tags)
        self.for_all = link_button(tr(_FOR_ALL), self._give_to_all, name="tagsForAllButton")
        self.for_all.setVisible(several)
        self._inside = _form(gap=4)
        self.summary = Summary()
        self.summary.details.clicked.connect(self._show_all_findings)
        self.findings = Findings()
        self._findings_title = plain_label(tr("Checked before the upload"), heading=True)
        self.reason = plain_label(wrap=True, selectable=True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._good_page())
        self._pages.addWidget(self._bad_page())
        head = row(IconLabel("file", "dim"), (self.file, 1), self.size_text, spacing=8)
        column(head, (self._pages, 1), of=self, spacing=12)
        self.name.textEdited.connect(self._name_typed)
        self.description.textChanged.connect(self._description_typed)
        self.tags.edited.connect(self._tags_edited)

    def _give_to_all(self) -> None:
        self.tags_for_all.emit(self.tags.tags())
        self.for_all.setText(tr("All have these tags now"))

    def _good_page(self) -> QWidget:
        body = QWidget()
        form = _form(gap=12)
        form.addRow(label_of(self.name, tr("Name")), column(self.name, self.complaint, spacing=4))
        self._longest = label_of(self.description, tr("Description"))
        form.addRow(self._longest, column(self.description, (self.last_words, LEFT), spacing=4))
        tags = column(self.tags, (self.last_tags, LEFT), (self.for_all, LEFT), spacing=4)
        form.addRow(label_of(self.tags, tr("Tags")), tags)
        # The findings come last, since they grow: what is above stays where it is.
        column(
            self.summary, form, plain_label(tr("Inside the file"), heading=True), self._inside,
            self._findings_title, self.findings, (None, 1),
            of=body, margins=(0, 0, 4, 0), spacing=12,
        )  # fmt: skip
        area = self._area = scrolling(body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _bad_page(self) -> QWidget:
        page = QWidget()
        title = plain_label(tr("This file will not be uploaded"), failed=True)
        words = column(title, self.reason, spacing=4)
        icon = IconLabel("error", "failed", scale=1.4)
        line = row((icon, TOP), (words, 1), spacing=12)
        column(line, (None, 1), of=page, margins=(0, 8, 0, 0))
        return page

    def show_draft(self, draft: Draft) -> None:
        """Fill the form. Signals of filling change nothing: the draft is set last."""
        self._draft = None
        self.for_all.setText(tr(_FOR_ALL))
        self.file.show_text(draft.path.name)
        self.size_text.setText(quantities.size(draft.size))
        explain(self.size_text, quantities.exact_size(draft.size))
        self._pages.setCurrentIndex(1 if draft.problem else 0)
        self.reason.setText(visible(draft.problem))
        self.name.setText(draft.name)
        self.description.setPlainText(draft.description)
        self.tags.set_tags(draft.tags)
        self.complaint.hide()
        self._show_inside(draft)
        self.show_findings(draft)
        self._draft = draft
        self._offer()

    def _offer(self) -> None:
        """What was used last, where nothing stands yet and where it is something else."""
        draft, last = self._draft, self._last
        if draft is None:
            return
        tags = ", ".join(tag for tag in last.tags if tag not in draft.tags)
        words = last.described(draft.name)
        self.last_tags.setVisible(bool(tags))
        self.last_words.setVisible(bool(words) and not draft.description.strip())
        short = shortened(visible(tags), 40)
        self.last_tags.setText(tr("Add the last tags: {tags}", tags=short).replace("&", "&&"))
        short = shortened(visible(words).replace("\n", " "), 40)
        self.last_words.setText(tr("Use the last one: “{text}”", text=short).replace("&", "&&"))
        explain(self.last_tags, tags)
        explain(self.last_words, words)

    def _use_last_tags(self) -> None:
        if (draft := self._draft) is not None:
            draft.tags = [*draft.tags, *(tag for tag in self._last.tags if tag not in draft.tags)]
            self.tags.set_tags(draft.tags)
            self.tags.setFocus()
            self._offer()

    def _use_last_words(self) -> None:
        if self._draft is not None:
            self.description.setPlainText(self._last.described(self._draft.name))
            self.description.setFocus()

    def show_findings(self, draft: Draft) -> None:
        """What the checks found so far; what is being typed is not touched."""
        self.summary.show_draft(draft)
        self.findings.show_findings(draft.findings)
        self._findings_title.setVisible(bool(draft.findings))

    def _show_all_findings(self) -> None:
        if (body := self._area.widget()) is not None:
            body.adjustSize()  # what has just been added counts
        self._area.verticalScrollBar().setValue(self._findings_title.y())

    def _show_inside(self, draft: Draft) -> None:
        while self._inside.rowCount():
            self._inside.removeRow(0)
        for label, text in facts(draft.contents) if draft.contents else []:
            caption = plain_label(label, dim=True)
            caption.setMinimumWidth(self._longest.sizeHint().width())  # one column with the form
            self._inside.addRow(caption, plain_label(text, wrap=True, selectable=True))

    def complain(self, text: str) -> None:
        """Refuse the name in place; nothing typed is lost."""
        self.complaint.setText(text)
        self.complaint.show()
        self.name.setFocus()

    def _name_typed(self, text: str) -> None:
        if self._draft is not None:
            self._draft.name = text
            if text.strip():
                self.complaint.hide()

    def _description_typed(self) -> None:
        if self._draft is not None:
            self._draft.description = self.description.toPlainText()
            self._offer()

    def _tags_edited(self, tags: list[str]) -> None:
        if self._draft is not None:
            self._draft.tags = tags
            self.for_all.setText(tr(_FOR_ALL))
            self._offer()


def _form(gap: int) -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(gap)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return form
