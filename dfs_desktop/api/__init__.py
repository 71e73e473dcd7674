"""The client library: model artifacts in a DataForce Studio registry, blocking and awaiting.

What speaks to a server is imported when it is first named: httpx takes longer to import than all the
rest, and a window that shows its rows of last time needs only the types and the errors.
"""

import importlib
from typing import TYPE_CHECKING, Any

from dfs_desktop.api.http.network import Login, Network, OwnCertificate, Pin
from dfs_desktop.api.protocol.checkpoint import Checkpoint, PartialFileState
from dfs_desktop.api.protocol.ledger import (
    CopySource,
    DeletionRecord,
    DeletionStep,
    DownloadRecord,
    DownloadStep,
    Ledger,
    SentPart,
    UploadRecord,
    UploadStep,
)
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.protocol.upload_plan import UploadPlan
from dfs_desktop.api.storage.limits.progress_meter import LogEntry, Meter, Phase, Progress, metered
from dfs_desktop.api.storage.limits.rate_limiter import RateLimiter

from .errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ArtifactNotFoundError,
    AuthenticationError,
    BadRequestError,
    CertificateError,
    ChecksumError,
    ConfigurationError,
    ConflictError,
    DataForceError,
    FileDeletionError,
    FileDownloadError,
    FileError,
    FileUploadError,
    MultipleResourcesFoundError,
    NotFoundError,
    PermissionDeniedError,
    ProxyLoginError,
    RateLimitError,
    RecordGoneError,
    ServerError,
    SourceChangedError,
    StorageAddressError,
    TransferCancelled,
    TransferError,
    UnconfirmedUploadError,
    UnexpectedAnswerError,
    UnprocessableEntityError,
    UploadDeniedError,
    UploadExpiredError,
)
from .types import (
    BucketSecret,
    Collection,
    ModelArtifact,
    ModelArtifactStatus,
    Orbit,
    Organization,
    Stage,
    Track,
    TrackEntry,
)

if TYPE_CHECKING:
    from dfs_desktop.api.resources.model_artifacts import (
        AsyncModelArtifactResource,
        ModelArtifactResource,
        ModelArtifactResourceBase,
        validate_collection,
    )
    from dfs_desktop.api.resources.transfers import AsyncTransferResource, TransferResource
    from dfs_desktop.api.storage.range_source import RangeSource

    from .client import AsyncDataForceClient, DataForceClient
    from .stored_file import StoredFile

_SPEAKING = {
    "AsyncDataForceClient": "client",
    "AsyncModelArtifactResource": "resources.model_artifacts",
    "AsyncTransferResource": "resources.transfers",
    "DataForceClient": "client",
    "ModelArtifactResource": "resources.model_artifacts",
    "ModelArtifactResourceBase": "resources.model_artifacts",
    "RangeSource": "storage.range_source",
    "StoredFile": "stored_file",
    "TransferResource": "resources.transfers",
    "validate_collection": "resources.model_artifacts",
}


def __getattr__(name: str) -> Any:
    if name not in _SPEAKING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(f".{_SPEAKING[name]}", __name__), name)
    globals()[name] = found
    return found


__all__ = [
    "APIConnectionError",
    "APIStatusError",
    "APITimeoutError",
    "ArtifactNotFoundError",
    "AsyncDataForceClient",
    "AsyncModelArtifactResource",
    "AsyncTransferResource",
    "AuthenticationError",
    "BadRequestError",
    "BucketSecret",
    "CertificateError",
    "Checkpoint",
    "ChecksumError",
    "Collection",
    "ConfigurationError",
    "ConflictError",
    "CopySource",
    "DataForceClient",
    "DataForceError",
    "DeletionRecord",
    "DeletionStep",
    "DownloadRecord",
    "DownloadStep",
    "FileDeletionError",
    "FileDownloadError",
    "FileError",
    "FileUploadError",
    "Ledger",
    "LogEntry",
    "Login",
    "Meter",
    "ModelArtifact",
    "ModelArtifactResource",
    "ModelArtifactResourceBase",
    "ModelArtifactStatus",
    "MultipleResourcesFoundError",
    "Network",
    "NotFoundError",
    "Orbit",
    "Organization",
    "OwnCertificate",
    "PartialFileState",
    "PermissionDeniedError",
    "Phase",
    "Pin",
    "Progress",
    "ProxyLoginError",
    "RangeSource",
    "RateLimitError",
    "RateLimiter",
    "RecordGoneError",
    "Scope",
    "SentPart",
    "ServerError",
    "SourceChangedError",
    "Stage",
    "StorageAddressError",
    "StoredFile",
    "Track",
    "TrackEntry",
    "TransferCancelled",
    "TransferError",
    "TransferResource",
    "UnconfirmedUploadError",
    "UnexpectedAnswerError",
    "UnprocessableEntityError",
    "UploadDeniedError",
    "UploadExpiredError",
    "UploadPlan",
    "UploadRecord",
    "UploadStep",
    "metered",
    "validate_collection",
]
