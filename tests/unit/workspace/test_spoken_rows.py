"""What a screen reader says of a row: one sentence, bounded, whatever the record holds."""

from __future__ import annotations

import pytest
from unit.workspace.test_workspace import artifact

from dfs_desktop.api import ModelArtifactStatus
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.listing import Listing
from dfs_desktop.workspace.listing.spoken_row import sentence


def said(listing: Listing) -> list[str]:
    return [sentence(row, listing) for row in listing.visible]


def test_a_row_is_one_sentence() -> None:
    listing = Listing()
    record = artifact("resnet50 v3", id="a", metrics={"F1": 0.91}, size=98_000_000, tags=["prod"])
    listing.replace([record])
    assert said(listing) == [
        "resnet50 v3, model, Uploaded, 98 megabytes, F1 0.9100, tagged prod, not on this computer"
    ]


def test_what_is_no_artifact_says_so_and_not_where_it_is() -> None:
    listing = Listing()
    listing.replace([artifact("m", id="a", status=ModelArtifactStatus.UPLOAD_FAILED, metrics={})])
    (words,) = said(listing)
    assert "Upload failed" in words
    assert "computer" not in words


def test_the_metric_that_is_sorted_by_is_said_first_and_not_all_of_forty() -> None:
    listing = Listing()
    many = {f"m{number}": number for number in range(40)}
    listing.replace([artifact("m", id="a", metrics=many, tags=[f"t{n}" for n in range(90)])])
    listing.sort("metric:m33", descending=True)
    (words,) = said(listing)
    assert words.index("m33 33") < words.index("m0 0")
    assert "m5 5" not in words
    assert "and 85 more" in words


def test_foreign_words_are_bounded_and_in_one_line() -> None:
    listing = Listing()
    listing.replace([artifact("x" * 10_000 + "\n\x1b", id="a", metrics={}, type="y" * 5000)])
    (words,) = said(listing)
    assert len(words) < 600
    assert words.isprintable()


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, ""), (1, "1 byte"), (98_000_000, "98 megabytes"), (1_400_000_000, "1.4 gigabytes")],
)
def test_sizes_are_said_in_words(count: int | None, words: str) -> None:
    assert quantities.size(count, spoken=True) == words
