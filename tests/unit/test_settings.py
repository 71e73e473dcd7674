"""Settings survive crashes, damage, other versions and full disks (L-02), and are private (L-06)."""

import errno
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dfs_desktop.settings import Columns, Places, Profile, Settings, SettingsFile
from dfs_desktop.system import private_files
from dfs_desktop.system.private_files import make_private

POSIX = os.name == "posix"
PROFILE = Profile(id="8f6c0d62-6c3e-4f8e-a8c4-2f1d2b7a9b11", name="Team", base_url="https://x.org")


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "config" / "settings.json")


def full() -> Settings:
    return Settings(
        profiles=[PROFILE],
        last_profile=PROFILE.id,
        download_folder="/data/modèles",
        theme="dark",
        columns={"artifacts": Columns(hidden=["tags"], order=["name"], widths={"name": 240})},
        layout={"window": "b64"},
    )


def test_what_is_saved_is_loaded(file: SettingsFile) -> None:
    file.save(full())
    fresh = SettingsFile(file.path)
    assert fresh.load() == full()
    assert fresh.notice == ""


def test_no_file_gives_the_defaults_without_a_notice(file: SettingsFile) -> None:
    assert file.load() == Settings()
    assert file.notice == ""
    assert not file.path.parent.exists()


def test_defaults_are_not_shared() -> None:
    one = Settings()
    one.layout["a"] = "b"
    one.profiles.append(PROFILE)
    assert Settings() == Settings(layout={}, profiles=[])


@pytest.mark.fault("L-02")
@pytest.mark.parametrize(
    "raw",
    [b"", b'{"version": 1, "prof', b"[1]", b"\0" * 100, b"\xff\xfe", b"[" * 100_000, b'"text"',
     b'{"layout": {"a": "\\ud800"}}'],
)  # fmt: skip
def test_l02_a_torn_or_foreign_file_becomes_defaults_and_is_kept(
    file: SettingsFile, raw: bytes
) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(raw)
    assert file.load() == Settings()
    kept = list(file.path.parent.glob("settings.json.bad-*"))
    assert [path.read_bytes() for path in kept] == [raw]
    assert str(kept[0]) in file.notice
    file.save(Settings())
    assert SettingsFile(file.path).load() == Settings()
    assert kept[0].read_bytes() == raw


@pytest.mark.fault("L-02")
def test_l02_two_damaged_files_in_one_second_are_both_kept(file: SettingsFile) -> None:
    file.path.parent.mkdir()
    for raw in (b"first", b"second", b"third"):
        file.path.write_bytes(raw)
        file.load()
    kept = {path.read_bytes() for path in file.path.parent.glob("settings.json.bad-*")}
    assert kept == {b"first", b"second", b"third"}


@pytest.mark.fault("L-02")
@pytest.mark.parametrize(
    ("field", "value"),
    [("theme", "pink"), ("layout", {"a": 1}), ("columns", {"a": []}), ("last_profile", 7),
     ("profiles", {})],
)  # fmt: skip
def test_l02_one_damaged_part_does_not_cost_the_others(
    file: SettingsFile, field: str, value: Any
) -> None:
    file.save(full())
    document = json.loads(file.path.read_bytes())
    document[field] = value
    file.path.write_text(json.dumps(document))
    loaded = file.load()
    expected = full()
    setattr(expected, field, getattr(Settings(), field))
    assert loaded == expected
    assert "part" in file.notice
    assert len(list(file.path.parent.glob("settings.json.bad-*"))) == 1


def test_one_damaged_profile_does_not_cost_the_others(file: SettingsFile) -> None:
    file.save(full())
    document = json.loads(file.path.read_bytes())
    document["profiles"].insert(0, {"id": 3})
    file.path.write_text(json.dumps(document))
    assert file.load().profiles == [PROFILE]
    assert file.notice


def test_unknown_keys_are_tolerated(file: SettingsFile) -> None:
    file.save(full())
    document = json.loads(file.path.read_bytes())
    document["future"] = {"x": 1}
    document["profiles"][0]["colour"] = "red"
    file.path.write_text(json.dumps(document))
    assert file.load() == full()
    assert file.notice == ""


def test_a_newer_version_is_understood_as_far_as_possible_and_never_destroyed(
    file: SettingsFile,
) -> None:
    file.path.parent.mkdir()
    newer = json.dumps({"version": 9, "theme": "dark", "layout": "changed", "new": [1]})
    file.path.write_text(newer)
    assert file.load() == Settings(theme="dark")
    assert "newer version" in file.notice
    assert file.path.read_text() == newer
    file.save(Settings())
    assert [p.read_text() for p in file.path.parent.glob("settings.json.newer-*")] == [newer]


@pytest.mark.fault("L-02")
def test_l02_a_full_disk_leaves_the_old_settings(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.save(full())
    before = file.path.read_bytes()

    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(OSError, match="No space"):
        file.save(Settings())
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.json"]
    assert file.path.read_bytes() == before


WRITER = """
import sys
from pathlib import Path
from dfs_desktop.settings import Settings, SettingsFile
file = SettingsFile(Path(sys.argv[1]))
turn = 0
while True:
    turn += 1
    file.save(Settings(layout={"turn": str(turn), "padding": "x" * 200_000}))
    print(turn, flush=True)
"""


@pytest.mark.fault("L-02")
def test_l02_killed_at_any_moment_the_file_is_whole(file: SettingsFile) -> None:
    for delay in (0.0, 0.003, 0.011, 0.017):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, file.path], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
        fresh = SettingsFile(file.path)
        assert fresh.load().layout["padding"] == "x" * 200_000
        assert fresh.notice == ""


@pytest.mark.fault("L-02")
def test_l02_leftovers_of_a_killed_process_are_swept(file: SettingsFile) -> None:
    file.save(full())
    old = file.path.with_name(".settings.json.1a2b.tmp")
    new = file.path.with_name(".settings.json.3c4d.tmp")
    old.write_bytes(b"half")
    new.write_bytes(b"being written")
    os.utime(old, (1, 1))
    assert file.load() == full()
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.fault("L-06")
@pytest.mark.skipif(not POSIX, reason="Windows protects the profile folder instead")
def test_l06_files_and_folders_are_private_whatever_the_umask(file: SettingsFile) -> None:
    old = os.umask(0)
    try:
        file.save(full())
        deep = file.path.parent.parent / "a" / "b"
        make_private(deep)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    for folder in (file.path.parent, deep, deep.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(not POSIX, reason="links need a privilege on Windows")
def test_a_linked_settings_file_stays_a_link(file: SettingsFile, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "settings.json"
    real.parent.mkdir()
    real.write_text("{}")
    file.path.parent.mkdir()
    file.path.symlink_to(real)
    file.save(full())
    assert file.path.is_symlink()
    assert SettingsFile(real).load() == full()


def test_an_unreadable_place_gives_defaults_and_a_notice(file: SettingsFile) -> None:
    file.path.mkdir(parents=True)  # a folder where the file should be
    assert file.load() == Settings()
    assert "could not be read" in file.notice
    file.save(full())
    assert SettingsFile(file.path).load() == full()


def test_a_folder_name_that_is_no_unicode_is_an_ordinary_error(file: SettingsFile) -> None:
    file.save(full())
    with pytest.raises(OSError, match="not valid Unicode"):
        file.save(Settings(download_folder="/data/\udcff"))
    assert SettingsFile(file.path).load() == full()


def test_unchanged_settings_are_not_written_again(file: SettingsFile) -> None:
    file.save(full())
    before = file.path.stat().st_mtime_ns, file.path.stat().st_ino
    file.save(full())
    assert (file.path.stat().st_mtime_ns, file.path.stat().st_ino) == before
    file.path.unlink()
    file.save(full())
    assert file.path.exists()


def test_windows_retries_while_a_scanner_holds_the_file(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_replace = Path.replace
    refusals = [PermissionError(13, "in use")] * 3

    def replace(source: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return real_replace(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(private_files, "ATTEMPTS", 6)
    file.save(full())
    assert SettingsFile(file.path).load() == full()


def test_nothing_in_the_settings_is_meant_for_a_secret() -> None:
    words = ("key", "token", "secret", "password")
    for struct in (Settings, Profile, Columns):
        for field in struct.__struct_fields__:
            assert not any(word in field.replace("key_file", "") for word in words), (
                "a path is none"
            )


def test_places_below_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DFS_DESKTOP_HOME", str(tmp_path))
    places = Places.from_environment()
    for folder in (places.config, places.data, places.cache, places.state, places.downloads):
        assert folder.parent == tmp_path
        assert not folder.exists()
    assert places.settings == places.config / "settings.json"


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG variables are Linux's")
def test_places_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DFS_DESKTOP_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    places = Places.from_environment()
    assert places.config == tmp_path / "c" / "dfs-desktop"
    assert places.state == tmp_path / "s" / "dfs-desktop"
    assert len({places.config, places.data, places.cache, places.state, places.downloads}) == 5


@pytest.mark.fault("RL-35")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_in_the_place_of_the_settings_is_neither_waited_for_nor_replaced(
    tmp_path: Path, *, linked: bool
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    file = SettingsFile(tmp_path / "settings.json" if linked else pipe)
    if linked:
        file.path.symlink_to(pipe)
    assert file.load() == Settings()
    assert file.notice == "Your settings could not be read (it is no file, but a pipe or a device)"
    with pytest.raises(OSError, match="it is no file"):
        file.save(Settings(theme="dark"))
    assert pipe.is_fifo()
    assert file.path.is_symlink() is linked
