"""A table of tensors, as every format of weights comes down to."""

from collections.abc import Iterable, Sequence

import msgspec

from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.artifact.source import Source

MAX_TENSORS = 50_000
MAX_AXES = 64


class Tensor(msgspec.Struct, frozen=True):
    """One tensor; `size` in bytes, 0 when the type's is unknown."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int


class Weights(msgspec.Struct, frozen=True):
    """The tensors of one file, how many numbers and bytes they are, and the file's own notes."""

    format: str
    tensors: tuple[Tensor, ...]
    parameters: int
    size: int
    metadata: dict[str, str]

    @classmethod
    def of(
        cls, form: str, tensors: Iterable[Tensor], metadata: dict[str, str] | None = None
    ) -> "Weights":
        """The table with its sums."""
        found = tuple(tensors)
        parameters = sum(product(tensor.shape) for tensor in found)
        return cls(form, found, parameters, sum(each.size for each in found), metadata or {})


def product(shape: Sequence[int]) -> int:
    """How many numbers a tensor of this shape has."""
    count = 1
    for axis in shape:
        count *= axis
    return count


def damaged(source: Source, what: str) -> ArtifactError:
    """The error for weights whose header contradicts itself."""
    return ArtifactError(
        "The weights cannot be read",
        f"{shortened(source.name)} {what}. The file may be damaged: build it again.",
    )
