"""The stack of a pickle stream, followed as far as names, and the arrays of joblib, need it.

Nothing is imported or called: a value is a text, a number, a tuple, a small dictionary, a name that
would be imported, or None for whatever else it may be.
"""

import codecs
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from dfs_desktop.translation import tr

MAX_MEMO = 400_000
_MARK: Final = object()
STRINGS = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE", "STRING", "BINSTRING",
           "SHORT_BINSTRING"}  # fmt: skip
INTEGERS = {"BININT", "BININT1", "BININT2", "LONG1"}
_GETS = {"GET", "BINGET", "LONG_BINGET"}
_PUTS = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}
_NAMES = {"GLOBAL", "INST", "STACK_GLOBAL", "EXT1", "EXT2", "EXT4"}
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
SPECIAL = (STRINGS | INTEGERS | _GETS | _PUTS | _NAMES | set(_TUPLES)
           | {"DUP", "MARK", "STOP", "TUPLE", "EMPTY_DICT", "SETITEM", "SETITEMS", "REDUCE",
              "NEWOBJ", "BUILD"})  # fmt: skip
# What stands in the lines of opcodes, where an unpickler would go on; an empty one was too long to keep.
_DIGITS = rb"\s*[+-]?[0-9a-fA-FxXoO_]*L?\s*"
_LINES = {"INT": _DIGITS, "LONG": _DIGITS, "PUT": rb"\s*[0-9]*\s*", "STRING": rb"(\s*([\"']).*\2\s*)?",
          "FLOAT": rb"[\s0-9_.+-]*([eE][0-9+-]+\s*)?|\s*[+-]?(inf|nan|INF|NAN)\s*"}  # fmt: skip
_NEWEST = 5  # protocol
_TYPE = re.compile(r"[<>=|]?([a-zA-Z?])([0-9]{0,9})")
_ARRAY_FIELDS = ("shape", "dtype", "numpy_array_alignment_bytes")


class Opcode(NamedTuple):
    """One opcode: its argument and what it does to the stack."""

    name: str
    fixed: int
    counted: tuple[int, bool] | None
    lines: int
    takes: int
    takes_mark: bool
    gives: int
    plain: bool  # does nothing but move the stack


class Named(NamedTuple):
    """What would be imported."""

    module: str
    name: str


class ElementType(NamedTuple):
    """The type of an array's elements: their size in bytes, 0 for pickled objects."""

    size: int


class RawArray:
    """An array that joblib writes between the opcodes, with what is known of it."""

    def __init__(self) -> None:
        self.fields: dict[str, object] = {}


class Stack:
    """Values and memo of one stream; `found` is told every name that is imported."""

    def __init__(self, found: Callable[[str, str], None]) -> None:
        self._found = found
        self._values: list[object] = []
        self._memo: dict[int, object] = {}

    def allows(self, opcode: Opcode, argument: bytes | None) -> bool:
        """Whether an unpickler would go on: all that the opcode needs is there and makes sense."""
        name, values, end = opcode.name, self._values, len(self._values)
        if opcode.takes_mark:
            while end and values[end - 1] is not _MARK:
                end -= 1
            end -= 1
        taken = values[max(0, end - opcode.takes) : max(0, end)]
        if end < 0 or len(taken) < opcode.takes or (_MARK in taken and name != "POP"):
            return False
        data = argument or b""
        if name in ("GLOBAL", "INST"):
            parts = data.decode("utf-8", "replace").replace("\n", ".").split(".")
            return len(parts) > 1 and all(part.isidentifier() for part in parts)
        if name.startswith("EXT"):
            return False  # nobody has extensions registered
        if name == "STACK_GLOBAL":
            return all(isinstance(value, str) for value in taken)
        if name in _LINES:
            fits = re.fullmatch(_LINES[name], data, re.DOTALL) is not None
            return fits and (name != "PUT" or bool(values))
        if name in _GETS:
            return _number(name, argument) in self._memo
        return (
            data[:1] <= bytes([_NEWEST]) if name == "PROTO" else name not in _PUTS or bool(values)
        )

    def move(self, opcode: Opcode) -> list[object]:
        """What every opcode does: take values, give unknown ones; the taken are returned."""
        values = self._values
        taken: list[object] = []
        if opcode.takes_mark:
            while values and (value := values.pop()) is not _MARK:
                taken.append(value)
            taken.reverse()
        if opcode.takes:
            taken[:0] = values[-opcode.takes :]
            del values[-opcode.takes :]
        if opcode.gives:
            values.extend([None] * opcode.gives)
        return taken

    def step(self, opcode: Opcode, argument: bytes | None) -> RawArray | None:
        """What a special opcode does; returned is an array whose bytes follow in the file."""
        name = opcode.name
        if name in _PUTS:
            key = len(self._memo) if name == "MEMOIZE" else _number(name, argument)
            if len(self._memo) < MAX_MEMO:
                self._memo[key] = self._values[-1] if self._values else None
            return None
        if name == "DUP":
            self._values.append(self._values[-1] if self._values else None)
            return None
        top = self._values[-2] if name == "BUILD" and len(self._values) > 1 else None
        named = self._imported(name, argument) if name in _NAMES else None
        taken = self.move(opcode)
        if not opcode.gives:
            return None
        self._values[-1] = named or self._made(name, argument, taken)
        if name == "BUILD":
            self._values[-1] = top
            if isinstance(top, RawArray) and isinstance(taken[-1], dict):
                top.fields = taken[-1]
                return top
        return None

    def _made(self, name: str, argument: bytes | None, taken: list[object]) -> object:
        if name in STRINGS:
            return None if argument is None else _string(name, argument)
        if name in INTEGERS:
            signed = name in ("BININT", "LONG1")
            return None if argument is None else int.from_bytes(argument, "little", signed=signed)
        if name in _GETS:
            return self._memo.get(_number(name, argument))
        if name == "MARK":
            return _MARK
        if name in _TUPLES or name == "TUPLE":
            return tuple(taken[:64])
        if name == "EMPTY_DICT":
            return {}
        if name in ("SETITEM", "SETITEMS"):
            return _filled(taken)
        return _called(name, taken)

    def _imported(self, name: str, argument: bytes | None) -> Named | None:
        if name.startswith("EXT"):
            number = int.from_bytes(argument or b"", "little")
            self._found("", tr("extension {number}", number=number))
            return None
        if name == "STACK_GLOBAL":
            module, attribute = self._values[-2:] if len(self._values) > 1 else (None, None)
        else:
            first, _, second = (argument or b"").partition(b"\n")
            module, attribute = first.decode("utf-8", "replace"), second.decode("utf-8", "replace")
        if not isinstance(module, str) or not isinstance(attribute, str):
            self._found("", tr("a name that it computes"))
            return None
        self._found(module[:300], attribute[:300])
        return Named(module, attribute) if name != "INST" else None


def _filled(taken: list[object]) -> object:
    """The dictionary with those of its new entries that tell of an array."""
    target, items = taken[0] if taken else None, taken[1:]
    if isinstance(target, dict):
        for key, value in zip(items[::2], items[1::2], strict=False):
            if isinstance(key, str) and key in _ARRAY_FIELDS:
                target[key] = value
    return target


def _called(name: str, taken: list[object]) -> object:
    """What a call would give, where that is the type of an array or the array itself."""
    if len(taken) < 2 or name not in ("REDUCE", "NEWOBJ"):
        return None
    called, given = taken[0], taken[1]
    if name == "NEWOBJ" and called == Named("joblib.numpy_pickle", "NumpyArrayWrapper"):
        return RawArray()
    if called == Named("numpy", "dtype") and isinstance(given, tuple) and given:
        match = _TYPE.fullmatch(given[0]) if isinstance(given[0], str) else None
        if match:
            size = int(match[2] or 1) * (4 if match[1] == "U" else 1)
            return ElementType(0 if match[1] == "O" else size)
    return None


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
