"""What is inside an artifact file: manifest, metrics and index, by a bounded walk."""

from dfs_desktop.artifact.archive.file_fingerprint import Fingerprint, Hashes, hash_file, hash_parts

from .errors import ArtifactError
from .names import FORMATS, check_registered_name, extension, numbered, safe_name, visible
from .registration import ArtifactFile, Contents, read_contents

__all__ = [
    "FORMATS",
    "ArtifactError",
    "ArtifactFile",
    "Contents",
    "Fingerprint",
    "Hashes",
    "check_registered_name",
    "extension",
    "hash_file",
    "hash_parts",
    "numbered",
    "read_contents",
    "safe_name",
    "visible",
]
