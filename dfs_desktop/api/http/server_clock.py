"""What time it is at the server."""

import time

from dfs_desktop.system.steady_clock import going_on


class Clock:
    """The server's clock, learned from its answers: one that is wrong here, or is set meanwhile,
    does not matter."""

    def __init__(self, ahead: float | None = None) -> None:
        """``ahead``: seconds that it is ahead of ours, if anybody knows."""
        self._clock = None if ahead is None else going_on(time.time() + ahead)

    def told(self) -> float | None:
        """What the server's clock says (POSIX seconds); None when it never told the time."""
        return None if self._clock is None else self._clock()

    def now(self) -> float:
        """What the server's clock says, as far as anybody knows: in doubt it is ours."""
        told = self.told()
        return time.time() if told is None else told

    @property
    def ahead(self) -> float | None:
        """Seconds that the server's clock is ahead of ours at this moment; None when not known."""
        told = self.told()
        return None if told is None else told - time.time()

    def learn(self, theirs: float) -> None:
        """Take over what the server's clock says now (POSIX seconds)."""
        self._clock = going_on(theirs)
