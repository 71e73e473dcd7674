"""What to do about an error that a step came to, beside what the error says itself."""

from dfs_desktop.api.errors import (
    AuthenticationError,
    CertificateError,
    ConfigurationError,
    PermissionDeniedError,
    ProxyLoginError,
    ServerAddressError,
    StorageAddressError,
)
from dfs_desktop.translation import tr

EDIT = tr("Correct it with File › Edit Connection…")
_BY_KIND: dict[type[BaseException], str] = {
    AuthenticationError: tr(
        "Make a new key on the server's page, and enter it with File › Edit Connection…"
    ),
    PermissionDeniedError: tr("Ask an administrator of the organization for more rights."),
    ProxyLoginError: tr("Enter name and password at Preferences › Network › Proxy."),
    ServerAddressError: EDIT,
    StorageAddressError: tr("Download a file in the window: it offers to approve the address."),
    ConfigurationError: tr(
        "Correct it at Preferences › Network, or in the environment's variables."
    ),
}
_BY_STEP = {
    "address": EDIT,
    "name": tr(
        "Check the spelling, and whether you need your company's VPN or another DNS server."
    ),
    "line": tr("Ask whether a firewall or a VPN stands in between."),
}
_UNKNOWN = tr(
    "If it is your company's, add its authority at Preferences › Network › Certificates. If the server "
    "made it itself, compare the fingerprint with whoever runs it, and trust it (Try Again in the window "
    "offers it)."
)


def advice(error: BaseException, step: str) -> str:
    """One sentence, or "" where the error says all."""
    if step == "address":
        return EDIT
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CertificateError) and cause.may_trust and not cause.trusted:
            return _UNKNOWN
        for kind, words in _BY_KIND.items():
            if isinstance(cause, kind):
                return words
        cause = cause.__cause__
    return _BY_STEP.get(step, "")
