"""What a failed encryption or certificate means, and what to do."""

import ssl
from typing import Any

from msgspec import structs

from dfs_desktop.api import errors
from dfs_desktop.translation import later, sentences, tr

from .address import Address
from .network import fingerprint
from .proxy.proxy_address import Proxy
from .scrubbing import scrub
from .server_certificate import Certificate, read_certificate, seen_certificate
from .trusted_authorities import ChangedCertificate, told_by_variables

BROKEN = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError, ssl.SSLEOFError)
_TLS_WORDS = {
    "CERTIFICATE_REQUIRED": later(
        "it wants a certificate of yours, and this program has none to give"
    ),
    "PROTOCOL": later("it speaks a version of TLS that is not safe any more"),
    "HANDSHAKE_FAILURE": later(
        "it offers nothing that both sides hold safe, or wants a certificate of yours"
    ),
}
_REMEDY = later(
    "If it is your company's, have this computer trust its authority, or name the authority's "
    "file in SSL_CERT_FILE."
)
_PLAIN_ANSWER = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
# OpenSSL's X509_V_ERR_… of a certificate whose authority is not trusted: no issuer (of the chain, or
# here), signed by itself (alone, or at the end of the chain).
_UNKNOWN = {2, 18, 19, 20}


def is_break(cause: ssl.SSLError, *, lost: bool) -> bool:
    """Whether the line broke, rather than that the two sides do not fit: a record that was damaged
    on its way looks like an error of TLS, too."""
    told = isinstance(cause, ssl.SSLCertVerificationError) or _in_words(_reason(cause))
    return isinstance(cause, BROKEN) or (lost and not told)


def _reason(cause: ssl.SSLError) -> str:
    named = getattr(cause, "verify_message", "") or getattr(cause, "reason", "")
    return str(named or cause.strerror or tr("handshake failed")).rstrip(".")


def _in_words(reason: str) -> str:
    return next((tr(words) for sign, words in _TLS_WORDS.items() if sign in reason), "")


def tls_failed(
    cause: ssl.SSLError, to: Address, proxy: Proxy | None, trusted: str
) -> errors.DataForceError:
    reason = _reason(cause)
    if any(sign in reason for sign in _PLAIN_ANSWER):
        if proxy is not None and proxy.scheme == "https":
            right = f"http://{proxy.place}"
            return errors.ConfigurationError(
                tr(
                    "The proxy {proxy} speaks plain http: its address begins with http://, also "
                    "for https servers. Write {url}.",
                    proxy=proxy.shown,
                    url=right,
                ),
                title=tr("The proxy setting cannot be used"),
            )
        right = "http" + to.url.removeprefix("https")
        return errors.ServerAddressError(
            tr(
                "{place} speaks plain http, without encryption. Write {url}, if that is your "
                "server and nobody else can listen on the way.",
                place=to.told(to.place),
                url=right,
            ),
            suggested=right,
        )
    if not isinstance(cause, ssl.SSLCertVerificationError):
        reason = _in_words(reason) or reason
        return errors.APIConnectionError(
            tr(
                "The encrypted connection to {place} failed: {reason}.",
                place=to.told(to.place),
                reason=scrub(reason),
            ),
            title=tr("The encrypted connection failed"),
            retryable="INTERNAL_ERROR" in reason,  # it is in trouble itself: that passes
            answer_lost=False,
        )
    if isinstance(cause, ChangedCertificate):
        return _changed(read_certificate(cause.shown), to, trusted)
    certificate = seen_certificate(to, proxy)
    unknown = cause.verify_code in _UNKNOWN  # its words may tell any name
    return _not_accepted(
        sentences(
            tr(
                "The certificate of {place} was not accepted: {reason}.",
                place=to.told(to.place),
                reason=scrub(reason),
            ),
            certificate.in_words(),
            sentences(tr(_REMEDY), told_by_variables()) if unknown else "",
        ),
        certificate,
        to,
        # Who opens the connections of all servers has a new certificate for each.
        may_trust=unknown and bool(certificate.sha256) and not certificate.by_opener,
    )


def _changed(certificate: Certificate, to: Address, trusted: str) -> errors.CertificateError:
    return _not_accepted(
        sentences(
            tr(
                "{place} shows another certificate than the one that was trusted for it, and "
                "nothing was sent.",
                place=to.told(to.place),
            ),
            certificate.in_words(),
            tr(
                "Trusted was {fingerprint}. Either the server has got a new one, or somebody on "
                "the way opens the connection: ask whoever runs the server for its fingerprint "
                "before you trust the new one.",
                fingerprint=fingerprint(trusted),
            ),
        ),
        certificate,
        to,
        title=tr("The server's certificate is another one"),
        may_trust=True,
        trusted=trusted,
    )


def _not_accepted(
    text: str, certificate: Certificate, to: Address, **more: Any
) -> errors.CertificateError:
    host, port = to.host.strip("[]").lower(), to.port or 443
    return errors.CertificateError(
        text, host=host, port=port, **structs.asdict(certificate), **more
    )
