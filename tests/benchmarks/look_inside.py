"""Looking into a stored artifact of 5 GB through the real window: milliseconds until it is painted.

    .venv/bin/python tests/benchmarks/look_inside.py [--rounds 9] [--http]   (offscreen without DISPLAY)

Counted is from the act (a member chosen, a tab turned to) until its content is painted, in a window
at rest. Each is opened three times: `first` in a window that never opened one (the view has to be
made), `new` in another artifact (its link has to be asked for), `again` in the same one by a look
that has forgotten all but the link. Beside them the least that anybody can do, by the same server,
encryption and session in turns with ours: httpx on a connection that stands asks for the link and
for the bytes of the member, at most 256 KiB (beside `new`), or for those bytes alone (beside `again`), and
shows nothing. The registry speaks https by nginx in processes of their own; --http takes the local
one of the window. Medians; the ratio is of the medians.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "benchmarks"), str(TESTS), str(TESTS.parent)]

from https_registry import https_registry  # noqa: E402  beside this script
from list_paging import fill  # noqa: E402

if TYPE_CHECKING:
    import httpx

    from dfs_desktop.api import ModelArtifact
    from dfs_desktop.app import Application

GB = 10**9
MEMBERS = ("__pyfunc__.py", "w.safetensors", "scaler.pkl", "model_card.zip", "weights.bin")
TABS = ("interface", "graph", "environment", "card", "experiment", "weights", "safety", "metadata")
HEAD = 256 * 1024  # bytes of a member that its preview takes at most
LEVELS = 12  # of layouts between a page and the window, each of which asks the next one
WANTED = 150  # milliseconds of the slowest


async def until(there: Callable[[], object]) -> None:
    while not there():  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def painted(act: Callable[[], object], widget: Any) -> float:
    """Milliseconds from the act until the widget has shown what came and painted it."""
    from PySide6.QtCore import QCoreApplication, QEvent, QTimer

    ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    show = widget._show

    def shown(*found: object) -> None:
        show(*found)
        for _ in range(LEVELS):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        widget.repaint()  # with all else in the window that changed
        assert not widget.visibleRegion().isEmpty()
        ended.set_result(time.perf_counter())

    def clicked() -> None:
        nonlocal began
        began = time.perf_counter()
        act()

    began, widget._show = 0.0, shown
    try:
        QTimer.singleShot(0, clicked)  # as Qt tells of it, not from within a task
        await asyncio.wait_for(ended, 20)
        return (ended.result() - began) * 1000
    finally:
        del widget._show


class Bench:
    """One window, the artifacts in its table, and a bare client of the same server."""

    def __init__(self, app: Application, home: Path, url: str, key: str, rounds: int) -> None:
        self.app, self.home, self.rounds = app, home, rounds
        self.url, self.head = url, {"authorization": f"Bearer {key}"}
        self.details = app.window.details
        self.slowest = 0.0

    async def fill(self) -> list[ModelArtifact]:
        """Upload artifacts and let them grow to 5 GB in the registry."""
        from support.artifacts import makers as make
        from support.artifacts.vast import grow

        workspace = self.app.workspace
        source = await asyncio.to_thread(make.make_pyfunc, self.home / "rich.fnnx", version="2")
        for _ in range(self.rounds + 1):
            (job,) = workspace.uploads.submit(await workspace.uploads.review([source]))
            await until(lambda job=job: job.state.ended)
            assert job.artifact is not None, job.error
            await asyncio.to_thread(grow, self.home, job.artifact.id, 5 * GB)
        workspace.browser.refresh()
        await until(lambda: all(row.artifact.size == 5 * GB for row in workspace.listing.visible))
        return [row.artifact for row in workspace.listing.visible]

    async def run(self) -> int:
        """Open everything in turns with the bare client, and print."""
        import httpx

        await self.app.prepared.wait()
        await until(lambda: self.app.workspace.session.collection)
        artifacts = await self.fill()
        await until(lambda: all(key in self.details.pages for key in ("files", *TABS)))
        await asyncio.sleep(4)  # the start is over
        print(f"{'opened':18} {'first':>6} {'new':>6} {'bare':>6} {'ratio':>6}", end="")
        print(f" {'again':>6} {'bare':>6} {'ratio':>6}   (milliseconds)")
        trust = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, verify=trust) as client:
            for what in (*MEMBERS, *(f"tab {key}" for key in TABS)):
                await self._open(what, artifacts, client)
        print(f"slowest of all: {self.slowest:.0f} ms (wanted: under {WANTED} ms)")
        return int(self.slowest >= WANTED)

    async def _open(
        self, what: str, artifacts: list[ModelArtifact], client: httpx.AsyncClient
    ) -> None:
        new, again, linked, alone = [], [], [], []
        links = self.app.workspace.session.client._context.links  # type: ignore[union-attr]
        for artifact in artifacts:
            links._links.clear()
            new.append(await self._ours(what, artifact))
            again.append(await self._ours(what, artifact))
            if not what.startswith("tab "):
                both, one = await self._bare(what, artifact, client)
                linked.append(both)
                alone.append(one)
        self.slowest = max(self.slowest, *new, *again)
        line = f"{what:18} {new[0]:6.1f}"
        for ours, peers in ((new[1:], linked), (again, alone)):
            mine = statistics.median(ours)
            line += f" {mine:6.1f}"
            if peers:
                peer = statistics.median(peers)
                line += f" {peer:6.1f} {mine / peer:6.2f}"
            else:
                line += " " * 14
        print(line, flush=True)

    async def _ours(self, what: str, artifact: ModelArtifact) -> float:
        table, details = self.app.window.table, self.details
        self.app.workspace.inspector._looks.clear()
        table.clearSelection()
        details.tabs.choose("files")
        table.select(artifact.id)
        files: Any = details.pages["files"]
        await until(lambda: files._shown is details.look)
        await asyncio.sleep(0.1)  # at rest
        if what.startswith("tab "):
            key = what[4:]
            return await painted(lambda: details.tabs.choose(key), details.pages[key])
        member = next(each for each in files._members if each.name.endswith(what))
        return await painted(lambda: files.show_member(member), files.preview)

    async def _bare(
        self, end: str, record: ModelArtifact, client: httpx.AsyncClient
    ) -> tuple[float, float]:
        """The same bytes by httpx: with the question for the link, and without."""
        offset, size = next(v for name, v in record.file_index.items() if name.endswith(end))
        length = min(size, HEAD)
        place = self.app.workspace.session.place
        path = (
            f"/v1/organizations/{place.organization}/orbits/{place.orbit}/collections/"
            f"{place.collection}/artifacts/{record.id}/download-url"
        )
        await client.get("/v1/auth/api-keys/validate")  # the connection stands, as in the window
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        url = (await client.get(path, headers=self.head)).json()["url"]
        asked = time.perf_counter()
        part = {"range": f"bytes={offset}-{offset + length - 1}"}
        answer = await client.get(url, headers=part)
        assert len(answer.content) == length, answer.status_code
        ended = time.perf_counter()
        return (ended - began) * 1000, (ended - asked) * 1000


async def by_https(app: Application, home: Path, server: dict[str, str], rounds: int) -> int:
    """Connect to the registry that speaks https, and measure."""
    from dfs_desktop.settings import Profile
    from dfs_desktop.workspace.registry.clients import origin

    await app.prepared.wait()
    workspace, profile = app.workspace, Profile(id="bench", name="Bench", base_url=server["url"])
    workspace.settings.profiles = [profile]
    workspace.credentials.remember(profile.id, origin(profile.base_url), server["api_key"])
    workspace.connections.open(profile)
    await until(lambda: workspace.session.profile.id == "bench" and workspace.session.collection)
    return await Bench(app, home, server["url"], server["api_key"], rounds).run()


async def by_http(app: Application, home: Path, rounds: int) -> int:
    """The registry that the window brings along."""
    await until(lambda: app.workspace.local)
    local = app.workspace.local
    assert local is not None
    return await Bench(app, home, local.url, local.api_key, rounds).run()


@contextlib.contextmanager
def registry(home: Path) -> Iterator[dict[str, str]]:
    """An empty registry that speaks https; its data lie where `grow` looks for them."""
    fill(home / "data" / "registry", 0)
    with https_registry(home / "data" / "registry", home) as server:
        yield server


def main() -> int:
    """Open the window, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--http", action="store_true")
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        home, rounds = Path(folder), options.rounds
        drive: Any = lambda app: by_http(app, home, rounds)  # noqa: E731
        own = home
        if not options.http:
            server, own = stack.enter_context(registry(home)), home / "desktop"
            drive = lambda app: by_https(app, home, server, rounds)  # noqa: E731
        os.environ |= {"DFS_DESKTOP_HOME": str(own), "XDG_RUNTIME_DIR": str(home)}
        gc.disable()  # as dfs_desktop.__main__ does
        from dfs_desktop.app import Options, run

        return run(["dfs-desktop"], Options(drive=drive))


if __name__ == "__main__":
    sys.exit(main())
