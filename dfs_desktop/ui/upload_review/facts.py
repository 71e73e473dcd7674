"""What a file under review holds, in a few lines; every value in a manifest may be anything."""

from typing import TYPE_CHECKING, Any

from dfs_desktop.artifact import visible
from dfs_desktop.translation import tr, trn
from dfs_desktop.workspace import quantities

if TYPE_CHECKING:
    from dfs_desktop.workers.reader.operations import Sendable

MOST_NAMES = 4
MOST_METRICS = 6
LONGEST = 60  # characters of one value


def _short(value: object) -> str:
    text = value if isinstance(value, str) else quantities.number(value)
    text = text.strip()
    return visible(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def _named(entries: Any) -> str:
    """`2: labels, distances` from a list of inputs or outputs."""
    if not isinstance(entries, list):
        return ""
    if not entries:
        return tr("none")
    names = [
        _short(entry["name"])
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    ]
    shown = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    return f"{len(entries)}: {shown}" if shown else str(len(entries))


def _metrics(metrics: dict[str, Any]) -> str:
    pairs = [
        f"{_short(name)} {quantities.number(value)}"
        for name, value in metrics.items()
        if isinstance(value, int | float)
    ]
    rest = len(metrics) - min(len(pairs), MOST_METRICS)
    shown = " · ".join(pairs[:MOST_METRICS])
    if rest and shown:
        return f"{shown} · {trn('and {amount} more', 'and {amount} more', rest)}"
    return shown or (quantities.count(rest, "metric") if rest else "")


def facts(contents: "Sendable") -> list[tuple[str, str]]:
    """(label, text) pairs worth a look before the file is sent; nothing that is absent."""
    manifest = contents.manifest
    kind, variant, producer, version = (
        _short(value) if isinstance(value := manifest.get(key), str) else ""
        for key in ("artifact_type", "variant", "producer_name", "producer_version")
    )
    pairs = [
        (tr("Kind"), kind),
        (tr("Variant"), variant),
        (tr("Producer"), f"{producer} {version}".strip()),
        (tr("Inputs"), _named(manifest.get("inputs"))),
        (tr("Outputs"), _named(manifest.get("outputs"))),
        (tr("Metrics"), _metrics(contents.metrics)),
        (tr("Files"), str(contents.count)),
    ]
    return [(label, text) for label, text in pairs if text]
