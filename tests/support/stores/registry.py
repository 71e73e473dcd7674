"""The local registry with another object store behind it: what a LUML server with a bucket is."""

from __future__ import annotations

import dataclasses
import io
import os
import tarfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx

from dfs_desktop.api.http.trusted_authorities import bare_context
from dfs_desktop.server import LocalRegistry, Rules

if TYPE_CHECKING:
    from dfs_desktop.server.objects.presigning import Presigner

MIB = 1 << 20
_TAR_BLOCK = 512
PART = 8 << 10
# Everything that real servers do with hundreds of megabytes, with kilobytes.
SMALL = Rules(generations=("G",), multipart_above=20 << 10, part_sizes=((1 << 40, PART),))
REAL = Rules(generations=("G",))


class Service:
    """A registry of generation G whose presigned URLs lead into another store."""

    def __init__(self, folder: Path, presigner: Presigner, rules: Rules = SMALL) -> None:
        self.registry = LocalRegistry(folder, rules=rules, presigner=presigner)
        self.address = self.registry.start()
        self.api = httpx.Client(
            base_url=self.address.url + "/v1",
            headers={"authorization": f"Bearer {self.address.api_key}"},
            trust_env=False,
            timeout=30,
            verify=bare_context(),  # it speaks plain http: the roots need not be read for it
        )
        self.organization = self.json("/users/me/organizations")[0]["id"]
        self.orbit = self.json(f"/organizations/{self.organization}/orbits")[0]["id"]
        self.below = f"/organizations/{self.organization}/orbits/{self.orbit}"
        self.collection = self.json(f"{self.below}/collections")["items"][0]["id"]

    def json(self, path: str) -> Any:
        """What a GET says."""
        answer = self.api.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def records(self) -> list[dict[str, Any]]:
        """The artifacts of the orbit."""
        found: list[dict[str, Any]] = self.json(f"{self.below}/artifacts?limit=100")["items"]
        return found

    def statuses(self) -> list[str]:
        return [record["status"] for record in self.records()]

    @property
    def options(self) -> dict[str, Any]:
        """For a client."""
        return {
            "base_url": self.address.url,
            "api_key": self.address.api_key,
            "organization": self.organization,
            "orbit": self.orbit,
            "collection": self.collection,
            "timeout": 10.0,
        }

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.api.close()
        self.registry.stop()


def with_rules(**changes: Any) -> Rules:
    """The small rules, changed."""
    return dataclasses.replace(SMALL, **changes)


def grow(sample: Path, target: Path, size: int) -> Path:
    """An artifact like *sample* of exactly *size* bytes, which repeat nowhere exactly."""
    with tarfile.open(sample) as source, tarfile.open(target, "w") as grown:
        for member in source.getmembers():
            grown.addfile(member, source.extractfile(member))
        heavy = tarfile.TarInfo("variant_artifacts/weights.bin")
        # Room for its own header and for the end mark, which is two blocks of zeros.
        heavy.size = (size - grown.offset - 3 * _TAR_BLOCK) // _TAR_BLOCK * _TAR_BLOCK
        assert heavy.size > 0
        grown.addfile(heavy, _Noise(heavy.size))  # type: ignore[arg-type]
    os.truncate(target, size)  # zeros after the end mark, more or fewer of them
    return target


class _Noise(io.RawIOBase):
    """Bytes made quickly: a random block, again and again, each time with its number in it.

    tarfile reads 16 KiB at a time, of which a block is a multiple: it wants no short answers.
    """

    def __init__(self, size: int) -> None:
        self._block = os.urandom(min(MIB, size))
        self._left, self._number = size, 0
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._number += 1
            block = self._number.to_bytes(8, "big") + self._block[8:]
            self._rest = memoryview(block)[: min(len(block), self._left)]
        given = bytes(self._rest[:size])
        self._rest = self._rest[len(given) :]
        self._left -= len(given)
        return given
