"""The hours in which bandwidth limits hold, as a person sets them."""

from datetime import datetime, timedelta

from dfs_desktop.settings import LimitHours
from dfs_desktop.translation import tr

DAY = 24 * 60  # minutes
WEEKDAYS = 5  # Monday to Friday


def hold(hours: LimitHours | None, moment: datetime) -> bool:
    """Whether limits hold at a moment; hours that end before they begin go over midnight, and belong
    to the day on which they begin."""
    if hours is None or hours.start == hours.end:
        return True  # always, or all day long
    minute = moment.hour * 60 + moment.minute
    begun = moment
    if hours.start < hours.end:
        inside = hours.start <= minute < hours.end
    else:
        inside = minute >= hours.start or minute < hours.end
        if minute < hours.end:
            begun = moment - timedelta(days=1)
    return inside and (not hours.weekdays or begun.weekday() < WEEKDAYS)


def words(hours: LimitHours | None) -> str:
    """`always`, `on weekdays, 08:00 to 18:00`."""
    if hours is None:
        return tr("always")
    start, end = clock(hours.start), clock(hours.end)
    if hours.weekdays:
        return tr("on weekdays, {start} to {end}", start=start, end=end)
    return tr("every day, {start} to {end}", start=start, end=end)


def title(hours: LimitHours | None) -> str:
    """`words` as a choice that stands alone."""
    if hours is None:
        return tr("Always")
    start, end = clock(hours.start), clock(hours.end)
    if hours.weekdays:
        return tr("On weekdays, {start} to {end}", start=start, end=end)
    return tr("Every day, {start} to {end}", start=start, end=end)


def clock(minute: int) -> str:
    """`08:00`."""
    return f"{minute % DAY // 60:02}:{minute % 60:02}"
