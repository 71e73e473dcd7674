"""The local registry: the DataForce REST API over loopback, kept in SQLite and plain files."""

from __future__ import annotations

from .presigning import Presigner
from .registry import Address, LocalRegistry, RegistryInUse
from .rules import Rules

__all__ = ["Address", "LocalRegistry", "Presigner", "RegistryInUse", "Rules"]
