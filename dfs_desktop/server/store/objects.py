"""The index of the object store: which files make up an object or an unfinished upload."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from dfs_desktop.server.identity import now

from .database import Database, Row


class Segment(NamedTuple):
    """One stored file of an object: its name in the blob folder, bytes, and hash in hex."""

    blob: str
    size: int
    sha256: str


class Settled(Exception):  # noqa: N818  an answer, not a fault
    """An object gets its content once: a link that got about must not put another there."""


class Objects:
    """Writers return the names of files that nothing refers to any more."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def find(self, key: str) -> tuple[Row, list[Segment]] | None:
        """An object and its files in order."""
        row = self._db.one("objects", id=key)
        return None if row is None else (row, self._segments(key))

    def at(self, location: str) -> str:
        """The object behind a ``bucket_location``. An unknown one leads to no object."""
        row = self._db.find("SELECT object_id FROM artifacts WHERE bucket_location = ?", location)
        return row["object_id"] if row else "none"

    def put(
        self, key: str, etag: str, segments: Sequence[Segment], upload: str | None = None
    ) -> list[str]:
        """Make *segments* the content of an object; Settled when it holds something else already."""
        with self._db.transaction():
            row = self._db.find("SELECT etag FROM objects WHERE id = ?", key)
            if row is not None and row["etag"] != etag and self.declared_size(key) is not None:
                raise Settled
            freed = self.remove(key)
            if upload is not None:
                parts = {part.blob for part in self.parts(upload).values()}
                freed += sorted(parts - {segment.blob for segment in segments})
                self._db.remove("uploads", upload)
            size = sum(segment.size for segment in segments)
            self._db.insert(
                "objects",
                {"id": key, "etag": etag, "size": size, "upload_id": upload, "created_at": now()},
            )
            self._db.run_many(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?)",
                [(key, position, *segment) for position, segment in enumerate(segments)],
            )
        return freed

    def declared_size(self, key: str) -> int | None:
        """The size that the record of an object declares; None when no record refers to it."""
        row = self._db.find("SELECT size FROM artifacts WHERE object_id = ?", key)
        return row["size"] if row is not None else None

    def remove(self, key: str) -> list[str]:
        """Forget an object."""
        with self._db.transaction():
            freed = [part.blob for part in self._segments(key)]
            self._db.remove("objects", key)
        return freed

    # Multipart uploads

    def open_upload(self, object_id: str) -> str:
        """Begin a multipart upload."""
        key = secrets.token_urlsafe(24)
        self._db.insert("uploads", {"id": key, "object_id": object_id, "created_at": now()})
        return key

    def upload_open(self, key: str, object_id: str) -> bool:
        """Whether parts may still be added."""
        return self._db.one("uploads", id=key, object_id=object_id) is not None

    def parts(self, upload: str) -> dict[int, Segment]:
        """The parts that have arrived, by number."""
        rows = self._db.rows("SELECT * FROM parts WHERE upload_id = ? ORDER BY number", upload)
        return {row["number"]: Segment(row["blob"], row["size"], row["sha256"]) for row in rows}

    def put_part(self, upload: str, number: int, part: Segment) -> list[str]:
        """Keep a part, instead of one with the same number."""
        with self._db.transaction():
            before = self.parts(upload).get(number)
            self._db.run("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?)",
                         upload, number, *part)  # fmt: skip
        return [before.blob] if before else []

    def drop_uploads(self, object_id: str) -> list[str]:
        """Forget the multipart uploads that were to make an object."""
        with self._db.transaction():
            uploads = self._db.rows("SELECT id FROM uploads WHERE object_id = ?", object_id)
            freed = [part.blob for row in uploads for part in self.parts(row["id"]).values()]
            self._db.run("DELETE FROM uploads WHERE object_id = ?", object_id)
        return freed

    # The sweep

    def forget(self, unused_for: float, unfinished_for: float) -> None:
        """Drop objects that no artifact refers to, and uploads that nobody will finish."""
        with self._db.transaction():
            self._db.run(
                "DELETE FROM objects WHERE created_at < ? "
                "AND id NOT IN (SELECT object_id FROM artifacts)",
                now(ago=unused_for),
            )
            self._db.run("DELETE FROM uploads WHERE created_at < ?", now(ago=unfinished_for))

    def blobs(self) -> set[str]:
        """The names of all files that something refers to."""
        rows = self._db.rows("SELECT blob FROM segments UNION SELECT blob FROM parts")
        return {row[0] for row in rows}

    def _segments(self, key: str) -> list[Segment]:
        sql = "SELECT blob, size, sha256 FROM segments WHERE object_id = ? ORDER BY position"
        return [Segment(*row) for row in self._db.rows(sql, key)]
