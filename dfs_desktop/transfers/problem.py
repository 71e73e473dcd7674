"""What a transfer failed of, in a form that outlives the program: kind, words, time."""

import time

import msgspec
from msgspec import Struct

from dfs_desktop.api import StorageAddressError
from dfs_desktop.typed_decoding import prepared

_LONGEST = 4000  # characters of the words


class Problem(Struct, frozen=True):
    """``kind``: the class of the error. ``text``: what went wrong and what to do, fit to be shown.

    ``host``: a storage in a private network that waits for the person's approval.
    """

    kind: str
    text: str = ""
    at: float = 0.0  # POSIX seconds by our clock; 0 when nobody knows
    host: str = ""

    @classmethod
    def of(cls, error: BaseException) -> "Problem":
        """Errors of ours bring words; the text of others may hold a link that grants access."""
        title, detail = getattr(error, "title", ""), getattr(error, "detail", "")
        if isinstance(title, str) and isinstance(detail, str) and title:
            text = f"{title}. {detail}".strip()
        elif isinstance(error, OSError) and error.strerror:
            text = f"{error.strerror}."
        else:
            text = ""
        return cls(type(error).__name__, text[:_LONGEST], time.time(), storage_host(error))

    @classmethod
    def read(cls, text: str) -> "Problem | None":
        """From the journal; earlier versions wrote the kind alone."""
        if not text:
            return None
        try:
            return msgspec.json.decode(text, type=prepared(cls))
        except (ValueError, RecursionError):
            return cls(text)

    def written(self) -> str:
        return msgspec.json.encode(self).decode()


def storage_host(error: BaseException | None) -> str:
    """The address in a private network that an error is about; empty for another one."""
    while error is not None and not isinstance(error, StorageAddressError):
        error = error.__cause__
    return error.host if error is not None else ""
