"""The exceptions of this room: what is wrong with a file, in words for a person."""

from dfs_desktop.translation import tr


class ArtifactError(ValueError):
    """A file cannot be taken as an artifact; `title` says what, `detail` why and what helps."""

    def __init__(self, title: str, detail: str) -> None:
        super().__init__(title, detail)
        self.title = title
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"


class UnreachableError(ArtifactError):
    """The bytes could not be had: nothing is said about what they hold, and another try may help."""


def reading_stopped() -> ArtifactError:
    """What a look ends with that somebody has ended."""
    return ArtifactError(tr("Reading was stopped"), tr("Open the artifact again."))
