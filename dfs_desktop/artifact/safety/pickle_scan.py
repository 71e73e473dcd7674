"""A walk over the opcodes of pickle streams that follows the stack just far enough to see imports.

The standard library's walk takes arguments of any size into memory and stops where a joblib file
has raw arrays between opcodes. This one skips large arguments, has limits, and says when it could
not read everything.
"""

import math
import pickletools
import re

import msgspec

from dfs_desktop.artifact.archive.byte_source import Source, read_exactly
from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.formats.cursor import Cursor
from dfs_desktop.translation import tr

from .pickle_stack import SPECIAL, STRINGS, ElementType, Opcode, RawArray, Stack

MAX_OPCODES = 400_000
MAX_STREAMS = 16
MAX_READ = 64 * 1024 * 1024  # bytes; what is skipped does not count
MAX_LINE = MAX_STRING = 4096  # longer ones are no names
MAX_DEPTH = 20  # of arrays of objects in arrays of objects
_BEGINNING = 10_000  # opcodes, by which a pickle is told from other bytes
_MAX_BEGINNING = 16 * 1024 * 1024
_CALLS = {"REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST", "BUILD", "STOP"}
_SEARCHED = 1024 * 1024  # bytes looked through for names where opcodes end
_NAME = rb"[A-Za-z_][A-Za-z0-9_.]{0,60}+"
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_GLOBAL_TEXT = re.compile(rb"c(" + _NAME + rb")\n(" + _NAME + rb")\n")
_STACK_TEXT = re.compile(
    rb"\x8c[\x01-\xff](" + _NAME + rb")\x94?\x8c[\x01-\xff](" + _NAME + rb")\x94?\x93"
)
_FIXED = {"uint1": 1, "uint2": 2, "int4": 4, "uint4": 4, "uint8": 8, "float8": 8}
_COUNTED = {"string1": (1, False), "string4": (4, True), "bytes1": (1, False), "bytes4": (4, False),
            "bytes8": (8, False), "bytearray8": (8, False), "unicodestring1": (1, False),
            "unicodestring4": (4, False), "unicodestring8": (8, False), "long1": (1, False),
            "long4": (4, True)}  # fmt: skip


class Scan(msgspec.Struct):
    """What was found: (module, name) pairs, the module "" where the pickle computes the name."""

    imports: set[tuple[str, str]]
    streams: int = 0
    complete: bool = True
    note: str = ""
    left: int = 0  # opcodes that could have been read yet
    arrays: int = 0  # places where joblib finds raw bytes


def _table() -> dict[int, Opcode]:
    table = {}
    for each in pickletools.opcodes:
        kind = each.arg.name if each.arg else ""
        lines = 0
        if each.arg is not None and kind not in _FIXED and kind not in _COUNTED:
            lines = 2 if kind == "stringnl_noescape_pair" else 1
        before = [slot.name for slot in each.stack_before]
        table[ord(each.code)] = Opcode(
            name=each.name,
            fixed=_FIXED.get(kind, 0),
            counted=_COUNTED.get(kind),
            lines=lines,
            takes=before.index("mark") if "mark" in before else len(before),
            takes_mark="mark" in before,
            gives=len(each.stack_after),
            plain=each.name not in SPECIAL,
        )
    return table


_TABLE = _table()
# With what a stream may begin: all that takes nothing from the stack or the memo, whatever protocol
# it is of, for loaders do not ask.
FIRST = frozenset(
    each.code.encode("latin-1")
    for each in pickletools.opcodes
    if not each.stack_before and not each.name.endswith(("GET", "PUT"))
)


def scan(source: Source, opcodes: int = MAX_OPCODES) -> Scan:
    """The imports of all pickle streams in a source; never fails on their content.

    Where joblib would find raw arrays, a plain unpickler would go on with opcodes: a file that has
    such places is read in both ways, since nobody knows who will load it.
    """
    found = _scan(source, opcodes, as_joblib=True)
    if found.arrays:
        plain = _scan(source, found.left, as_joblib=False)
        # What was no opcode looks like anything; only what looks like a name is taken over.
        found.imports |= {pair for pair in plain.imports if _PLAIN_NAME.fullmatch(pair[0])}
        found.left = plain.left
    return found


def would_load(source: Source) -> bool:
    """Whether an unpickler would call, or give back, a name that it imported from these bytes.

    Bytes that are no pickle soon have what stops it. Also true of what does not stop it for long.
    """
    found = Scan(set(), left=_BEGINNING)
    cursor = Cursor(source, source.size, _MAX_BEGINNING)
    try:
        while cursor.place < source.size:
            if _Stream(cursor, found, as_joblib=False).goes_well():
                return True
    except UnreachableError:
        raise
    except (ArtifactError, _UnreadableError):
        pass
    return False


def _scan(source: Source, opcodes: int, *, as_joblib: bool) -> Scan:
    found = Scan(set(), left=opcodes)
    cursor = Cursor(source, source.size, MAX_READ)
    try:
        while cursor.place < source.size and found.streams < MAX_STREAMS:
            if found.streams and read_exactly(source, cursor.place, 1) != b"\x80":
                _search(source, cursor.place, found)  # raw data, as in old PyTorch files
                break
            _Stream(cursor, found, as_joblib=as_joblib).run()
            found.streams += 1
    except UnreachableError:
        raise
    except (ArtifactError, _UnreadableError) as error:
        found.complete = False
        found.note = str(error)
        _search(source, cursor.place, found)
    return found


class _UnreadableError(Exception):
    """Why a stream was not read to its end, as a sentence."""


class _Stream:
    """One stream from its first opcode to STOP."""

    def __init__(
        self, cursor: Cursor, found: Scan, depth: int = 0, *, as_joblib: bool = True
    ) -> None:
        self._cursor = cursor
        self._found = found
        self._depth = depth
        self._as_joblib = as_joblib
        self._stack = Stack(lambda module, name: found.imports.add((module, name)))

    def run(self) -> None:
        """Read it, as far as opcodes are left."""
        while self._found.left > 0:
            self._found.left -= 1
            if (opcode := _TABLE.get(self._cursor.take(1)[0])) is None:
                raise _UnreadableError(tr("Other data follow where an opcode should be."))
            argument = self._argument(opcode)
            if opcode.plain:
                self._stack.move(opcode)
            elif opcode.name == "STOP":
                return
            else:
                array = self._stack.step(opcode, argument)
                if array is not None and self._as_joblib:
                    self._found.arrays += 1
                    self._pass(array)
        raise _UnreadableError(tr("It has too many opcodes to look at all."))

    def goes_well(self) -> bool:
        """Whether a name that was imported is used, before the stream ends; raises where it is none."""
        while self._found.left > 0:
            self._found.left -= 1
            opcode = _TABLE.get(self._cursor.take(1)[0])
            argument = self._argument(opcode) if opcode else None
            if opcode is None or not self._stack.allows(opcode, argument):
                raise _UnreadableError
            self._stack.step(opcode, argument)
            if opcode.name in _CALLS and self._found.imports:
                return True
            if opcode.name == "STOP":
                return False
        return True

    def _argument(self, opcode: Opcode) -> bytes | None:
        if opcode.counted is not None:
            width, signed = opcode.counted
            length = int.from_bytes(self._cursor.take(width), "little", signed=signed)
            most = MAX_STRING if opcode.name in STRINGS else 8 if opcode.name == "LONG1" else -1
            if 0 <= length <= most:
                return self._cursor.take(length)
            self._cursor.skip(length)
            return None
        if opcode.lines:
            lines = [self._cursor.line(MAX_LINE) for _ in range(opcode.lines)]
            return b"\n".join(each for each in lines if each is not None)
        return self._cursor.take(opcode.fixed) if opcode.fixed else None

    def _pass(self, array: RawArray) -> None:
        """Go on behind the bytes of an array, or read the stream that holds its objects."""
        shape, element = array.fields.get("shape"), array.fields.get("dtype")
        alignment = array.fields.get("numpy_array_alignment_bytes")
        if not isinstance(shape, tuple) or not isinstance(element, ElementType):
            raise _UnreadableError(tr("An array in it does not tell how large it is."))
        if not all(isinstance(axis, int) and axis >= 0 for axis in shape):
            raise _UnreadableError(tr("An array in it has an impossible shape."))
        if element.size == 0:
            if self._depth == MAX_DEPTH:
                raise _UnreadableError(tr("Arrays of objects are nested too deeply in it."))
            _Stream(self._cursor, self._found, self._depth + 1).run()
            return
        if isinstance(alignment, int):
            self._cursor.skip(self._cursor.take(1)[0])
        self._cursor.skip(math.prod(shape) * element.size)


def _search(source: Source, start: int, found: Scan) -> None:
    """Names that look like imports in the bytes behind the place where the opcodes ended."""
    length = max(0, min(_SEARCHED, source.size - start))
    data = read_exactly(source, start, length)
    for pattern in (_GLOBAL_TEXT, _STACK_TEXT):
        for match in pattern.finditer(data):
            if len(found.imports) > 2 * 5000:
                return
            found.imports.add((match[1].decode(), match[2].decode()))
