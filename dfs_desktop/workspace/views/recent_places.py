"""The collections that were opened last, of all servers, and the way back to them."""

from collections.abc import Callable

from dfs_desktop.settings import Profile, RecentPlace
from dfs_desktop.workspace.session import Place, Stage
from dfs_desktop.workspace.state import AppState

MOST = 5  # besides the open one


class RecentPlaces:
    """Kept in the settings, the latest first."""

    def __init__(
        self,
        state: AppState,
        visit: Callable[[Place], object],
        connect: Callable[[Profile], object],
    ) -> None:
        self._state, self._visit, self._connect = state, visit, connect
        state.session_changed.connect(self._moved)

    def _moved(self) -> None:
        session = self._state.session
        if session.stage is not Stage.READY or session.collection is None or session.remembered:
            return
        orbit = session.orbit.name if session.orbit is not None else ""
        here = RecentPlace(session.profile.id, session.place.text(), session.collection.name, orbit)
        if not (before := self._state.settings.recent) or before[0] != here:
            others = [p for p in before if (p.profile, p.place) != (here.profile, here.place)]
            self._state.settings.recent = [here, *others][: MOST + 1]

    def others(self) -> list[tuple[RecentPlace, Profile]]:
        """All but the open one, as far as their servers are known."""
        session = self._state.session
        here = session.profile.id, session.place.text()
        found = [
            (each, self._state.profile(each.profile))
            for each in self._state.settings.recent
            if (each.profile, each.place) != here
        ]
        return [(each, profile) for each, profile in found if profile is not None][:MOST]

    def open(self, recent: RecentPlace) -> None:
        profile, place = self._state.profile(recent.profile), Place.parse(recent.place)
        if profile is None:
            return
        if profile.id == self._state.session.profile.id:
            self._visit(place)
        else:
            self._state.settings.remember_place(profile.id, recent.place)
            self._connect(profile)
