"""What was written of the last upload to a server, to be offered for the next one."""

import msgspec
from msgspec import Struct

from dfs_desktop.settings import Settings
from dfs_desktop.typed_decoding import prepared

from .draft import Draft

_KEY = "last_upload:"  # of the settings' layout, with the server behind it
_LONGEST, _MOST_TAGS = 1000, 50
_SHORTEST = 3  # letters of a name that is looked for in its description


class LastUsed(Struct, frozen=True):
    """The description with the name of its artifact, and the tags."""

    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()

    def described(self, name: str) -> str:
        """The description, with another name where it spoke of its own."""
        if len(self.name) < _SHORTEST:
            return self.description
        return self.description.replace(self.name, name)


def last_used(settings: Settings, server: str) -> LastUsed:
    """What was used last at a server; empty where nothing was."""
    text = settings.layout.get(_KEY + server, "")
    try:
        return msgspec.json.decode(text or "{}", type=prepared(LastUsed))
    except msgspec.MsgspecError:
        return LastUsed()


def remember(settings: Settings, server: str, draft: Draft) -> None:
    """Keep what was written of an upload; where nothing was, what was written before stays."""
    before = last_used(settings, server)
    wrote = bool(draft.description.strip())
    used = LastUsed(
        draft.name if wrote else before.name,
        draft.description[:_LONGEST] if wrote else before.description,
        tuple(draft.tags[:_MOST_TAGS]) or before.tags,
    )
    settings.layout[_KEY + server] = msgspec.json.encode(used).decode()
