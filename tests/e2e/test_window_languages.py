"""The window in other languages: every text of it is translated, and has room where it grows."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from dfs_desktop import translation
from dfs_desktop.command_line import arguments

PROGRAM = Path(__file__).with_name("pseudo_window.py")
ACCENTED = set("áçéïñöšúýÁÇÉÏÑÖŠÚÝ")
# What is not a text of the program: names in the registry and of metrics, paths, keys, addresses,
# what is typed into the filter, names of products.
DATA = re.compile(
    r"(?:<qt>)?(?:"
    r".*/.*|[0-9a-f-]{32,64}|[\d: -]+"
    r"|(?:Models — )?(?:On this computer|My organization|Main orbit|Models)(?: ▾)?(?: — DFS Desktop)?"
    r"|some_model.*|accuracy.*|model|root|staging|production|SHA-256|dfs_…|DFS Desktop"
    r"|Apache License 2\.0|.* \(MIT\), .*|.*Python 3.*Qt 6.*"
    r'|resnet|"resnet 50"|.*(?:[<>=]| and ).*|-?(?:tag|prefix|status|have):.*'
    r")(?:</qt>)?",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, bool]]:
    """What the window in the pseudo-language shows: where, the text, whether it has room."""
    folder = tmp_path_factory.mktemp("pseudo")
    environment = {
        **os.environ,
        "DFS_DESKTOP_LANGUAGE": "en",
        "DFS_DESKTOP_HOME": str(folder / "home"),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join(str(Path(__file__).parents[n]) for n in (1, 2)),
        "XDG_RUNTIME_DIR": str(folder),
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    command = [sys.executable, str(PROGRAM), str(folder)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    logs = [path.read_text("utf-8") for path in folder.glob("home/state/*.log")]
    assert ran.returncode == 0, (ran.stderr[-2000:], [log[-3000:] for log in logs])
    found: list[tuple[str, str, bool]] = json.loads(ran.stdout.splitlines()[-1])
    assert len(found) > 1000
    return found


def test_every_text_of_the_window_is_translated(seen: list[tuple[str, str, bool]]) -> None:
    plain = {
        text: where
        for where, text, _room in seen
        if re.search(r"[^\W\d_]{2}", text) and not ACCENTED & set(text) and not DATA.fullmatch(text)
    }
    assert plain == {}


def test_a_button_has_room_for_a_text_that_is_a_third_longer(
    seen: list[tuple[str, str, bool]],
) -> None:
    assert [(where, text) for where, text, room in seen if not room] == []


@pytest.mark.parametrize(
    ("asked", "word"),
    [("de_DE.UTF-8", "hochladen"), ("ar", "إدارة"), ("fr_FR", "Look after")],
)
def test_the_program_speaks_the_language_of_the_system(asked: str, word: str) -> None:
    environment = {**os.environ, "LANG": asked, "PYTHONUTF8": "1"}
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        environment.pop(name, None)
    environment["DFS_DESKTOP_LANGUAGE"] = ""
    command = [sys.executable, "-m", "dfs_desktop", "--help"]
    ran = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    assert word in ran.stdout.decode()


def test_argparse_speaks_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words are found by gettext in the catalogue, which holds all that it can say here."""
    monkeypatch.setattr(translation, "_used", list(translation._used))
    monkeypatch.setenv(translation.VARIABLE, "en")  # what `use` writes is undone
    monkeypatch.setenv("LANGUAGE", "fr")
    catalogue = tmp_path / "locale" / "de" / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    words = polib.POFile()
    words.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=n!=1;",
    }
    words += [polib.POEntry(msgid=text, msgstr=f"«{text}»") for text in arguments.WORDS]
    words.save_as_mofile(str(catalogue / "dfs_desktop.mo"))
    monkeypatch.setattr(translation, "folder", lambda: tmp_path)
    translation.use("de")
    with translation.by_gettext():
        whole = arguments.parser()
        told = whole.format_help()
    for text in ("usage: ", "positional arguments", "options", "show this help message and exit"):
        assert f"«{text}»" in told
    assert os.environ["LANGUAGE"] == "fr"
    assert "«" not in argparse.ArgumentParser().format_help()
