"""Keyrings that hang, lie, fail or do not protect (K-01 to K-04), and keys that show up nowhere."""

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import keyring.errors
import pytest
from keyring.backends.macOS import Keyring as MacKeyring
from keyring.backends.Windows import WinVaultKeyring

from dfs_desktop.credentials import (
    Credentials,
    CredentialsError,
    KeyringLocked,
    KeyringMissing,
    KeyringRefused,
    KeyringTimeout,
    KeyState,
)

PROFILE = "8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b11"
ORIGIN = "https://api.dataforce.studio"
KEY = "dfs_" + "MarkerSecret" * 3 + "abcdefg"
Open = Callable[..., Credentials]
pytestmark = pytest.mark.fault("K-01", "K-02", "K-03", "K-04", "K-05")


class Memory:
    """An honest keyring."""

    priority: ClassVar[float] = 5
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Plaintext(Memory):
    """Marked by keyring's own convention as one that does not protect."""

    priority = 0.5


class Lossy(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        """Says yes and keeps nothing."""


class Mangling(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:-1])


class Hanging(Memory):
    answers: ClassVar[threading.Event] = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait(20)
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answers.wait(20)
        super().set_password(service, username, password)


class Failing(Memory):
    error: ClassVar[Exception] = Exception()

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    Memory.kept.clear()
    Hanging.answers.clear()
    yield
    Hanging.answers.set()


@pytest.fixture
def opened() -> Iterator[Open]:
    all_opened: list[Credentials] = []

    def open_with(*backends: type, timeout: float = 5) -> Credentials:
        names = [f"{backend.__module__}.{backend.__qualname__}" for backend in backends]
        all_opened.append(Credentials(backends=names, timeout=timeout))
        return all_opened[-1]

    yield open_with
    Hanging.answers.set()
    for credentials in all_opened:
        credentials.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "keyring"]


def test_k01_a_backend_that_does_not_protect_is_never_used(opened: Open) -> None:
    credentials = opened(Plaintext)
    with pytest.raises(KeyringMissing) as caught:
        asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    assert caught.value.session_only
    assert Memory.kept == {}


@pytest.mark.parametrize("how", ["environment", "keyringrc.cfg"])
@pytest.mark.parametrize(
    "named",
    [f"{__name__}.Plaintext", f"{__name__}.Memory", "keyring.backends.chainer.ChainerBackend",
     "keyrings.alt.file.PlaintextKeyring", "nothing.at.All", "odd"],
)  # fmt: skip
def test_k01_configuration_brings_in_no_untrusted_backend(
    how: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(how, named, tmp_path, monkeypatch)
    credentials = Credentials(timeout=5)
    with pytest.raises(KeyringMissing):
        asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    credentials.close()
    assert Memory.kept == {}


def configure(how: str, named: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "environment":
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", named)
        return
    for config in (folder / "python_keyring", folder / "keyring"):
        config.mkdir(exist_ok=True)
        text = f"[backend]\ndefault-keyring={named}\nkeyring-path=/tmp\n"
        (config / "keyringrc.cfg").write_text(text)


@pytest.mark.parametrize("how", ["environment", "keyringrc.cfg"])
@pytest.mark.parametrize("kind", ["null", "fail"])
def test_k01_a_person_who_switched_keyrings_off_is_heard(
    how: str, kind: str, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(how, f"keyring.backends.{kind}.Keyring", tmp_path, monkeypatch)
    with pytest.raises(KeyringMissing, match="switched off"):
        asyncio.run(opened(Memory).store(PROFILE, ORIGIN, KEY))
    assert Memory.kept == {}


def test_k01_a_configured_backend_goes_first_when_it_is_trusted(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = opened(Lossy, Memory)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}.Memory")
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    assert list(Memory.kept.values()) == [KEY]


def test_k01_backends_for_other_systems_are_passed_over(opened: Open) -> None:
    elsewhere = WinVaultKeyring if sys.platform == "darwin" else MacKeyring
    asyncio.run(opened(elsewhere, Memory).store(PROFILE, ORIGIN, KEY))
    assert list(Memory.kept.values()) == [KEY]


def test_k02_a_hanging_keyring_is_given_up_and_the_loop_stays_live(opened: Open) -> None:
    credentials = opened(Hanging, timeout=0.4)
    beats = 0

    async def heartbeat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    async def journey() -> float:
        beating = asyncio.create_task(heartbeat())
        started = time.perf_counter()
        with pytest.raises(KeyringTimeout) as caught:
            await credentials.fetch(PROFILE, ORIGIN)
        assert caught.value.session_only
        beating.cancel()
        return time.perf_counter() - started

    assert 0.3 < asyncio.run(journey()) < 10
    assert beats > 5, "a loop that is held beats once"


def test_k02_the_next_call_behind_a_hanging_one_is_given_up_too(opened: Open) -> None:
    credentials = opened(Hanging, timeout=0.2)
    for _ in range(2):
        with pytest.raises(KeyringTimeout):
            asyncio.run(credentials.fetch(PROFILE, ORIGIN))
    assert asyncio.run(credentials.state(PROFILE, ORIGIN)).kind is KeyState.LOCKED
    credentials.remember(PROFILE, ORIGIN, KEY)
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY


def test_k02_an_answer_that_comes_late_serves_the_next_try(opened: Open) -> None:
    Memory().set_password(f"dfs_desktop:{PROFILE}", ORIGIN, KEY)
    credentials = opened(Hanging, timeout=0.2)
    with pytest.raises(KeyringTimeout):
        asyncio.run(credentials.fetch(PROFILE, ORIGIN))
    Hanging.answers.set()
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY


def test_k02_a_key_that_is_stored_too_late_is_taken_back(opened: Open) -> None:
    credentials = opened(Hanging, timeout=0.2)
    with pytest.raises(KeyringTimeout):
        asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    Hanging.answers.set()
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) is None
    assert Memory.kept == {}


def test_a_key_deleted_behind_a_slow_fetch_stays_deleted(opened: Open) -> None:
    Memory().set_password(f"dfs_desktop:{PROFILE}", ORIGIN, KEY)
    credentials = opened(Hanging, timeout=0.2)
    with pytest.raises(KeyringTimeout):
        asyncio.run(credentials.fetch(PROFILE, ORIGIN))
    threading.Timer(0.1, Hanging.answers.set).start()
    asyncio.run(credentials.delete(PROFILE, ORIGIN))
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) is None


def test_cancelling_the_waiting_task_cancels_the_call(opened: Open) -> None:
    credentials = opened(Hanging, timeout=5)

    async def journey() -> None:
        waiting = asyncio.create_task(credentials.store(PROFILE, ORIGIN, KEY))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(journey())
    Hanging.answers.set()
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) is None


def test_k02_closing_does_not_wait_for_a_hanging_keyring(opened: Open) -> None:
    credentials = opened(Hanging, timeout=0.1)
    with pytest.raises(KeyringTimeout):
        asyncio.run(credentials.fetch(PROFILE, ORIGIN))
    started = time.perf_counter()
    credentials.close()
    assert time.perf_counter() - started < 2
    Hanging.answers.set()
    deadline = time.monotonic() + 2
    while any(thread.name == "keyring" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("backend", [Lossy, Mangling])
def test_k03_what_cannot_be_read_back_counts_as_not_stored(opened: Open, backend: type) -> None:
    credentials = opened(backend)
    with pytest.raises(KeyringRefused, match="did not keep"):
        asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    assert Memory.kept == {}
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) is None


@pytest.mark.parametrize("key", ["k" * 1281, "👍" * 641, ""])
def test_k04_keys_that_windows_would_not_take_are_refused_before_writing(
    opened: Open, key: str
) -> None:
    with pytest.raises(KeyringRefused) as caught:
        asyncio.run(opened(Memory).store(PROFILE, ORIGIN, key))
    assert not caught.value.session_only
    assert Memory.kept == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("KeyringLocked", KeyringLocked), ("InitError", KeyringLocked),
     ("PasswordSetError", KeyringRefused), ("NoKeyringError", KeyringMissing)],
)  # fmt: skip
def test_k02_every_error_of_keyring_gets_its_words(
    opened: Open, name: str, kind: type[CredentialsError]
) -> None:
    Failing.error = getattr(keyring.errors, name)(f"a text with {KEY}")
    with pytest.raises(kind) as caught:
        asyncio.run(opened(Failing).store(PROFILE, ORIGIN, KEY))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("kind", [OSError, ValueError, LookupError, ConnectionError])
def test_k04_any_other_exception_becomes_a_refusal(opened: Open, kind: type[Exception]) -> None:
    Failing.error = kind(1783, "CredWrite", f"stub data {KEY}")
    with pytest.raises(KeyringRefused, match=kind.__name__) as caught:
        asyncio.run(opened(Failing).store(PROFILE, ORIGIN, KEY))
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_k05_the_keyring_is_asked_once_per_start(opened: Open) -> None:
    credentials = opened(Memory)
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    Memory.kept.clear()
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY
    assert asyncio.run(opened(Memory).fetch(PROFILE, ORIGIN)) is None


def test_a_key_for_this_session_never_reaches_the_keyring(opened: Open) -> None:
    credentials = opened(Memory)
    credentials.remember(PROFILE, ORIGIN, KEY)
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY
    assert asyncio.run(credentials.fetch(PROFILE, "https://elsewhere.example")) is None
    assert Memory.kept == {}
    asyncio.run(credentials.delete(PROFILE, ORIGIN))
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) is None
    credentials.remember(PROFILE, ORIGIN, "old")
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY
    assert asyncio.run(credentials.state(PROFILE, ORIGIN)).kind is KeyState.STORED


@pytest.mark.parametrize("backend", [Lossy, Mangling, Hanging, Failing, Plaintext, Memory])
def test_no_key_in_repr_logs_errors_or_worker_frames(
    opened: Open, backend: type, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    Failing.error = ValueError(KEY)
    credentials = opened(backend, timeout=0.2)
    shown = [repr(credentials)]
    try:
        asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    except CredentialsError as error:
        shown += [repr(error), str(error), error.detail, *traceback.format_exception(error)]
        own = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        assert {frame.f_code.co_name for frame in own}.isdisjoint({"work", "_finish", "_run"})
    shown += [record.getMessage() for record in caplog.records]
    shown += capfd.readouterr()
    assert "MarkerSecret" not in "".join(shown)
