"""Chooses where a registry goes: server, organization, and which orbits get its collections."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from dfs_desktop.api import BucketSecret, Orbit, Organization
from dfs_desktop.artifact import visible
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.translation import tr, trn
from dfs_desktop.ui.widgets.dialogs import choice_box, fill_box, link_button
from dfs_desktop.ui.widgets.labels import plain_label
from dfs_desktop.ui.widgets.layouts import column, fields
from dfs_desktop.ui.widgets.server_problem import ServerProblem
from dfs_desktop.workspace.copies.destinations import Destinations
from dfs_desktop.workspace.latest_answer import LatestAnswer, Start
from dfs_desktop.workspace.moving.pairing import Into, Source, orbit_named
from dfs_desktop.workspace.registry.permissions import home_refusal, orbit_refusal

T = TypeVar("T")
_KEEP = "keep"  # orbits of the same names


class TargetBoxes(QWidget):
    """`changed` tells that `into` is another one; None while none is chosen. `server_wanted`: there
    is no server to choose, or the person wants another one."""

    changed = Signal()
    server_wanted = Signal()

    def __init__(self, places: Destinations, start: Start, first: str) -> None:
        """`first`: the id of the server to begin with; empty for any."""
        super().__init__()
        self._places, self._asking = places, LatestAnswer(start)
        self._sources: Sequence[Source] = ()
        self._organizations: Sequence[Organization] = ()
        self._orbits: Sequence[Orbit] = ()
        self._buckets: Sequence[BucketSecret] = ()
        self.server = choice_box("moveServerBox", tr("Server"), 28)
        self.organization = choice_box("moveOrganizationBox", tr("Organization"), 28)
        self.orbits = choice_box("moveIntoBox", tr("Into"), 28)
        self.bucket = choice_box("moveFilesinBox", tr("Files in"), 28)
        self.bucket_label = plain_label(tr("Files in"), dim=True)
        self._arrange()
        self._servers = [each for each in places.state.profiles() if each.id != LOCAL]
        last = places.last
        wanted = first or (last[0] if last is not None else "")
        fill_box(self.server, [(each.id, each.name) for each in self._servers], wanted)
        self.server.currentIndexChanged.connect(lambda _row: self.ask())
        self.organization.currentIndexChanged.connect(lambda _row: self._ask_orbits())
        self.orbits.currentIndexChanged.connect(lambda _row: self._show_bucket())
        self.bucket.currentIndexChanged.connect(lambda _row: self.changed.emit())

    def _arrange(self) -> None:
        grid = fields(
            (plain_label(tr("Server"), dim=True), self.server),
            (plain_label(tr("Organization"), dim=True), self.organization),
            (plain_label(tr("Into"), dim=True), self.orbits),
            (self.bucket_label, self.bucket),
        )
        another = link_button(
            tr("Add Server…"), self.server_wanted.emit, name="moveAddServerButton"
        )
        grid.addWidget(another, 0, 2)
        self.problem = ServerProblem("moveTarget")
        self.problem.again_wanted.connect(self.ask)
        column(grid, self.problem, of=self, spacing=4)
        self._show_bucket()

    def begin(self, sources: Sequence[Source]) -> None:
        """The registry was read: ask the chosen server."""
        self._sources = sources
        self.ask()

    def leave(self) -> None:
        """Hear no answer any more."""
        self._asking.forget()

    @property
    def into(self) -> Into | None:
        row, key = self.organization.currentIndex(), self.orbits.currentData()
        profile = self._profile()
        if profile is None or not 0 <= row < len(self._organizations) or key is None:
            return None
        orbit = next((each for each in self._orbits if each.id == key), None)
        bucket = self.bucket.currentData() or ""
        return Into(profile, self._organizations[row], self._orbits, orbit, bucket)

    def _profile(self) -> Profile | None:
        row = self.server.currentIndex()
        return self._servers[row] if 0 <= row < len(self._servers) else None

    def ask(self) -> None:
        """Ask the server for its organizations, then for the orbits of the chosen one."""
        self._organizations = self._orbits = ()
        fill_box(self.organization, ())  # what stands there is of the server before
        if (profile := self._profile()) is not None:
            self._ask(partial(self._places.organizations, profile), self._show_organizations)

    def _show_organizations(self, found: Sequence[Organization]) -> None:
        self._organizations = found
        fill_box(self.organization, [(each.id, each.name) for each in found])
        self._ask_orbits()
        if not found:
            self.problem.say(tr("This account has no organization there."))

    def _ask_orbits(self) -> None:
        profile, row = self._profile(), self.organization.currentIndex()
        self._orbits, self._buckets = (), ()
        if profile is None or not 0 <= row < len(self._organizations):
            return
        organization = self._organizations[row]

        async def ask() -> tuple[Sequence[Orbit], Sequence[BucketSecret]]:
            orbits = await self._places.orbits(profile, organization)
            if home_refusal(organization, "orbit", "create"):
                return orbits, ()
            return orbits, await self._places.buckets(profile, organization)

        def show(found: tuple[Sequence[Orbit], Sequence[BucketSecret]]) -> None:
            self._orbits, self._buckets = found
            self._fill_orbits(organization)

        self._ask(ask, show)

    def _ask(self, question: Callable[[], Awaitable[T]], show: Callable[[T], None]) -> None:
        self.problem.say("")
        fill_box(self.orbits, ())
        self._asking.hear(question, show, self._fail, "look where the registry can go")
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        if (profile := self._profile()) is not None:
            self.problem.say_error(profile, error)

    def _fill_orbits(self, organization: Organization) -> None:
        """Orbits of the same names where they are or can be made; else, or for a single one, the
        first that takes something."""
        names = {each.orbit for each in self._sources}
        missing = [name for name in names if orbit_named(self._orbits, name) is None]
        may = bool(self._buckets) and not home_refusal(organization, "orbit", "create")
        open_ = [each for each in self._orbits if not orbit_refusal(each, "create")]
        lines = []
        if not missing or may:
            words = tr("Orbits of the same names ({count})", count=len(names))
            if missing:
                words = trn(
                    "Orbits of the same names ({count}, {amount} of them new)",
                    "Orbits of the same names ({count}, {amount} of them new)",
                    len(missing),
                    count=len(names),
                )
            lines.append((_KEEP, words))
        lines += [(each.id, tr("All into “{name}”", name=visible(each.name))) for each in open_]
        keep = bool(lines) and lines[0][0] == _KEEP
        first = 1 if keep and missing and len(names) == 1 and open_ else 0
        fill_box(self.orbits, lines, lines[first][0] if lines else None)
        buckets = [
            (b.id, tr("{bucket} at {host}", bucket=b.bucket_name, host=b.host))
            for b in self._buckets
        ]
        fill_box(self.bucket, buckets)
        if not lines:
            why = tr("Your role may upload into no orbit of it. Ask its owner.")
            self.problem.say(
                why if self._orbits else tr("There is no orbit, and you may not make one.")
            )
        self._show_bucket()

    def _show_bucket(self) -> None:
        """Where there are several buckets, one is chosen for new orbits."""
        missing = any(orbit_named(self._orbits, each.orbit) is None for each in self._sources)
        keeps = self.orbits.currentData() == _KEEP
        for widget in (self.bucket, self.bucket_label):
            widget.setVisible(keeps and missing and len(self._buckets) > 1)
        self.changed.emit()
