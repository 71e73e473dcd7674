"""Downloads of one stored artifact: to their rest, to the middle, and on from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.registries.faults import status
from support.stores.s3_disk import Segment, Stored

from dfs_desktop.transfers.job import Job
from fault_injection import quick
from fault_injection.cloud import Cloud
from fault_injection.engine import Engine

SIZE = 200 << 10


def fetch(cloud: Cloud, target: Path, record: Any, **more: Any) -> Job:
    """One download to its rest."""

    async def journey(engine: Engine) -> Job:
        job = engine.download(record.id, target, **more)
        await engine.reach(job)
        return job

    return cloud.play(journey)


def ranges(cloud: Cloud) -> list[str | None]:
    """What each GET asked for."""
    return [seen.headers.get("range") for seen in cloud.store.audit if seen.step == "get"]


def halfway(content: bytes, etag: str, then: Callable[[], object] | None = None) -> Any:
    """Send one half; then hang until the client goes, or do something and break off."""

    def fault(handler: Any) -> bool:
        handler.send_response(200)
        handler.send_header("ETag", f'"{etag}"')
        handler.send_header("Accept-Ranges", "bytes")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.wfile.flush()
        if then is None:
            handler.rfile.read(1)
        else:
            then()
        handler.close_connection = True
        return True

    return fault


def half(cloud: Cloud, target: Path, record: Any) -> None:
    """A run that ends in the middle of the download, with one half durable and in the journal."""
    stored = cloud.stored(record)
    cloud.store.script("get", halfway(stored.content(), stored.etag))

    async def journey(engine: Engine) -> None:
        job = engine.download(record.id, target)
        await engine.until(lambda: job.progress() == SIZE // 2)

    with quick.hastened(quick.OFTEN):
        cloud.play(journey)
    cloud.store.audit.clear()


def go_on(cloud: Cloud) -> Job:
    """The next run of the program: the download is there again, and goes on."""

    async def journey(engine: Engine) -> Job:
        (job,) = await engine.restore()
        await engine.reach(job)
        return job

    return cloud.play(journey)


def part(start: int, end: int, total: int | str, body: bytes, etag: str) -> Any:
    """A 206 of one's own making."""
    where = f"bytes {start}-{end}/{total}"
    return status(206, body, Content_Range=where, ETag=etag)


def change(cloud: Cloud, record: Any, content: bytes, etag: str) -> None:
    """Another object under the same name."""
    path = cloud.folder / f"changed {len(cloud.store.disk.objects)} {etag}"
    path.write_bytes(content)
    key = f"/models/{record.bucket_location}"
    cloud.store.disk.objects[key] = Stored((Segment(path, len(content), etag),), etag)
