"""Which Python names a pickle asks for, from its opcodes alone: nothing is ever unpickled."""

from typing import Literal

import msgspec

from dfs_desktop.artifact.archive.byte_source import BytesSource, Source, read_exactly
from dfs_desktop.artifact.archive.compressed import packing_of, unpacked_head
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.archive.zip_files import ZipEntry, packed_bytes, zip_entries, zip_read
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.names import extension
from dfs_desktop.translation import tr

from .pickle_scan import FIRST, MAX_OPCODES, Scan, scan, would_load

SUFFIXES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin", ".ckpt", ".dill", ".cloudpickle")
MAX_UNPACKED = 16 * 1024 * 1024
MAX_IMPORTS = 5000
MAX_OPCODES_TOTAL = 1_000_000  # of all pickles of an artifact

# Modules whose functions run programs, reach the network, or load code. Incomplete by nature.
_RUNS_CODE = frozenset(
    ["os", "posix", "nt", "subprocess", "sys", "socket", "shutil", "runpy", "pty", "ctypes",
     "importlib", "pkgutil", "code", "codeop", "commands", "popen2", "webbrowser", "requests",
     "urllib", "http", "httplib", "httpx", "aiohttp", "ftplib", "smtplib", "ssl", "asyncio",
     "multiprocessing", "threading", "_thread", "signal", "pdb", "bdb", "timeit", "cProfile",
     "profile", "trace", "venv", "ensurepip", "pip", "distutils", "setuptools", "pickle",
     "_pickle", "dill", "cloudpickle", "marshal", "types", "inspect", "io",
     "thread", "urllib2", "cPickle", "SocketServer", "xmlrpclib",
     "pathlib", "tempfile", "glob", "zipimport", "imp", "idlelib", "lib2to3", "pydoc", "doctest",
     "unittest", "test", "torch.hub", "numpy.testing", "numpy.f2py", "torch._inductor"]
)  # fmt: skip
_RISKY_BUILTINS = frozenset(
    ["eval", "exec", "execfile", "compile", "open", "input", "getattr", "setattr", "delattr",
     "__import__", "globals", "locals", "vars", "breakpoint", "apply", "file", "map", "filter",
     "memoryview", "help", "exit", "quit"]
)  # fmt: skip
_RISKY_NAMES = frozenset(
    ["operator.attrgetter", "operator.itemgetter", "operator.methodcaller", "functools.partial",
     "numpy.load", "torch.load", "joblib.load", "pandas.read_pickle", "pandas.eval",
     "joblib.numpy_pickle.load", "torch.serialization.load"]
)  # fmt: skip
_BUILTINS = frozenset(["builtins", "__builtin__", "__builtins__"])

Weight = Literal["runs code", "named"]


class Import(msgspec.Struct, frozen=True, order=True):
    """One name that loading the pickle would import.

    `weight` tells whether it is known to run code or reach outside. "named" never means safe.
    `module` is "" where the pickle makes the name up while it runs.
    """

    module: str
    name: str
    weight: Weight


class PickleFacts(msgspec.Struct, frozen=True):
    """What the streams of one file ask for; `complete` is False when it could not be read to its end."""

    imports: tuple[Import, ...]
    streams: int
    complete: bool
    note: str = ""
    opcodes: int = 0


def may_be_pickle(name: str) -> bool:
    """Whether members of this name are usually pickles."""
    return extension(name) in SUFFIXES and not is_companion(name)


def read_pickle(source: Source, opcodes: int = MAX_OPCODES) -> PickleFacts | None:
    """The imports of a pickle, of a PyTorch zip or a joblib file; None when it is none of these.

    At most `opcodes` are looked at.
    """
    head = read_exactly(source, 0, min(16, source.size))
    if head.startswith(b"PK\x03\x04"):
        return _zipped(source, opcodes)
    if packing := packing_of(head):
        return _compressed(source, packing, opcodes)
    if not looks_like_pickle(head, source):
        return None
    return _facts([scan(source, opcodes)], opcodes)


def looks_like_pickle(head: bytes, source: Source) -> bool:
    """Whether these first bytes of a source may begin a pickle.

    One that does not tell its protocol begins with an opcode that needs nothing before it, and has
    the name of a pickle; where raw weights have such names too, its opcodes must make sense.
    """
    if len(head) >= 2 and head[0] == 0x80 and 1 < head[1] <= 5:
        return True
    usual = extension(source.name) in (".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle")
    return head[:1] in FIRST and (usual or would_load(source))


def pickles_of(artifact: OpenArtifact) -> dict[str, PickleFacts]:
    """The pickles among the members, at most 200, with what they ask for.

    A file that cannot be read counts as not complete, with the reason as its note.
    """
    found: dict[str, PickleFacts] = {}
    names = [member.name for member in artifact.members() if may_be_pickle(member.name)]
    left = MAX_OPCODES_TOTAL
    for name in names[:200]:
        try:
            facts = read_pickle(artifact.slice(name), min(left, MAX_OPCODES))
        except UnreachableError:
            raise
        except ArtifactError as error:
            facts = PickleFacts((), 0, complete=False, note=str(error))
        if facts is not None:
            found[name] = facts
            left -= facts.opcodes
    return found


def _zipped(source: Source, opcodes: int) -> PickleFacts | None:
    entries = [entry for entry in zip_entries(source) if entry.name.endswith(".pkl")]
    if not entries:
        return None
    scans: list[Scan] = []
    left = opcodes
    for entry in entries[:20]:
        scans.append(_scan_entry(source, entry, left))
        left = scans[-1].left
    return _facts(scans, opcodes, whole=len(entries) <= 20)


def _scan_entry(source: Source, entry: ZipEntry, opcodes: int) -> Scan:
    if entry.method == 0:
        return scan(packed_bytes(source, entry), opcodes)
    return scan(BytesSource(zip_read(source, entry, MAX_UNPACKED), entry.name), opcodes)


def _compressed(source: Source, packing: str, opcodes: int) -> PickleFacts | None:
    """A file that joblib packed as a whole: its first 16 MiB are looked at."""
    if (found := unpacked_head(source, packing, MAX_UNPACKED)) is None:
        note = tr("It is packed with {packing}.", packing=packing)
        return PickleFacts((), 0, complete=False, note=note)
    data, whole = found
    unpacked = BytesSource(data, source.name)
    if not looks_like_pickle(data[:16], unpacked):
        return None
    return _facts([scan(unpacked, opcodes)], opcodes, whole=whole)


def _facts(scans: list[Scan], opcodes: int, *, whole: bool = True) -> PickleFacts:
    names = sorted({each for one in scans for each in one.imports})
    imports = tuple(Import(module, name, _weight(module, name)) for module, name in names)
    complete = whole and all(one.complete for one in scans) and len(imports) <= MAX_IMPORTS
    notes = [one.note for one in scans if one.note]
    return PickleFacts(
        imports[:MAX_IMPORTS],
        sum(one.streams for one in scans),
        complete,
        " ".join(notes[:3]),
        opcodes - scans[-1].left,
    )


def _weight(module: str, name: str) -> Weight:
    if not module:
        return "runs code"
    first, parts = name.split(".", maxsplit=1)[0], module.split(".")
    inner = set(name.split("."))
    if len(inner) > 1 and inner & (_RUNS_CODE | _RISKY_BUILTINS):
        return "runs code"  # reached through a module that has imported it
    if module in _BUILTINS:
        return "runs code" if first in _RISKY_BUILTINS else "named"
    roots = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    if roots & _RUNS_CODE or f"{module}.{first}" in _RISKY_NAMES:
        return "runs code"
    return "named"
