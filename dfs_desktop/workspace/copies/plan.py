"""What is to be copied, and what speaks against it, as values."""

from collections.abc import Sequence

from msgspec import Struct

from dfs_desktop.api import ModelArtifact
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.translation import tr
from dfs_desktop.workspace import quantities
from dfs_desktop.workspace.session import Place


class Origin(Struct, frozen=True):
    """The place that artifacts come from; `where` in words. The collection is each artifact's own."""

    profile: str
    place: Place
    where: str


class CopyPlan(Struct, frozen=True):
    """Artifacts of one place that are to be copied, or moved."""

    artifacts: Sequence[ModelArtifact]
    origin: Origin
    move: bool = False

    @property
    def verb(self) -> str:
        return tr("Move") if self.move else tr("Copy")

    @property
    def kind(self) -> str:
        """The type of a collection that is made for them."""
        kinds = {each.type for each in self.artifacts if each.type} or {"model"}
        return kinds.pop() if len(kinds) == 1 else "mixed"

    @property
    def size(self) -> int:
        return sum(quantities.possible(each.size) or 0 for each in self.artifacts)


class Verdict(Struct, frozen=True):
    """One artifact and what speaks against its copy. `twin`: the same bytes are at the target
    already, under this name."""

    artifact: ModelArtifact
    findings: tuple[Finding, ...] = ()
    twin: str = ""

    @property
    def refused(self) -> bool:
        return any(each.level == "error" for each in self.findings)

    def goes(self, *, again: bool) -> bool:
        """Whether it is copied; `again`: also where the same bytes are there already."""
        return not self.refused and (again or not self.twin)
