"""A registry behind a scriptable front, with a strict store behind it: what the client calls a cloud."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from support.registries.client_faces import SAMPLE, through
from support.stores.registry import PART, SMALL, Service, grow
from support.stores.s3 import S3Rules, S3Server
from support.stores.s3_disk import Stored
from support.stores.s3_urls import S3Presigner

from dfs_desktop.api import ModelArtifact
from dfs_desktop.server import Rules
from fault_injection.azure import AzureServer, AzureUrls
from fault_injection.chaos import Chaos
from fault_injection.engine import Engine
from fault_injection.front import Front

T = TypeVar("T")

SINGLE = 2 * PART + 4000  # bytes; the largest files that go up in one request have 20 KiB
PARTS = 5
MULTI = (PARTS - 1) * PART + 100


class Log(logging.Handler):
    """Everything that anybody logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Cloud:
    """``kind``: s3, azure, or "s3 that lists": what is not there gives 404 there, 403 in careful
    companies, whose keys may not list. ``chaos``: put a spoiling TCP proxy before the store.
    ``context``: what registry and store encrypt by.

    What invariants need is noted on the way: files that were made here, engines that ran.
    """

    def __init__(
        self,
        folder: Path,
        kind: str = "s3",
        *,
        rules: Rules = SMALL,
        s3: S3Rules | None = None,
        chaos: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.kind = kind
        self.store: Any = (
            AzureServer(folder / "store", context)
            if kind == "azure"
            else S3Server(
                folder / "store", s3 or S3Rules(smallest_part=PART, lists=kind != "s3"), context
            )
        )
        self.chaos = Chaos(self.store.origin) if chaos else None
        urls = self._urls()
        self.service = Service(folder / "registry", urls, rules)
        self.front = Front(urlsplit(self.service.address.url).netloc, context)
        self.sources: dict[Path, tuple[str, int]] = {}
        self.engines: list[Engine] = []
        self.tampered = False  # a test changed stored bytes itself
        self.twins = False  # a test gave two transfers one name
        self.key: str = self.service.address.api_key
        self.log = Log()
        self._level = logging.getLogger().level
        logging.getLogger().setLevel(logging.DEBUG)
        logging.getLogger().addHandler(self.log)

    def _urls(self) -> Any:
        origin = self.chaos.origin if self.chaos is not None else self.store.origin
        if self.kind == "azure":
            return AzureUrls(self.store, origin)
        urls = S3Presigner(self.store)
        urls._origin = origin
        return urls

    @property
    def options(self) -> dict[str, Any]:
        """For a client, by way of the front."""
        return {**self.service.options, "base_url": self.front.origin, "generation": "G"}

    def advance(self, seconds: float) -> None:
        """Let the clocks of registry and store run ahead, which lets URLs expire."""
        self.front.ahead += seconds
        self.store.ahead += seconds

    def artifact(self, size: int = MULTI, name: str = "model.fnnx") -> Path:
        """A file of exactly *size* bytes that must stay as it is."""
        path = grow(SAMPLE, self.folder / name, size)
        self.sources[path] = (sha256(path), path.stat().st_mtime_ns)
        return path

    def filed(self, size: int = MULTI, name: str = "stored.fnnx") -> ModelArtifact:
        """An artifact that is there, uploaded without any fault."""
        path = self.artifact(size, name)
        uploaded: ModelArtifact = through(
            "sync",
            lambda client: client.model_artifacts.upload(str(path), f"filed {name}"),
            **self.service.options,
        )
        self.store.audit.clear()
        return uploaded

    def stored(self, record: Any) -> Stored:
        """The object of a record; there has to be one."""
        location = record["bucket_location"] if isinstance(record, dict) else record.bucket_location
        found = self.store.stored(location)
        assert found is not None
        return found  # type: ignore[no-any-return]

    def statuses(self) -> list[str]:
        return sorted(self.service.statuses())

    def play(self, journey: Callable[[Engine], Awaitable[T]], folder: str = "engine") -> T:
        """One run of the program; the next one with the same folder finds its journal."""

        async def run() -> T:
            async with Engine(self.folder / folder, self.options) as engine:
                self.engines.append(engine)
                return await asyncio.wait_for(journey(engine), 60)

        return asyncio.run(run())

    def close(self) -> None:
        logging.getLogger().removeHandler(self.log)
        logging.getLogger().setLevel(self._level)
        with contextlib.ExitStack() as stack:
            stack.callback(self.store.close)
            if self.chaos is not None:
                stack.callback(self.chaos.close)
            stack.callback(self.service.__exit__, None, None, None)
            stack.callback(self.front.close)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
