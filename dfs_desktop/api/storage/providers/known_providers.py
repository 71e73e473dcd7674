"""The kinds of object store that this program speaks with."""

from .azure import AZURE
from .provider import StoreProvider
from .s3 import S3

PROVIDERS: dict[str, StoreProvider] = {each.kind: each for each in (S3, AZURE)}


def provider_of(kind: str) -> StoreProvider:
    """The store of a plan; most that are not known by name speak as S3 does."""
    return PROVIDERS.get(kind, S3)
