"""The local registry: the REST API of DataForce and LUML over loopback, in SQLite and plain files."""

from __future__ import annotations

from .presigning import Presigner
from .registry import Address, LocalRegistry, RegistryInUse
from .rules import Rules

__all__ = ["Address", "LocalRegistry", "Presigner", "RegistryInUse", "Rules"]
