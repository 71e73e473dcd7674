"""Which names and sizes of files a generation of servers takes."""

from pathlib import PurePath

from dfs_desktop.api.dialects.dataforce import Dialect
from dfs_desktop.api.errors import FileError
from dfs_desktop.artifact import ArtifactError, check_registered_name, extension
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import tr


def checked_name(path: str, dialect: Dialect) -> str:
    """The file's name as it will be registered; FileError when the server would not take it."""
    name = PurePath(path).name
    kind = extension(name)
    if kind not in dialect.extensions:
        known = ", ".join(dialect.extensions)
        raise FileError(
            tr(
                "{name!r} is not one of the formats that this server takes: {formats}.",
                name=name,
                formats=known,
            ),
            title=tr("The format is not supported"),
        )
    try:
        check_registered_name(name)
    except ArtifactError as error:
        raise FileError(error.detail, title=error.title) from error
    return name


def check_size(size: int, dialect: Dialect) -> None:
    """FileError when the server documents a smaller limit."""
    limit = dialect.max_upload_size
    if size > limit:
        raise FileError(
            tr(
                "It has {size} bytes; this server takes at most {gigabytes} GiB ({limit} bytes).",
                size=number_text(size),
                gigabytes=number_text(round(limit / (1 << 30))),
                limit=number_text(limit),
            ),
            title=tr("The file is too large"),
        )
