"""The desktop entry, file type and store description agree with the program and with each other."""

import configparser
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from architecture.rules import ROOT

from dfs_desktop.__main__ import LINKS
from dfs_desktop.artifact import FORMATS

APPLICATION_ID = "org.dfsdesktop.DFSDesktop"
DESKTOP = ROOT / "packaging" / f"{APPLICATION_ID}.desktop"
METAINFO = ROOT / "packaging" / f"{APPLICATION_ID}.metainfo.xml"
MIME = ROOT / "packaging" / f"{APPLICATION_ID}.mime.xml"
MIME_NAMESPACE = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}

needs_freedesktop = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="these validators are Linux programs"
)


@pytest.fixture
def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys have capitals
    parser.read(DESKTOP, encoding="utf-8")
    return parser["Desktop Entry"]


@pytest.fixture
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@needs_freedesktop
@pytest.mark.parametrize(
    "command",
    [
        ["desktop-file-validate", str(DESKTOP)],
        # 0.16 of Debian 12 notes <developer>, which is of 1.0, as information: no error.
        ["appstreamcli", "validate", "--no-net", str(METAINFO)],
    ],
    ids=lambda command: command[0],
)
def test_the_validators_agree(command: list[str]) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@needs_freedesktop
@pytest.mark.parametrize(
    ("file", "command", "fault"),
    [
        (DESKTOP, ["desktop-file-validate"], ("Type=Application\n", "")),
        (
            METAINFO,
            ["appstreamcli", "validate", "--no-net"],
            ("<summary>Manage trained models</summary>", ""),
        ),
        (METAINFO, ["appstreamcli", "validate", "--no-net"], ("CC0-1.0", "Apache-2.0")),
    ],
    ids=["no type", "summary", "licence"],
)
def test_the_validators_would_see_a_fault(
    tmp_path: Path, file: Path, command: list[str], fault: tuple[str, str]
) -> None:
    broken = tmp_path / file.name
    text = file.read_text(encoding="utf-8")
    assert fault[0] in text
    broken.write_text(text.replace(*fault), encoding="utf-8")
    assert subprocess.run([*command, broken], capture_output=True, check=False).returncode != 0


def test_one_id_everywhere(entry: configparser.SectionProxy) -> None:
    metainfo = ET.parse(METAINFO).getroot()
    assert metainfo.findtext("id") == APPLICATION_ID
    assert metainfo.findtext("launchable") == DESKTOP.name
    assert metainfo.findtext("icon") == entry["Icon"] == APPLICATION_ID
    assert metainfo.findtext("name") == entry["Name"]


def test_the_release_and_the_command_are_the_projects(
    project: dict[str, Any], entry: configparser.SectionProxy
) -> None:
    metainfo = ET.parse(METAINFO).getroot()
    release = metainfo.find("releases/release")
    assert release is not None
    assert release.get("version") == project["version"]
    assert metainfo.findtext("project_license") == project["license"]
    command = entry["Exec"].split()[0]
    commands = [project.get(table, {}) for table in ("scripts", "gui-scripts")]
    assert any(command in table for table in commands)
    assert metainfo.findtext("provides/binary") == command


def test_the_file_type_has_the_endings_that_the_program_reads() -> None:
    mime = ET.parse(MIME).getroot().find("m:mime-type", MIME_NAMESPACE)
    assert mime is not None
    patterns = {glob.get("pattern") for glob in mime.iterfind("m:glob", MIME_NAMESPACE)}
    assert patterns == {f"*{ending}" for ending in FORMATS if ending != ".tar"}


def test_files_are_offered_to_the_program_only_if_it_takes_them(
    entry: configparser.SectionProxy,
) -> None:
    command = [sys.executable, "-m", "dfs_desktop", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    takes_files = "[FILE ...]" in said.stdout
    mime = ET.parse(MIME).getroot().find("m:mime-type", MIME_NAMESPACE)
    assert mime is not None
    offered = ET.parse(METAINFO).getroot().findtext("provides/mediatype")
    assert offered == (mime.get("type") if takes_files else None)
    types = (entry.get("MimeType") or "").split(";")
    assert (mime.get("type") in types) == takes_files
    links = [each.rpartition("/")[2] for each in types if each.startswith("x-scheme-handler/")]
    assert set(links) <= set(LINKS), "the program understands what it offers to open"
    assert ("%U" in entry["Exec"]) == takes_files, "files and links"


def test_the_magic_is_in_the_sample(tmp_path: Path) -> None:
    mime = ET.parse(MIME).getroot()
    matches = list(mime.iterfind(".//m:match", MIME_NAMESPACE))
    start = next((ROOT / "resources" / "sample").glob("*.fnnx")).read_bytes()[:512]
    assert len(matches) == 2
    for match in matches:
        value = (match.get("value") or "").replace("\\0", "\0").encode()
        offset = int(match.get("offset") or -1)
        assert start[offset : offset + len(value)] == value


@pytest.mark.skipif(not shutil.which("update-mime-database"), reason="shared-mime-info is absent")
def test_the_mime_database_takes_the_type(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    shutil.copy(MIME, packages / MIME.name)
    ran = subprocess.run(
        ["update-mime-database", tmp_path], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "40:application/x-fnnx-artifact:*.fnnx" in (tmp_path / "globs2").read_text()
