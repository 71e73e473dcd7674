"""How the table is arranged is kept place by place, under names, and survives what is damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.workspace.test_workspace import artifact

from dfs_desktop.api import Collection
from dfs_desktop.settings import Columns, Profile, Settings, SettingsFile
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.notices import Notice
from dfs_desktop.workspace.session import Place, Session, Stage
from dfs_desktop.workspace.state import AppState
from dfs_desktop.workspace.views.column_layouts import (
    MOST_PLACES,
    ColumnLayouts,
    arranged,
    kept_order,
)
from dfs_desktop.workspace.views.metric_directions import MetricDirections
from dfs_desktop.workspace.views.recent_places import RecentPlaces
from dfs_desktop.workspace.views.saved_views import SavedViews
from dfs_desktop.workspace.views.view_text import read_view, view_text

KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(KEYS, KEYS)
def test_an_order_names_all_columns_once_and_keeps_what_it_knows(
    order: list[str], keys: list[str]
) -> None:
    found = arranged(order, keys)
    assert sorted(found) == sorted(keys)
    assert [key for key in found if key in order] == [key for key in order if key in keys]
    assert arranged(found, keys) == found


@given(KEYS, KEYS, KEYS)
def test_columns_that_are_away_come_back_where_they_were(
    before: list[str], keys: list[str], moved: list[str]
) -> None:
    shown = arranged(moved, keys)
    kept = kept_order(shown, before)
    assert arranged(kept, keys) == shown, "what is shown is as it was left"
    assert set(kept) == set(before) | set(keys)


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> AppState:
    folder = tmp_path_factory.mktemp("settings")
    return AppState(SettingsFile(folder / "settings.json"), Settings())


def go(state: AppState, collection: str, profile: str = "server") -> None:
    state.session = Session(
        Profile(id=profile, name=profile, base_url=""),
        place=Place("1", "2", collection),
        collections=[Collection(id=collection, name=collection, orbit_id="2")],
    )
    state.session_changed.emit()


def test_each_collection_has_its_columns_and_new_ones_have_the_default(state: AppState) -> None:
    layouts, listing = ColumnLayouts(state), state.listing
    seen: list[Columns] = []
    layouts.changed.connect(lambda: seen.append(layouts.current()))
    go(state, "a")
    listing.sort("metric:loss", descending=False)
    layouts.keep(["metric:loss", "name", "size"], ["size"], {"name": 300})
    go(state, "b")
    assert seen[-1] == Columns()
    assert (listing.sort_column, listing.descending) == ("created", True)
    go(state, "a", "another server")
    assert layouts.current() == Columns(), "an id may be that of another thing elsewhere"
    go(state, "a")
    assert seen[-1].order == ["metric:loss", "name", "size"]
    assert seen[-1].hidden == ["size"]
    assert (listing.sort_column, listing.descending) == ("metric:loss", False)
    # Before the metric has come the table knows nothing of it: nothing is forgotten.
    layouts.keep(["name", "size"], [], {})
    assert layouts.current().order == ["metric:loss", "name", "size"]
    assert layouts.current().widths == {"name": 300}
    layouts.use_as_default()
    go(state, "c")
    assert seen[-1].order == ["metric:loss", "name", "size"]
    layouts.keep(["size", "name"], [], {})
    layouts.reset()
    assert seen[-1].order == ["metric:loss", "name", "size"], "first back to the default"
    layouts.reset()
    assert seen[-1] == Columns(), "then to what the program comes with"
    go(state, "a")
    assert layouts.current().widths == {"name": 300}, "another collection's stay"


def test_the_columns_of_the_latest_places_are_kept_and_no_more(state: AppState) -> None:
    layouts = ColumnLayouts(state)
    for number in range(MOST_PLACES + 5):
        go(state, str(number))
        layouts.keep(["size", "name"], [], {})
    assert len(state.settings.columns) == MOST_PLACES
    assert "server/4" not in state.settings.columns


@pytest.mark.parametrize("entry", ["name:x:1", "name", "name:99999999999:0", "::", "\ud800:1:1"])
def test_columns_of_an_older_version_are_the_default_and_damage_is_passed_over(
    state: AppState, entry: str
) -> None:
    state.settings.layout = {"columns": f"size:120:1,{entry}", "sort": "name:0"}
    layout = ColumnLayouts(state).current()
    assert "size" in layout.hidden
    assert layout.widths["size"] == 120
    assert (state.listing.sort_column, state.listing.descending) == ("name", False)
    assert "columns" not in state.settings.layout


VALUES = st.one_of(
    st.integers(-3, 3), st.floats(), st.booleans(), st.just("9"), st.none(), st.just([1])
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["replace", "extend", "put", "remove"]),
        st.dictionaries(st.sampled_from("abcde"), VALUES),
    ),
    max_size=6,
)


@given(STEPS, st.sampled_from(["loss", "accuracy", "epochs"]))
def test_the_best_of_a_metric_is_that_of_all_records_whatever_came_and_went(
    steps: list[tuple[str, dict[str, object]]], metric: str
) -> None:
    listing, asked = Listing(), listing_direction(metric)
    for what, values in steps:
        records = [artifact(key, id=key, metrics={metric: v}) for key, v in values.items()]
        if what == "remove":
            listing.remove(*values)
            records = []
        elif what == "put":
            for each in records:
                listing.put(each)
        else:
            getattr(listing, what)(records)
        column = next((c for c in listing.columns if c.key == f"metric:{metric}"), None)
        if column is None:
            continue
        best = {row.key for row in listing.visible if listing.is_best(row, column.metric)}
        numbers = {
            each.id: each.metrics[metric]
            for each in listing.artifacts()
            if type(each.metrics[metric]) in (int, float)
            and abs(each.metrics[metric]) < float("inf")
        }
        top = max((value * asked for value in numbers.values()), default=0)
        several = asked and len(set(numbers.values())) > 1
        assert best == (
            {key for key, n in numbers.items() if n * asked == top} if several else set()
        )


def listing_direction(metric: str) -> int:
    return {"loss": -1, "accuracy": 1}.get(metric, 0)


def test_what_is_better_is_guessed_or_chosen_and_kept_per_name(state: AppState) -> None:
    directions, told = MetricDirections(state), list[str]()
    state.listing.columns_changed.connect(lambda: told.append("anew"))
    assert directions.of("loss") == -1
    assert directions.chosen("loss") is None
    directions.choose("loss", 1)
    directions.choose("epochs", -1)
    assert (directions.of("loss"), directions.of("epochs"), len(told)) == (1, -1, 2)
    assert state.settings.metric_directions == {"loss": 1, "epochs": -1}
    assert directions.words("loss") == "higher is better (chosen)"
    directions.choose("loss", None)
    assert directions.of("loss") == -1
    assert directions.words("loss") == "lower is better (by its name)"


class Visitor:
    """Goes where it is told to, as the browser does."""

    def __init__(self, state: AppState) -> None:
        self.state = state

    def __call__(self, place: Place) -> None:
        go(self.state, place.collection)


@pytest.fixture
def views(state: AppState, monkeypatch: pytest.MonkeyPatch) -> SavedViews:
    monkeypatch.setattr(state, "save_settings", lambda: None)  # it needs a running loop
    found = SavedViews(state, ColumnLayouts(state), Visitor(state))
    found.filter_wanted.connect(state.listing.filter)
    return found


def test_a_view_is_saved_opened_left_renewed_and_taken_back(
    state: AppState, views: SavedViews
) -> None:
    layouts, listing, said = views._layouts, state.listing, list[Notice]()
    state.notices.noticed.connect(said.append)
    go(state, "a")
    layouts.keep(["name", "size"], [], {})
    views.save("   ")
    assert views.here() == []
    listing.filter("tag:prod")
    listing.sort("name", descending=False)
    views.save(" best \n of all ")
    (view,) = views.here()
    assert (view.name, view.filter, view.columns.sort) == ("best of all", "tag:prod", "name")
    assert views.opened == view
    # What is changed while it is open is not the collection's.
    layouts.keep(["size", "name"], ["name"], {})
    views.leave()
    assert (listing.applied.text, layouts.current().order) == ("", ["name", "size"])
    # From another collection it leads back to its own.
    go(state, "b")
    views.open(view.id)
    assert state.session.place.collection == "a"
    assert (views.opened, listing.applied.text, listing.sort_column) == (view, "tag:prod", "name")
    layouts.keep(["size", "name"], ["name"], {})
    listing.filter("tag:staging")
    views.update(view.id)
    assert views.here()[0].columns.hidden == ["name"]
    assert said[-1].action is not None
    said[-1].action.run()
    assert views.here() == [view]
    assert listing.applied.text == "tag:prod"
    # An emptied line leaves it; so does another collection, which is not filtered by it.
    listing.filter("")
    views.filtered("")
    assert views.opened is None
    views.open(view.id)
    go(state, "b")
    assert (views.opened, listing.applied.text) == (None, "")
    views.rename(view.id, "other")
    views.delete(view.id)
    assert views.here() == []
    assert said[-1].action is not None
    said[-1].action.run()
    assert [each.name for each in views.here()] == ["other"]
    go(state, "a", "another server")
    assert views.here() == []


TEXTS = st.text(max_size=20)


@given(
    st.text(min_size=1, max_size=20).filter(lambda text: text.split()),
    TEXTS,
    st.lists(TEXTS, max_size=4),
    st.lists(TEXTS, max_size=4),
    st.one_of(st.none(), TEXTS),
    st.booleans(),
)
def test_a_view_that_is_shared_as_a_line_is_read_as_it_was(
    name: str, text: str, order: list[str], hidden: list[str], sort: str | None, descending: bool
) -> None:
    columns = Columns(order=order, hidden=hidden, sort=sort, descending=descending)
    line = view_text(name, text, columns)
    assert len(line.splitlines()) == 1
    found = read_view(f"  as discussed: {line}\n")
    assert found == (" ".join(name.split()), " ".join(text.splitlines()), columns)


@pytest.mark.parametrize(
    "text",
    ["", "hello", "dfs-view:", 'dfs-view: {"name": 3}', 'dfs-view: {"name": "a"', "dfs-view: " + "[" * 9999,
     'dfs-view: {"name": "a", "order": ["' + "x" * 5000 + '"]}', "dfs-view: " + " x" * 200_000],
)  # fmt: skip
def test_a_line_that_is_no_view_is_refused_in_words(
    state: AppState, views: SavedViews, text: str
) -> None:
    said = list[Notice]()
    state.notices.noticed.connect(said.append)
    go(state, "a")
    assert not views.paste(text)
    assert said[0].detail
    assert views.here() == []


def test_a_pasted_view_gets_a_free_name_and_is_opened(state: AppState, views: SavedViews) -> None:
    go(state, "a")
    line = view_text("mine", "acc>0.9", Columns(order=["size", "name"], hidden=["file"]))
    assert views.paste(line)
    assert views.paste(line)
    assert [view.name for view in views.here()] == ["mine", "mine 2"]
    assert views.opened == views.here()[1]
    assert state.listing.applied.text == "acc>0.9"
    assert views.text(views.here()[0].id) != ""


def test_the_open_view_is_open_again_at_the_next_start(
    state: AppState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "save_settings", lambda: None)
    layouts = ColumnLayouts(state)
    views = SavedViews(state, layouts, lambda _place: None)
    go(state, "a")
    layouts.show(Columns(order=["size", "name"]))
    views.save("Mine")
    state.session = Session(Profile(id="server", name="server", base_url=""))
    again_layouts = ColumnLayouts(state)
    again = SavedViews(state, again_layouts, lambda _place: None)
    assert again.opened is None
    go(state, "a")
    assert again.opened is not None
    assert again.opened.name == "Mine"
    assert again_layouts.current().order == ["size", "name"]
    again.leave()
    later = SavedViews(state, ColumnLayouts(state), lambda _place: None)
    go(state, "a")
    assert later.opened is None


def test_recent_places_of_all_servers_are_kept_and_gone_back_to(state: AppState) -> None:
    state.settings.profiles = [Profile(id=each, name=each, base_url="") for each in ("s1", "s2")]
    visited: list[Place] = []
    connected: list[str] = []
    recent = RecentPlaces(state, visited.append, lambda profile: connected.append(profile.id))
    for server, collection in [("s1", str(n)) for n in range(8)] + [("s2", "x"), ("s1", "7")]:
        go(state, collection, server)
        state.session.stage = Stage.READY
        state.session_changed.emit()
    found = [(each.profile, each.name) for each, _profile in recent.others()]
    assert found == [("s2", "x"), ("s1", "6"), ("s1", "5"), ("s1", "4"), ("s1", "3")]
    recent.open(recent.others()[1][0])
    assert visited == [Place("1", "2", "6")]
    recent.open(recent.others()[0][0])
    assert connected == ["s2"]
    assert state.settings.last_place("s2") == "1/2/x"
