"""How connections leave this computer, as one value: which proxy, and whose certificates are trusted."""

import re
import time

from msgspec import Struct


class Login(Struct, frozen=True):
    """What a proxy wants to hear. ``proxy`` is its host and port."""

    proxy: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.proxy!r})"


class Pin(Struct, frozen=True):
    """The one certificate (SHA-256 of its DER, as hexadecimal digits) that a server may show."""

    host: str
    port: int
    sha256: str


class OwnCertificate(Struct, frozen=True):
    """What a registry that wants one is shown: PEM files, and the password of the key."""

    certificate: str
    key: str = ""  # "" where it stands in the file of the certificate
    password: str = ""

    def __repr__(self) -> str:
        return f"OwnCertificate({self.certificate!r})"


class Network(Struct, frozen=True):
    """``proxy``: None for the variables and the system's settings, "" for the direct way, or an address
    such as ``socks5://proxy.example:1080``; ``exceptions`` are written as in NO_PROXY. ``script`` is
    the address of a proxy script (PAC), which comes before all of these; "" for none, and None for
    the one that the system may be set to. It is read anew with another ``edition``.

    ``authorities`` is a file of certificates (PEM) that are trusted beside the system's. ``own`` is
    shown to the host of the registry and to nobody else.
    """

    proxy: str | None = None
    exceptions: str = ""
    logins: tuple[Login, ...] = ()
    authorities: str = ""
    pins: tuple[Pin, ...] = ()
    own: OwnCertificate | None = None
    script: str | None = None
    edition: int = 0

    def __repr__(self) -> str:
        return "Network()" if self == AS_THE_SYSTEM else "Network(…)"

    def login(self, proxy: str) -> Login | None:
        """What is known to say to a proxy."""
        return next((each for each in self.logins if each.proxy == proxy), None)

    def pin(self, host: str, port: int) -> Pin | None:
        """The certificate that this server has to show, where a person chose one."""
        return next((each for each in self.pins if (each.host, each.port) == (host, port)), None)


AS_THE_SYSTEM = Network()


def day(moment: float) -> str:
    """The date of a time, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment))


def fingerprint(sha256: str) -> str:
    """A fingerprint as browsers show it, pairs of digits with colons, in groups that fit a line."""
    groups = re.findall(".{1,16}", sha256.upper())
    return " ".join(":".join(re.findall("..", group)) for group in groups)
