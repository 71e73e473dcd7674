"""The pages for developers name files that exist, and the ways through them are short."""

import re
from collections import Counter

import pytest
from architecture.rules import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
WAYS = dict(re.findall(r"## The way of an? ([a-z ]+)\n(.*?)(?=\n## |\Z)", PAGE, re.DOTALL))
STATION = re.compile(r"^\d+\. `(dfs_desktop/[\w/]+\.py)`", re.MULTILINE)


def test_each_file_that_the_page_names_exists() -> None:
    named = sorted(set(re.findall(r"`([\w/]+\.py)`", PAGE)))
    assert len(named) > 30
    # Where the page speaks of a room, it names its files from there on.
    rooms = (ROOT, ROOT / "dfs_desktop", ROOT / "dfs_desktop" / "api")
    missing = [name for name in named if not any((room / name).is_file() for room in rooms)]
    assert not missing, f"docs/architecture.md names what is not there: {missing}"


def test_the_recipes_name_what_is_there() -> None:
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/.]+/(?:[\w]+\.(?:py|toml))?)`", page))
    assert len(named) > 20
    rooms = (ROOT, ROOT / "dfs_desktop", ROOT / "tests")
    missing = sorted(name for name in named if not any((room / name).exists() for room in rooms))
    assert not missing, f"docs/contributing.md names what is not there: {missing}"


def test_the_features_are_counted_below_them() -> None:
    page = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    rows = Counter(re.findall(r"^\|.*\| ([YPN]) \|", page, re.MULTILINE))
    said = "{} rows: {Y} work, {P} in part, {N} not yet".format(rows.total(), **rows)
    assert said in page, f"docs/features.md has {said}"


@pytest.mark.parametrize("way", ["drop", "download", "edit", "look inside"])
def test_each_way_has_at_most_fourteen_files_and_none_twice(way: str) -> None:
    stations = STATION.findall(WAYS[way])
    assert 5 < len(stations) <= 14
    assert len(set(stations)) == len(stations)


def test_the_picture_shows_every_room_and_what_is_there() -> None:
    """The picture of the rooms: each name before two blanks, under the folder it is indented below."""
    picture = re.search(r"```\n(dfs_desktop/\n.*?)```", PAGE, re.DOTALL)
    assert picture is not None
    above: list[tuple[int, str]] = []
    shown = set()
    for line in picture[1].splitlines():
        depth = len(line) - len(line.lstrip())
        above = [each for each in above if each[0] < depth]
        for name in re.findall(r"(?:^|(?<=\s))([a-z_]+/|[a-z_]+\.py)(?=\s|$)", line):
            shown.add("".join(each[1] for each in above) + name)
        first = re.match(r"\s*([a-z_]+/)", line)
        if first is not None:
            above.append((depth, first[1]))
    missing = sorted(path for path in shown if not (ROOT / path).exists())
    assert not missing, f"the picture of docs/architecture.md shows what is not there: {missing}"
    rooms = [*ROOT.glob("dfs_desktop/*/__init__.py"), *ROOT.glob("dfs_desktop/*/*/__init__.py")]
    there = {f"{room.parent.relative_to(ROOT).as_posix()}/" for room in rooms}
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("dfs_desktop/*.py")}
    new = sorted((there | modules) - shown - {"dfs_desktop/__init__.py"})
    assert not new, f"the picture of docs/architecture.md does not show {new}"
