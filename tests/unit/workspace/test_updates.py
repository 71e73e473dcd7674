"""A new version is looked for at a real https server: by the person's network, in a sentence, if wanted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.network.certificates import Authority
from support.network.proxy import Proxy
from support.network.scripted_server import ScriptedHandler, ScriptedServer

from dfs_desktop import __version__
from dfs_desktop.credentials import Credentials
from dfs_desktop.settings import NetworkSettings, Settings, SettingsFile
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.registry.network import NetworkChoice
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.updates import PAGE, WEEK, UpdateCheck


class Index(ScriptedServer):
    status, body = 200, b""

    def says(self, version: str, **more: object) -> None:
        self.status = 200
        info = {"name": "dfs-desktop", "version": version, "home_page": "https://evil.example"}
        self.body = json.dumps({"info": info | more, "releases": {version: [{}]}}).encode()


class Handler(ScriptedHandler):
    server: Index

    def name_step(self) -> str:
        return "ask"

    def perform(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)


@pytest.fixture(scope="module")
def index(authority: Authority) -> Iterator[Index]:
    server = Index(Handler, authority.context())
    yield server
    server.close()


class Person:
    """Who uses the program, and what is said to them."""

    def __init__(self, folder: Path, index: Index, authority: Authority, **network: object) -> None:
        kept = NetworkSettings(proxy="none", authorities=str(authority.path))
        for name, value in network.items():
            setattr(kept, name, value)
        self.file = SettingsFile(folder / "settings.json")
        self.state = AppState(self.file, Settings(network=kept))
        choice = NetworkChoice(self.state, Credentials(backends=()))
        self.updates = UpdateCheck(self.state, choice, index.origin)
        self.told: list[Notice] = []
        self.pages: list[str] = []
        self.state.notices.noticed.connect(self.told.append)
        self.state.page_requested.connect(self.pages.append)

    async def said(self) -> list[Notice]:
        """What was said since the last time, once nothing is under way."""
        me = asyncio.current_task()
        while others := asyncio.all_tasks() - {me}:
            await asyncio.wait(others)
        told, self.told[:] = list(self.told), []
        return told


ASKED = (
    ("9999.1", {}, "DFS Desktop 9999.1 is there"),
    (f"{__version__}.post1", {}, f"DFS Desktop {__version__}.post1 is there"),
    (__version__, {}, f"DFS Desktop {__version__} is the newest version"),
    (f"{__version__}.0", {}, f"DFS Desktop {__version__} is the newest version"),
    ("0.0.1", {}, f"DFS Desktop {__version__} is the newest version"),
    ("9999.1rc1", {}, f"DFS Desktop {__version__} is the newest version"),
    ("9999.1", {"yanked": True}, f"DFS Desktop {__version__} is the newest version"),
)
BAD = (
    (200, b"<html>Log in to the guest network</html>"),
    (200, b'{"info": {"version": "<b>Call 555-0199</b>"}}'),
    (200, b'{"info": ' + b"[" * 100_000),
    (200, b'{"info": {"version": 7}}'),
    (200, b'{"info": {"version": "9.9"}, "x": "' + b"x" * (9 << 20) + b'"}'),
    (302, b""),
    (503, b"busy"),
)


def test_who_asks_is_told_in_one_notice_and_the_page_is_not_the_servers(
    tmp_path: Path, index: Index, authority: Authority
) -> None:
    async def play() -> None:
        person = Person(tmp_path, index, authority)
        for version, more, title in ASKED:
            index.says(version, **more)
            person.updates.look()
            (notice,) = await person.said()
            assert notice.title == title
            assert (notice.action is not None) is ("is there" in title)
        index.says("9999.1")
        person.updates.look()
        (notice,) = await person.said()
        assert notice.action is not None
        notice.action.run()
        assert person.pages == [PAGE]
        assert all("authorization" not in seen.headers for seen in index.audit)
        index.status = 404
        person.updates.look()
        (notice,) = await person.said()
        assert "newest" in notice.title, "nothing was released yet"
        await person.state.tasks.stop()

    asyncio.run(play())


def test_what_is_no_answer_is_one_sentence_to_who_asked_and_nothing_to_who_did_not(
    tmp_path: Path, index: Index, authority: Authority
) -> None:
    async def play() -> None:
        person = Person(tmp_path, index, authority)
        for index.status, index.body in BAD:
            person.updates.look()
            (notice,) = await person.said()
            assert notice.title == "Could not look for a new version"
            assert notice.detail.endswith(".")
            assert len(notice.detail) < 300
            assert "555" not in notice.detail
            person.updates.use(weekly=True)
            person.state.settings.layout.clear()
            person.updates.use(weekly=True)
            assert await person.said() == []
        person.updates.site = "https://127.0.0.1:9"
        person.updates.look()
        (notice,) = await person.said()
        assert "refuses connections at port 9" in notice.detail
        await person.state.tasks.stop()

    asyncio.run(play())


def test_it_is_looked_once_a_week_if_wanted_through_the_proxy_that_was_chosen(
    tmp_path: Path, index: Index, authority: Authority
) -> None:
    async def play() -> None:
        person = Person(
            tmp_path,
            index,
            authority,
            proxy="manual",
            host="127.0.0.1",
            port=proxy.server_address[1],
        )
        before = len(index.audit)
        index.says("9999.1")
        await person.updates._look_if_due()
        assert len(index.audit) == before, "nobody wants it"
        person.updates.site = f"https://localhost.example:{index.server_address[1]}"
        person.updates.use(weekly=True)
        assert await person.said() == [], "the certificate is for another name"
        assert proxy.asked, "it went through the proxy"
        person.updates.site = index.origin
        await person.updates._look_if_due()
        assert len(index.audit) == before, "the week is not over"
        layout = person.file.load().layout
        (key,) = layout
        person.state.settings.layout[key] = str(float(layout[key]) - WEEK)
        await person.updates._look_if_due()
        (notice,) = await person.said()
        assert notice.title == "DFS Desktop 9999.1 is there"
        assert person.file.load().look_for_versions
        await person.state.tasks.stop()

    proxy = Proxy(("127.0.0.1", index.server_address[1]))
    try:
        asyncio.run(play())
    finally:
        proxy.close()
