"""The numbers of a registry: limits, part sizes, lifetimes. Tests and later settings change them."""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Rules:
    """Sizes in bytes, times in seconds. ``None`` means no limit: this is a person's own machine."""

    # The dialects to answer in: DataForce of 2025 (A), LUML of 2026 (G). See generations.py.
    generations: tuple[str, ...] = ("A", "G")
    orbits_limit: int | None = None
    artifacts_limit: int | None = None
    artifact_size: int = 5 * 1024 * GIB
    multipart_above: int = 16 * MIB
    # Part size by total size: (up to this many bytes, bytes per part); the last one takes the rest.
    # A pause sends again the parts under way at most, so parts are small where they can be.
    part_sizes: tuple[tuple[int, int], ...] = (
        (1 * GIB, 8 * MIB), (5 * GIB, 64 * MIB), (10 * GIB, 128 * MIB), (100 * GIB, 512 * MIB),
    )  # fmt: skip
    largest_part: int = 1 * GIB
    smallest_part: int = 5 * MIB
    url_lifetime: int = 12 * 3600
    json_bytes: int = 16 * MIB
    header_bytes: int = 64 * 1024
    header_seconds: float = 20.0
    stall_seconds: float = 60.0
    connections: int = 256
    sweep_after: int = 24 * 3600
    forget_uploads_after: int = 7 * 24 * 3600

    def part_size(self, size: int) -> int:
        """Bytes per part of an object of *size* bytes."""
        for limit, part in self.part_sizes:
            if size <= limit:
                return part
        return self.largest_part


class DiskFull(RuntimeError):  # noqa: N818  an answer, not a fault
    """A change found no room on the disk. Nothing was changed."""
