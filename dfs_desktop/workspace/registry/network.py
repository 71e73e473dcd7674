"""How connections leave, as the person chose it: proxy, logins, authorities, certificates."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dfs_desktop.api import CertificateError, Login, Network, OwnCertificate, Pin, ProxyLoginError
from dfs_desktop.api.http.network import AS_THE_SYSTEM, day, fingerprint
from dfs_desktop.credentials import (
    CERTIFICATE_PASSWORD,
    PROXY_PASSWORD,
    Credentials,
    CredentialsError,
)
from dfs_desktop.settings import LOCAL, NetworkSettings, Profile, TrustedCertificate
from dfs_desktop.translation import tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.state import AppState

if TYPE_CHECKING:
    from dfs_desktop.api.http.proxy.proxy_address import Proxy

# What stands in the keyring in place of a server's id, and in place of an address.
PROXIES, CERTIFICATE = "proxy", "certificate"


class NetworkChoice:
    """Passwords are in the keyring, or in memory till the program ends.

    `changed`: connections leave by another way from now on. The requests bring what was refused, and
    what to do once the person has mended it.
    """

    def __init__(self, state: AppState, credentials: Credentials) -> None:
        self._state, self._credentials = state, credentials
        self._users_now: dict[str, str] = {}  # who logs in at a proxy in this session only
        self._edition = 0  # of the settings: a proxy script is read anew when they change
        self.changed: Event[[]] = Event()
        self.changed.connect(self._count_edition)
        self.trust_requested: Event[[CertificateError, Callable[[], object]]] = Event()
        self.asked_for_login: set[str] = set()  # the proxies for which the person was asked already
        self.login_requested: Event[[ProxyLoginError, Callable[[], object]]] = Event()

    @property
    def settings(self) -> NetworkSettings:
        """What is kept of it; changed here only."""
        return self._state.settings.network

    async def of(self, profile: Profile, password: str | None = None) -> Network:
        """The way to a server. ``password``: of the key of our certificate, where it is not kept yet."""
        users, edition = self.users(), self._edition
        return await network_of(
            profile, self.settings, self._credentials, users, password, edition=edition
        )

    def _count_edition(self) -> None:
        self._edition += 1

    def use(self, **fields: object) -> None:
        """Change some fields of the settings; nothing happens where they are as before."""
        before = [getattr(self.settings, name) for name in fields]
        if before == list(fields.values()):
            return
        for name, value in fields.items():
            setattr(self.settings, name, value)
        self._state.save_settings()
        self.changed.emit()

    async def fault_of_authorities(self, file: Path) -> str:
        """Why a file of certificates cannot be used; "" when it can."""

        def look() -> str:
            from dfs_desktop.api.http.trusted_authorities import fault_of_authorities

            return fault_of_authorities(file)

        return await self._state.tasks.in_thread(look)

    def trust(self, refused: CertificateError) -> None:
        """From now on this server may show this certificate, and no other."""
        place = (refused.host, refused.port)
        chosen = TrustedCertificate(*place, refused.sha256, refused.issuer, refused.ends)
        others = [each for each in self.settings.trusted if (each.host, each.port) != place]
        self.use(trusted=[*others, chosen])

    def distrust(self, certificate: TrustedCertificate) -> None:
        """It is judged as any other again."""
        self.use(trusted=[each for each in self.settings.trusted if each != certificate])

    async def log_in(self, proxy: str, user: str, password: str, *, keep: bool) -> None:
        """What to say to a proxy. CredentialsError when the keyring does not take the password."""
        if keep and password:
            await self._credentials.store(PROXIES, proxy, password, PROXY_PASSWORD)
        else:
            self._credentials.remember(PROXIES, proxy, password)
        if keep:
            self._users_now.pop(proxy, None)
            self.settings.users = self.settings.users | {proxy: user}
            self._state.save_settings()
        else:
            self._users_now[proxy] = user
        self.changed.emit()

    async def log_out(self, proxy: str) -> None:
        """Forget who logs in at a proxy, and the password."""
        self._users_now.pop(proxy, None)
        self.use(
            users={place: user for place, user in self.settings.users.items() if place != proxy}
        )
        await self._credentials.delete(PROXIES, proxy)

    def ask_to_mend(
        self, refused: CertificateError | ProxyLoginError, then: Callable[[], object]
    ) -> None:
        """Put what was refused before the person; `then` is done once it is mended."""
        if isinstance(refused, ProxyLoginError):
            self.asked_for_login.add(refused.proxy)
            self.login_requested.emit(refused, then)
        else:
            self.trust_requested.emit(refused, then)

    async def use_proxy(self, kind: str, host: str, port: str, exceptions: str) -> None:
        """What was typed of a proxy. The host may be a whole address, a login in it included.

        ConfigurationError when it cannot be used.
        """
        from dfs_desktop.api.http.proxy.proxy_address import OURS, read_proxy

        if not (host := host.strip()):
            self.use(host="", port=None, exceptions=exceptions)
            return
        whole = host if "://" in host else f"{kind}://{host}"
        found = read_proxy(OURS, whole)
        number = found.port or (int(port) if port.isascii() and port.isdigit() else None)
        kind = found.scheme.removesuffix("h")
        self.use(kind=kind, host=found.host, port=number, exceptions=exceptions)
        if found.user:
            try:
                await self.log_in(self.proxy_place(), found.user, found.password, keep=True)
            except CredentialsError:  # it holds for this session
                await self.log_in(self.proxy_place(), found.user, found.password, keep=False)

    def use_script(self, typed: str) -> None:
        """Let a proxy script choose. ConfigurationError for what is the address of none."""
        from dfs_desktop.api.http.proxy.script_source import script_address

        self.use(script=script_address(typed) if typed.strip() else "")

    async def try_script(self) -> str:
        """What the script says to the address of the open server, in words. DataForceError when it
        fails."""
        from dfs_desktop.api.http.address import DEFAULT_BASE_URL, read_address
        from dfs_desktop.api.http.proxy.proxy_script import ProxyScript

        profile = self._state.session.profile
        to = read_address(profile.base_url or DEFAULT_BASE_URL, allow_http=True)
        if to.loopback:
            to = read_address(DEFAULT_BASE_URL, allow_http=False)
        script = ProxyScript(self.settings.script, await self.of(profile))
        ways = await self._state.tasks.in_thread(partial(script.ways, to, lambda: None))
        return tr("To {host}: {ways}.", host=to.host, ways=in_words(ways))

    def proxy_place(self) -> str:
        """Host and port of the proxy that was set by hand."""
        return (proxy_address(self.settings) or "").partition("://")[2]

    def ask_login(self) -> None:
        """The person wants to say who logs in at the proxy that was set by hand."""
        place = self.proxy_place()
        self.login_requested.emit(ProxyLoginError(proxy=place), lambda: None)

    def users(self) -> dict[str, str]:
        """Who logs in at which proxy."""
        return self.settings.users | self._users_now


async def network_of(
    profile: Profile,
    kept: NetworkSettings,
    credentials: Credentials,
    users: Mapping[str, str],
    password: str | None = None,
    *,
    edition: int = 0,
) -> Network:
    """The way to a server; ``users``: who logs in at which proxy."""
    if profile.id == LOCAL:
        return AS_THE_SYSTEM
    own = None
    if profile.certificate:
        if password is None and profile.certificate_locked:
            password = await credentials.fetch(profile.id, CERTIFICATE, CERTIFICATE_PASSWORD)
        own = OwnCertificate(profile.certificate, profile.certificate_key_file, password or "")
    logins = []
    for place, user in users.items():
        try:  # a keyring that is locked costs a question for the password, not the connection
            logins.append(Login(place, user, await credentials.fetch(PROXIES, place) or ""))
        except CredentialsError:
            continue
    return Network(
        proxy_address(kept),
        kept.exceptions,
        tuple(logins),
        kept.authorities,
        tuple(Pin(each.host, each.port, each.sha256) for each in kept.trusted),
        own,
        {"system": None, "script": kept.script}.get(kept.proxy, ""),
        edition,
    )


def proxy_address(kept: NetworkSettings) -> str | None:
    """The proxy as the library takes it: None for the system's, "" for none."""
    if kept.proxy != "manual":
        return None if kept.proxy == "system" else ""
    host = f"[{kept.host}]" if ":" in kept.host else kept.host
    return f"{kept.kind}://{host}" + (f":{kept.port}" if kept.port else "") if host else ""


def in_words(ways: "tuple[Proxy | None, ...]") -> str:
    """`HTTP proxy.example:3128, or else directly`."""
    first, *others = ways
    way = tr("directly") if first is None else first.in_words
    return tr("{way}, or else {next}", way=way, next=in_words(tuple(others))) if others else way


def validity(begins: float, ends: float) -> str:
    """`from 2026-11-28 to 2027-11-28`."""
    return (
        tr("from {first} to {last}", first=day(begins), last=day(ends)) if ends else tr("not known")
    )


def fingerprint_lines(sha256: str) -> str:
    """A fingerprint in two lines, as long as each other."""
    groups = fingerprint(sha256).split(" ")
    half = (len(groups) + 1) // 2
    return "\n".join((" ".join(groups[:half]), " ".join(groups[half:])))


def certificate_in_words(each: TrustedCertificate) -> str:
    """`models.example:8443, issued by Example, till 2027-11-28, SHA-256 AB:CD:…`."""
    parts = [f"{each.host}:{each.port}"]
    if each.issuer:
        parts.append(tr("issued by {issuer}", issuer=each.issuer))
    if each.ends:
        parts.append(tr("till {day}", day=day(each.ends)))
    return ", ".join((*parts, f"SHA-256 {fingerprint(each.sha256)}"))
