"""The whole way, from the first start to the end, on other people's machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from unit.test_start_places import needs_mounts

SLOW = pytest.mark.slow
PROGRAM = Path(__file__).with_name("whole_journey.py")


def travel(folder: Path, mounts: list[str] | None = None, **plan: Any) -> dict[str, Any]:
    """Go there with these variables (in capitals) and this plan; what was seen."""
    variables = {name: value for name, value in plan.items() if name.isupper()}
    given = {"folder": str(folder), **{k: v for k, v in plan.items() if k not in variables}}
    folder.mkdir(exist_ok=True)
    command = [sys.executable, str(PROGRAM), json.dumps(given)]
    if mounts:
        lines = "\n".join(["set -e", *mounts, 'exec "$@"'])
        command = ["unshare", "-rm", "sh", "-c", lines, "sh", *command]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LC_")},
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join(str(Path(__file__).parents[n]) for n in (1, 2)),
        "XDG_RUNTIME_DIR": str(folder),
        **variables,
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "Traceback" not in ran.stderr, ran.stderr[-3000:]
    seen: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    assert seen["code"] == 0
    return seen


@pytest.mark.fault("RL-31", "RL-34", "Q-05")
@pytest.mark.parametrize(
    ("zone", "locale", "numbers"),
    [
        ("Pacific/Kiritimati", "ar_EG.UTF-8", ["0.5000", "0.7500"]),
        ("America/St_Johns", "tr_TR.UTF-8", ["0,5000", "0,7500"]),
        pytest.param("Asia/Kathmandu", "de_DE.UTF-8", ["0,5000", "0,7500"], marks=SLOW),
        pytest.param("Asia/Tokyo", "ja_JP.UTF-8", ["0.5000", "0.7500"], marks=SLOW),
    ],
)
def test_in_other_languages_and_zones_with_odd_offsets(
    tmp_path: Path, zone: str, locale: str, numbers: list[str]
) -> None:
    """Qt reads these variables by itself: the C library needs no such locale."""
    seen = travel(tmp_path, TZ=zone, LC_ALL=locale, LANG=locale)
    assert sorted(seen["numbers"]) == numbers
    assert all(seen["times"])
    assert not [title for title, _ in seen["notices"] if "clock" in title], "no clock is wrong"


def disk(folder: Path, *, full: bool, size: str = "16k") -> list[str]:
    """Puts a small disk where a folder is: full, or read-only."""
    folder.mkdir(parents=True)
    filled = f"head -c 100000000 /dev/zero > '{folder}/filler' 2>/dev/null || true"
    return [
        f"mount -t tmpfs -o size={size},mode=700 none '{folder}'",
        filled if full else f"mount -o remount,ro '{folder}'",
    ]


@needs_mounts
@pytest.mark.fault("RL-35", "RL-42")
def test_with_settings_that_cannot_be_written(tmp_path: Path) -> None:
    seen = travel(tmp_path, disk(tmp_path / "home" / "config", full=False))
    told = [title for title, _ in seen["notices"] if "cannot be written" in title]
    assert len(told) == 1, seen["notices"]


@needs_mounts
@pytest.mark.fault("RL-42")
def test_with_a_full_disk_for_its_state(tmp_path: Path) -> None:
    seen = travel(tmp_path, disk(tmp_path / "home" / "state", full=True))
    assert any("disk is full" in detail for _, detail in seen["notices"])


@needs_mounts
@pytest.mark.fault("D-15")
def test_with_a_full_disk_for_downloads(tmp_path: Path) -> None:
    mounts = disk(tmp_path / "home" / "downloads", full=True)
    assert "room" in travel(tmp_path, mounts, downloads_full=True)["pause"]


@pytest.mark.fault("RL-03")
def test_with_a_home_and_files_of_the_longest_names(tmp_path: Path) -> None:
    """143 bytes: the most of an encrypted home."""
    folder = tmp_path / ("é" * 71 + "x")
    stem = "ö" * 65  # 130 bytes, then " second.fnnx"
    seen = travel(folder, file_name=stem.encode().hex())
    assert bytes.fromhex(seen["downloaded"]).decode() == f"{stem} first.fnnx"


@pytest.mark.fault("RL-44")
@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there, names are Unicode")
def test_in_a_folder_that_is_not_utf_8(tmp_path: Path) -> None:
    """What comes and goes lies elsewhere: there, it is refused in words (test_window_bytes_names)."""
    (tmp_path / "sources" / "downloads").mkdir(parents=True)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xfcll"))
    travel(odd, sources=str(tmp_path / "sources"))


@pytest.mark.fault("RL-45")
def test_with_ten_thousand_rows_selected(tmp_path: Path) -> None:
    counts = travel(tmp_path, rows=10_000)["counts"]
    assert "10000 selected" in "".join(each for each in counts if each not in "\u202f\u00a0"), (
        counts
    )
