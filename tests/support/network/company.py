"""A company's network: a registry and its store by https under a name of their own, whose authority no
system knows, behind a proxy that wants a password."""

from __future__ import annotations

from urllib.parse import urlsplit

from support.network.certificates import Authority
from support.network.proxy import Proxy
from support.network.relay import Relay

from dfs_desktop.api import Login, Network

NAME, LOGIN = "models.company.example", "ann:s3cret"


class Company:
    """``url`` is reached through the proxy only."""

    def __init__(self, authority: Authority, registry: str) -> None:
        self.context = authority.context(authority.issue(f"DNS:{NAME}"))
        self.relay = Relay(self.context, NAME)
        self.relay.target = urlsplit(registry).netloc
        self.url = f"https://{self.relay.place}"
        self.port: int = self.relay.server_address[1]
        self.proxy = Proxy(("127.0.0.1", self.port), login=LOGIN)
        self.network = Network(
            proxy=f"http://{self.proxy.place}",
            logins=(Login(self.proxy.place, *LOGIN.split(":")),),
            authorities=str(authority.path),
        )

    def close(self) -> None:
        self.proxy.close()
        self.relay.__exit__()
