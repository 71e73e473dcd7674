"""What msgspec knows of a type is made by one thread: two that decode it first at once crash.

msgspec 0.22 shows a Struct's fields to other threads before all their types are known, and one that
decodes with them ends the process.
"""

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_lock = threading.Lock()
_prepared: set[Any] = set()


def prepared(kind: type[T]) -> type[T]:
    """The same type, from now on safe to be decoded on any thread. Unions, too."""
    if kind not in _prepared:
        with _lock:
            msgspec.msgpack.Decoder(kind)
            _prepared.add(kind)
    return kind
