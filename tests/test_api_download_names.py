"""How a complete download gets its name: in one step, over nothing that is not to be replaced."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_download_room import CONTENT, SHA256, Room, hurry, room_with

from dfs_desktop.api import FileError
from dfs_desktop.api.storage import placing


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    hurry(monkeypatch, several=False)
    with room_with(tmp_path) as room:
        yield room


class TestName:
    @pytest.fixture(params=["renameat2", "link", "neither"])
    def way(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(*_: Any, **__: Any) -> None:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

        if request.param != "renameat2":
            monkeypatch.setattr(placing, "_exclusive", refused)
        if request.param == "neither":
            monkeypatch.setattr(placing, "_by_link", refused)

    @pytest.mark.fault("D-19")
    @pytest.mark.usefixtures("way")
    def test_d19_nothing_is_overwritten(self, room: Room) -> None:
        taken = room.folder / "model.fnnx"
        partial = room.reserve(replace=False)
        assert room.fetch(partial)
        taken.write_bytes(b"came meanwhile")
        (room.folder / "model (1).fnnx").symlink_to(room.folder / "nowhere")
        final = partial.commit(SHA256)
        assert final == partial.target == room.folder / "model (2).fnnx"
        assert final.read_bytes() == CONTENT
        assert taken.read_bytes() == b"came meanwhile"
        assert len(list(room.folder.iterdir())) == 3

    @pytest.mark.usefixtures("way")
    def test_a_free_name_is_taken_as_it_is(self, room: Room) -> None:
        partial = room.reserve(replace=False)
        assert room.fetch(partial)
        assert partial.commit(SHA256) == room.folder / "model.fnnx"
        assert [path.name for path in room.folder.iterdir()] == ["model.fnnx"]

    @pytest.mark.fault("D-20")
    def test_d20_a_link_is_replaced_as_a_name(self, room: Room) -> None:
        (room.folder / "victim").write_bytes(b"safe")
        (room.folder / "model.fnnx").symlink_to(room.folder / "victim")
        assert not room.download().is_symlink()
        assert (room.folder / "victim").read_bytes() == b"safe"

    @pytest.mark.fault("D-23")
    def test_d23_who_holds_the_file_is_waited_for(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(placing, "PATIENCE", 0.05)
        monkeypatch.setattr(placing, "PAUSE", 0.01)
        held = [2]
        real = Path.replace

        def rename(path: Path, target: Path) -> Path:
            if held[0] > 0:
                held[0] -= 1
                raise PermissionError(errno.EACCES, "held")
            return real(path, target)

        monkeypatch.setattr(Path, "replace", rename)
        assert room.download().read_bytes() == CONTENT
        held[0] = 1000
        partial = room.reserve("other.fnnx")
        assert room.fetch(partial)
        with pytest.raises(FileError, match="could not be renamed") as caught:
            partial.commit(SHA256)
        assert caught.value.retryable
        assert partial.path.read_bytes() == CONTENT

    def test_partials_are_private_and_hidden(self, room: Room) -> None:
        partial = room.reserve()
        assert partial.path.name.startswith(".model.fnnx.")
        if os.name == "posix":
            assert partial.path.stat().st_mode & 0o777 == 0o600
        partial.discard()
