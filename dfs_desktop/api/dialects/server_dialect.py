"""What is known about the registry on the other end: the dialect of its generation, found out once."""

import time

from dfs_desktop.api.errors import APIStatusError, ConfigurationError, UnexpectedAnswerError
from dfs_desktop.translation import tr

from .dataforce import Dialect
from .luml import LumlDialect, PagedDialect, PrefixedDialect, RenamedDialect

CHECK_AGAIN = 60.0  # seconds between two suspicions that the server was exchanged
_NOT_FOUND, _OTHER_METHOD = 404, 405
_DIALECTS: dict[str, type[Dialect]] = {
    **dict.fromkeys("ABC", Dialect),  # which reads the answers of B and C too
    "D": PagedDialect,
    "E": RenamedDialect,
    "F": PrefixedDialect,
    "G": LumlDialect,
}


def dialect_for(generation: str) -> Dialect:
    """The dialect of a generation, A to G."""
    if generation not in _DIALECTS:
        raise ConfigurationError(
            tr("There is no generation {generation!r}; there are A to G.", generation=generation)
        )
    return _DIALECTS[generation]()


class Server:
    """Shared by a client and all its views of other places."""

    def __init__(self, known: Dialect | None = None, *, encrypted: bool = False) -> None:
        self.known = known
        self.encrypted = encrypted  # it is reached by https
        self.judged: set[str] = set()  # orbits whose storage may be used as it is
        self._doubted = -CHECK_AGAIN

    @property
    def dialect(self) -> Dialect:
        """The dialect that it speaks; the driver finds it out before it walks the first flow."""
        if self.known is None:
            raise AssertionError("a flow was walked before the server was asked what it speaks")
        return self.known

    def check_again(self, error: APIStatusError) -> bool:
        """Whether a refusal shows that an address, not an object, is missing; rarely asked twice."""
        gone = error.status_code == _OTHER_METHOD or (
            # The words of the router; each object that is missing is called by its kind.
            error.status_code == _NOT_FOUND and error.detail == "Not Found"
        )
        now = time.monotonic()
        if not gone or self.known is None or now - self._doubted < CHECK_AGAIN:
            return False
        self._doubted = now
        return True

    def compare(self, found: Dialect, host: str) -> None:
        """Take over what was found out; raises when the server changed under our feet."""
        before = self.dialect
        if found.generation == before.generation:
            return
        self.known = found
        raise UnexpectedAnswerError(
            tr(
                "{host} was exchanged meanwhile: it spoke the {before} and speaks the {now} now. "
                "Try again.",
                host=host,
                before=tr(before.interface),
                now=tr(found.interface),
            ),
            title=tr("The server was updated"),
            retryable=True,
        )
