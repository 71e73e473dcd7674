"""API keys and passwords in the keyring of the operating system, or in memory when the person says so.

Keyrings may ask for a password, hang or lie. All calls run on one worker thread and are given up
after a time; what was written is read back. There is no file to fall back to, ever.
"""

from .credential_store import Credentials, KeyState, State
from .errors import (
    API_KEY,
    CERTIFICATE_PASSWORD,
    PROXY_PASSWORD,
    CredentialsError,
    KeyringLocked,
    KeyringMissing,
    KeyringRefused,
    KeyringTimeout,
    SecretKind,
    to_unlock,
)

__all__ = [
    "API_KEY",
    "CERTIFICATE_PASSWORD",
    "PROXY_PASSWORD",
    "Credentials",
    "CredentialsError",
    "KeyState",
    "KeyringLocked",
    "KeyringMissing",
    "KeyringRefused",
    "KeyringTimeout",
    "SecretKind",
    "State",
    "to_unlock",
]
