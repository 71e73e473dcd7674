"""A clock of the day that is set while something is under way ends, holds and misjudges nothing."""

from __future__ import annotations

import io
import random
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.registries.client_faces import SAMPLE
from support.registries.local import Room, artifact_body

from dfs_desktop.api import DataForceClient, Meter, metered
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.storage.limits.progress_meter import Phase
from dfs_desktop.api.storage.presigned_urls import is_over
from dfs_desktop.server.http.answers import StoreRefusal
from dfs_desktop.server.limits import Rules
from dfs_desktop.server.objects.url_signatures import Signer
from dfs_desktop.system.steady_clock import steady

DAY = 86_400.0
JUMPS = (-400 * DAY, -DAY, 13 * 3600.0, 400 * DAY)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "registry", Rules(multipart_above=1 << 20)) as it:
        yield it


class Set:
    """A person, or a time server, sets this computer's clock."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.by = 0.0
        real = time.time
        patch.setattr(time, "time", lambda: real() + self.by)


class SettingMeter(Meter):
    """The clock is set when the first byte is about to move."""

    def __init__(self, clock: Set, by: float) -> None:
        super().__init__()
        self._set, self._by = clock, by

    def enter(self, phase: Phase, total: int = 0) -> None:
        super().enter(phase, total)
        if phase in (Phase.SENDING, Phase.RECEIVING):
            self._set.by = self._by


@pytest.mark.fault("RL-02")
@pytest.mark.parametrize(
    ("by", "size"), [(-400 * DAY, 0), (13 * 3600.0, 0), (13 * 3600.0, 3 << 20)]
)
def test_a_clock_that_is_set_meanwhile_ends_no_transfer(
    room: Room, tmp_path: Path, by: float, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = SAMPLE
    if size:
        path = tmp_path / "large.fnnx"
        path.write_bytes(_with_weights(SAMPLE, random.Random(size).randbytes(size)))
    clock = Set(monkeypatch)
    with DataForceClient(
        base_url=room.address.url,
        api_key=room.address.api_key,
        organization=room.organization,
        orbit=room.orbit_record["id"],
        collection=room.collection_record["id"],
    ) as client:
        with metered(SettingMeter(clock, by)):
            made = client.model_artifacts.upload(str(path), "set")
        assert made.status == "uploaded"
        clock.by = 0.0
        with metered(SettingMeter(clock, by)):
            client.model_artifacts.download(made.id, str(tmp_path / "got"))
        assert (tmp_path / "got").read_bytes() == path.read_bytes()


def _with_weights(sample: Path, weights: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(sample) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old:
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
        more = tarfile.TarInfo("more.bin")
        more.size = len(weights)
        new.addfile(more, io.BytesIO(weights))
    return out.getvalue()


@pytest.mark.fault("RL-02")
@given(by=st.floats(-1e9, 1e9), passed=st.floats(0, 1e6))
def test_the_servers_clock_goes_on_with_the_time_that_passes_alone(
    by: float, passed: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        real, begun = steady(), time.time()
        patch.setattr("dfs_desktop.system.steady_clock.steady", lambda: real)
        patch.setattr(time, "time", lambda: begun)
        clock = Clock()
        assert clock.told() is None
        assert clock.now() == begun
        clock.learn(1000.0)
        patch.setattr("dfs_desktop.system.steady_clock.steady", lambda: real + passed)
        patch.setattr(time, "time", lambda: begun + by)
        assert clock.now() == pytest.approx(1000.0 + passed, abs=1e-3)
        assert clock.ahead is not None
        assert begun + by + clock.ahead == pytest.approx(1000.0 + passed, abs=1e-3)


@pytest.mark.fault("RL-02")
@pytest.mark.parametrize("by", JUMPS)
def test_the_registry_counts_the_life_of_a_link_by_no_clock_that_can_be_set(
    by: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer, clock, asleep = Signer(b"secret", 60, "127.0.0.1:4000"), Set(monkeypatch), steady()
    query = signer.path("PUT", "object").partition("?")[2].encode()
    clock.by = by
    assert signer.check("PUT", "object", query)
    monkeypatch.setattr("dfs_desktop.system.steady_clock.steady", lambda: asleep + 90)
    with pytest.raises(StoreRefusal):
        signer.check("PUT", "object", query)


@pytest.mark.fault("RL-02")
def test_without_the_servers_time_the_storage_alone_judges_a_link(room: Room) -> None:
    url = room.create(**artifact_body())["url"]["parts"][0]["url"]
    assert not is_over(url, time.time())
    assert is_over(url, time.time() + 13 * 3600)
    assert not is_over(url, None)
