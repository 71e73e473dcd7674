"""What transfers are called: an upload, a download, a copy or a repair, by the `word` of the job."""

from collections.abc import Set

from dfs_desktop.translation import later
from dfs_desktop.workspace.quantities import count

TITLES = {
    "upload": later("Upload of “{name}”"),
    "download": later("Download of “{name}”"),
    "copy": later("Copy of “{name}”"),
    "repair": later("Repair of “{name}”"),
}
DISCARD = {
    "upload": later("Discard the upload of “{name}”?"),
    "download": later("Discard the download of “{name}”?"),
    "copy": later("Discard the copy of “{name}”?"),
    "repair": later("Discard the repair of “{name}”?"),
}
FAILED = {
    "upload": later("The upload failed in an earlier run."),
    "download": later("The download failed in an earlier run."),
    "copy": later("The copy failed in an earlier run."),
    "repair": later("The repair failed in an earlier run."),
}
COULD_NOT = {
    "upload": later("Could not upload {name}"),
    "download": later("Could not download {name}"),
    "copy": later("Could not copy {name}"),
    "repair": later("Could not repair {name}"),
}
DONE = {
    "upload": later("{name} is uploaded"),
    "download": later("{name} is downloaded"),
    "copy": later("{name} is copied"),
    "repair": later("{name} is repaired"),
}
STUCK = {
    "upload": later("{name} could not be uploaded"),
    "download": later("{name} could not be downloaded"),
    "copy": later("{name} could not be copied"),
    "repair": later("{name} could not be repaired"),
}


def counted(words: Set[str], many: int) -> str:
    """`3 uploads`, or `3 transfers` of several kinds; `words` are those of the jobs."""
    match list(words):
        case ["upload"]:
            return count(many, "upload")
        case ["download"]:
            return count(many, "download")
        case ["copy"]:
            return count(many, "copy", "copies")
        case ["repair"]:
            return count(many, "repair")
    return count(many, "transfer")
