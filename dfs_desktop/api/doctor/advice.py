"""What to do about an error that a step came to, beside what the error says itself."""

from dfs_desktop.api import errors
from dfs_desktop.translation import later, tr

EDIT = later("Correct it with File › Edit Connection…")
ENTER_KEY = later("Enter the key (File › Edit Connection…).")
_NEW_KEY = later("Make a new key on the server's page, and enter it with File › Edit Connection…")
_LOGIN = later("Enter name and password at Preferences › Network › Proxy.")
_SETTINGS = later("Correct it at Preferences › Network, or in the environment's variables.")
_BY_KIND: dict[type[BaseException], str] = {
    errors.AuthenticationError: _NEW_KEY,
    errors.PermissionDeniedError: later(
        "Ask an administrator of the organization for more rights."
    ),
    errors.ProxyLoginError: _LOGIN,
    errors.ServerAddressError: EDIT,
    errors.StorageAddressError: later(
        "Download a file in the window: it offers to approve the address."
    ),
    errors.ConfigurationError: _SETTINGS,
}
_BY_STEP = {
    "address": EDIT,
    "name": later(
        "Check the spelling, and whether you need your company's VPN or another DNS server."
    ),
    "line": later("Ask whether a firewall or a VPN stands in between."),
}
_UNKNOWN = later(
    "If it is your company's, add its authority at Preferences › Network › Certificates. If the server "
    "made it itself, compare the fingerprint with whoever runs it, and trust it (Try Again in the window "
    "offers it)."
)
# What a terminal is told instead: it has no menu, and takes addresses and keys that are not saved.
_IN_TERMINAL = {
    EDIT: later(
        "Correct it behind `doctor` or in DFS_BASE_URL; that of a saved server in the window "
        "(File › Edit Connection…)."
    ),
    ENTER_KEY: later(
        "Set DFS_BASE_URL and DFS_API_KEY; the key of a saved server is entered in the window "
        "(File › Edit Connection…)."
    ),
    _NEW_KEY: later(
        "Make a new key on the server's page, and set DFS_API_KEY; that of a saved server is entered "
        "in the window (File › Edit Connection…)."
    ),
    _LOGIN: later(
        "Set HTTPS_PROXY to http://name:password@proxy:port, or enter them in the window "
        "(Preferences › Network › Proxy)."
    ),
    _SETTINGS: later(
        "Correct it in the environment's variables, or in the window (Preferences › Network)."
    ),
    _UNKNOWN: later(
        "If it is your company's, name its authority's file in SSL_CERT_FILE, or add it in the window "
        "(Preferences › Network › Certificates). If the server made it itself, compare the fingerprint "
        "with whoever runs it, and trust it in the window (Try Again offers it)."
    ),
}


def advice(error: BaseException, step: str) -> str:
    """One sentence, or "" where the error says all."""
    if step == "address":
        return tr(EDIT)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, errors.CertificateError) and cause.may_trust and not cause.trusted:
            return tr(_UNKNOWN)
        for kind, words in _BY_KIND.items():
            if isinstance(cause, kind):
                return tr(words)
        cause = cause.__cause__
    return tr(_BY_STEP.get(step, ""))


def in_terminal(words: str) -> str:
    """The same advice for who has a terminal before him."""
    return next((tr(there) for here, there in _IN_TERMINAL.items() if tr(here) == words), words)
