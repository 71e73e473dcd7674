"""Stops with one clear sentence when the Python that reads it is older than the project needs.

The two commands import it before anything else, so it and they keep to syntax that Python 3.6 reads.
"""

import sys

OLDEST = (3, 11)


def complaint(version: "tuple[int, int]", executable: str) -> "str | None":
    """Return what to tell a person whose Python is too old, or None when it is new enough."""
    if version >= OLDEST:
        return None
    return (
        f"DFS Desktop needs Python {OLDEST[0]}.{OLDEST[1]} or newer, "
        f"but {executable} is Python {version[0]}.{version[1]}. Install a newer one and run this "
        f"command with it, for example: python3.12 {' '.join(sys.argv)}"
    )


_complaint = complaint(sys.version_info[:2], sys.executable)
if _complaint is not None:
    print(_complaint, file=sys.stderr)
    sys.exit(2)
