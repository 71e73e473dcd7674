"""API keys in the keyring of the operating system, or in memory when the person says so.

Keyrings may ask for a password, hang or lie. All calls run on one worker thread and are given up
after a time; what was written is read back. There is no file to fall back to, ever.
"""

from .credential_store import Credentials, KeyState, State
from .errors import (
    CredentialsError,
    KeyringLocked,
    KeyringMissing,
    KeyringRefused,
    KeyringTimeout,
    to_unlock,
)

__all__ = [
    "Credentials",
    "CredentialsError",
    "KeyState",
    "KeyringLocked",
    "KeyringMissing",
    "KeyringRefused",
    "KeyringTimeout",
    "State",
    "to_unlock",
]
