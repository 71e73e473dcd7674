"""A change whose answer is lost is told as what it was: done, not done, or not known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.registries.local import Room, artifact_body

from dfs_desktop.api import APIConnectionError, DataForceClient, DataForceError, NotFoundError

pytestmark = pytest.mark.fault("RL-02")


class Cut(httpx.BaseTransport):
    """A way on which answers to changes get lost, or the changes themselves."""

    def __init__(self) -> None:
        self.plan: list[str] = []  # for the changes to come: late, early, garbled, 502; then well
        self.deaf = False
        self.changes = 0
        self._way = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" or not self.plan:
            if request.method == "GET" and self.deaf and self.changes:
                raise httpx.ReadError("cut", request=request)
            return self._way.handle_request(request)
        self.changes += 1
        fate = self.plan.pop(0)
        if fate == "early":
            raise httpx.ReadError("cut", request=request)
        self._way.handle_request(request).read()
        if fate == "late":
            raise httpx.ReadError("cut", request=request)
        page = httpx.ByteStream(b"<html>")
        return httpx.Response(502 if fate == "502" else 200, stream=page)

    def close(self) -> None:
        self._way.close()


@pytest.fixture(params=["A", "G"])
def generation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with Room(tmp_path / "registry") as it:
        yield it


@pytest.fixture
def way() -> Cut:
    return Cut()


@pytest.fixture
def client(room: Room, way: Cut, generation: str) -> Iterator[DataForceClient]:
    with DataForceClient(
        base_url=room.address.url,
        api_key=room.address.api_key,
        organization=room.organization,
        orbit=room.orbit_record["id"],
        collection=room.collection_record["id"],
        generation=generation,
    ) as it:
        it._transport._given = way  # type: ignore[attr-defined]
        yield it


FATES = pytest.mark.parametrize("fate", ["late", "early", "garbled", "502"])


@FATES
def test_an_edit_that_arrived_is_told_as_saved(
    room: Room, way: Cut, client: DataForceClient, fate: str
) -> None:
    made = room.create(**artifact_body())["model"]
    way.plan = [fate]
    found = client.model_artifacts.update(
        made["id"], model_name="new", description="", tags=["a", "B"]
    )
    assert (found.model_name, found.tags) == ("new", ["a", "B"])


@FATES
def test_what_was_made_while_the_answer_got_lost_is_told_as_made(
    way: Cut, client: DataForceClient, fate: str
) -> None:
    way.plan = [fate]
    if fate == "early":
        with pytest.raises(APIConnectionError, match="nothing was changed"):
            client.collections.create("mine", "words", tags=["t"])
        assert "mine" not in [it.name for it in client.collections.list()]
        return
    made = client.collections.create("mine", "words", tags=["t"])
    assert [it.id for it in client.collections.list() if it.name == "mine"] == [made.id]
    way.plan = [fate]
    assert client.collections.update(name="other", collection_id=made.id).name == "other"
    way.plan = [fate]
    client.collections.delete(made.id)
    assert made.id not in [it.id for it in client.collections.list()]


def test_a_deletion_that_is_repeated_finds_nothing_and_is_told_as_done(
    way: Cut, client: DataForceClient
) -> None:
    made = client.collections.create("mine", "")
    way.plan = ["early"]
    client.collections.delete(made.id)
    assert way.changes == 1
    with pytest.raises(NotFoundError):
        client.collections.delete(made.id)


def test_where_nobody_can_look_nobody_says_that_nothing_happened(
    room: Room, way: Cut, client: DataForceClient
) -> None:
    made = room.create(**artifact_body())["model"]
    client.collections.list()
    way.plan, way.deaf = ["late"], True
    with pytest.raises(APIConnectionError, match="is not known"):
        client.model_artifacts.update(made["id"], model_name="new")


def test_one_like_it_from_before_is_not_taken_for_the_one_that_was_made(
    way: Cut, client: DataForceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.collections.create("mine", "")
    monkeypatch.setattr("dfs_desktop.api.flows.records.settle_changes.EARLIEST", 3600.0)
    way.plan = ["early"]
    with pytest.raises(APIConnectionError, match="is not known"):
        client.collections.create("mine", "")


@pytest.mark.parametrize("fate", ["late", "502"])
def test_a_record_that_was_made_without_an_answer_does_not_stay(
    room: Room, way: Cut, client: DataForceClient, fate: str
) -> None:
    room.create(**artifact_body(model_name="another"))
    way.plan = [fate]
    body = artifact_body()
    with pytest.raises(DataForceError, match="nothing was changed"):
        client.model_artifacts.create(
            file_name=body["file_name"],
            metrics=body["metrics"],
            manifest=body["manifest"],
            file_hash=body["file_hash"],
            file_index=body["file_index"],
            size=body["size"],
            model_name="mine",
        )
    assert [it.model_name for it in client.model_artifacts.list()] == ["another"]
