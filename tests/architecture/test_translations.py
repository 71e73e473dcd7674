"""The catalogues of translations have every text of the program, and the guide every entry."""

import re
import subprocess
import sys

import polib
import pytest
from architecture.rules import ROOT

from dfs_desktop.translation import LANGUAGES
from dfs_desktop.ui.main_window.menus import MENUS

TOPS = "|".join(["Preferences", *(title for title, _keys in MENUS)])
PATH = re.compile(rf"(?:{TOPS})(?: › [A-Z][^,.)›…]*[^\s,.)›…]…?)+")  # down to an entry or a page
GUIDE = ROOT / "resources" / "guide"
OTHERS = [code for code in LANGUAGES if code != "en"]


def test_every_text_is_translated_and_compiled() -> None:
    command = [sys.executable, str(ROOT / "packaging" / "translations.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]


@pytest.mark.parametrize("language", OTHERS)
def test_the_guide_has_its_pictures_chapters_and_entries_of_menus(language: str) -> None:
    english, other = (
        (GUIDE / name).read_text("utf-8") for name in ("guide.md", f"guide.{language}.md")
    )
    for what in (r"\*([^*\n]+ › [^*\n]+)\*", r"\]\((\S+)\)", r"(?m)^#()", r"`([^`]+)`"):
        assert sorted(re.findall(what, other)) == sorted(re.findall(what, english)), what


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_names_menus_and_preferences_as_they_read_in_its_language(language: str) -> None:
    file = ROOT / "resources" / "locale" / language / "LC_MESSAGES" / "dfs_desktop.po"
    catalogue = polib.pofile(str(file))
    told = {entry.msgid: entry.msgstr for entry in catalogue}
    paths = [(entry, path) for entry in catalogue for path in PATH.findall(entry.msgid)]
    assert len(paths) > 10
    for entry, path in paths:
        read = " › ".join(told[part] for part in path.split(" › "))
        assert read in entry.msgstr, f"{path} reads {read!r}, not as in {entry.msgstr!r}"
