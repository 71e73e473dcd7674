"""The language of texts: which one is meant, numbers in their forms, names in lines of Arabic."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop import settings, translation
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace import quantities


@pytest.fixture(autouse=True)
def _english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(translation.VARIABLE, "en")
    yield
    translation.use("en")


@given(st.text())
def test_whatever_is_asked_for_a_language_of_ours_answers(asked: str) -> None:
    assert translation.code_of(asked) in {*translation.LANGUAGES, translation.PSEUDO}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("de_AT.UTF-8", "de"),
        ("de-CH", "de"),
        ("ar", "ar"),
        ("C", "en"),
        ("fr_FR", "en"),
        ("", "en"),
    ],
)
def test_a_locale_names_its_language(asked: str, code: str) -> None:
    assert translation.code_of(asked) == code


@pytest.mark.parametrize(
    ("locale", "order", "code"),
    [
        ("en_US.UTF-8", "fr:de:ar", "de"),
        ("de_DE.UTF-8", "en", "en"),
        ("de_DE.UTF-8", "fr:nl", "de"),
        ("ar", "", "ar"),
        ("C", "de", "en"),
    ],
)
def test_an_order_of_languages_comes_before_the_locale(
    monkeypatch: pytest.MonkeyPatch, locale: str, order: str, code: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)
    monkeypatch.setenv("LANGUAGE", order)
    assert translation.code_of(translation.of_the_system()) == code


def test_a_value_is_never_read_as_a_pattern() -> None:
    assert tr("Delete “{name}”?", name="{x} {0}") == "Delete “{x} {0}”?"
    assert tr("{not a value}") == "{not a value}"


def test_what_no_catalogue_knows_is_read_in_english() -> None:
    translation.use("de")
    assert tr("no such text {n}", n=1) == "no such text 1"
    assert trn("{amount} thing", "{amount} things", 2) == "2 things"


def test_the_pseudo_language_keeps_values_and_changes_the_rest() -> None:
    translation.use(translation.PSEUDO)
    said = trn("{amount} file of “{name}”", "{amount} files of “{name}”", 2, name="some")
    assert said.startswith("[2 f")
    assert "“some”" in said
    assert "of" not in said
    assert said.endswith("·]")


def test_a_name_in_a_line_of_arabic_keeps_its_own_order() -> None:
    translation.use("ar")
    assert translation.right_to_left()
    assert tr("“{name}” {n}", name="a-b", n=3) == "“\u2068a-b\u2069” 3"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"language": 3}', b"{", b"\xff", b"[" * 100_000])
def test_damaged_settings_choose_no_language(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    assert settings.chosen_language() == ""
    file = settings.Places.from_environment().settings
    file.parent.mkdir()
    file.write_bytes(content)
    assert settings.chosen_language() == ""


@pytest.mark.fault("RL-05")
def test_the_settings_choose_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    file = settings.SettingsFile(settings.Places.from_environment().settings)
    file.save(settings.Settings(language="de"))
    assert settings.chosen_language() == "de"
    saved = file.path.read_text("utf-8")
    for encoding in ("utf-8-sig", "utf-16"):  # as editors save it
        file.path.write_text(saved, encoding)
        assert settings.chosen_language() == "de"


@pytest.mark.fault("RL-05")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_settings_that_are_a_pipe_are_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path))
    file = settings.Places.from_environment().settings
    file.parent.mkdir()
    os.mkfifo(file)
    assert settings.chosen_language() == ""


def test_counts_times_and_sizes_are_whole_texts_of_the_language() -> None:
    translation.use(translation.PSEUDO)
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    said = [
        *(quantities.ago(now - timedelta(minutes=many), now) for many in (0, 5, 130, 1500, 3000)),
        *(quantities.ago(now + timedelta(minutes=many), now) for many in (5, 130, 1500, 3000)),
        *(quantities.size(count) for count in (1, 2, 1500, 5 * 10**15)),
        *(quantities.size(count, spoken=True) for count in (1, 1500)),
        *(quantities.counted(*given) for given in [(1, 1), (3, 2), (5, 5, 9), (5, 2, 9)]),
        *(quantities.counted(*given, coming=True) for given in [(1, 1), (3, 2)]),
        *(quantities.about_time(seconds) for seconds in (1, 30, 300, 9000)),
        quantities.time_left(300),
        quantities.speed(2e6),
        quantities.count(2, "artifact"),
    ]
    assert [words for words in said if not (words[:1] == "[" and words.endswith("·]"))] == []
    assert "2" in said[2]


@given(st.lists(st.sampled_from(["a", "b {x}", "%"]), max_size=6), st.integers(1, 4))
def test_a_list_of_names_says_how_many_more_there_are(names: list[str], most: int) -> None:
    translation.use("en")
    said = translation.listed(names, most)
    more = len(names) - most
    assert said == ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def test_what_letting_go_of_files_does_is_one_sentence_for_each_case() -> None:
    from dfs_desktop.api import Collection, Track
    from dfs_desktop.ui.main_window.drag_and_drop.drop import what_it_uploads

    home, track = Collection(id="c", orbit_id="o", name="Models"), Track(id="t", name="Release")
    files = [Path("a.fnnx"), Path("b.fnnx")]
    assert [what_it_uploads(files[:many], home, at) for many in (1, 2) for at in (None, track)] == [
        "Upload “a.fnnx” to “Models”",
        "Upload “a.fnnx” to “Models”, as a new version of “Release”",
        "Upload 2 files to “Models”",
        "Upload 2 files to “Models”, as new versions of “Release”",
    ]


def test_lists_have_the_comma_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")  # what `use` writes is undone
    for language, said in (("de", "a, b"), ("ar", "a، b"), ("en", "a, b")):
        translation.use(language)
        assert translation.series(["a", "b"]) == translation.listed(["a", "b"], 2) == said
