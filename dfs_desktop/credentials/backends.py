"""Which keyring is used: the only importer of keyring, late, because it slows the start."""

import contextlib
import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from dfs_desktop.translation import sentences, tr

from .errors import API_KEY, SESSION_HINT, KeyringMissing, SecretKind

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

# Classes by name: keyring's own search also takes what PYTHON_KEYRING_BACKEND, keyringrc.cfg and
# any installed plug-in name, plaintext files included.
TRUSTED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)
SWITCHED_OFF = ("keyring.backends.null.Keyring", "keyring.backends.fail.Keyring")


def choose(names: Sequence[str], kind: SecretKind = API_KEY) -> "KeyringBackend":
    """The best trusted backend that works now; one that the person configured goes first.

    Asked anew for every call (milliseconds): keyring daemons are started and stopped.
    """
    configured = _configured()
    if configured in SWITCHED_OFF:
        _missing(kind, tr("Keyrings are switched off in this computer's Python settings."))
    usable = []
    for name in names:
        module, _, attribute = name.rpartition(".")
        try:
            backend: type[KeyringBackend] = getattr(importlib.import_module(module), attribute)
            priority = float(backend.priority)
        except Exception:  # noqa: BLE001, S112  not for this system, or no service: not usable
            continue
        if priority >= 1:  # below one is keyring's mark for what does not protect
            usable.append((name == configured, priority, backend))
    if not usable:
        _missing(
            kind,
            tr("No keyring was found. On Linux, start GNOME Keyring or KWallet and try again."),
        )
    return max(usable, key=lambda entry: entry[:2])[2]()


def _missing(kind: SecretKind, why: str) -> NoReturn:
    raise KeyringMissing(
        tr(kind.without_keyring),
        sentences(why, tr("Secrets are never written to a file."), tr(SESSION_HINT)),
    )


def _configured() -> str:
    """The backend named in the environment or in keyring's own settings, as keyring reads them."""
    if name := os.environ.get("PYTHON_KEYRING_BACKEND", ""):
        return name
    import configparser

    from keyring.util import platform_

    parser = configparser.RawConfigParser()
    try:
        parser.read(Path(platform_.config_root()) / "keyringrc.cfg", encoding="utf-8")
        return parser.get("backend", "default-keyring", fallback="").strip()
    except (configparser.Error, OSError, UnicodeDecodeError):
        return ""


def is_locked(backend: "KeyringBackend") -> bool:
    """Whether asking now would open a prompt; only the Secret Service can tell."""
    if type(backend).__module__ != "keyring.backends.SecretService":
        return False
    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.get_collection_by_alias(connection, "default").is_locked())
        except secretstorage.ItemNotFoundException:
            return True  # there is no keyring yet: asking would open the prompt that makes one
