"""What was found at one step of an examination, as a value and as text; never a secret."""

import enum
from collections.abc import Iterable

from msgspec import Struct

from dfs_desktop.translation import tr


class Verdict(enum.Enum):
    """How a step stands."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


# The steps in the order in which they are tried.
TITLES = {
    "address": tr("Address"),
    "proxy": tr("Proxy"),
    "name": tr("Name"),
    "line": tr("Connection"),
    "tls": tr("Encryption"),
    "server": tr("Server"),
    "clock": tr("Clock"),
    "key": tr("API key"),
    "rights": tr("Rights"),
    "storage": tr("Storage"),
}
_WIDEST = max(map(len, TITLES.values())) + 2  # columns of a title
_MARKS = {Verdict.GOOD: "ok", Verdict.WARNING: "!!", Verdict.FAULT: "XX", Verdict.SKIPPED: "--"}


class Finding(Struct, frozen=True):
    """``found`` says what is, ``advice`` what to do about it; ``seconds`` is what it took."""

    step: str
    verdict: Verdict
    found: str
    advice: str = ""
    seconds: float = 0.0

    @property
    def title(self) -> str:
        """The step, as people call it."""
        return TITLES[self.step]


def good(step: str, found: str) -> Finding:
    """As it should be."""
    return Finding(step, Verdict.GOOD, found)


def warning(step: str, found: str, advice: str = "") -> Finding:
    """It works, and may not for long, or not for all."""
    return Finding(step, Verdict.WARNING, found, advice)


def fault(step: str, found: str, advice: str = "") -> Finding:
    """What keeps us from going on."""
    return Finding(step, Verdict.FAULT, found, advice)


def skipped(step: str, why: str) -> Finding:
    """Not tried."""
    return Finding(step, Verdict.SKIPPED, why)


def as_text(about: str, findings: Iterable[Finding]) -> str:
    """A report to be sent to somebody who can help."""
    lines = [about]
    for each in findings:
        took = f"  ({each.seconds * 1000:.0f} ms)" if each.seconds else ""
        lines.append(f"{_MARKS[each.verdict]}  {each.title + ':':{_WIDEST}} {each.found}{took}")
        if each.advice:
            lines.append(f"{'':{_WIDEST + 5}}→ {each.advice}")
    return "\n".join(lines) + "\n"
