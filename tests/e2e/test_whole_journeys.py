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


def travel_abroad(folder: Path, zone: str, locale: str, **plan: Any) -> dict[str, Any]:
    """Qt reads these variables by itself: the C library needs no such locale."""
    seen = travel(folder, TZ=zone, LC_ALL=locale, LANG=locale, **plan)
    comma = locale.startswith(("tr", "de"))
    assert sorted(seen["numbers"]) == (["0,5000", "0,7500"] if comma else ["0.5000", "0.7500"])
    assert all(seen["times"])
    assert not [title for title, _ in seen["notices"] if "clock" in title], "no clock is wrong"
    return seen


@pytest.mark.slow
@pytest.mark.fault("RL-31", "RL-34", "Q-05")
@pytest.mark.parametrize(
    ("zone", "locale"), [("Asia/Kathmandu", "de_DE.UTF-8"), ("Asia/Tokyo", "ja_JP.UTF-8")]
)
def test_in_other_languages_and_zones(tmp_path: Path, zone: str, locale: str) -> None:
    travel_abroad(tmp_path, zone, locale)


@pytest.mark.fault("RL-03", "RL-31", "RL-34", "Q-05")
def test_in_arabic_at_the_date_line_with_a_home_and_files_of_the_longest_names(
    tmp_path: Path,
) -> None:
    """143 bytes: the most of an encrypted home."""
    folder = tmp_path / ("é" * 71 + "x")
    stem = "ö" * 65  # 130 bytes, then " second.fnnx"
    seen = travel_abroad(folder, "Pacific/Kiritimati", "ar_EG.UTF-8", file_name=stem.encode().hex())
    assert bytes.fromhex(seen["downloaded"]).decode() == f"{stem} first.fnnx"


@pytest.mark.slow  # the journey: above; names: test_window_bytes_names.py; rows: test_selection.py
@pytest.mark.fault("RL-31", "RL-34", "RL-44", "RL-45", "Q-05")
@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there, names are Unicode")
def test_in_turkish_at_an_odd_offset_in_a_folder_that_is_not_utf_8_with_ten_thousand_rows(
    tmp_path: Path,
) -> None:
    """What comes and goes lies elsewhere: there, it is refused in words (test_window_bytes_names)."""
    (tmp_path / "sources" / "downloads").mkdir(parents=True)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/m\xfcll"))
    seen = travel_abroad(
        odd, "America/St_Johns", "tr_TR.UTF-8", sources=str(tmp_path / "sources"), rows=10_000
    )
    digits = "".join(each for each in seen["counts"] if each.isalnum() or each == " ")
    assert "10000 selected" in digits, seen["counts"]


def disk(folder: Path, *, full: bool, size: str = "16k") -> list[str]:
    """Puts a small disk where a folder is: full, or read-only."""
    folder.mkdir(parents=True)
    filled = f"head -c 100000000 /dev/zero > '{folder}/filler' 2>/dev/null || true"
    return [
        f"mount -t tmpfs -o size={size},mode=700 none '{folder}'",
        filled if full else f"mount -o remount,ro '{folder}'",
    ]


@pytest.mark.slow  # test_start_places.py, test_window_notices.py and test_downloads_disk.py
@needs_mounts
@pytest.mark.fault("RL-35", "RL-42", "D-15")
def test_with_settings_that_cannot_be_written_and_full_disks_for_state_and_downloads(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    mounts = [
        *disk(home / "config", full=False),
        *disk(home / "state", full=True),
        *disk(home / "downloads", full=True),
    ]
    seen = travel(tmp_path, mounts, downloads_full=True)
    told = [title for title, _ in seen["notices"] if "cannot be written" in title]
    assert len(told) == 1, seen["notices"]
    assert any("disk is full" in detail for _, detail in seen["notices"])
    assert "room" in seen["pause"]
