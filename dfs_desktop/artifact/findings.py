"""What is worth telling about an artifact that can be read all the same."""

from typing import Literal

import msgspec

Level = Literal["error", "warning", "note"]


class Finding(msgspec.Struct, frozen=True):
    """One sentence on what was found, and one on what to do about it.

    An error that is `overridable` speaks against sending, and no registry refuses the file for it.
    """

    level: Level
    title: str
    remedy: str
    overridable: bool = False
