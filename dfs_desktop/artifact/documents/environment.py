"""What a model wants to be installed, judged for one machine, and ready to be copied."""

import json
import platform
import re
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.names import shortened
from dfs_desktop.translation import later, tr

from .json_values import mapping, objects, text, texts
from .requirements import Requirement, parse_requirement

CONDA_PIP = "python3::conda_pip"
MAX_PACKAGES = 1000
_HASH = re.compile(r"--hash=[a-z0-9]{3,10}:[0-9a-fA-F]{16,128}")
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4}){0,2}([a-z]+[0-9]*)?")


class Machine(msgspec.Struct, frozen=True):
    """Where a model is to run; the words are those that env.json uses, in small letters."""

    os: str
    platform: str
    accelerator: str = "cpu"

    @classmethod
    def this(cls) -> "Machine":
        """This computer; an NVIDIA driver that is installed counts as the accelerator cuda."""
        accelerator = "cuda" if shutil.which("nvidia-smi") else "cpu"
        return cls(platform.system().lower(), platform.machine().lower(), accelerator)


class Package(msgspec.Struct, frozen=True):
    """One package: what is asked for, with which pip arguments, and where it is needed.

    An empty condition means everywhere. `requirement` is None when the text cannot be understood.
    """

    text: str
    requirement: Requirement | None
    pip_arguments: str = ""
    os: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    accelerator: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The normalized name, or the text itself when there is none."""
        return self.requirement.name if self.requirement else self.text

    def unmet(self, machine: Machine, python_version: str = "") -> str:
        """Why a machine does not need it, as in "only on windows"; "" when it does."""
        for wanted, has, only in (
            (self.os, machine.os, later("only on {systems}")),
            (self.platform, machine.platform, later("only on {systems}")),
            (self.accelerator, machine.accelerator, later("only with {systems}")),
        ):
            if wanted and has not in (each.lower() for each in wanted):
                return tr(only, systems=", ".join(shortened(each, 30) for each in wanted[:5]))
        if self.requirement is None or not self.requirement.marker:
            return ""
        if self.requirement.applies(machine.os, machine.platform, python_version):
            return ""
        return tr("only if {condition}", condition=shortened(self.requirement.marker))


class Environment(msgspec.Struct, frozen=True):
    """The Python environment of a model. `kinds` names every kind that env.json has."""

    python_version: str = ""
    packages: tuple[Package, ...] = ()
    build: tuple[Package, ...] = ()
    channels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def needed(self, machine: Machine) -> list[Package]:
        return [each for each in self.packages if not each.unmet(machine, self.python_version)]


def read_environment(env: dict[str, Any]) -> Environment:
    """What env.json asks for; never fails, what is not understood is told in the findings."""
    kinds = tuple(env)[:20]
    spec = mapping(env.get(CONDA_PIP))
    packages = tuple(map(_package, objects(spec.get("dependencies"), MAX_PACKAGES)))
    needed_to_build = texts(spec.get("build_dependencies"))[:MAX_PACKAGES]
    build = tuple(Package(each, parse_requirement(each)) for each in needed_to_build)
    return Environment(
        python_version=text(spec.get("python_version")),
        packages=packages,
        build=build,
        channels=texts(spec.get("conda_channels", ["conda-forge"])),
        kinds=kinds,
        findings=tuple(islice(_findings(kinds, packages, build), 100)),
    )


def _package(value: dict[str, Any]) -> Package:
    condition = mapping(value.get("condition"))
    asked = text(value.get("package"))
    return Package(
        asked,
        parse_requirement(asked),
        text(value.get("extra_pip_args")),
        texts(condition.get("os")),
        texts(condition.get("platform")),
        texts(condition.get("accelerator")),
    )


def _findings(
    kinds: tuple[str, ...], packages: tuple[Package, ...], build: tuple[Package, ...]
) -> Iterator[Finding]:
    for kind in kinds:
        if kind != CONDA_PIP:
            title = tr("The environment kind “{kind}” is not known", kind=shortened(kind, 60))
            remedy = tr("It is kept as it is; runtimes that know it will use it.")
            yield Finding("note", title, remedy)
    for each in (*packages, *build)[:1000]:
        if each.requirement is None:
            title = tr(
                "“{package}” is no package that pip understands", package=shortened(each.text)
            )
            remedy = tr("It is left out of what you copy. Correct it in env.json.")
            yield Finding("warning", title, remedy)
        elif each.requirement.url:
            title = tr("“{package}” comes from an address of its own", package=shortened(each.name))
            yield Finding("warning", title, tr("Look at the address before you install it."))
        if asked := _foreign_arguments(each):
            package, asked = shortened(each.name), shortened(asked)
            title = tr("“{package}” asks pip for {arguments}", package=package, arguments=asked)
            remedy = tr(
                "Such arguments may lead to another index. Add them yourself if you trust it."
            )
            yield Finding("warning", title, remedy)


def _foreign_arguments(package: Package) -> str:
    """What pip is asked for beside hashes."""
    return " ".join(_HASH.sub("", package.pip_arguments).split())


def _python(environment: Environment) -> str:
    """The Python version when it is one, else ""."""
    version = environment.python_version
    return version if _VERSION.fullmatch(version) else ""


def _lines(packages: Iterable[Package]) -> list[str]:
    """What pip is to install, without conditions."""
    return [each.requirement.line(with_marker=False) for each in packages if each.requirement]


def to_requirements(environment: Environment, machine: Machine | None = None) -> str:
    """A requirements.txt; without a machine the conditions stay in it as markers.

    Arguments other than hashes are written as comments: they may change where packages come from.
    """
    lines = [f"# Python {_python(environment)}"] if _python(environment) else []
    packages = environment.packages if machine is None else environment.needed(machine)
    for each in packages:
        if each.requirement is None:
            lines.append(tr("# not understood: {package}", package=shortened(each.text)))
            continue
        line = each.requirement.line(
            os=each.os if machine is None else (),
            platform=each.platform if machine is None else (),
            with_marker=machine is None,
        )
        if machine is None and each.accelerator:
            names = ", ".join(shortened(one, 30) for one in each.accelerator)
            lines.append(tr("# with {accelerators}:", accelerators=names))
        if asked := _foreign_arguments(each):
            lines.append(tr("# asks pip for {arguments}", arguments=shortened(asked, 500)))
        lines.append(" ".join([line, *_HASH.findall(each.pip_arguments)[:50]]))
    return "\n".join(lines) + "\n" if lines else ""


def to_uv(environment: Environment, machine: Machine) -> str:
    """Two uv commands that make the environment in .venv, for any shell."""
    python = f" --python {_python(environment)}" if _python(environment) else ""
    lines = _lines(environment.needed(machine))
    commands = [f"uv venv{python} .venv"]
    if lines:
        # Neither quotes nor backslashes can be in a parsed requirement without a marker.
        commands.append("uv pip install " + " ".join(f'"{line}"' for line in lines))
    return "\n".join(commands) + "\n"


def to_conda(environment: Environment, machine: Machine, name: str = "model") -> str:
    """An environment.yml for conda, mamba or micromamba."""
    # A JSON text is a YAML text too, quotes included.
    quoted = json.dumps
    lines = [f"name: {quoted(name)}", "channels:"]
    lines += [f"  - {quoted(each)}" for each in environment.channels or ("conda-forge",)]
    lines.append("dependencies:")
    if _python(environment):
        lines.append(f"  - {quoted('python=' + _python(environment))}")
    build = _lines(environment.build)
    lines += [f"  - {quoted(each)}" for each in build]
    if not any(each.startswith("pip") for each in build):
        lines.append('  - "pip"')
    if needed := _lines(environment.needed(machine)):
        lines += ["  - pip:", *(f"      - {quoted(each)}" for each in needed)]
    return "\n".join(lines) + "\n"
