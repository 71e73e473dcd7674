"""Whose turn it is: in order, of all so many, of each server so many; and the hours of limits."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.api import Ledger, Scope, UploadRecord
from dfs_desktop.settings import LimitHours
from dfs_desktop.transfers.job import Job, State
from dfs_desktop.transfers.turns import next_ones
from dfs_desktop.workspace.transfers.limits import DAY, hold

SERVERS = st.sampled_from(["a", "b", "c"])


def job(server: str, position: float, *, state: State = State.WAITING) -> Job:
    made = Job("m", Ledger(UploadRecord("m.fnnx", "m", Scope("o", "b", "c"))), server)
    made.position, made.state = position, state
    return made


@given(
    st.lists(st.tuples(SERVERS, st.integers(0, 50)), max_size=30),
    st.lists(SERVERS, max_size=4),
    st.integers(0, 8),
    st.dictionaries(SERVERS, st.integers(1, 4)),
)
def test_the_next_ones_are_the_first_that_their_server_has_room_for(
    waiting: list[tuple[str, int]], running: list[str], room: int, limits: dict[str, int]
) -> None:
    jobs = [job(*each) for each in waiting]
    busy = [job(server, 0, state=State.RUNNING) for server in running]
    found = next_ones([*busy, *jobs], busy, room, limits.get)
    at = {server: running.count(server) for server in "abc"}
    expected = []
    for each in sorted(jobs, key=lambda job: job.position):  # one after the other, as one would
        if len(expected) < room and at[each.profile] < limits.get(each.profile, 100):
            at[each.profile] += 1
            expected.append(each)
    assert found == expected


HOURS = st.builds(LimitHours, st.integers(0, DAY - 1), st.integers(0, DAY - 1), st.booleans())


@given(HOURS, st.datetimes(datetime.fromisoformat("2020-01-01")))
def test_every_day_the_hours_and_those_between_them_make_the_day(
    hours: LimitHours, moment: datetime
) -> None:
    every = LimitHours(hours.start, hours.end, weekdays=False)
    other = LimitHours(hours.end, hours.start, weekdays=False)
    if hours.start == hours.end:
        assert hold(every, moment)
    else:
        assert hold(every, moment) != hold(other, moment)
        assert hold(hours, moment) <= hold(every, moment)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    night = LimitHours(22 * 60, 6 * 60)
    friday = datetime.fromisoformat("2026-11-27 23:00")
    assert hold(night, friday)
    assert hold(night, friday + timedelta(hours=5)), "Saturday at four"
    assert not hold(night, friday + timedelta(days=1))
    assert not hold(night, friday + timedelta(days=2, hours=5)), "Monday at four"
    assert hold(None, friday)
