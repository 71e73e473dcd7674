"""Every fault in faults.toml is proven by a test that names it, or waits for a reason."""

import subprocess
import sys
from pathlib import Path

import pytest
from architecture.rules import ROOT

TOOL = ROOT / "tools" / "fault_table.py"


def test_every_fault_has_a_test_or_a_reason_to_wait() -> None:
    ran = subprocess.run([sys.executable, TOOL], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("listed", "tests", "complaint"),
    [
        ('A-01 = "x"\n[waiting]\n', "", "A-01: no test proves it"),
        ("[waiting]\n", '@pytest.mark.fault("A-01")\ndef test_a(): ...\n', "A-01: not in"),
        (
            'A-01 = "x"\n[waiting]\nA-01 = "later"\n',
            '@pytest.mark.fault("A-01")\ndef test_a(): ...\n',
            "A-01: proven, so it waits no longer",
        ),
        ('A-01 = "x"\n[waiting]\n', "# pytest.mark.fault('A-01')\n", "A-01: no test proves it"),
        (
            'A-01 = "x"\n[waiting]\n',
            '@pytest.mark.slow\n@pytest.mark.fault("A-01")\ndef test_a(): ...\n',
            "A-01: all its tests are slow",
        ),
    ],
)
def test_the_table_sees_what_is_wrong(
    tmp_path: Path, listed: str, tests: str, complaint: str
) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tests").mkdir()
    copy = tmp_path / "tools" / TOOL.name
    copy.write_bytes(TOOL.read_bytes())
    (tmp_path / "tests" / "faults.toml").write_text(f"[faults]\n{listed}")
    (tmp_path / "tests" / "test_it.py").write_text(tests)
    ran = subprocess.run([sys.executable, copy], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 1
    assert complaint in ran.stderr
