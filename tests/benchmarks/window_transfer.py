"""A big model through the real window: stalls of its event loop, memory growth, speed, cancelling.

    .venv/bin/python tests/benchmarks/window_transfer.py [MiB]      (offscreen unless DISPLAY is set)

The window, the local registry and the transfer share one process, as in the program; each row of
output names the longest stall of the window's event loop, measured by a 5 ms heartbeat in the app.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfs_desktop.app import Application
    from dfs_desktop.transfers.job import Job


def make_model(path: Path, mebibytes: int) -> None:
    """A valid artifact around one member of random bytes."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in (
            ("manifest.json", b'{"variant": "pyfunc", "name": "big", "inputs": [], "outputs": []}'),
            ("ops.json", b"[]"),
            ("variant_config.json", b"{}"),
            ("meta.json", b"[]"),
            ("dtypes.json", b"{}"),
            ("env.json", b"{}"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        member = tarfile.TarInfo("ops_artifacts/net/model.onnx")
        member.size = mebibytes << 20
        archive.addfile(member, _Random())


class _Random(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        return os.urandom(size)


def resident() -> int:
    """Bytes of memory in use (Linux); 0 where it cannot be asked so."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


class Watch:
    """The longest stall and the growth of memory while jobs run."""

    def __init__(self, app: Application) -> None:
        from dfs_desktop.ui.platform.event_loop_lag import EventLoopLag

        self._beat = EventLoopLag(app.qt)

    async def through(self, what: str, job: Job, mebibytes: int) -> None:
        before = peak = resident()
        started = time.perf_counter()
        self._beat.start()
        while not job.state.ended:
            await asyncio.sleep(0.02)
            peak = max(peak, resident())
        took = time.perf_counter() - started
        print(
            f"{what:9} {job.state.value:9} {took:5.2f} s  {mebibytes / took:4.0f} MiB/s  "
            f"memory +{(peak - before) / 2**20:4.1f} MiB  {self._beat.stop()}"
        )


async def drive(app: Application, home: Path, mebibytes: int) -> int:
    await app.prepared.wait()
    workspace = app.workspace
    workspace.downloads.use_folder(home / "downloads")
    source = home / "big.fnnx"
    make_model(source, mebibytes)
    watch = Watch(app)
    drafts = await workspace.uploads.review([source])
    (job,) = workspace.uploads.submit(drafts)
    app.window.transfer_handlers.watch([job])
    await watch.through("upload", job, mebibytes)
    await asyncio.sleep(0.5)
    record = workspace.listing.visible[0].artifact
    app.window.table.select(record.id)
    (job,) = await workspace.downloads.fetch([record])
    app.window.transfer_handlers.watch([job])
    await watch.through("download", job, mebibytes)
    same = _sha256(source) == _sha256(job.path)
    print(f"SHA-256 equal: {same}")
    for delay in (0.02, 0.1, 0.3, 0.5):
        (job,) = workspace.uploads.submit(drafts)
        await asyncio.sleep(delay)
        phase, started = job.snapshot().phase.value, time.perf_counter()
        workspace.queue.cancel(job)
        while not job.state.ended:  # noqa: ASYNC110  what is measured is when it shows
            await asyncio.sleep(0.002)
        took = (time.perf_counter() - started) * 1000
        print(f"cancel while {phase}: {job.state.value} after {took:.0f} ms")
    await asyncio.sleep(0.5)
    left = await workspace.session.here().model_artifacts.list()
    print("records left:", sorted(item.status.value for item in left))
    return 0 if same else 1


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(mebibytes: int) -> int:
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["DFS_DESKTOP_HOME"] = str(home)
        from dfs_desktop.app import Options, run

        return run(["dfs-desktop"], Options(drive=lambda app: drive(app, home, mebibytes)))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
