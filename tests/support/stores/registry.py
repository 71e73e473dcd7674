"""The local registry with another object store behind it: what a LUML server with a bucket is."""

from __future__ import annotations

import dataclasses
import io
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.registries.local_luml import LumlRoom

from dfs_desktop.server import Rules

if TYPE_CHECKING:
    from dfs_desktop.server.objects.object_urls import Presigner

MIB = 1 << 20
_TAR_BLOCK = 512
PART = 8 << 10
# Everything that real servers do with hundreds of megabytes, with kilobytes.
SMALL = Rules(generations=("G",), multipart_above=20 << 10, part_sizes=((1 << 40, PART),))
REAL = Rules(generations=("G",))


class Service(LumlRoom):
    """A registry of generation G whose presigned URLs lead into another store."""

    def __init__(self, folder: Path, presigner: Presigner, rules: Rules = SMALL) -> None:
        super().__init__(folder, rules, presigner=presigner)

    def records(self) -> list[dict[str, Any]]:
        """The artifacts of the orbit."""
        found: list[dict[str, Any]] = self.json("GET", f"{self.orbit}/artifacts?limit=100")["items"]
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
            "orbit": self.orbit_record["id"],
            "collection": self.collection_record["id"],
            "timeout": 10.0,
        }


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
