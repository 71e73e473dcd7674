"""Files several times as large as what a transfer may hold in memory, in many parts of the real size."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.registries.client_faces import SAMPLE
from support.stores.azure import AzurePresigner
from support.stores.azurite import Azurite, Unavailable
from support.stores.registry import MIB, REAL, Service, grow
from support.stores.s3 import S3Server
from support.stores.s3_urls import S3Presigner

pytestmark = pytest.mark.timeout(600)

SIZE = 100 * MIB + 7
PARTS = 13  # of 8 MiB
MOST_MEMORY = 64_000_000

# A process of its own, so that its memory is the client's. The small file comes first: what the
# first transfer of a process loads is not what a large one needs.
CLIENT = """
import json, sys, time
from dfs_desktop.api import DataForceClient

def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if "VmHWM" in line)
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

options, small, large, back = json.loads(sys.argv[1]), *sys.argv[2:]
with DataForceClient(**options) as client:
    artifacts = client.model_artifacts
    artifacts.download(artifacts.upload(small, "small").id, back)
    before, begin = peak(), time.perf_counter()
    record = artifacts.upload(large, "large")
    middle = time.perf_counter()
    artifacts.download(record.id, back)
    print(json.dumps({
        "growth": peak() - before, "id": record.id, "hash": record.file_hash,
        "up": middle - begin, "down": time.perf_counter() - middle,
    }))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: pytest would keep gigabytes of the last three runs."""
    with tempfile.TemporaryDirectory(prefix="dfs-large-", ignore_cleanup_errors=True) as name:
        if shutil.disk_usage(name).free < 4 * SIZE:
            pytest.skip("this takes 0.4 GB of disk for a moment")
        yield Path(name)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def there_and_back(folder: Path, presigner: Any) -> dict[str, Any]:
    """Send a large file and fetch it again; what the client process says about it."""
    large, back = grow(SAMPLE, folder / "large.fnnx", SIZE), folder / "back.fnnx"
    with Service(folder / "registry", presigner, REAL) as service:
        arguments = [json.dumps(service.options), str(SAMPLE), str(large), str(back)]
        command = [sys.executable, "-c", CLIENT, *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stderr
        assert service.statuses() == ["uploaded", "uploaded"]
    said: dict[str, Any] = json.loads(ran.stdout)
    print(said)
    assert back.stat().st_size == SIZE
    assert sha256(back) == sha256(large) == said["hash"]
    assert said["growth"] < MOST_MEMORY
    return said


def test_100_mib_to_s3_in_parts(folder: Path) -> None:
    server = S3Server(folder / "s3")
    try:
        there_and_back(folder, S3Presigner(server))
        steps = [seen.step for seen in server.audit]
        assert steps.count("part") == PARTS
        assert (steps.count("initiate"), steps.count("complete")) == (1, 1)
        assert not [seen for seen in server.audit if "authorization" in seen.headers]
    finally:
        server.close()


@pytest.mark.slow  # memory: to S3, above; blocks: test_azure.py
def test_100_mib_to_azure_in_blocks(folder: Path) -> None:
    try:
        azurite = Azurite(folder / "azurite")
    except Unavailable as why:
        pytest.skip(f"Azurite is not to be had: {why}")
    try:
        presigner = AzurePresigner(azurite.origin, "large")
        presigner.create_container()
        there_and_back(folder, presigner)
        asked = list(azurite.audit())
        assert sum("comp=block&" in url for _, url, _ in asked) == PARTS
        assert sum("comp=blocklist" in url for _, url, _ in asked) == 1
    finally:
        azurite.close()
