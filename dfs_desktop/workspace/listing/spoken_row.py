"""A row as a screen reader says it: one sentence at the name, title and value at the other columns."""

from dfs_desktop.artifact import visible
from dfs_desktop.transfers.job import State
from dfs_desktop.translation import later, listed, series, tr
from dfs_desktop.workspace import quantities

from .columns import Column
from .listing import Listing
from .row import STORED, Row, has_copy, status_text

_TRANSFERS = {
    "upload": later("upload"),
    "download": later("download"),
    "copy": later("copy"),
    "repair": later("repair"),
}
_STATES = {
    State.WAITING: later("Waiting"),
    State.RUNNING: later("Running"),
    State.RETRYING: later("Retrying"),
    State.PAUSED: later("Paused"),
    State.ATTENTION: later("Needs you"),
}
_MOST_METRICS = 3
_MOST_TAGS = 5


def spoken(row: Row, column: Column, listing: Listing) -> str:
    """What is said where the keyboard stands."""
    if column.key == "name":
        return sentence(row, listing)
    best = [tr("the best")] if listing.is_best(row, column.metric) else []
    return f"{column.title}: {', '.join((column.text(row) or tr('none'), *best))}"


def sentence(row: Row, listing: Listing) -> str:
    """`resnet50 v3, model, uploaded, 98 megabytes, F1 0.91, not on this computer`."""
    artifact = row.artifact
    parts = [
        visible(artifact.display_name, limit=200) or tr("without a name"),
        visible(artifact.type or "model", limit=40),
        _state(row),
        quantities.size(artifact.size, spoken=True),
        *_metrics(row, listing),
    ]
    if tags := artifact.tags or ():
        named = [visible(tag, limit=40) for tag in tags[:_MOST_TAGS]]
        named = [*named, *tags[_MOST_TAGS:]]
        parts.append(tr("tagged {tags}", tags=listed(named, _MOST_TAGS)))
    if artifact.status is STORED:
        here = has_copy(artifact, listing.copies)
        parts.append(tr("on this computer") if here else tr("not on this computer"))
    return series(part for part in parts if part)


def _state(row: Row) -> str:
    if (job := row.job) is None or job.state.ended:
        return status_text(row) or tr("Uploaded")
    shot = job.snapshot()
    doing = f"{tr(_TRANSFERS[job.word])}: {tr(_STATES.get(shot.state, ''))}"
    if shot.state is not State.RUNNING:
        return doing
    return tr("{doing}, {percent} percent", doing=doing, percent=shot.permille // 10)


def _metrics(row: Row, listing: Listing) -> list[str]:
    """Those that have columns, the one that is sorted by first."""
    told = [each for each in listing.columns if each.metric and each.text(row)]
    told.sort(key=lambda column: column.key != listing.sort_column)
    return [
        f"{column.title} {column.text(row)}"
        + (f", {tr('the best')}" if listing.is_best(row, column.metric) else "")
        for column in told[:_MOST_METRICS]
    ]
