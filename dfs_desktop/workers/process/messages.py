"""What goes over the pipes between the window and its children: length-prefixed msgpack, no pickle."""

import struct
from typing import IO, Any

import msgspec

from dfs_desktop.translation import language
from dfs_desktop.typed_decoding import prepared

MOST = 256 * 1024 * 1024  # bytes of one message
_LENGTH = struct.Struct("<I")
_NUMBER = 1  # extension: an integer beyond 64 bits, as decimal digits


class Failure(msgspec.Struct, frozen=True):
    """An exception as a value; `kind` names which one (see `failures`)."""

    kind: str
    title: str = ""
    detail: str = ""
    number: int = 0
    name: str = ""


class Call(msgspec.Struct, tag="call", array_like=True):
    """To the child: do this. `seconds` of computing are allowed; `generous`: with more memory.
    ``language``: that of its words, which the person may choose anew while the child lives."""

    id: int
    operation: str
    payload: bytes
    seconds: float = 10.0
    generous: bool = False
    language: str = msgspec.field(default_factory=language)


class Cancel(msgspec.Struct, tag="cancel", array_like=True):
    """To the child: nobody waits for this call any more."""

    id: int


class Reply(msgspec.Struct, tag="reply", array_like=True):
    """To the child: the answer to one of its questions."""

    id: int
    payload: bytes = b""
    failure: Failure | None = None


class Answer(msgspec.Struct, tag="answer", array_like=True):
    """From the child: how a call ended."""

    id: int
    payload: bytes = b""
    failure: Failure | None = None


class Alive(msgspec.Struct, tag="alive", array_like=True):
    """From the child: a call has begun, or goes on; `waiting` for a computer far away."""

    id: int
    waiting: bool = False


class Question(msgspec.Struct, tag="question", array_like=True):
    """From the child: something that only the window knows."""

    id: int
    operation: str
    payload: bytes


class Moved(msgspec.Struct, tag="moved", array_like=True):
    """From the child: so many more bytes of a call have moved. `stumbled`: what it waits out."""

    id: int
    count: int
    stumbled: str | None = None


ToChild = Call | Cancel | Reply
FromChild = Answer | Alive | Question | Moved


def pack(value: object) -> bytes:
    """Any value of builtins and Structs. Lone surrogates become U+FFFD; integers may be large."""
    try:
        return msgspec.msgpack.encode(value)
    except (OverflowError, UnicodeEncodeError):
        return msgspec.msgpack.encode(_portable(msgspec.to_builtins(value)))


def unpack(data: bytes, kind: Any = Any) -> Any:
    """The value of this type; ValueError or RecursionError when the bytes hold none."""
    return msgspec.msgpack.decode(data, type=prepared(kind), ext_hook=_extension)


def _portable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.msgpack.Ext(_NUMBER, f"{value:x}".encode())
    if isinstance(value, dict):
        return {_portable(key): _portable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_portable(each) for each in value]
    return value


def _extension(code: int, data: memoryview) -> int:
    if code != _NUMBER:
        raise ValueError("not one of our values")
    return int(bytes(data), 16)


def write_message(stream: IO[bytes], message: ToChild | FromChild) -> None:
    data = msgspec.msgpack.encode(message)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_message(stream: IO[bytes], kind: Any) -> Any:
    """The next message of this kind; None at the end. ValueError for what is none."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MOST:
        raise ValueError("a message is too long")
    data = stream.read(length)
    return msgspec.msgpack.decode(data, type=prepared(kind)) if len(data) == length else None
