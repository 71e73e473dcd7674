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
from dfs_desktop.translation import tr

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


def facts_of(artifact: OpenArtifact, *, pickles: bool = True) -> list[Fact]:
    """The facts, the weightier ones first. Nothing is run, imported or unpickled.

    With `pickles` the beginning of each pickle is read, which far away takes a request for each.
    """
    return [
        *_python(artifact),
        *_modules(artifact),
        *(_pickles(pickles_of(artifact)) if pickles else ()),
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
    what = tr("the class {name} in", name=name) if name else tr("the file")
    detail = tr(
        "Whoever runs this model runs {what} {pyfunc}, with their own rights. Read it first.",
        what=what,
        pyfunc=PYFUNC,
    )
    members = (PYFUNC,) if PYFUNC in artifact else ()
    yield Fact("python", tr("It runs Python code that came with it"), detail, members)


def _modules(artifact: OpenArtifact) -> Iterator[Fact]:
    """Python code beside the pyfunc itself."""
    found = [
        name
        for name in _names(artifact)
        if extension(name) in (".py", ".pyc", ".whl", ".egg", ".ipynb") and name != PYFUNC
    ]
    if found:
        title = tr("It brings {count} of Python code", count=_count(len(found), "more file"))
        bundled = sum(name.startswith(MODULES) for name in found)
        detail = tr("Importable modules ({modules}): {bundled}.", modules=MODULES, bundled=bundled)
        yield Fact("modules", title, detail, tuple(found[:_SHOWN]))


def _names(artifact: OpenArtifact) -> list[str]:
    return [each.name for each in artifact.members() if not is_companion(each.name)]


def _pickles(found: dict[str, PickleFacts]) -> list[Fact]:
    facts = []
    for name, each in found.items():
        runs = [
            f"{one.module}.{one.name}".lstrip(".")
            for one in each.imports
            if one.weight == "runs code"
        ]
        named = sorted({one.module.split(".")[0] for one in each.imports if one.module})
        shown = shortened(name, 80)
        if runs:
            title = tr("{shown} asks for names that can run code", shown=shown)
            facts.append(Fact("pickle", title, _listed(runs), (name,)))
        elif each.imports:
            title = tr("{shown} is a pickle: loading it runs code", shown=shown)
            facts.append(
                Fact(
                    "pickle",
                    title,
                    tr("It imports from {listed}", listed=_listed(named, 40)),
                    (name,),
                )
            )
        if not each.complete:
            title = tr("{shown} could not be read to its end", shown=shown)
            facts.append(
                Fact(
                    "unread",
                    title,
                    tr("It may ask for more. {note}", note=each.note).strip(),
                    (name,),
                )
            )
    return sorted(facts, key=lambda fact: "can run code" not in fact.title)


def _listed(names: list[str], longest: int = 60, most: int = _SHOWN) -> str:
    return f"{', '.join(shortened(name, longest) for name in names[:most])}."


def _count(number: int, what: str) -> str:
    return tr("one {what}", what=what) if number == 1 else f"{number} {what}s"


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
        title = tr("It asks for {count}", count=_count(len(secrets), "secret"))
        yield Fact("variables", title, _listed(secrets))
    if plain:
        title = tr("It reads {count}", count=_count(len(plain), "environment variable"))
        yield Fact("variables", title, _listed(plain))
