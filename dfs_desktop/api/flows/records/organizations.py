"""Organizations and their bucket secrets."""

from __future__ import annotations

from dfs_desktop.api.flows.context import Context
from dfs_desktop.api.flows.scope import find
from dfs_desktop.api.protocol.effects import Flow
from dfs_desktop.api.types import BucketSecret, Organization


def list_organizations(context: Context) -> Flow[list[Organization]]:
    """Every organization of the key's owner."""
    return (yield from context.dialect.organizations())


def get_organization(context: Context, value: str | None) -> Flow[Organization | None]:
    """One by id or name; without a value the default one."""
    if value is None:
        value = (yield from context.organization()).organization
    return find((yield from context.dialect.organizations()), value, "organization")


def list_bucket_secrets(context: Context, organization: str | None) -> Flow[list[BucketSecret]]:
    """The buckets of an organization, without their keys."""
    place = yield from context.organization(organization)
    return (yield from context.dialect.bucket_secrets(place.organization))
