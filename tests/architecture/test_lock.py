"""The lock names every package of the program, each with a version and hashes, and nothing else."""

import re
import tomllib

import pytest
from architecture.rules import ROOT

LOCK = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
HASHES = r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==\S+(?: ; [^\\]+)? \\\n" + HASHES, re.MULTILINE)


@pytest.mark.fault("X-17")
def test_every_line_of_the_lock_is_a_version_with_hashes() -> None:
    rest = PINNED.sub("", LOCK)
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []


@pytest.mark.fault("X-17")
def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.match(r"[A-Za-z0-9-]+", each)[0].lower() for each in project["dependencies"]}  # type: ignore[index]
    assert wanted <= set(PINNED.findall(LOCK))
