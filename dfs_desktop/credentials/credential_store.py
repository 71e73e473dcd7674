"""Every profile's API key: stored, read back, fetched once, deleted, or kept in memory by choice."""

import contextlib
import enum
from collections.abc import Sequence
from typing import NamedTuple

from dfs_desktop.translation import later, sentences, tr

from .backends import TRUSTED, choose, is_locked
from .errors import (
    API_KEY,
    SESSION_HINT,
    CredentialsError,
    KeyringMissing,
    KeyringRefused,
    SecretKind,
    to_unlock,
)
from .keyring_thread import Job, Worker

MAX_KEY = 1280  # UTF-16 units that Windows stores; everywhere, so that a profile can move
TIMEOUT = 30.0  # seconds; a person may be typing a password meanwhile
_STORED = later("The API key is in the system's keyring.")


class KeyState(enum.Enum):
    """What is known about one key."""

    STORED = "stored"  # in the keyring
    SESSION = "session"  # in memory, by choice
    ABSENT = "absent"  # the keyring is there, the key is not
    LOCKED = "locked"
    MISSING = "missing"  # no keyring


class State(NamedTuple):
    """The state of one key and a sentence about it."""

    kind: KeyState
    text: str


class Credentials:
    """The keys of all profiles, by profile id and API origin ("https://host:port").

    What is awaited may raise CredentialsError. Close it at the end.
    """

    def __init__(self, *, backends: Sequence[str] = TRUSTED, timeout: float = TIMEOUT) -> None:
        self._names = tuple(backends)
        self._known: dict[tuple[str, str], str] = {}  # fetched or stored: asked for once per start
        self._session: dict[tuple[str, str], str] = {}
        self._worker = Worker(timeout)

    def __repr__(self) -> str:
        return "<Credentials>"

    def remember(self, profile_id: str, origin: str, key: str) -> None:
        """Keep a key in memory until the program ends; the keyring is not touched."""
        self._session[profile_id, origin] = key

    async def store(
        self, profile_id: str, origin: str, key: str, kind: SecretKind = API_KEY
    ) -> None:
        """Write a key to the keyring and read it back."""

        def work(job: Job[None]) -> None:
            _check_length(key, kind)
            backend = choose(self._names, kind)
            service = _service(profile_id)
            backend.set_password(service, origin, key)
            kept = backend.get_password(service, origin) == key
            if job.abandoned or not kept:  # the person is told, or was told, that it failed
                with contextlib.suppress(Exception):
                    backend.delete_password(service, origin)
            if not kept:
                other = tr("It did not give back what it took.")
                raise KeyringRefused(tr(kind.not_kept), sentences(other, tr(SESSION_HINT)))
            if not job.abandoned:
                self._known[profile_id, origin] = key
                self._session.pop((profile_id, origin), None)

        await self._worker.result(work)

    async def fetch(self, profile_id: str, origin: str, kind: SecretKind = API_KEY) -> str | None:
        """The key, from memory or from the keyring; None when there is none."""
        place = (profile_id, origin)

        def work(_: Job[str | None]) -> str | None:
            key = choose(self._names, kind).get_password(_service(profile_id), origin) or None
            if key is not None:  # even when nobody waits any more: the next try is at once
                self._known[place] = key
            return key

        key = self._session.get(place) or self._known.get(place)
        return key or await self._worker.result(work)

    async def delete(self, profile_id: str, origin: str) -> None:
        """Remove a key from memory and keyring; no error when it is not there."""

        def forget() -> None:
            self._known.pop((profile_id, origin), None)
            self._session.pop((profile_id, origin), None)

        def work(_: Job[None]) -> None:
            forget()  # again: a fetch may have been waiting before this job
            try:
                backend = choose(self._names)
            except KeyringMissing:
                return  # nothing can be in it
            service = _service(profile_id)
            # Backends disagree on the error for a key that is not there, so look first.
            if backend.get_password(service, origin) is not None:
                backend.delete_password(service, origin)

        forget()
        await self._worker.result(work)

    async def state(self, profile_id: str, origin: str) -> State:
        """Where a key is, without asking the person to unlock anything where that is possible."""

        def work(_: Job[State]) -> State:
            if (profile_id, origin) in self._session:
                return State(KeyState.SESSION, tr("The API key is kept for this session only."))
            if (profile_id, origin) in self._known:
                return State(KeyState.STORED, tr(_STORED))
            backend = choose(self._names)
            if is_locked(backend):
                return State(KeyState.LOCKED, tr("The keyring is locked."))
            if backend.get_password(_service(profile_id), origin) is None:
                return State(KeyState.ABSENT, tr("No API key is stored for this server."))
            return State(KeyState.STORED, tr(_STORED))

        try:
            return await self._worker.result(work)
        except CredentialsError as error:
            kind = KeyState.LOCKED if to_unlock(error) else KeyState.MISSING
            return State(kind, error.title + ".")

    def close(self) -> None:
        """End the worker thread and forget all keys."""
        self._worker.close()
        self._known.clear()
        self._session.clear()


def _service(profile_id: str) -> str:
    return f"dfs_desktop:{profile_id}"


def _check_length(key: str, kind: SecretKind) -> None:
    if not key:
        raise KeyringRefused(
            tr("The API key is empty"), tr("Enter the key again."), session_only=False
        )
    if len(key.encode("utf-16-le", "surrogatepass")) > 2 * MAX_KEY:
        raise KeyringRefused(
            tr(kind.too_long),
            tr(
                "Keyrings take up to {most} characters. Check that nothing else was pasted.",
                most=MAX_KEY,
            ),
            session_only=False,
        )
