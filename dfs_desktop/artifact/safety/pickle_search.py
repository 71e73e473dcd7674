"""The pickles in a file: the file itself, unpacked, or the files in it that loaders unpickle.

The name only hints: loaders take pickles of any name, and packed in every way.
"""

import contextlib
import json
from collections.abc import Iterator

import msgspec

from dfs_desktop.artifact.archive.byte_source import BytesSource, Slice, Source, read_exactly
from dfs_desktop.artifact.archive.compressed import packing_of, unpacked_head
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.archive.tar_walk import Walk
from dfs_desktop.artifact.archive.zip_files import (
    STORED,
    ZipEntry,
    packed_bytes,
    zip_entries,
    zip_head,
    zip_read,
)
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.formats import numpy_file
from dfs_desktop.artifact.names import extension
from dfs_desktop.translation import tr

from .import_weights import weight_of
from .pickle_scan import FIRST, MAX_OPCODES, Scan, scan, would_load

MAX_UNPACKED = 16 * 1024 * 1024
MAX_UNPACKED_TOTAL = 32 * 1024 * 1024  # of all that is packed in an artifact
MAX_OPCODES_TOTAL = 1_000_000
MAX_SCHEMA = 4 * 1024 * 1024
MAX_PICKLES = 20  # in an archive
_BEGINNING = 256 * 1024  # unpacked bytes by which a pickle is told from other content
_HEAD = 4096  # bytes, with the header of an array
_SKOPS = "schema.json"
MAX_ARCHIVES = 30  # that are opened of a file, one in another or side by side
_PICKLE = (
    ".pkl",
    ".pickle",
    ".joblib",
    ".dill",
    ".cloudpickle",
    ".p",
    ".pk",
    ".pck",
    ".pcl",
    ".sav",
)
_OFTEN = (".pt", ".pth", ".bin", ".ckpt", ".model", ".mdl")
_PACKING = (".gz", ".gzip", ".z", ".zlib", ".bz2", ".xz", ".lzma", ".lz4", ".zst", ".zip", ".tar")
# Names that tell of another content. The rest is looked at, which far away takes requests.
_OTHERS = frozenset(
    [".json", ".jsonl", ".ndjson", ".txt", ".md", ".rst", ".csv", ".tsv", ".yaml", ".yml", ".toml",
     ".ini", ".cfg", ".xml", ".html", ".htm", ".css", ".js", ".ts", ".svg", ".log", ".py", ".pyi",
     ".pyc", ".ipynb", ".c", ".h", ".cpp", ".sh", ".sql", ".proto", ".png", ".jpg", ".jpeg", ".gif",
     ".webp", ".bmp", ".ico", ".pdf", ".mp3", ".wav", ".ogg", ".mp4", ".webm", ".ttf", ".woff",
     ".woff2", ".onnx", ".safetensors", ".gguf", ".tflite", ".pb", ".h5", ".hdf5", ".parquet",
     ".arrow", ".feather", ".orc", ".avro", ".db", ".sqlite", ".sqlite3", ".so", ".dll", ".dylib",
     ".exe", ".ubj", ".cbm"]
)  # fmt: skip


def may_be_pickle(name: str) -> bool:
    """Whether members of this name are usually pickles, packed or not."""
    return _ending(name) in _PICKLE + _OFTEN and not is_companion(name)


def may_hold_pickle(name: str) -> bool:
    """Whether the name does not tell that members of it are something else.

    Tar files that are not packed are left out: far away, each header in them is a request.
    """
    ending = _ending(name)
    plain_tar = ending == extension(name) == ".tar"
    return not (ending in _OTHERS or plain_tar or is_companion(name))


def _ending(name: str) -> str:
    """The extension, before those that tell how the file is packed."""
    while (ending := extension(name)) in _PACKING and extension(name[: -len(ending)]):
        name = name[: -len(ending)]
    return ending


class Budget(msgspec.Struct):
    """What may yet be spent on all pickles of an artifact; a look that takes too long is ended."""

    opcodes: int = MAX_OPCODES_TOTAL
    unpacked: int = MAX_UNPACKED_TOTAL


def scans_of(source: Source, budget: Budget) -> list[Scan]:
    """What was found in each pickle of a file."""
    search = _Search(budget)
    search.look(source)
    return search.found


def looks_like_pickle(source: Source) -> bool:
    """Whether a source begins like a pickle.

    Where it does not have the name of one its opcodes must make sense; where raw weights have such
    names too, that it tells its protocol is enough.
    """
    head = read_exactly(source, 0, min(2, source.size))
    ending = _ending(source.name)
    if len(head) == 2 and head[0] == 0x80 and 1 < head[1] <= 5:
        return ending in _PICKLE + _OFTEN or would_load(source)
    return head[:1] in FIRST and (ending in _PICKLE or would_load(source))


class _Search:
    """One look through a file and what is packed in it."""

    def __init__(self, budget: Budget) -> None:
        self.found: list[Scan] = []
        self._budget = budget
        self._archives = MAX_ARCHIVES

    def look(self, source: Source, *, whole: bool = True) -> None:
        """Look into a source, of which perhaps only the beginning is there."""
        head = read_exactly(source, 0, min(_HEAD, source.size))
        before = len(self.found)
        packing, is_zip = packing_of(head), head.startswith(b"PK\x03\x04")
        if is_zip or packing or _is_tar(head):
            self._archives -= 1
            if self._archives < 0:
                self._miss()
            elif is_zip:
                self._look_into_zip(source)
            elif packing:
                self._unpack(source, packing)
            else:
                self._look_into_tar(source)
        elif head.startswith(numpy_file.MAGIC):
            part = numpy_file.objects_of(source)
            if part is not None and looks_like_pickle(part):
                self._scan(part)
        elif looks_like_pickle(source):
            self._scan(source)
        if not whole and len(self.found) > before:
            self._miss()

    def _scan(self, source: Source) -> None:
        opcodes = min(MAX_OPCODES, self._budget.opcodes)
        self.found.append(scan(source, opcodes))
        self._budget.opcodes -= opcodes - self.found[-1].left

    def _miss(self, note: str = "") -> None:
        """A part is not looked at, for this reason."""
        self.found.append(Scan(set(), complete=False, note=note))

    def _unpack(self, source: Source, packing: str) -> None:
        """A file that is packed as a whole: its first 16 MiB are looked at."""
        usual = may_be_pickle(source.name)
        most = min(MAX_UNPACKED if usual else _BEGINNING, self._budget.unpacked)
        found = unpacked_head(source, packing, most) if most > 0 else None
        if found is None:
            if usual:
                self._miss(tr("It is packed with {packing}.", packing=packing))
            return
        data, whole = found
        if not (whole or usual):
            if not (_is_tar(data) or looks_like_pickle(BytesSource(data, source.name))):
                return
            data, whole = (
                unpacked_head(source, packing, min(MAX_UNPACKED, self._budget.unpacked)) or found
            )
        self._budget.unpacked -= len(data)
        self.look(BytesSource(data, source.name), whole=whole)

    def _look_into_zip(self, source: Source) -> None:
        entries = [each for each in zip_entries(source) if not is_companion(each.name)]
        for entry in [each for each in entries if each.name == _SKOPS][-1:]:  # the one that counts
            with self._telling():
                self._read_schema(source, entry)
        arrays = [each for each in entries if each.name.endswith(".npy")]
        pickles = [each for each in entries if may_be_pickle(each.name)]
        for entry in pickles[:MAX_PICKLES] + arrays[: numpy_file.MAX_ARRAYS]:
            with self._telling():
                self._look_at(source, entry)
        if len(pickles) > MAX_PICKLES or len(arrays) > numpy_file.MAX_ARRAYS:
            self._miss()

    def _look_at(self, source: Source, entry: ZipEntry) -> None:
        if entry.method == STORED:
            self.look(packed_bytes(source, entry))
            return
        data = zip_head(source, entry, _HEAD)
        if data.startswith(numpy_file.MAGIC) and not numpy_file.may_hold_objects(data):
            return
        if (most := min(MAX_UNPACKED, self._budget.unpacked)) <= 0:
            self._miss()
            return
        if len(data) == _HEAD < most:
            data = zip_head(source, entry, most)
        self._budget.unpacked -= len(data)
        self.look(BytesSource(data, entry.name), whole=len(data) < most)

    def _read_schema(self, source: Source, entry: ZipEntry) -> None:
        """The names that run code in what skops writes, which is no pickle and may name as much."""
        try:
            schema = json.loads(zip_read(source, entry, MAX_SCHEMA))
        except (ValueError, RecursionError):
            return  # nor can skops, which reads it so
        imports = {pair for pair in _named_in(schema) if weight_of(*pair) == "runs code"}
        if imports:
            self.found.append(Scan(imports))

    def _look_into_tar(self, source: Source) -> None:
        try:
            for member in Walk(source, lambda: None).members():
                if may_be_pickle(member.name):
                    with self._telling():
                        self.look(Slice(source, member.offset, member.size, member.name))
        except UnreachableError:
            raise
        except ArtifactError:
            pass  # it ends too early, as where only its beginning is unpacked

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """What cannot be read here is told, and the rest looked at."""
        try:
            yield
        except UnreachableError:
            raise
        except ArtifactError as error:
            self._miss(str(error))


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _named_in(schema: object) -> Iterator[tuple[str, str]]:
    """Every pair of module and name in the tree of a skops file."""
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            module, name = node.get("__module__"), node.get("__class__")
            if isinstance(module, str) and isinstance(name, str):
                yield module, name
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
