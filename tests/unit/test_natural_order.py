"""Names stand where people look for them; the order is total, whatever they are."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.artifacts.makers import tar_of

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.comparison.compatibility import compatibility
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.number_text import natural_key, path_key
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.uploads.uploads import find_files


@pytest.mark.fault("RL-33")
@pytest.mark.parametrize(
    "names",
    [
        ["v1", "v2", "v3", "v10", "v11", "v100"],
        ["apfel", "Äpfel", "eclair", "éclair", "ol", "Öl", "zebra"],
        ["9", "10", "a", "B", "c"],
        ["model", "model1", "model2", "model10", "modelx"],
        ["1.9.0", "1.10.0"],
        ["run ٣", "run 4"],
    ],
)
def test_names_are_in_the_order_of_file_managers(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=natural_key) == names


@pytest.mark.fault("RL-33")
@given(st.lists(st.text(alphabet=st.sampled_from("aAäÄ019 ٣²ß-._/\x00"), max_size=8), max_size=8))
def test_the_order_is_total(names: list[str]) -> None:
    expected = sorted(names, key=natural_key)
    shuffled = list(names)
    random.Random(len(names)).shuffle(shuffled)
    assert sorted(shuffled, key=natural_key) == expected
    for one in names:
        for two in names:
            assert (natural_key(one) == natural_key(two)) is (one == two)


@pytest.mark.fault("RL-33")
def test_folders_stay_together() -> None:
    names = ["a/2", "a/10", "a-b/1", "a.txt"]
    backwards = names[::-1]
    assert sorted(backwards, key=path_key)[:2] == names[:2]


@pytest.mark.fault("RL-33")
def test_members_dropped_files_and_records_are_in_natural_order(tmp_path: Path) -> None:
    shuffled = [10, 2, 1, 11]
    members = {"manifest.json": "{}", **{f"weights/shard-{n}.bin": "" for n in shuffled}}
    opened = OpenArtifact.walk(BytesSource(tar_of(members), "m.fnnx"))
    assert [each.name for each in opened.members()][1:] == [
        f"weights/shard-{n}.bin" for n in (1, 2, 10, 11)
    ]
    for number in shuffled:
        (tmp_path / f"m-{number}.fnnx").touch()
    assert [each.stem for each in find_files([tmp_path])] == ["m-1", "m-2", "m-10", "m-11"]
    listing = Listing()
    listing.replace(ModelArtifact(id=str(n), model_name=f"v{n}", file_name="f") for n in shuffled)
    listing.sort("name", descending=False)
    assert [row.artifact.model_name for row in listing.visible] == ["v1", "v2", "v10", "v11"]


RECORDS = st.lists(
    st.builds(
        ModelArtifact,
        id=st.uuids().map(str),
        model_name=st.sampled_from(["v1", "V1", "v10", "v2", "é"]),
        file_name=st.just("f"),
        created_at=st.sampled_from(
            ["2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z", "2026-01-01T11:30:00+02:00",
             "9999-12-31T23:59:59Z", "nonsense", ""]
        ),
        metrics=st.fixed_dictionaries(
            {}, optional={"f1": st.sampled_from([0.5, 1, True, "n/a", float("nan"), None, 10**400])}
        ),
    ),
    max_size=8,
    unique_by=lambda record: record.id,
)  # fmt: skip


@pytest.mark.fault("RL-31", "RL-33")
@given(RECORDS, st.sampled_from(["name", "created", "metric:f1", "status"]), st.booleans())
def test_the_order_of_records_does_not_depend_on_how_they_came(
    records: list[ModelArtifact], column: str, descending: bool
) -> None:
    orders = []
    for each in (records, records[::-1]):
        listing = Listing()
        listing.replace(each)
        listing.sort(column, descending=descending)
        orders.append([row.key for row in listing.visible])
    assert orders[0] == orders[1]


@pytest.mark.fault("RL-31")
def test_records_are_sorted_by_time_and_not_by_its_text() -> None:
    texts = ["2026-01-01T11:30:00+02:00", "2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z"]
    listing = Listing()
    listing.replace(
        ModelArtifact(id=str(n), file_name="f", created_at=text) for n, text in enumerate(texts)
    )
    listing.sort("created", descending=False)
    assert [row.key for row in listing.visible] == ["0", "1", "2"]


@pytest.mark.fault("RL-33")
def test_what_is_gone_is_listed_in_the_natural_order() -> None:
    names = [f"seed{n}" for n in (10, 2, 1)]
    told = [{"name": name, "description": ""} for name in names]
    found = compatibility(read_interface({"dynamic_attributes": told}), read_interface({}))
    listed = " ".join(str(each) for each in (found.breaking, found.harmless))
    assert listed.index("seed1”") < listed.index("seed2”") < listed.index("seed10”")
