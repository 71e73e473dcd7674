"""Looking into a stored artifact of 5 GB through the real window: milliseconds until it is on the screen.

    .venv/bin/python tests/benchmarks/look_inside.py [rounds]      (offscreen unless DISPLAY is set)

Each member and each tab is opened in a window that never saw the artifact (the first number: with a
link to be asked for and the view to be made) and once more for another artifact (the second: the
view is there). The peer is the least that anybody can do: httpx asks for the link and fetches the same
bytes, to show nothing; both run in turns in one session. The bytes are those of the registry's answers.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).parents[1])]

if TYPE_CHECKING:
    from dfs_desktop.api import ModelArtifact
    from dfs_desktop.app import Application

GB = 10**9
MEMBERS = ("__pyfunc__.py", "w.safetensors", "scaler.pkl", "model_card.zip", "weights.bin")
TABS = ("interface", "graph", "environment", "card", "experiment", "weights", "safety", "metadata")


async def ready(app: Application) -> None:
    await app.prepared.wait()
    while app.workspace.session.collection is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def fill(app: Application, home: Path, count: int) -> list[ModelArtifact]:
    """Upload artifacts and let them grow to 5 GB in the registry."""
    from support.artifacts import makers as make
    from support.artifacts.vast import grow

    workspace = app.workspace
    source = await asyncio.to_thread(make.make_pyfunc, home / "rich.fnnx", version="2")
    for _ in range(count):
        (job,) = workspace.uploads.submit(await workspace.uploads.review([source]))
        while not job.state.ended:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        if job.artifact is not None:
            await asyncio.to_thread(grow, home, job.artifact.id, 5 * GB)
    workspace.browser.refresh()
    while any(row.artifact.size != 5 * GB for row in workspace.listing.visible):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return [row.artifact for row in workspace.listing.visible]


async def until(there: Any) -> None:
    end = time.perf_counter() + 20
    while not there():
        if time.perf_counter() > end:
            raise TimeoutError
        await asyncio.sleep(0.0005)  # a person waits too: the window has nothing to do meanwhile


async def open_member(app: Application, end: str) -> float:
    """Milliseconds from the choice of a member until its preview is painted."""
    files = app.window.details.pages["files"]
    member = next(each for each in files._members if each.name.endswith(end))  # type: ignore[attr-defined]
    began = time.perf_counter()
    files.show_member(member)  # type: ignore[attr-defined]
    preview = files.preview  # type: ignore[attr-defined]
    await until(lambda: preview.found)
    preview.repaint()
    return (time.perf_counter() - began) * 1000


async def open_tab(app: Application, key: str) -> float:
    details = app.window.details
    began = time.perf_counter()
    details.tabs.choose(key)
    page = details.pages[key]
    await until(lambda: page._shown is details.look)
    page.repaint()
    return (time.perf_counter() - began) * 1000


async def bare(app: Application, record: ModelArtifact, end: str) -> float:
    """The same bytes by httpx alone: the link, and one range."""
    import httpx

    server = app.workspace.local
    assert server is not None
    offset, size = next(v for name, v in record.file_index.items() if name.endswith(end))
    length = min(size, 256 * 1024)
    place = app.workspace.session.place
    path = (
        f"/v1/organizations/{place.organization}/orbits/{place.orbit}/collections/"
        f"{place.collection}/artifacts/{record.id}/download-url"
    )
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        await client.get("/v1/auth/api-keys/validate")  # the connection stands, as in the window
        began = time.perf_counter()
        head = {"authorization": f"Bearer {server.api_key}"}
        url = (await client.get(path, headers=head)).json()["url"]
        part = {"range": f"bytes={offset}-{offset + length - 1}"}
        answer = await client.get(url, headers=part)
        assert len(answer.content) == length, answer.status_code
        return (time.perf_counter() - began) * 1000


async def drive(app: Application, home: Path, rounds: int) -> int:
    await ready(app)
    artifacts = await fill(app, home, rounds + 1)
    slowest = 0.0
    print(f"{'opened':22} {'first':>8} {'again':>8} {'peer':>8}   ratio to the peer")
    for what in (*MEMBERS, *(f"tab {key}" for key in TABS)):
        ours, peers = [], []
        for artifact in artifacts:
            app.window.table.select(artifact.id)
            app.window.details.tabs.choose("files")
            await until(lambda: app.window.details.pages["files"]._shown)
            is_tab = what.startswith("tab ")
            work = open_tab(app, what[4:]) if is_tab else open_member(app, what)
            ours.append(await work)
            if not is_tab:
                peers.append(await bare(app, artifact, what))
            app.workspace.inspector._looks.clear()
            app.window.table.clearSelection()
        slowest = max(slowest, *ours)
        again = statistics.median(ours[1:])
        peer = statistics.median(peers) if peers else 0.0
        ratio = f"{again / peer:.1f}" if peer else ""
        beside = f"{peer:6.0f} ms" if peer else " " * 9
        print(f"{what:22} {ours[0]:6.0f} ms {again:6.0f} ms {beside}   {ratio}")
    print(f"slowest of all: {slowest:.0f} ms (wanted: under 150 ms)")
    return 0 if slowest < 150 else 1


def main(rounds: int) -> int:
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["DFS_DESKTOP_HOME"] = str(home)
        from dfs_desktop.app import Options, run

        return run(["dfs-desktop"], Options(drive=lambda app: drive(app, home, rounds)))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
