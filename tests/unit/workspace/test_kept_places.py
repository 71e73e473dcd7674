"""What is kept of places: read back as it was written, bounded, damaged without harm, cleared."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.workspace.test_workspace import artifact

from dfs_desktop.api.dialects.records import read_artifacts
from dfs_desktop.workspace.listing.cache import LONGEST, CachedListing, ListingCache
from dfs_desktop.workspace.session import Place

NAMES = st.text(max_size=12)
PLACES = st.builds(Place, NAMES.filter(bool), NAMES.filter(bool), NAMES.filter(bool))


def kept(place: Place, *names: str) -> CachedListing:
    rows = [
        artifact(name, id=name, manifest={"name": name, "list": [1, {"a": None}]}) for name in names
    ]
    return CachedListing(place, [], [], [], rows, 12.0)


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(PLACES, st.lists(NAMES.filter(bool), unique=True, max_size=4), max_size=4))
def test_every_place_is_read_back_as_it_was_seen(
    tmp_path: Path, places: dict[Place, list[str]]
) -> None:
    cache = ListingCache(tmp_path / "places")
    cache.forget_all()
    for place, names in places.items():
        seen = kept(place, *names)
        cache.save("work", seen)
        cache.save_all("work", place, seen.artifacts)
    cache.save("other", kept(Place("o", "o", "o"), "x"))
    for place, names in places.items():
        seen = cache.load("work", place)
        assert seen is not None
        assert (seen.place, [a.id for a in seen.artifacts]) == (place, names)
        assert cache.load_all("work", place) == kept(place, *names).artifacts
        below = cache.load("work", Place(place.organization, place.orbit))
        assert below is not None
        assert below.place.orbit == place.orbit
    cache.forget("work")
    assert cache.load("work") is None
    assert cache.load("other") is not None


@pytest.mark.parametrize("told", ["null", "[]", '{"x":5}', '{"x":[1]}'])
def test_a_row_is_kept_whatever_its_manifest_and_list_of_files_are(
    tmp_path: Path, told: str
) -> None:
    records = [f'{{"id":"1","manifest":{told},"file_index":{told}}}', '{"id":"2"}']
    there = read_artifacts(f"[{','.join(records)}]".encode()).items
    cache, place = ListingCache(tmp_path), Place("o", "b", "c")
    cache.save_all("work", place, there)
    assert cache.load_all("work", place) == there


def test_a_damaged_file_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    cache, place = ListingCache(tmp_path), Place("o", "b", "c")
    seen = kept(place, *(f"{number}-{os.urandom(200).hex()}" for number in range(50)))
    cache.save("work", seen)
    cache.save_all("work", place, seen.artifacts)
    (path,) = tmp_path.rglob("*.all")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    some = cache.load_all("work", place)
    assert some == seen.artifacts[: len(some)]
    for content in (b"", b"no zlib", b"\x00" * 100):
        path.write_bytes(content)
        assert cache.load_all("work", place) == []
    (light,) = tmp_path.rglob("*.rows")
    for content in (b"{}", b'{"profile_name":"\xff"}', b'{"more":' + b"[" * 10_000):
        light.write_bytes(content)
        assert cache.load("work", place) is None


def test_the_oldest_goes_when_it_is_too_much_or_too_old(tmp_path: Path) -> None:
    cache = ListingCache(tmp_path)
    for number in range(10):
        cache.save_look("work", f"{number}", b"x" * 1000)
        path = cache.folder_of("work") / f"{number}.look"
        moment = time.time() - number * 60 - (LONGEST if number == 9 else 0)
        os.utime(path, (moment, moment))
    cache.prune()
    assert cache.load_look("work", "9") == b""
    cache.prune(most=5_000)
    assert [bool(cache.load_look("work", f"{n}")) for n in range(9)] == [n < 5 for n in range(9)]


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are those of POSIX")
def test_only_the_owner_can_look_at_it(tmp_path: Path) -> None:
    cache = ListingCache(tmp_path / "places")
    cache.save("../../etc/passwd", kept(Place("o", "b", "c"), "a"))
    cache.save_look("../../etc/passwd", "1", b"x")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert all(path.is_relative_to(tmp_path / "places") for path in files)
    assert msgspec.json.decode(files[0].read_bytes() if files[0].suffix == ".rows" else b"1")
