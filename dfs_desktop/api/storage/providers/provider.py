"""All that differs between two kinds of object store: each declares it in a module of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from dfs_desktop.api.errors import UnexpectedAnswerError
from dfs_desktop.api.storage.error_meaning import Meaning
from dfs_desktop.translation import later, tr


class JoinedPart(NamedTuple):
    """A part that arrived: its place in the file, path and query of the URL that took it, its ETag."""

    number: int
    address: str
    etag: str


class Multipart(Struct, frozen=True, kw_only=True):
    """How a store makes one object of parts that were put to presigned URLs.

    ``opened_by_store``: it is asked by a POST for the id of an upload, else the registry's links are
    enough. ``needs_etags``: a part without one cannot be joined.
    """

    opened_by_store: bool
    needs_etags: bool
    method: str
    body: Callable[[Sequence[JoinedPart]], bytes]  # of the request that joins them, in file order
    result: str = ""  # the root element that says they were joined; else the status does
    etag: Callable[[Sequence[str]], str] = lambda _parts: (
        ""
    )  # of the whole, from those of the parts
    # What becomes of parts that are never joined, once an upload is discarded or cancelled.
    discarded: str = later(
        "Discarded, {much} stays in the storage, unseen and paid for, until the bucket’s lifecycle "
        "rule for unfinished uploads removes it."
    )
    cancelled: str = later(
        "Then {much} stays in the storage, unseen and paid for, until the bucket’s lifecycle rule for "
        "unfinished uploads removes it."
    )


class StoreProvider(Struct, frozen=True, kw_only=True):
    """One kind of store. Without ``multipart`` it takes whole files only."""

    kind: str  # as registries name it
    codes: Mapping[Meaning, str]  # of its error answers
    expiry: Callable[[Mapping[str, str]], float | None]  # POSIX seconds, of a presigned URL's query
    request_id: str  # the header by which an answer is known as the store's own
    code_header: str = ""  # has the error's code, also where there is no body
    detail: str = ""  # the element of an error that says what its code leaves open
    whole_headers: Mapping[str, str] = {}  # of the PUT of a whole file
    endpoint_is_host: bool = True  # of a bucket's secret, in the registry
    multipart: Multipart | None = None

    def in_parts(self) -> Multipart:
        """How it takes a file in parts; UnexpectedAnswerError where it does not."""
        if self.multipart is None:
            raise UnexpectedAnswerError(tr("The storage takes whole files only."))
        return self.multipart
