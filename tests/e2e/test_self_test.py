"""The self-test in the languages of the program: what it presses is found by what people read."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dfs_desktop.translation import DOMAIN, folder


@pytest.mark.parametrize("language", ["de", pytest.param("ar", marks=pytest.mark.slow)])
def test_the_self_test_drops_fetches_and_deletes_in_every_language(
    language: str, tmp_path: Path
) -> None:
    picture = tmp_path / "window.png"
    environment = {
        **os.environ,
        "DFS_DESKTOP_LANGUAGE": language,
        "DFS_DESKTOP_HOME": str(tmp_path),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    ran = subprocess.run(
        [sys.executable, "-m", "dfs_desktop", "--self-test", "--screenshot", str(picture)],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
    )
    assert ran.returncode == 0, (ran.stdout, ran.stderr[-2000:])
    catalogue = gettext.translation(DOMAIN, folder() / "locale", [language])
    said = ran.stdout.splitlines()
    assert catalogue.gettext("Deleted it: record and stored file are gone.") in said
    assert sum("SHA-256" in line for line in said) == 1
    assert picture.read_bytes().startswith(b"\x89PNG")
