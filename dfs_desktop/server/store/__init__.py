"""What the registry remembers: one SQLite file behind one class, used from one thread."""

from pathlib import Path

from .database import Database
from .objects import Objects
from .pages import Pages
from .places import Places
from .tracks import Tracks

__all__ = ["Store"]


class Store(Database):
    """Records by kind, and what is done with several kinds at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.places = Places(self)
        self.objects = Objects(self)
        self.pages = Pages(self)
        self.tracks = Tracks(self)
