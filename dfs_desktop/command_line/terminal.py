"""What a command prints: tables, JSON, progress, questions. Nothing foreign reaches the terminal raw."""

import contextlib
import json
import shutil
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from dfs_desktop.api import Meter, Phase, metered
from dfs_desktop.artifact import visible
from dfs_desktop.translation import later, sentences, tr
from dfs_desktop.workspace import quantities

TICK = 0.1  # seconds between two looks at a transfer
_WIDEST = 60  # columns of one cell
_PHASES = {
    Phase.WAITING: later("waiting"),
    Phase.HASHING: later("hashing"),
    Phase.CREATING: later("creating"),
    Phase.LOOKING: later("looking"),
    Phase.SENDING: later("sending"),
    Phase.RECEIVING: later("receiving"),
    Phase.VERIFYING: later("verifying"),
    Phase.CONFIRMING: later("confirming"),
    Phase.FINISHED: later("finished"),
}


def say(text: str) -> None:
    """A line of the answer, on standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """A line beside the answer, on standard error; that nobody reads it stops nothing."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{text}\n")


def say_json(value: Any) -> None:
    """One JSON document. Numbers that JSON does not know are null; what the stream cannot take, such
    as bytes of a path that are no text, is escaped as JSON does it."""
    told = json.dumps(msgspec.to_builtins(value, str_keys=True))
    finite = json.loads(told, parse_constant=lambda _name: None)
    utf_8 = sys.stdout.encoding.lower() == "utf-8"
    say(json.dumps(finite, indent=2, ensure_ascii=not utf_8))


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(
        0
        if unicodedata.combining(each) or unicodedata.category(each) == "Cf"
        else 2
        if unicodedata.east_asian_width(each) in "WF"
        else 1
        for each in text
    )


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> None:
    """Columns as wide as what is in them; the numbers of those that stand at the right in `right`."""
    cells = [[_cell(text) for text in row] for row in (headings, *rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(headings))]
    for row in cells:
        parts = []
        for column, text in enumerate(row):
            gap = " " * (widths[column] - width(text))
            parts.append(gap + text if column in right else text + gap)
        say("  ".join(parts).rstrip())


def _cell(text: str) -> str:
    text = visible(text)
    if not sys.stdout.isatty():  # a script gets all of it
        return text
    return _cut(text, _WIDEST)


def _cut(text: str, columns: int) -> str:
    while width(text) > columns:
        text = text[: min(columns - 1, len(text) - 2)] + "…"
    return text


def confirmed(question: str) -> bool:
    """Whether a person at the terminal says yes; nobody there is a no."""
    if not sys.stdin.isatty():
        note(sentences(question, tr("Nobody is here to answer: add --yes.")))
        return False
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


@contextlib.contextmanager
def progress(name: str, *, quiet: bool) -> Iterator[Meter]:
    """Watch the transfer of the block, on a terminal with a line that is written anew; Ctrl+C stops it."""
    meter = Meter()
    shown = not quiet and sys.stderr.isatty()
    ended = threading.Event()
    drawing = threading.Thread(target=_draw, args=(visible(name), meter, ended), daemon=True)
    if shown:
        drawing.start()
    try:
        with metered(meter):
            yield meter
    finally:
        ended.set()
        if shown:
            drawing.join()
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _draw(name: str, meter: Meter, ended: threading.Event) -> None:
    while not ended.wait(TICK):
        sys.stderr.write("\r\x1b[K" + line(name, meter, shutil.get_terminal_size().columns - 1))
        sys.stderr.flush()


def line(name: str, meter: Meter, columns: int) -> str:
    """One line on how a transfer stands."""
    now = meter.snapshot()
    if now.waiting is not None:
        text = tr("{name}: waiting, {reason}", name=name, reason=visible(now.why))
    elif now.total:
        share = min(now.done / now.total, 1.0)
        filled = int(share * 24)
        text = (
            f"{name}  {'█' * filled}{'░' * (24 - filled)} {share:4.0%}  {tr(_PHASES[now.phase])} "
            f"{quantities.size(now.total)}"
        )
    else:
        text = f"{name}  {tr(_PHASES[now.phase])}"
    return _cut(text, max(columns, 20))
