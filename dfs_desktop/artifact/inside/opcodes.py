"""A walk over the opcodes of pickle streams that follows the stack just far enough to see imports.

The standard library's walk takes arguments of any size into memory and stops where a joblib file
has raw arrays between opcodes. This one skips large arguments, has limits, and says when it could
not read everything.
"""

import codecs
import pickletools
import re
from typing import Final

import msgspec

from dfs_desktop.artifact.errors import ArtifactError, UnreachableError
from dfs_desktop.artifact.source import Source, read_exactly

from .cursor import Cursor

MAX_OPCODES = 400_000
MAX_STREAMS = 16
MAX_READ = 64 * 1024 * 1024  # bytes; what is skipped does not count
MAX_LINE = MAX_STRING = 4096  # longer ones are no names
MAX_MEMO = 400_000
_SEARCHED = 1024 * 1024  # bytes looked through for names where opcodes end
_MARK: Final = object()
_STRINGS = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "STRING", "BINSTRING",
            "SHORT_BINSTRING"}  # fmt: skip
_GETS = {"GET", "BINGET", "LONG_BINGET"}
_PUTS = {"PUT", "BINPUT", "LONG_BINPUT"}
_SPECIAL = _STRINGS | _GETS | _PUTS | {"GLOBAL", "INST", "STACK_GLOBAL", "MEMOIZE", "DUP", "MARK",
                                       "STOP"}  # fmt: skip
_NAME = rb"[A-Za-z_][A-Za-z0-9_.]{0,60}+"
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


class _Opcode(msgspec.Struct, frozen=True):
    """One opcode: its argument and what it does to the stack."""

    name: str
    fixed: int
    counted: tuple[int, bool] | None
    lines: int
    takes: int
    takes_mark: bool
    gives: int
    plain: bool  # does nothing but move the stack


def _table() -> dict[int, _Opcode]:
    table = {}
    for each in pickletools.opcodes:
        kind = each.arg.name if each.arg else ""
        lines = 0
        if each.arg is not None and kind not in _FIXED and kind not in _COUNTED:
            lines = 2 if kind == "stringnl_noescape_pair" else 1
        before = [slot.name for slot in each.stack_before]
        table[ord(each.code)] = _Opcode(
            name=each.name,
            fixed=_FIXED.get(kind, 0),
            counted=_COUNTED.get(kind),
            lines=lines,
            takes=before.index("mark") if "mark" in before else len(before),
            takes_mark="mark" in before,
            gives=len(each.stack_after),
            plain=each.name not in _SPECIAL and not each.name.startswith("EXT"),
        )
    return table


_TABLE = _table()


def scan(source: Source, opcodes: int = MAX_OPCODES) -> Scan:
    """The imports of all pickle streams in a source; never fails on their content."""
    found = Scan(set(), left=opcodes)
    cursor = Cursor(source, source.size, MAX_READ)
    try:
        while cursor.place < source.size and found.streams < MAX_STREAMS:
            if found.streams and read_exactly(source, cursor.place, 1) != b"\x80":
                _search(source, cursor.place, found)  # raw data, as in old PyTorch files
                break
            _Stream(cursor, found).run()
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
    """One stream from its first opcode to STOP, with the strings on its stack and in its memo."""

    def __init__(self, cursor: Cursor, found: Scan) -> None:
        self._cursor = cursor
        self._found = found
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}

    def run(self) -> None:
        """Read it, as far as opcodes are left."""
        while self._found.left > 0:
            self._found.left -= 1
            opcode = _TABLE.get(self._cursor.take(1)[0])
            if opcode is None:
                raise _UnreadableError("Other data follow where an opcode should be.")
            argument = self._argument(opcode)
            if opcode.plain:
                self._move(opcode)
            elif opcode.name == "STOP":
                return
            else:
                self._step(opcode, argument)
        raise _UnreadableError("It has too many opcodes to look at all.")

    def _argument(self, opcode: _Opcode) -> bytes | None:
        if opcode.counted is not None:
            width, signed = opcode.counted
            length = int.from_bytes(self._cursor.take(width), "little", signed=signed)
            if opcode.name in _STRINGS and 0 <= length <= MAX_STRING:
                return self._cursor.take(length)
            self._cursor.skip(length)
            return None
        if opcode.lines:
            lines = [self._cursor.line(MAX_LINE) for _ in range(opcode.lines)]
            return b"\n".join(each for each in lines if each is not None)
        return self._cursor.take(opcode.fixed) if opcode.fixed else None

    def _step(self, opcode: _Opcode, argument: bytes | None) -> None:
        name = opcode.name
        if name in ("GLOBAL", "INST"):
            self._import(*_halves(argument))
        elif name == "STACK_GLOBAL":
            self._import(*(self._stack[-2:] if len(self._stack) > 1 else (None, None)))
        elif name.startswith("EXT"):
            self._found.imports.add(("", f"extension {int.from_bytes(argument or b'', 'little')}"))
        if name in _PUTS or name == "MEMOIZE":
            self._remember(name, argument)
            return
        if name == "DUP":
            self._stack.append(self._stack[-1] if self._stack else None)
            return
        self._move(opcode)
        if name == "MARK":
            self._stack[-1] = _MARK
        elif name in _STRINGS and argument is not None:
            self._stack[-1] = _string(name, argument)
        elif name in _GETS:
            self._stack[-1] = self._memo.get(_number(name, argument))

    def _move(self, opcode: _Opcode) -> None:
        stack = self._stack
        if opcode.takes_mark:
            while stack and stack.pop() is not _MARK:
                pass
        if opcode.takes:
            del stack[-opcode.takes :]
        if opcode.gives:
            stack.extend([None] * opcode.gives)

    def _remember(self, name: str, argument: bytes | None) -> None:
        key = len(self._memo) if name == "MEMOIZE" else _number(name, argument)
        if len(self._memo) < MAX_MEMO:
            self._memo[key] = self._stack[-1] if self._stack else None

    def _import(self, module: object, name: object) -> None:
        if isinstance(module, str) and isinstance(name, str):
            self._found.imports.add((module[:300], name[:300]))
        else:
            self._found.imports.add(("", "a name that it computes"))


def _halves(argument: bytes | None) -> tuple[str, str]:
    first, _, second = (argument or b"").partition(b"\n")
    return first.decode("utf-8", "replace"), second.decode("utf-8", "replace")


def _string(name: str, argument: bytes) -> str | None:
    """The text as the unpickler would have it: escapes are a way to hide a name."""
    try:
        if name == "STRING":
            return codecs.escape_decode(argument.strip()[1:-1])[0].decode("utf-8")
        return argument.decode("raw-unicode-escape" if name == "UNICODE" else "utf-8")
    except ValueError:
        return None


def _number(name: str, argument: bytes | None) -> int:
    data = argument or b""
    if name in ("GET", "PUT"):
        return int(data) if data.isdigit() and len(data) < 12 else -1
    return int.from_bytes(data, "little")


def _search(source: Source, start: int, found: Scan) -> None:
    """Names that look like imports in the bytes behind the place where the opcodes ended."""
    length = max(0, min(_SEARCHED, source.size - start))
    data = read_exactly(source, start, length)
    for pattern in (_GLOBAL_TEXT, _STACK_TEXT):
        for match in pattern.finditer(data):
            if len(found.imports) > 2 * 5000:
                return
            found.imports.add((match[1].decode(), match[2].decode()))
