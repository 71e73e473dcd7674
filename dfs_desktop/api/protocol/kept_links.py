"""Presigned addresses that were asked for already, kept until shortly before they expire."""

MOST = 64
EARLY = 30.0  # seconds before a link expires, from which on another one is asked for


class KeptLinks:
    """The links to read artifacts by id, of one client. They are secrets: nobody prints them."""

    def __init__(self) -> None:
        self._links: dict[str, tuple[str, float]] = {}

    def find(self, artifact_id: str, now: float) -> str:
        """A link that lasts; empty where there is none. ``now``: POSIX seconds by the server's clock.

        In doubt by ours: a store that refuses a link has another one asked for.
        """
        url, ends = self._links.get(artifact_id, ("", 0.0))
        return url if now < ends - EARLY else ""

    def keep(self, artifact_id: str, url: str, ends: float | None) -> None:
        """Keep a link that says when it ends; the oldest of many goes."""
        self._links.pop(artifact_id, None)
        if ends is not None:
            self._links[artifact_id] = url, ends
        if len(self._links) > MOST:
            self._links.pop(next(iter(self._links)), None)
