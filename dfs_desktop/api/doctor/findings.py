"""What was found at one step of an examination, as a value and as text; never a secret."""

import enum
from collections.abc import Iterable

from msgspec import Struct

from dfs_desktop.translation import later, tr


class Verdict(enum.Enum):
    """How a step stands."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


# The steps in the order in which they are tried.
TITLES = {
    "address": later("Address"),
    "proxy": later("Proxy"),
    "name": later("Name"),
    "line": later("Connection"),
    "tls": later("Encryption"),
    "server": later("Server"),
    "clock": later("Clock"),
    "key": later("API key"),
    "rights": later("Rights"),
    "storage": later("Storage"),
}
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
        return tr(TITLES[self.step])


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
    lines, widest = [about], 2 + max(len(tr(title)) for title in TITLES.values())
    for each in findings:
        took = f"  ({each.seconds * 1000:.0f} ms)" if each.seconds else ""
        lines.append(f"{_MARKS[each.verdict]}  {each.title + ':':{widest}} {each.found}{took}")
        if each.advice:
            lines.append(f"{'':{widest + 5}}→ {each.advice}")
    return "\n".join(lines) + "\n"
