"""The local registry: the REST API of DataForce and LUML over loopback, in SQLite and plain files."""

from dfs_desktop.server.objects.object_urls import Presigner

from .limits import Rules
from .local_registry import Address, LocalRegistry, RegistryInUse

__all__ = ["Address", "LocalRegistry", "Presigner", "RegistryInUse", "Rules"]
