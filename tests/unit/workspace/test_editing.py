"""What an edit sends: what the person changed and nothing else, whatever stands on the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from dfs_desktop.ui.widgets.fields.tag_edit import TagEdit
from dfs_desktop.workspace.editing.editor import merged
from dfs_desktop.workspace.editing.tags import divided, typed_tags, unquoted, with_new

pytestmark = pytest.mark.fault("RL-04")

ODD = st.text(
    st.sampled_from('aB \t\r\n\u2028\u2029\u00a0\u0085\u0301é😀,"“”')
    | st.characters(codec="utf-8"),
    max_size=30,
)


@given(st.lists(ODD, max_size=8))
def test_tags_that_nobody_touched_are_what_they_were(qapp: QApplication, tags: list[str]) -> None:
    edit = TagEdit()
    edit.set_tags(tags)
    assert edit.tags() == tags
    edit._enter()
    assert edit.tags() == tags
    edit._add(["a new one of ours"])
    assert edit.tags()[: len(tags)] == tags


@given(st.lists(ODD, max_size=8), st.lists(ODD, max_size=4))
def test_a_new_tag_changes_none_that_is_there(tags: list[str], new: list[str]) -> None:
    together = with_new(tags, new)
    assert together[: len(tags)] == tags
    folded = [tag.casefold() for tag in together[len(tags) :]]
    assert len(set(folded)) == len(folded)
    assert not set(folded) & {tag.casefold() for tag in tags}


@given(st.lists(st.text('ab ,"”“\n', max_size=8), max_size=5))
def test_a_tag_in_quotes_is_understood_whatever_it_holds(tags: list[str]) -> None:
    wanted = with_new((), (" ".join(tag.split()) for tag in tags))
    typed = ", ".join('"' + tag.replace('"', '""') + '"' for tag in wanted)
    assert typed_tags(typed) == wanted


def test_a_comma_in_quotes_does_not_divide() -> None:
    assert typed_tags('prod, "Jones, Jr." , 5" disk') == ["prod", "Jones, Jr.", '5" disk']
    assert divided('a, "Jones, J')[1] == ' "Jones, J'
    assert unquoted(' "say ""so""" ') == 'say "so"'
    assert typed_tags("a\nb\r\nc") == ["a", "b", "c"]


@given(ODD, st.data())
def test_a_text_keeps_what_was_not_touched(
    qapp: QApplication, text: str, data: st.DataObject
) -> None:
    field = QPlainTextEdit()
    field.setPlainText(text)
    shown = field.toPlainText()
    assert merged(text, shown, shown) == text
    at = data.draw(st.integers(0, len(shown)))
    now = shown[:at] + "NEW" + shown[at:]
    saved = merged(text, shown, now)
    field.setPlainText(saved)
    assert field.toPlainText() == now, "the person sees what was saved"
    if len(shown) == len(text):
        assert saved == text[:at] + "NEW" + text[at:]


def test_line_ends_of_a_text_stay_as_they_are() -> None:
    assert merged("one\r\ntwo\r\n", "one\ntwo\n", "one\ntwo\nthree\n") == "one\r\ntwo\r\nthree\r\n"
    assert merged("a\u2028b\u00a0c", "a\nb c", "a\nb cd") == "a\u2028b\u00a0cd"
