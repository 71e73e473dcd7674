"""Times where the person is: the calendar of a zone whose clocks change, and the hour that comes twice."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from unit.workspace.test_workspace import artifact

from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.listing.listing import Listing


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The person lives in another time zone for one test."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows changes its zone for all programs")
@pytest.mark.fault("RL-31")
@pytest.mark.parametrize(
    ("zone", "now", "moment", "text", "exact"),
    [
        ("Europe/Berlin", "2026-10-25T22:30Z", "2026-10-24T22:30Z", "24 h ago", "00:30:00"),
        ("Europe/Berlin", "2026-10-25T23:30Z", "2026-10-24T22:30Z", "yesterday", "00:30:00"),
        ("Europe/Berlin", "2026-10-25T03:00Z", "2026-10-25T00:30Z", "2 h ago", "02:30:00 CEST"),
        ("Europe/Berlin", "2026-10-25T03:00Z", "2026-10-25T01:30Z", "2 h ago", "02:30:00 CET"),
        ("Europe/Berlin", "2026-03-29T22:00Z", "2026-03-28T22:30Z", "2 days ago", "23:30:00"),
        ("America/St_Johns", "2026-11-01T12:00Z", "2026-11-01T03:45Z", "8 h ago", "01:15:00 NDT"),
        ("America/St_Johns", "2026-11-01T12:00Z", "2026-11-01T04:45Z", "7 h ago", "01:15:00 NST"),
        ("America/St_Johns", "2026-03-09T01:00Z", "2026-03-08T03:45Z", "21 h ago", "00:15:00"),
        ("Pacific/Kiritimati", "2026-11-28T09:00Z", "2026-11-27T10:30Z", "22 h ago", "00:30:00"),
        ("Pacific/Kiritimati", "2026-11-28T09:00Z", "2026-11-27T09:30Z", "yesterday", "23:30:00"),
    ],
    indirect=["zone"],
)  # fmt: skip
@pytest.mark.usefixtures("zone")
def test_days_are_counted_by_the_persons_calendar_where_clocks_change(
    now: str, moment: str, text: str, exact: str
) -> None:
    then, here = quantities.parse_time(moment), quantities.parse_time(now)
    assert then is not None
    assert quantities.ago(then, here) == text
    assert quantities.exact_time(then).endswith(exact)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows changes its zone for all programs")
@pytest.mark.fault("RL-31")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns"], indirect=True)
@pytest.mark.usefixtures("zone")
def test_rows_of_the_hour_that_comes_twice_stand_in_their_order() -> None:
    listing = Listing()
    moments = [f"2026-{day}T0{hour}:{minute}:00Z" for day in ("10-25", "11-01")
               for hour in range(6) for minute in (15, 45)]  # fmt: skip
    listing.replace(artifact(each, created_at=each) for each in reversed(moments))
    listing.sort("created", descending=False)
    assert [row.artifact.created_at for row in listing.visible] == moments
    listing.filter("created:2026-10-25")
    days = [quantities.exact_time(row.created)[:10] for row in listing.visible]
    assert days
    assert set(days) == {"2026-10-25"}
