"""`dfs-desktop doctor`, and other commands on the way that the preferences say."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from support.network.certificates import Authority
from support.network.company import LOGIN, Company
from support.registries.local import Room

from dfs_desktop import __main__
from dfs_desktop.api.doctor import in_terminal
from dfs_desktop.api.doctor.advice import _BY_KIND, _BY_STEP, _UNKNOWN, EDIT, ENTER_KEY
from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import (
    HOME_VARIABLE,
    NetworkSettings,
    Places,
    Profile,
    Settings,
    SettingsFile,
)
from dfs_desktop.workspace.registry.network import PROXIES

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems ask their own authorities"
)
PROFILE = "8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b11"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Room(tmp_path_factory.mktemp("registry")) as room:
        room.upload(b"x" * 1000)
        yield room


@pytest.fixture
def company(room: Room, authority: Authority) -> Iterator[Company]:
    company = Company(authority, room.address.url)
    yield company
    company.close()
    room.settle()


def test_the_saved_server_is_tried_by_the_saved_way(
    company: Company,
    room: Room,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    host, _, port = company.proxy.place.partition(":")
    user, _, password = LOGIN.partition(":")
    kept = NetworkSettings(
        proxy="manual",
        host=host,
        port=int(port),
        users={company.proxy.place: user},
        authorities=str(authority.path),
    )
    server = Profile(id=PROFILE, name="Team", base_url=company.url)
    settings = Settings(profiles=[server], last_profile=PROFILE, network=kept)
    SettingsFile(Places.from_environment().settings).save(settings)
    secrets = {PROFILE: room.address.api_key, PROXIES: password}

    async def fetch(_self: Any, profile: str, _place: str) -> str | None:
        return secrets.get(profile)  # there is no keyring where tests run

    monkeypatch.setattr(Credentials, "fetch", fetch)
    assert __main__.main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{company.url}\nok  Address:")
    assert "ok  Storage:" in told
    for secret in secrets.values():
        assert secret not in told
    assert __main__.main(["ls", "/", "--json"]) == 0  # every command goes the same way
    assert "My organization" in capsys.readouterr().out

    script = tmp_path / "proxy.pac"
    script.write_text(f"function FindProxyForURL() {{ return 'PROXY {company.proxy.place}' }}")
    settings.network = replace(kept, proxy="script", script=script.as_uri())
    SettingsFile(Places.from_environment().settings).save(settings)
    assert __main__.main(["doctor"]) == 0
    assert f"as {user}, set by the proxy script file:///" in capsys.readouterr().out
    assert __main__.main(["ls", "/", "--json"]) == 0
    assert "My organization" in capsys.readouterr().out
    settings.network = kept
    SettingsFile(Places.from_environment().settings).save(settings)

    del secrets[PROFILE]
    assert __main__.main(["doctor", "team", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    verdicts = {each["step"]: each["verdict"] for each in found["findings"]}
    assert (verdicts["server"], verdicts["key"], verdicts["rights"]) == ("good", "fault", "skipped")
    advice = next(each["advice"] for each in found["findings"] if each["step"] == "key")
    assert advice.startswith("Set DFS_BASE_URL and DFS_API_KEY; the key of a saved server")
    assert __main__.main(["doctor", "nobody"]) == 1
    assert "No server named “nobody” is saved" in capsys.readouterr().err
    assert __main__.main(["doctor", "localhost:1"]) == 1
    assert "Connection:" in capsys.readouterr().out, "an address, though it has no dot"
    assert __main__.main(["doctor", "local"]) == 0
    monkeypatch.setenv("DFS_API_KEY", room.address.api_key)  # of another server: it stays here
    capsys.readouterr()
    settings.profiles = []
    SettingsFile(Places.from_environment().settings).save(settings)
    assert __main__.main(["doctor", company.url]) == 1
    assert "XX  API key:     DFS_BASE_URL and DFS_API_KEY name no key" in capsys.readouterr().out
    monkeypatch.setenv("DFS_BASE_URL", company.url)
    assert __main__.main(["doctor", company.url]) == 0
    settings.network = replace(kept, authorities="", users={})
    SettingsFile(Places.from_environment().settings).save(settings)
    assert __main__.main(["doctor", company.url]) == 1
    assert "→ Set HTTPS_PROXY to http://name:password@proxy:port" in capsys.readouterr().out
    assert __main__.main(["doctor", "ftp://team.example"]) == 1
    assert "→ Correct it behind `doctor` or in DFS_BASE_URL" in capsys.readouterr().out


def test_advice_for_a_terminal_names_no_menu_without_the_window() -> None:
    """Every text of the advice is in one of the tables."""
    spoken = [EDIT, ENTER_KEY, _UNKNOWN, *_BY_KIND.values(), *_BY_STEP.values()]
    for words in spoken:
        told = in_terminal(words)
        assert "›" not in told.partition("in the window")[0], told
