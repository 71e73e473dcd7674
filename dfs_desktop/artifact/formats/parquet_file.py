"""The first rows of a Parquet table, where the library that reads such tables is installed."""

import io
from typing import Any

from dfs_desktop.artifact.archive.byte_source import Source, read_exactly
from dfs_desktop.artifact.errors import ArtifactError
from dfs_desktop.number_text import number_text
from dfs_desktop.translation import later, tr, trn

from .separated_values import Table

MAGIC = b"PAR1"
MAX_ROWS = 200
MAX_COLUMNS = 200
MAX_CELL = 300  # characters
ABSENT = later(
    "This is a Parquet table. To see its rows here, install the reader for it: "
    "pip install pyarrow (170 MB), into the Python that runs this program, and start it again. Or "
    "save the file and open it with pandas.read_parquet or DuckDB."
)


def parquet_table(source: Source) -> Table:
    """The names of the columns and the first rows. ArtifactError: why they cannot be read."""
    try:
        # No dependency: it is five times as large as the program without Qt.
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ArtifactError(tr("No reader for Parquet"), tr(ABSENT)) from None
    try:
        return _first_rows(pa, pq, source)
    except ArtifactError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, NotImplementedError) as error:
        raise ArtifactError(
            tr("The Parquet table cannot be read"),
            tr(
                "Its end, where the list of its columns is, or a page of it is damaged, or "
                "of a kind that pyarrow {version} does not know ({name}). Write it again.",
                version=pa.__version__,
                name=type(error).__name__,
            ),
        ) from error


def _first_rows(pa: Any, pq: Any, source: Source) -> Table:
    file = pq.ParquetFile(pa.PythonFile(_File(source), mode="r"))
    names = list(dict.fromkeys(file.schema_arrow.names))
    shown = names[:MAX_COLUMNS]
    batches = file.iter_batches(batch_size=MAX_ROWS, columns=shown, use_threads=False)
    batch = next(batches, None)
    titles = tuple(shown) if batch is None else tuple(batch.schema.names)
    columns = (
        [_text(value.as_py()) for value in column.slice(0, MAX_ROWS)]
        for column in ([] if batch is None else batch.columns)
    )
    total = int(file.metadata.num_rows)
    rows = (titles, *zip(*columns, strict=True))
    cut = (
        (later("The first {shown} of {total} rows."), len(rows) - 1, total),
        (later("The first {shown} of {total} columns."), len(shown), len(names)),
    )
    notes = (
        tr(note, shown=number_text(some), total=number_text(of))
        for note, some, of in cut
        if some < of
    )
    return Table(rows, total > len(rows) - 1, " ".join(notes))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = trn("{amount} byte", "{amount} bytes", len(value))
    text = str(value)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


class _File(io.RawIOBase):
    """A source as a file, of which only what is asked for is read."""

    def __init__(self, source: Source) -> None:
        self._source, self._place = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._place, self._source.size)[whence]
        self._place = max(0, base + offset)
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._source.size - self._place)
        wanted = left if size is None or size < 0 else min(size, left)
        found = read_exactly(self._source, self._place, wanted)
        self._place += len(found)
        return found
