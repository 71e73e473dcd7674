"""Taking from a damaged file the parts that are right, so that only the others are fetched."""

from io import FileIO
from pathlib import Path

from dfs_desktop.api.protocol.checkpoint import Checkpoint
from dfs_desktop.api.storage.limits.progress_meter import Meter
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.artifact.archive.file_fingerprint import open_regular
from dfs_desktop.artifact.archive.part_sums import PART, sound

from .byte_ranges import Ranges
from .file_errors import local_fault
from .partial_file import PartialFile


def salvage(source: str, sums: bytes, partial: PartialFile, meter: Meter) -> Checkpoint:
    """Copy each part of ``source`` that fits its checksum; which ranges of ``partial`` are right then.

    A part that cannot be read (a bad block) is fetched like a wrong one; so is all, where there is
    no such file any more.
    """
    ranges, room = Ranges(), memoryview(bytearray(PART))
    try:
        file = open_regular(source)
    except (OSError, ArtifactError):
        return Checkpoint()
    with file:
        for number, start in enumerate(range(0, partial.size, PART)):
            meter.check()
            part = room[: min(PART, partial.size - start)]
            if _fill(file, part, start) and sound(sums, number, part):
                partial.write(start, part, partial.attempt)
                ranges.add(start, start + len(part))
                meter.advance(len(part))
    try:
        partial.sync()
    except OSError as error:
        raise local_fault(error, Path(partial.target)) from error
    return Checkpoint(tuple(ranges))


def _fill(file: FileIO, part: memoryview, start: int) -> bool:
    """Read a part; False when it is not all there, or cannot be read."""
    done = 0
    try:
        file.seek(start)
        while done < len(part) and (count := file.readinto(part[done:])):
            done += count
    except OSError:
        return False
    return done == len(part)
