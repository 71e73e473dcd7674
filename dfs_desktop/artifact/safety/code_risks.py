"""What running an artifact would do and want: facts for a person to judge, never a verdict."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.artifact_kind import Kind
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.documents.pipeline_graph import pyfunc_class
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.names import extension, shortened
from dfs_desktop.translation import later, sentences, tr, trn

from .pickle_imports import PickleFacts, pickles_of

PYFUNC = "variant_artifacts/__pyfunc__.py"
MODULES = "variant_artifacts/extra_modules/"
_NATIVE = (".so", ".dll", ".dylib", ".pyd", ".exe", ".node")
_SHELL = (".sh", ".bat", ".cmd", ".ps1", ".vbs", ".command")
_SHOWN = 20

Topic = Literal["python", "modules", "pickle", "binary", "variables", "unread", "network"]


class Fact(msgspec.Struct, frozen=True):
    """One thing to know before running the artifact; `members` are the files it is about."""

    topic: Topic
    title: str
    detail: str
    members: tuple[str, ...] = ()


def facts_of(artifact: OpenArtifact) -> list[Fact]:
    """The facts, the weightier ones first. Nothing is run, imported or unpickled.

    The beginning of each pickle is read, which far away takes a request for each.
    """
    return [
        *_python(artifact),
        *_modules(artifact),
        *_pickles(pickles_of(artifact)),
        *_binaries(artifact),
        *_variables(artifact),
    ]


def _python(artifact: OpenArtifact) -> Iterator[Fact]:
    if PYFUNC not in artifact and artifact.kind is not Kind.PYFUNC:
        return
    try:
        name = shortened(pyfunc_class(artifact.variant()), 80)
    except UnreachableError:
        raise
    except ArtifactError:
        name = ""
    said = later(
        "Whoever runs this model runs the file {file}, with their own rights. Read it first."
    )
    if name:
        said = later(
            "Whoever runs this model runs the class {name} in {file}, with their own rights. Read "
            "it first."
        )
    title, detail = tr("It runs Python code that came with it"), tr(said, name=name, file=PYFUNC)
    yield Fact("python", title, detail, (PYFUNC,) if PYFUNC in artifact else ())


def _modules(artifact: OpenArtifact) -> Iterator[Fact]:
    """Python code beside the pyfunc itself."""
    found = [
        name
        for name in _names(artifact)
        if extension(name) in (".py", ".pyc", ".whl", ".egg", ".ipynb") and name != PYFUNC
    ]
    if found:
        title = trn(
            "It brings one more file of Python code",
            "It brings {amount} more files of Python code",
            len(found),
        )
        bundled = sum(name.startswith(MODULES) for name in found)
        detail = tr("Importable modules ({folder}): {number}.", folder=MODULES, number=bundled)
        yield Fact("modules", title, detail, tuple(found[:_SHOWN]))


def _names(artifact: OpenArtifact) -> list[str]:
    return [each.name for each in artifact.members() if not is_companion(each.name)]


def _pickles(found: dict[str, PickleFacts]) -> list[Fact]:
    facts: list[Fact] = []
    weighty: list[Fact] = []  # they come first
    for name, each in found.items():
        runs = [
            f"{one.module}.{one.name}".lstrip(".")
            for one in each.imports
            if one.weight == "runs code"
        ]
        named = sorted({one.module.split(".")[0] for one in each.imports if one.module})
        shown = shortened(name, 80)
        if runs:
            title = tr("{file} asks for names that can run code", file=shown)
            weighty.append(Fact("pickle", title, _listed(runs), (name,)))
        elif each.imports:
            title = tr("{file} is a pickle: loading it runs code", file=shown)
            detail = tr("It imports from {names}", names=_listed(named, 40))
            facts.append(Fact("pickle", title, detail, (name,)))
        if not each.complete:
            title = tr("{file} could not be read to its end", file=shown)
            detail = sentences(tr("It may ask for more."), each.note)
            facts.append(Fact("unread", title, detail, (name,)))
    return weighty + facts


def _listed(names: list[str], longest: int = 60, most: int = _SHOWN) -> str:
    return f"{', '.join(shortened(name, longest) for name in names[:most])}."


def _binaries(artifact: OpenArtifact) -> Iterator[Fact]:
    for suffixes, title in (
        (_NATIVE, tr("It brings compiled programs or libraries")),
        (_SHELL, tr("It brings shell scripts")),
    ):
        found = [name for name in _names(artifact) if name.lower().endswith(suffixes)]
        if found:
            yield Fact("binary", title, _listed(found, most=5), tuple(found[:_SHOWN]))


def _variables(artifact: OpenArtifact) -> Iterator[Fact]:
    interface = read_interface(artifact.manifest().value)
    asked = interface.env_vars + interface.dynamic_attributes
    secrets = [each.name for each in asked if each.is_secret]
    plain = [each.name for each in interface.env_vars if not each.is_secret]
    if secrets:
        title = trn("It asks for one secret", "It asks for {amount} secrets", len(secrets))
        yield Fact("variables", title, _listed(secrets))
    if plain:
        title = trn(
            "It reads one environment variable",
            "It reads {amount} environment variables",
            len(plain),
        )
        yield Fact("variables", title, _listed(plain))
