"""The tab of safety: facts about what running the artifact would do. It never says that it is safe."""

from collections.abc import Iterator

from dfs_desktop.artifact.safety.code_risks import Fact
from dfs_desktop.translation import later, listed, tr
from dfs_desktop.ui.details.detail_page import DetailPage
from dfs_desktop.ui.preview.findings_list import FindingList
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import Part
from dfs_desktop.workers.reader import operations

INTRODUCTION = later(
    "Facts to judge by, read from the files; nothing was run, imported or unpickled. "
    "What is not listed here may still be harmful: run only what you trust."
)
NOTHING = later("No Python code, pickles, programs or variables were found in it.")
_WEIGHTS = {"python": "warning", "modules": "warning", "pickle": "warning", "binary": "warning"}
_MOST_NAMED = 6


class SafetyPage(DetailPage):
    """The weightier facts first, each with the files that it is about."""

    key = "safety"
    operation = staticmethod(operations.safety)

    def make(self) -> Iterator[Part]:
        self.introduction = plain_label(tr(INTRODUCTION), dim=True, wrap=True)
        yield self.introduction
        self.nothing = plain_label(tr(NOTHING), wrap=True)
        yield self.nothing
        self.facts = FindingList()
        yield self.facts
        yield None

    def fill(self, found: list[Fact]) -> None:
        self.nothing.setVisible(not found)
        self.facts.show_findings(
            [(_WEIGHTS.get(fact.topic, "note"), fact.title, _detail(fact)) for fact in found]
        )


def _detail(fact: Fact) -> str:
    """The detail, and the files where the sentence does not name them already."""
    said = fact.title + fact.detail
    names = [name for name in fact.members if name not in said]
    if not names:
        return fact.detail
    return f"{fact.detail}\n{listed(names, _MOST_NAMED)}".strip()
