"""Where the bytes of artifacts lie: the one interface that makes URLs of an object store."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dfs_desktop.server.store import Store

    from .blobs import Blobs
    from .url_signatures import Signer

TEST_OBJECT = "test_file"


class Presigner:
    """Makes presigned URLs of the store inside the registry; objects are named by random ids there.

    That of another store has the same methods. A *key* names an object: the ``bucket_location`` of
    its record. A method that needs the store itself and cannot reach it raises OSError. No text of
    such an error leaves the registry.
    """

    kind: Literal["s3", "azure"] = "s3"  # the protocol that the URLs speak

    def __init__(self, store: "Store", blobs: "Blobs", signer: "Signer", host: str) -> None:
        self._store = store
        self._blobs = blobs
        self._signer = signer
        self._host = host

    def put(self, key: str) -> str:
        """To send an object in one request."""
        return self._url("PUT", key)

    def get(self, key: str) -> str:
        """To read an object."""
        return self._url("GET", key)

    def delete(self, key: str) -> str:
        """To delete an object."""
        return self._url("DELETE", key)

    def initiate(self, key: str) -> str | None:
        """To begin a multipart upload with a POST; ``None`` where that takes no request (Azure)."""
        return self._url("POST", key, uploads="")

    def part(self, key: str, number: int, upload_id: str | None) -> str:
        """To send part *number*, counted from 1. Azure has no upload ids."""
        return self._url("PUT", key, partNumber=str(number), uploadId=upload_id or "")

    def complete(self, key: str, upload_id: str | None) -> str:
        """To make one object of the parts."""
        return self._url("POST", key, uploadId=upload_id or "")

    def open_upload(self, key: str) -> str:
        """Begin a multipart upload here and now; its id. Only generation A asks the registry to."""
        return self._store.objects.open_upload(self._object_id(key))

    def drop_uploads(self, key: str) -> None:
        """Drop the parts that arrived for a record that goes, where the registry itself has them."""
        self._blobs.remove(self._store.objects.drop_uploads(self._object_id(key)))

    def _url(self, method: str, key: str, **extra: str) -> str:
        return f"http://{self._host}{self._signer.path(method, self._object_id(key), **extra)}"

    def _object_id(self, key: str) -> str:
        # Nothing that a client names becomes part of an address: the key is only looked up.
        return key if key == TEST_OBJECT else self._store.objects.at(key)
