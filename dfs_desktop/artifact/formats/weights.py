"""The tensors of a weights file: names, types and shapes from its header, never its bytes."""

from dfs_desktop.artifact.archive.byte_source import Source, read_exactly
from dfs_desktop.artifact.archive.misnamed_files import LOOKED_AT, other_format, stand_in
from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import extension, shortened
from dfs_desktop.translation import tr

from .gguf import read_gguf
from .numpy_file import EMPTY_ZIP, MAGIC, ZIPPED, is_npz, read_npy, read_npz
from .safetensors_file import may_be_safetensors, read_safetensors
from .tensors import Weights

ENDINGS = frozenset([".safetensors", ".gguf", ".npz", ".npy"])


def has_weights(name: str) -> bool:
    """Whether a member of this name is one whose tensors can be listed."""
    return extension(name) in ENDINGS and not is_companion(name)


def read_weights(source: Source) -> Weights:
    """The table of a safetensors, GGUF, npz or npy file, known by its first bytes."""
    head = read_exactly(source, 0, min(LOOKED_AT, source.size))
    what = stand_in(head)
    if not head.strip(b"\0"):
        what = tr("holds nothing but zeros at its beginning. Copy or download it again.")
    if source.size == 0:
        what = tr("is empty. Copy or download it again.")
    if what:
        raise ArtifactError(tr("The weights are not here"), f"{shortened(source.name)} {what}")
    if head.startswith(b"GGUF"):
        return read_gguf(source)
    if head.startswith(MAGIC):
        return read_npy(source)
    if may_be_safetensors(head):
        return read_safetensors(source)
    ending = extension(source.name)
    if ending not in ENDINGS:
        raise ArtifactError(
            tr("No weights that can be listed"),
            tr("{file} is neither safetensors nor GGUF, npz or npy.", file=shortened(source.name)),
        )
    if head.startswith(EMPTY_ZIP) or (head.startswith(ZIPPED) and is_npz(source)):
        return read_npz(source)
    what = other_format(head) or tr(
        "is no {ending} file, whatever its name says.", ending=ending[1:]
    )
    raise ArtifactError(tr("The weights are in another format"), f"{shortened(source.name)} {what}")
