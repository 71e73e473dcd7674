"""The catalogues of translations have every text of the program, and the guide every entry."""

import re
import subprocess
import sys

import pytest
from architecture.rules import ROOT

from dfs_desktop.translation import LANGUAGES

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
