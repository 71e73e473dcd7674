"""What can go wrong with a keyring, in words for a person; no text here ever holds a key."""

from typing import NamedTuple

from dfs_desktop.translation import later, sentences, tr


class SecretKind(NamedTuple):
    """A kind of secret, in the words for what a keyring may do to it."""

    without_keyring: str
    not_kept: str
    too_long: str


API_KEY = SecretKind(
    later("There is no keyring to keep the API key in"),
    later("The keyring did not keep the API key"),
    later("The API key is too long"),
)
PROXY_PASSWORD = SecretKind(
    later("There is no keyring to keep the proxy's password in"),
    later("The keyring did not keep the proxy's password"),
    later("The proxy's password is too long"),
)
CERTIFICATE_PASSWORD = SecretKind(
    later("There is no keyring to keep the certificate's password in"),
    later("The keyring did not keep the certificate's password"),
    later("The certificate's password is too long"),
)
SESSION_HINT = later(
    "You can also use the key for this session only; it is then asked for next time."
)


class CredentialsError(Exception):
    """A key could not be stored or fetched; `title` and `detail` are fit to show, and hold no key.

    `session_only` says whether keeping the key in memory for this session is a way out.
    """

    def __init__(self, title: str, detail: str, *, session_only: bool = True) -> None:
        super().__init__(title, detail)
        self.session_only = session_only
        self.title = title
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"


def to_unlock(error: BaseException | None) -> bool:
    """Whether one more try has the system ask for the keyring’s password."""
    return isinstance(error, KeyringLocked | KeyringTimeout)


class KeyringMissing(CredentialsError):  # noqa: N818  the rooms above know these names
    """There is no keyring that protects what it holds."""


class KeyringLocked(CredentialsError):  # noqa: N818
    """The keyring stayed locked, or its question was dismissed."""


class KeyringTimeout(CredentialsError):  # noqa: N818
    """The keyring did not answer in time."""


class KeyringRefused(CredentialsError):  # noqa: N818
    """The keyring failed, or did not keep what it was given."""


def explained(error: Exception) -> CredentialsError:
    """The error in our words. Those of the backend are dropped: nobody knows what is in them."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"KeyringLocked", "InitError", "LockedException", "PromptDismissedException"}:
        why = tr("“Unlock Keyring” has your system ask for its password.")
        return KeyringLocked(tr("The keyring is locked"), sentences(why, tr(SESSION_HINT)))
    if kinds & {"NoKeyringError", "SecretServiceNotAvailableException"}:
        why = tr("It worked before and was stopped since.")
        return KeyringMissing(tr("The keyring is gone"), sentences(why, tr(SESSION_HINT)))
    why = tr("It reported a problem of its own ({name}).", name=type(error).__name__)
    return KeyringRefused(tr("The keyring refused"), sentences(why, tr(SESSION_HINT)))
