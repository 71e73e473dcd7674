"""What the registry remembers: one SQLite file behind one class, used from one thread."""

from pathlib import Path

from .artifacts import Artifacts
from .collections import Places
from .database import Database
from .objects import Objects
from .pages import Pages
from .tracks import Tracks

__all__ = ["Store"]


class Store:
    """Records by kind, and lists of them page by page, in one database."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.places = Places(self.database)
        self.artifacts = Artifacts(self.database)
        self.objects = Objects(self.database)
        self.pages = Pages(self.database)
        self.tracks = Tracks(self.database)

    def secret(self, name: str) -> bytes:
        """A random secret of this registry, made when first asked for."""
        return self.database.secret(name)

    def close(self) -> None:
        """Write everything into the main file and close it."""
        self.database.close()
