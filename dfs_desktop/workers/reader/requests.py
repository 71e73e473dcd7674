"""What the window and a reader ask of each other: an operation on artifacts; a link to a stored file."""

from typing import Any

from msgspec import Struct


class Target(Struct, frozen=True):
    """An artifact by a key of the window's. A record's index and manifest come from its registry;
    `stored` is its packed `StoredFile`, empty where there is nothing to read yet; `link` is the
    first address to read it, where one is known. Of a file ``by_window`` the window reads the bytes,
    since it alone may show the certificate that the store wants."""

    key: int
    path: bytes = b""  # as the system has it: not every name is text
    name: str = ""
    size: int = 0
    stored: bytes = b""
    link: str = ""
    by_window: bool = False
    index: dict[str, Any] = {}
    manifest: dict[str, Any] | None = None


class OperationRequest(Struct, frozen=True):
    """Which operation of `operations.OPERATIONS`, on which artifacts, with which arguments.

    `targets` are those that this child has not been told of before.
    """

    operation: str
    keys: tuple[int, ...]
    targets: tuple[Target, ...] = ()
    arguments: tuple[Any, ...] = ()


class LinkRequest(Struct, frozen=True):
    """The question for an address of the stored file, because the last one is not good any more."""

    key: int


class ReadRequest(Struct, frozen=True):
    """The question for some bytes of a file that the window reads, at most `PIECE` of them."""

    key: int
    offset: int
    length: int


PIECE = 4 << 20
FORGET = "forget"  # the operation that closes an artifact; its payload is the packed key
LOOK = "look"
LINK, READ = "link", "read"
