"""A table of tensors, as every format of weights comes down to."""

import math
from collections.abc import Iterable

import msgspec

from dfs_desktop.artifact.archive.byte_source import Source
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.artifact.names import shortened
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, sentences, tr, trn

MAX_TENSORS = 200_000  # that are listed; a file may have more
MAX_AXES = 64
MAX_NAME = 4096  # characters
MAX_NOTES = 10_000
MAX_NOTE = 1000  # characters


class Tensor(msgspec.Struct, frozen=True, gc=False):
    """One tensor; `size` in bytes, 0 when the type's is unknown."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    size: int


class Weights(msgspec.Struct, frozen=True):
    """The tensors of one file, how many numbers and bytes they are, and the file's own notes.

    `remark` tells what the table leaves out, and why; it is no fault of the file unless the file is
    `cut_off`.
    """

    format: str
    tensors: tuple[Tensor, ...]
    parameters: int
    size: int
    metadata: dict[str, str]
    remark: str = ""
    cut_off: bool = False

    @classmethod
    def of(
        cls,
        form: str,
        tensors: Iterable[Tensor],
        metadata: dict[str, str] | None = None,
        remark: str = "",
        missing: int = 0,
    ) -> "Weights":
        """The table with its sums; `missing` bytes are not in the file."""
        found = tuple(tensors)
        parameters = sum(math.prod(tensor.shape) for tensor in found)
        size = sum(each.size for each in found)
        if missing > 0:
            cut = trn(
                "The file ends {amount} byte before its tensors do: a part of it is missing. Copy "
                "or download it again.",
                "The file ends {amount} bytes before its tensors do: a part of it is missing. Copy "
                "or download it again.",
                missing,
                amount=number_text(missing),
            )
            remark = sentences(cut, remark)
        return cls(form, found, parameters, size, metadata or {}, remark, missing > 0)


# Each is said of a number that is too high for one thing.
TOO_MANY_TENSORS = later(
    "{total} tensors: too many to list. The first {most} are listed and counted."
)
MORE_TENSORS = later(
    "More than {total} tensors: too many to list. The first {most} are listed and counted."
)
TOO_MANY_ARRAYS = later(
    "{total} arrays: too many to list. The first {most} are listed and counted."
)
MORE_ARRAYS = later(
    "More than {total} arrays: too many to list. The first {most} are listed and counted."
)


def listed_only(remark: str, count: int, most: int) -> str:
    """The remark of a table with `count` lines, or more, of which `most` are listed."""
    return tr(remark, total=number_text(count), most=number_text(most))


def damaged(source: Source, what: str) -> ArtifactError:
    """The error for weights whose header contradicts itself."""
    return ArtifactError(
        tr("The weights cannot be read"),
        tr(
            "{file} {fault}. The file may be damaged: build it again.",
            file=shortened(source.name),
            fault=what,
        ),
    )
