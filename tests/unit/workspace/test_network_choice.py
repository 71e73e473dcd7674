"""What the person chose of the network becomes the way that a client takes, and nothing else."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network.proxy import address

from dfs_desktop.api import CertificateError, ConfigurationError, Network, Pin
from dfs_desktop.api.http.proxy.proxy_address import OURS, read_proxy
from dfs_desktop.api.http.proxy.proxy_choice import proxy_for
from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import LOCAL, NetworkSettings, Profile, Settings, SettingsFile
from dfs_desktop.workspace.registry.network import NetworkChoice, proxy_address
from dfs_desktop.workspace.state import AppState

HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,20}(\.[a-z]{1,8}){0,2}", fullmatch=True)
TEAM = Profile(id="p", name="Team", base_url="https://api.example")


@given(
    kind=st.sampled_from(("http", "https", "socks5")),
    host=HOSTS | st.ip_addresses().map(str),
    port=st.none() | st.integers(1, 65535),
)
def test_a_proxy_that_was_set_is_the_one_that_is_used(
    kind: str, host: str, port: int | None
) -> None:
    kept = NetworkSettings(proxy="manual", kind=kind, host=host, port=port)  # type: ignore[arg-type]
    chosen = proxy_address(kept)
    assert chosen is not None
    found = read_proxy(OURS, chosen)
    assert (found.scheme.removesuffix("h"), found.host, found.port) == (kind, host, port)
    network = Network(proxy=chosen)
    assert proxy_for(address("https", "registry.example"), network) == found
    assert proxy_for(address("https", "localhost"), network) is None


def test_a_choice_is_kept_told_once_and_can_be_taken_back(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")

    async def play() -> None:
        credentials = Credentials(backends=())
        state = AppState(file, Settings(profiles=[TEAM]))
        choice = NetworkChoice(state, credentials)
        told: list[int] = []
        choice.changed.connect(lambda: told.append(1))
        choice.use(proxy="manual")
        choice.use(proxy="manual")
        assert len(told) == 1
        await choice.use_proxy("http", " http://ann:p%40ss@proxy.example:3128/ ", "1", "*.example")
        (login,) = (await choice.of(TEAM)).logins
        assert (login.proxy, login.user, login.password) == ("proxy.example:3128", "ann", "p@ss")
        with pytest.raises(ConfigurationError, match="Network page"):
            await choice.use_proxy("http", "a b", "", "")
        assert state.settings.network.host == "proxy.example"
        assert (await choice.of(TEAM)).proxy == "http://proxy.example:3128"
        assert (await choice.of(TEAM)).script == ""
        with pytest.raises(ConfigurationError, match="not the address of a proxy script"):
            choice.use_script("proxy.pac")
        choice.use_script(" http://wpad.example/p.pac ")
        choice.use(proxy="script")
        network = await choice.of(TEAM)
        assert network.script == "http://wpad.example/p.pac"
        choice.use(authorities="a.pem")  # whatever changes, the script is read anew
        assert (await choice.of(TEAM)).edition > network.edition
        choice.use(proxy="system")
        assert (await choice.of(TEAM)).script is None
        choice.use(proxy="manual")
        local = Profile(id=LOCAL, name="here", base_url="")
        assert await choice.of(local) == Network()
        for sha256 in ("ab" * 32, "cd" * 32):  # of one server there is one
            choice.trust(CertificateError("?", host="a.example", port=443, sha256=sha256))
        assert (await choice.of(TEAM)).pins == (Pin("a.example", 443, "cd" * 32),)
        choice.distrust(state.settings.network.trusted[0])
        await choice.log_out("proxy.example:3128")
        network = await choice.of(TEAM)
        assert (network.pins, network.logins) == ((), ())
        await state.write_settings()
        await state.tasks.stop()
        credentials.close()

    asyncio.run(play())
    kept = file.load().network
    assert (kept.host, kept.port, kept.exceptions) == ("proxy.example", 3128, "*.example")
    assert "p@ss" not in file.path.read_text()
