"""The bundle's ICU data: smaller, and what Qt asks it for is as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
LIBRARIES = sorted((Path(PySide6.__file__).parent / "Qt/lib").glob("libicudata.so.*"))
pytestmark = pytest.mark.skipif(
    not (LIBRARIES and shutil.which("as") and shutil.which("ld")), reason="makes a Linux library"
)
ASK_QT = """
import functools
from PySide6.QtCore import QCollator, QDateTime, QLocale, QTimeZone
words = ["z", "ä", "a10", "a2", "ö", "B", "中", "日", "ب", "ا"]
for name in ("de_DE", "sv_SE", "ar_EG", "zh_CN", "ja_JP", "en_US"):
    locale = QLocale(name)
    order = QCollator(locale)
    order.setNumericMode(True)
    zone = QTimeZone(b"Europe/Berlin")
    print(sorted(words, key=functools.cmp_to_key(order.compare)), locale.toUpper("istraße"),
          zone.displayName(QTimeZone.TimeType.DaylightTime, QTimeZone.NameType.LongName, locale))
print(len(QTimeZone.availableTimeZoneIds()))
print([each.split()[-1] for each in open("/proc/self/maps") if "icudata" in each][0])
"""


def _asked(**more: str) -> list[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **more}
    command = [sys.executable, "-c", ASK_QT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_third_of_the_data_sorts_and_names_zones_in_every_language(tmp_path: Path) -> None:
    from trim_icu import read_package, trim_icu, trimmed

    library = tmp_path / LIBRARIES[0].name
    shutil.copy(LIBRARIES[0], library)
    whole, _ = read_package(library.read_bytes())
    kept, _ = read_package(trimmed(library.read_bytes()))
    assert kept.keys() < whole.keys()
    assert list(kept) == sorted(kept), "ICU looks names up by halves"
    assert all(kept[name].startswith(whole[name]) for name in list(kept)[:-1])
    trim_icu(tmp_path)
    assert library.stat().st_size < LIBRARIES[0].stat().st_size * 0.45
    *before, _ = _asked()
    *after, loaded = _asked(LD_PRELOAD=str(library))
    assert loaded == str(library)
    assert after == before
