"""What running an artifact would do and want: facts for a person to judge, never a verdict."""

from typing import Literal

import msgspec

from dfs_desktop.artifact.archive.companions import is_companion
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.documents.pipeline_graph import pyfunc_class
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.kind import Kind
from dfs_desktop.artifact.names import extension, shortened

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
    facts = [*_python(artifact), *_modules(artifact)]
    if pickles:
        facts += _pickles(pickles_of(artifact))
    facts += _binaries(artifact)
    facts += _variables(artifact)
    return facts


def _python(artifact: OpenArtifact) -> list[Fact]:
    if PYFUNC not in artifact and artifact.kind is not Kind.PYFUNC:
        return []
    try:
        name = shortened(pyfunc_class(artifact.variant()), 80)
    except UnreachableError:
        raise
    except ArtifactError:
        name = ""
    what = f"the class {name} in" if name else "the file"
    return [
        Fact(
            "python",
            "It runs Python code that came with it",
            f"Whoever runs this model runs {what} {PYFUNC}, with their own rights. Read it first.",
            (PYFUNC,) if PYFUNC in artifact else (),
        )
    ]


def _modules(artifact: OpenArtifact) -> list[Fact]:
    """Python code beside the pyfunc itself."""
    found = [
        member.name
        for member in artifact.members()
        if extension(member.name) in (".py", ".pyc", ".whl", ".egg", ".ipynb")
        and member.name != PYFUNC
        and not is_companion(member.name)
    ]
    if not found:
        return []
    bundled = sum(name.startswith(MODULES) for name in found)
    return [
        Fact(
            "modules",
            f"It brings {_count(len(found), 'more file')} of Python code",
            f"Importable modules ({MODULES}): {bundled}.",
            tuple(found[:_SHOWN]),
        )
    ]


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
            listed = ", ".join(shortened(one, 60) for one in runs[:_SHOWN])
            facts.append(
                Fact("pickle", f"{shown} asks for names that can run code", f"{listed}.", (name,))
            )
        elif each.imports:
            listed = ", ".join(shortened(one, 40) for one in named[:_SHOWN])
            title = f"{shown} is a pickle: loading it runs code"
            facts.append(Fact("pickle", title, f"It imports from {listed}.", (name,)))
        if not each.complete:
            facts.append(
                Fact(
                    "unread",
                    f"{shown} could not be read to its end",
                    f"It may ask for more. {each.note}".strip(),
                    (name,),
                )
            )
    return sorted(facts, key=lambda fact: "can run code" not in fact.title)


def _count(number: int, what: str) -> str:
    return f"one {what}" if number == 1 else f"{number} {what}s"


def _binaries(artifact: OpenArtifact) -> list[Fact]:
    facts = []
    for suffixes, title in (
        (_NATIVE, "It brings compiled programs or libraries"),
        (_SHELL, "It brings shell scripts"),
    ):
        found = [
            each.name
            for each in artifact.members()
            if each.name.lower().endswith(suffixes) and not is_companion(each.name)
        ]
        if found:
            listed = ", ".join(shortened(name, 60) for name in found[:5])
            facts.append(Fact("binary", title, f"{listed}.", tuple(found[:_SHOWN])))
    return facts


def _variables(artifact: OpenArtifact) -> list[Fact]:
    interface = read_interface(artifact.manifest().value)
    asked = interface.env_vars + interface.dynamic_attributes
    secrets = [shortened(each.name, 60) for each in asked if each.is_secret]
    plain = [shortened(each.name, 60) for each in interface.env_vars if not each.is_secret]
    facts = []
    if secrets:
        facts.append(
            Fact(
                "variables",
                f"It asks for {_count(len(secrets), 'secret')}",
                f"{', '.join(secrets[:_SHOWN])}.",
            )
        )
    if plain:
        facts.append(
            Fact(
                "variables",
                f"It reads {_count(len(plain), 'environment variable')}",
                f"{', '.join(plain[:_SHOWN])}.",
            )
        )
    return facts
