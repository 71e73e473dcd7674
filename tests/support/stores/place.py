"""Client, registry and a strict S3 together, with a folder for their files."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from typing import Any

from support.registries.client_faces import SAMPLE, through
from support.stores.registry import PART, SMALL, Service, grow
from support.stores.s3 import S3Rules, S3Server
from support.stores.s3_disk import Stored
from support.stores.s3_urls import S3Presigner

from dfs_desktop.server import Rules


class Place:
    """A service of generation G in front of an S3 server, and a client's ways to it."""

    def __init__(
        self,
        folder: Path,
        s3: S3Rules | None = None,
        rules: Rules = SMALL,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder
        self.s3 = S3Server(folder / "s3", s3 or S3Rules(smallest_part=PART), context)
        self.service = Service(folder / "registry", S3Presigner(self.s3), rules)

    def do(self, face: str, operation: Any) -> Any:
        return through(face, operation, **self.service.options)

    def upload(self, face: str, path: Path, **more: Any) -> Any:
        return self.do(face, lambda c: c.model_artifacts.upload(str(path), "name", **more))

    def download(self, face: str, artifact_id: str, name: str = "back.fnnx") -> Path:
        path = self.folder / name
        self.do(face, lambda c: c.model_artifacts.download(artifact_id, str(path)))
        return path

    def artifact(self, size: int, name: str = "model.fnnx") -> Path:
        """A file of exactly *size* bytes."""
        return grow(SAMPLE, self.folder / name, size)

    def stored(self, record: Any) -> Stored:
        """The object of a record; there has to be one."""
        found = self.s3.stored(record.bucket_location)
        assert found is not None
        return found

    def close(self) -> None:
        self.service.__exit__(None, None, None)
        self.s3.close()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
