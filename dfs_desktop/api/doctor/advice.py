"""What to do about an error that a step came to, beside what the error says itself."""

from dfs_desktop.api import errors
from dfs_desktop.translation import later, tr

EDIT = later("Correct it with File › Edit Connection…")
_BY_KIND: dict[type[BaseException], str] = {
    errors.AuthenticationError: later(
        "Make a new key on the server's page, and enter it with File › Edit Connection…"
    ),
    errors.PermissionDeniedError: later(
        "Ask an administrator of the organization for more rights."
    ),
    errors.ProxyLoginError: later("Enter name and password at Preferences › Network › Proxy."),
    errors.ServerAddressError: EDIT,
    errors.StorageAddressError: later(
        "Download a file in the window: it offers to approve the address."
    ),
    errors.ConfigurationError: later(
        "Correct it at Preferences › Network, or in the environment's variables."
    ),
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
