"""Artifacts side by side: interface, environment, metrics, content and metadata, with verdicts."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from dfs_desktop.artifact.documents.environment import Environment, Package
from dfs_desktop.artifact.documents.interface import Interface, Port, Variable
from dfs_desktop.artifact.names import shortened
from dfs_desktop.artifact.safety.written_tables import Form
from dfs_desktop.number_text import natural_key, number_text, path_key
from dfs_desktop.translation import later, tr, trn

from .comparison_export import Row, Section, latex, markdown, row, table
from .compatibility import Compatibility, compatibility
from .metric_direction import better

_T = TypeVar("_T")
MAX_ROWS = 2000


class Facts(msgspec.Struct, frozen=True):
    """What a comparison knows of one artifact; a gap is None."""

    name: str
    manifest: dict[str, Any]
    interface: Interface
    environment: Environment | None = None
    metrics: dict[str, Any] = {}
    index: dict[str, int] = {}
    metadata: tuple[tuple[str, str], ...] = ()
    pyfunc: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """Sections of rows over all artifacts; `verdicts` judge each against the first one."""

    names: tuple[str, ...]
    sections: tuple[Section, ...]
    verdicts: tuple[Compatibility, ...]

    def written(self, form: Form, *, only_differences: bool = True) -> str:
        """Tables for a pull request, the verdicts above them; for a paper; one for a spreadsheet."""
        write = {Form.MARKDOWN: markdown, Form.LATEX: latex, Form.CSV: table}[form]
        return write(self.names, self.sections, only_differences=only_differences)


def compare(all_facts: Sequence[Facts], direction: Callable[[str], int] = better) -> Comparison:
    """Two or more artifacts, the first of which is what the others are measured by; `direction`
    tells of a metric what is better in it."""
    verdicts = tuple(
        compatibility(all_facts[0].interface, each.interface) for each in all_facts[1:]
    )
    names = tuple(each.name for each in all_facts)
    sections = (
        _manifests(all_facts),
        _interfaces(all_facts, verdicts),
        _metrics(all_facts, direction),
        _environments(all_facts),
        _contents(all_facts),
        _metadata(all_facts),
    )
    return Comparison(names, sections, verdicts)


def _manifests(all_facts: Sequence[Facts]) -> Section:
    labels = {
        "variant": tr("variant"),
        "name": tr("name"),
        "version": tr("version"),
        "description": tr("description"),
        "producer_name": tr("producer name"),
        "producer_version": tr("producer version"),
        "producer_tags": tr("producer tags"),
        "artifact_type": tr("artifact type"),
    }
    rows = [
        row(label, [_plain(each.manifest.get(key)) for each in all_facts])
        for key, label in labels.items()
    ]
    rows.append(row(tr("class"), [each.pyfunc or None for each in all_facts]))
    return Section(later("Manifest"), tuple(each for each in rows if any(each.values)))


def _plain(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)[:1000]
    return json.dumps(value)[:1000] if isinstance(value, int | float | bool) else "…"


def _interfaces(all_facts: Sequence[Facts], verdicts: Sequence[Compatibility]) -> Section:
    rows: list[Row] = []
    for role, label in (
        ("inputs", later("input {name}")),
        ("outputs", later("output {name}")),
        ("dynamic_attributes", later("attribute {name}")),
        ("env_vars", later("variable {name}")),
    ):
        told = [
            {each.name: _in_words(each) for each in getattr(facts.interface, role)}
            for facts in all_facts
        ]
        rows += [
            row(tr(label, name=name), [each.get(name) for each in told])
            for name in dict.fromkeys(name for each in told for name in each)
        ]
    return Section(later("Interface"), tuple(rows[:MAX_ROWS]), _verdict(all_facts, verdicts))


def _in_words(what: Port | Variable) -> str:
    if isinstance(what, Variable):
        return tr("secret") if what.is_secret else tr("asked for")
    if what.shape is None:
        return f"{what.content_type} {what.dtype}"
    return f"{what.dtype} [{', '.join(map(str, what.shape))}]"


def _verdict(all_facts: Sequence[Facts], verdicts: Sequence[Compatibility]) -> str:
    words = {"same": tr("same"), "compatible": tr("compatible"), "breaking": tr("breaking")}
    sentences = []
    for facts, each in zip(all_facts[1:], verdicts, strict=True):
        reasons = "; ".join((each.breaking or each.harmless)[:10])
        name = shortened(facts.name, 60)
        sentences.append(f"{name}: {words[each.verdict]}" + (f" ({reasons})." if reasons else "."))
    return " ".join(sentences)


def _metrics(all_facts: Sequence[Facts], direction: Callable[[str], int]) -> Section:
    names = dict.fromkeys(name for each in all_facts for name in each.metrics)
    rows = []
    for name in list(names)[:MAX_ROWS]:
        values = [each.metrics.get(name) for each in all_facts]
        exact = [None if value is None else _exact(value) for value in values]
        numbers = tuple(value if _is_number(value) else None for value in values)
        plain = all(known == known for known in numbers) and None not in numbers
        differs = len(set(numbers if plain else exact)) > 1
        rows.append(
            Row(name, tuple(exact), differs, _best(direction(name), values), numbers=numbers)
        )
    return Section(later("Metrics"), tuple(rows))


def _exact(value: Any) -> str:
    """What is compared and written to files: no digit is left out of a number."""
    if _is_number(value):
        return repr(value)
    return value if isinstance(value, str) else json.dumps(value)[:200]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _best(direction: int, values: Sequence[Any]) -> tuple[int, ...]:
    numbers = [
        (place, value) for place, value in enumerate(values) if _is_number(value) and value == value
    ]
    if not direction or len({value for _, value in numbers}) < 2:
        return ()
    top = max(value * direction for _, value in numbers)
    return tuple(place for place, value in numbers if value * direction == top)


def _environments(all_facts: Sequence[Facts]) -> Section:
    versions = [
        (each.environment and each.environment.python_version) or None for each in all_facts
    ]
    asked = [_packages(each.environment) for each in all_facts]
    rows: list[tuple[int, Row]] = []
    for name in sorted({name for each in asked for name in each}, key=natural_key):
        values = [each.get(name) for each in asked]
        note, weight = _change(values)
        rows.append((weight, row(name, [_wanted(value) for value in values], note)))
    rows.sort(key=lambda each: each[0])
    return Section(
        later("Environment"), (row("python", versions), *(each for _, each in rows[:MAX_ROWS]))
    )


def _packages(environment: Environment | None) -> dict[str, tuple[Package, ...]]:
    """The packages by name; one name may stand there for several machines."""
    found: dict[str, tuple[Package, ...]] = {}
    for each in environment.packages if environment else ():
        found[each.name] = (*found.get(each.name, ()), each)
    return found


def _wanted(packages: tuple[Package, ...] | None) -> str | None:
    if packages is None:
        return None
    return ", ".join(
        (each.requirement.versions or each.requirement.url or tr("any version"))
        if each.requirement else each.text
        for each in packages
    )  # fmt: skip


def _change(values: Sequence[tuple[Package, ...] | None]) -> tuple[str, int]:
    """What changed from the first to the others, and how early it is to be told."""
    first, others = values[0], values[1:]
    if all(_wanted(each) == _wanted(first) for each in others):
        return "", 4
    if first is None:
        return later("added"), 2
    if any(each is None for each in others):
        return later("removed"), 1
    before = _major(first)
    majors = {_major(each) for each in others if each is not None}
    if before is not None and any(each is not None and each != before for each in majors):
        return later("major version"), 0
    return later("changed"), 3


def _major(packages: tuple[Package, ...]) -> int | None:
    asked = packages[0].requirement
    match = asked and re.search(r"(?:==|~=|>=|>)\s*v?(\d{1,9})", asked.versions)
    return int(match[1]) if match else None


_FILE_COUNTS: dict[str, Callable[[int], str]] = {
    "added": lambda n: trn("{amount} added", "{amount} added", n, amount=number_text(n)),
    "removed": lambda n: trn("{amount} removed", "{amount} removed", n, amount=number_text(n)),
    "resized": lambda n: trn("{amount} resized", "{amount} resized", n, amount=number_text(n)),
    "same size": lambda n: trn(
        "{amount} same size", "{amount} same size", n, amount=number_text(n)
    ),
}


def _contents(all_facts: Sequence[Facts]) -> Section:
    counts = dict.fromkeys(_FILE_COUNTS, 0)
    rows: list[Row] = []
    for name in sorted({name for each in all_facts for name in each.index}, key=path_key):
        sizes = [each.index.get(name) for each in all_facts]
        if None in sizes:
            note = "added" if sizes[0] is None else "removed"
        else:
            note = later("resized") if len(set(sizes)) > 1 else later("same size")
        counts[note] += 1
        if len(rows) < MAX_ROWS:
            rows.append(row(name, list(map(_bytes, sizes)), note))
    summary = ", ".join(_FILE_COUNTS[word](count) for word, count in counts.items() if count)
    return Section(later("Files"), tuple(rows), summary and f"{summary}.")


def _bytes(size: int | None) -> str | None:
    if size is None:
        return None
    return trn("{amount} byte", "{amount} bytes", size, amount=number_text(size))


def _metadata(all_facts: Sequence[Facts]) -> Section:
    ids: Iterable[str] = dict.fromkeys(key for each in all_facts for key, _ in each.metadata)
    known = [dict(each.metadata) for each in all_facts]
    rows = [row(key, [each.get(key) for each in known]) for key in list(ids)[:MAX_ROWS]]
    return Section(later("Metadata"), tuple(rows))
