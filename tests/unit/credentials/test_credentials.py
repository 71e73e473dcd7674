"""Keys against a real Secret Service (gnome-keyring on a bus of its own) and against its absence."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the Secret Service is Linux's", allow_module_level=True)

import secretstorage
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy
from secretstorage.util import DBusAddressWrapper, format_secret, open_session

from dfs_desktop.api import ConfigurationError
from dfs_desktop.command_line.servers import Servers, present
from dfs_desktop.credentials import (
    Credentials,
    KeyringLocked,
    KeyringMissing,
    KeyringTimeout,
    KeyState,
)
from dfs_desktop.settings import Places, Profile

PROFILE = "8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b11"
OTHER = "0d1f5f0e-3b9c-4a57-9d0e-5b7b8e1f2a33"
ORIGIN = "https://api.dataforce.studio"
KEY = "dfs_" + "MarkerSecret" * 3 + "abcdefg"
PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")

SESSION = """
printf unlock-me | gnome-keyring-daemon --foreground --unlock --components=secrets >&2 &
daemon=$!
echo "$DBUS_SESSION_BUS_ADDRESS"
cat >/dev/null
kill $daemon
wait $daemon
"""


def throw_away_home(folder: Path) -> dict[str, str]:
    """An environment in which nothing of the person who runs the tests can be touched or shown."""
    names = ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GNOME_KEYRING_CONTROL")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"HOME": str(folder)} | dict.fromkeys(names, str(folder))


def wait_until_unlocked() -> None:
    """Until the daemon owns its name: asking earlier would make the bus start a second one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with closing(secretstorage.dbus_init()) as bus:
            if Proxy(message_bus, bus).NameHasOwner("org.freedesktop.secrets")[0]:
                try:
                    if not secretstorage.get_collection_by_alias(bus, "default").is_locked():
                        return
                except secretstorage.ItemNotFoundException:
                    pass  # it makes the collection a moment later
        time.sleep(0.02)
    pytest.fail("gnome-keyring did not come up within 20 seconds")


@pytest.fixture
def bus_address(tmp_path: Path) -> Iterator[str]:
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"needs {' and '.join(missing)} (Debian: apt install gnome-keyring dbus)")
    assert not missing
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with subprocess.Popen(
        ["dbus-run-session", "--", "sh", "-c", SESSION],
        env=throw_away_home(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as session:
        assert session.stdin is not None
        assert session.stdout is not None
        yield session.stdout.readline().strip()
        session.stdin.close()
        session.wait(timeout=10)


@pytest.fixture
def secret_service(bus_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus_address)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    wait_until_unlocked()


@pytest.fixture
def credentials() -> Iterator[Credentials]:
    opened = Credentials(timeout=10)
    yield opened
    opened.close()


def as_after_a_restart() -> Credentials:
    return Credentials(timeout=10)


def items() -> list[dict[str, str]]:
    with closing(secretstorage.dbus_init()) as bus:
        found = secretstorage.get_collection_by_alias(bus, "default").get_all_items()
        return [item.get_attributes() for item in found]


@pytest.mark.usefixtures("secret_service")
def test_a_key_is_stored_fetched_after_a_restart_and_deleted(credentials: Credentials) -> None:
    assert asyncio.run(credentials.state(PROFILE, ORIGIN)).kind is KeyState.ABSENT
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) is None
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    with closing(as_after_a_restart()) as again:
        assert asyncio.run(again.state(PROFILE, ORIGIN)).kind is KeyState.STORED
        assert asyncio.run(again.fetch(PROFILE, ORIGIN)) == KEY
        asyncio.run(again.delete(PROFILE, ORIGIN))
        assert asyncio.run(again.fetch(PROFILE, ORIGIN)) is None
        asyncio.run(again.delete(PROFILE, ORIGIN))
        assert asyncio.run(again.state(PROFILE, ORIGIN)).kind is KeyState.ABSENT


@pytest.mark.usefixtures("secret_service")
def test_a_command_in_a_terminal_uses_the_same_key(
    credentials: Credentials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DFS_DESKTOP_HOME", str(tmp_path))
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    with Servers(Places.from_environment()) as servers:
        team = Profile(id=PROFILE, name="team", base_url=f"{ORIGIN}/v1")
        assert servers.access(team)[0] == KEY
        other = Profile(id=OTHER, name="team", base_url=ORIGIN)
        with pytest.raises(ConfigurationError, match="Edit connection"):
            present(servers.access(other)[0], other)


@pytest.mark.usefixtures("secret_service")
def test_awaited_as_well(credentials: Credentials) -> None:
    async def journey() -> list[str | None]:
        await credentials.store(PROFILE, ORIGIN, KEY)
        with closing(as_after_a_restart()) as again:
            found = [await again.fetch(PROFILE, ORIGIN)]
            assert (await again.state(PROFILE, ORIGIN)).kind is KeyState.STORED
            await again.delete(PROFILE, ORIGIN)
            return [*found, await again.fetch(PROFILE, ORIGIN)]

    assert asyncio.run(journey()) == [KEY, None]


@pytest.mark.fault("K-06")
@pytest.mark.usefixtures("secret_service")
def test_k06_profiles_and_origins_are_kept_apart(credentials: Credentials) -> None:
    places = [(PROFILE, ORIGIN), (OTHER, ORIGIN), (PROFILE, "https://other.example:8443")]
    for number, place in enumerate(places):
        asyncio.run(credentials.store(*place, f"{KEY}{number}"))
    with closing(as_after_a_restart()) as again:
        for number, place in enumerate(places):
            assert asyncio.run(again.fetch(*place)) == f"{KEY}{number}"
        assert asyncio.run(again.fetch(OTHER, "https://other.example:8443")) is None
        asyncio.run(again.delete(*places[0]))
        assert [asyncio.run(again.fetch(*place)) for place in places] == [
            None,
            KEY + "1",
            KEY + "2",
        ]
        for place in places:
            asyncio.run(again.delete(*place))


@pytest.mark.fault("K-06")
@pytest.mark.usefixtures("secret_service")
def test_k06_items_are_named_after_profile_and_origin(credentials: Credentials) -> None:
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    named = [(item["service"], item["username"]) for item in items()]
    assert (f"dfs_desktop:{PROFILE}", ORIGIN) in named
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY + "2"))
    assert len(items()) == len(named)
    asyncio.run(credentials.delete(PROFILE, ORIGIN))


@pytest.mark.fault("K-04")
@pytest.mark.usefixtures("secret_service")
def test_k04_the_longest_key_that_windows_takes_is_kept(credentials: Credentials) -> None:
    key = "k" * 1280
    asyncio.run(credentials.store(PROFILE, ORIGIN, key))
    with closing(as_after_a_restart()) as again:
        assert asyncio.run(again.fetch(PROFILE, ORIGIN)) == key
    asyncio.run(credentials.delete(PROFILE, ORIGIN))


@pytest.mark.fault("K-02")
@pytest.mark.usefixtures("secret_service")
def test_k02_a_locked_keyring_ends_in_words_within_the_timeout(bus_address: str) -> None:
    with closing(Credentials(timeout=10)) as before:
        asyncio.run(before.store(PROFILE, ORIGIN, KEY))
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_collection_by_alias(bus, "default").lock()
    with closing(Credentials(timeout=3)) as locked:
        started = time.monotonic()
        assert asyncio.run(locked.state(PROFILE, ORIGIN)).kind is KeyState.LOCKED
        assert time.monotonic() - started < 1  # seen without opening a prompt
        for call in (
            lambda: asyncio.run(locked.fetch(PROFILE, ORIGIN)),
            lambda: asyncio.run(locked.store(PROFILE, ORIGIN, KEY)),
            lambda: asyncio.run(locked.delete(PROFILE, ORIGIN)),
        ):
            started = time.monotonic()
            with pytest.raises((KeyringLocked, KeyringTimeout)) as caught:
                call()
            assert time.monotonic() - started < 4
            assert caught.value.session_only
        locked.remember(PROFILE, ORIGIN, KEY)
        assert asyncio.run(locked.fetch(PROFILE, ORIGIN)) == KEY


@pytest.mark.fault("K-01")
def test_k01_without_any_bus_there_is_no_keyring_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, credentials: Credentials
) -> None:
    for name, value in throw_away_home(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    for call in (
        lambda: asyncio.run(credentials.store(PROFILE, ORIGIN, KEY)),
        lambda: asyncio.run(credentials.fetch(PROFILE, ORIGIN)),
    ):
        with pytest.raises(KeyringMissing, match="session only"):
            call()
    assert asyncio.run(credentials.state(PROFILE, ORIGIN)).kind is KeyState.MISSING
    asyncio.run(credentials.delete(PROFILE, ORIGIN))
    credentials.remember(PROFILE, ORIGIN, KEY)
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY
    assert asyncio.run(credentials.state(PROFILE, ORIGIN)).kind is KeyState.SESSION
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.fault("K-01")
@pytest.mark.usefixtures("secret_service")
def test_k01_the_keyring_may_go_and_come_while_the_program_runs(
    bus_address: str, monkeypatch: pytest.MonkeyPatch, credentials: Credentials
) -> None:
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(KeyringMissing):
        asyncio.run(credentials.fetch(OTHER, ORIGIN))
    assert asyncio.run(credentials.fetch(PROFILE, ORIGIN)) == KEY  # K-05: asked for once per start
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus_address)
    assert asyncio.run(credentials.fetch(OTHER, ORIGIN)) is None


def unlock_as_a_person_would() -> None:
    """Without a screen there is no prompt to type in; gnome-keyring has a call for that."""
    with closing(secretstorage.dbus_init()) as bus:
        path = secretstorage.get_collection_by_alias(bus, "default").collection_path
        password = format_secret(open_session(bus), b"unlock-me", "text/plain")
        interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
        service = DBusAddressWrapper("/org/freedesktop/secrets", interface, bus)
        service.call("UnlockWithMasterPassword", "o(oayays)", path, password)


@pytest.mark.fault("K-02")
@pytest.mark.usefixtures("secret_service")
def test_k02_once_unlocked_the_next_try_succeeds(credentials: Credentials) -> None:
    asyncio.run(credentials.store(PROFILE, ORIGIN, KEY))
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_collection_by_alias(bus, "default").lock()
    with closing(Credentials(timeout=3)) as again:
        with pytest.raises((KeyringLocked, KeyringTimeout)):
            asyncio.run(again.fetch(PROFILE, ORIGIN))
        unlock_as_a_person_would()
        assert asyncio.run(again.fetch(PROFILE, ORIGIN)) == KEY
