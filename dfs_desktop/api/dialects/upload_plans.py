"""Where the bytes of a new artifact go, in the shapes that the generations say it."""

import msgspec
from msgspec import Raw, Struct

from dfs_desktop.api.http.decoded_size import check_weight
from dfs_desktop.api.protocol.upload_plan import Created, PartSource, PlannedPart, UploadPlan
from dfs_desktop.api.storage.providers.known_providers import PROVIDERS
from dfs_desktop.api.storage.providers.provider import Multipart, StoreProvider
from dfs_desktop.api.storage.providers.s3 import S3
from dfs_desktop.api.types import ModelArtifact

from .records import read_artifact

_NULL = Raw(b"null")


class _Part(Struct):
    part_number: int
    url: str
    part_size: int  # start_byte and end_byte drift by one byte per part in A and B: never read


class _Upload(Struct):
    url: str | None = None
    parts: list[_Part] | None = None
    complete_url: str | None = None
    upload_id: str | None = None
    multipart: bool = False
    type: str = S3.kind
    bucket_location: str | None = None
    bucket_secret_id: str | None = None


class _Creation(Struct):
    model: Raw = _NULL
    artifact: Raw = _NULL
    url: _Upload | str | None = None
    upload_details: _Upload | str | None = None


_CREATION = msgspec.json.Decoder(_Creation)
_UPLOAD = msgspec.json.Decoder(_Upload)


def read_creation(body: bytes) -> Created:
    """A creation's answer, in the shape of any generation."""
    check_weight(body)
    answer = _CREATION.decode(body)
    record = answer.artifact if answer.model == _NULL else answer.model
    details = answer.upload_details or answer.url
    if record == _NULL or details is None:
        raise msgspec.ValidationError("the answer has no artifact or no place to upload to")
    artifact = read_artifact(bytes(record))
    if isinstance(details, str):
        return Created(artifact, _whole(artifact, details, S3.kind))
    if details.parts is not None:
        return Created(artifact, _in_parts(details))
    if details.multipart:
        return Created(artifact, _asked_later(details))
    if details.url is None:
        raise msgspec.ValidationError("the answer names no address to upload to")
    return Created(artifact, _whole(artifact, details.url, _store(details).kind))


def read_parts(body: bytes) -> UploadPlan:
    """The answer with the addresses of parts."""
    check_weight(body)
    details = _UPLOAD.decode(body)
    if details.parts is None:
        raise msgspec.ValidationError("the answer has no parts")
    return _in_parts(details)


def _store(details: _Upload) -> StoreProvider:
    if details.type not in PROVIDERS:
        raise msgspec.ValidationError("the answer names a kind of storage not known here")
    return PROVIDERS[details.type]


def _multipart(details: _Upload) -> Multipart:
    if (multipart := _store(details).multipart) is None:
        raise msgspec.ValidationError("the answer has parts for a storage that takes whole files")
    return multipart


def _whole(artifact: ModelArtifact, url: str, store: str) -> UploadPlan:
    return UploadPlan((PlannedPart(1, url, artifact.size),), store=store)


def _in_parts(details: _Upload) -> UploadPlan:
    if details.complete_url is not None:
        _multipart(details)
    parts = tuple(PlannedPart(p.part_number, p.url, p.part_size) for p in details.parts or ())
    return UploadPlan(parts, details.complete_url, details.upload_id, _store(details).kind)


def _asked_later(details: _Upload) -> UploadPlan:
    """Parts whose addresses are asked for in a second step; some stores open the upload."""
    opened_by_store = _multipart(details).opened_by_store
    if not details.bucket_secret_id or not details.bucket_location:
        raise msgspec.ValidationError("the answer does not say which bucket takes the parts")
    if opened_by_store and not details.url:
        raise msgspec.ValidationError("the answer names no address that opens the upload")
    source = PartSource(details.bucket_secret_id, details.bucket_location)
    start = details.url if opened_by_store else None
    return UploadPlan((), store=details.type, source=source, start_url=start)
