"""Where `resources/` is: icons, guide, sample, catalogues of texts."""

import functools
from pathlib import Path


@functools.cache
def folder() -> Path:
    """`resources/` of the clone, or its copy inside the installed package."""
    package = Path(__file__).resolve().parent
    for candidate in (package / "_resources", package.parent / "resources"):
        if (candidate / "theme.json").is_file():
            return candidate
    raise FileNotFoundError(
        "The program's icons are missing. Install it again: pip install --force-reinstall ."
    )
