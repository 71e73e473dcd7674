"""Servers as the person knows them: open a saved one, check and save a new one, forget one."""

import asyncio
import uuid

from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.api import errors
from dfs_desktop.api.http.address import is_loopback
from dfs_desktop.credentials import (
    API_KEY,
    CERTIFICATE_PASSWORD,
    CredentialsError,
    KeyState,
    to_unlock,
)
from dfs_desktop.settings import LOCAL, Profile
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.events import Event
from dfs_desktop.workspace.notices import Action, Notice, from_error
from dfs_desktop.workspace.session import Place, Session, Stage
from dfs_desktop.workspace.state import AppState

from .browser import Browser
from .clients import Clients, again_words, client_parts, origin, remedy
from .network import CERTIFICATE

FIND_OUT = later("Find Out Why…")
PAINT_FIRST = 0.02  # seconds for the remembered rows to come on screen before the work goes on


def way_out(session: Session) -> str:
    """What mends the connection of a session."""
    return mending(session.profile.id, session.error)


def mending(profile_id: str, error: BaseException | None) -> str:
    """What mends a connection that trying again alone does not; empty where nothing is to be edited."""
    if profile_id == LOCAL:
        return ""
    match error:
        case errors.AuthenticationError():
            return tr("Enter New Key…")
        case CredentialsError():
            return tr("Enter Key…")
        case errors.ServerAddressError() | errors.ConfigurationError():
            return tr("Edit Connection…")
    return remedy(error)


def way_on(session: Session) -> str:
    """The same, or else the way to find out what is wrong."""
    wrong = session.error is not None or session.outage is not None
    there = wrong and session.profile.id != LOCAL
    return way_out(session) or (tr(FIND_OUT) if there else "")


def could_not_connect(session: Session, browser: Browser) -> Notice:
    """Why a server could not be opened, with the way out before the way to try again."""
    error = session.error or RuntimeError()
    again = Action(again_words(error), browser.reopen_requested.emit)
    notice = from_error(error, tr("Could not connect to {name}", name=session.profile.name), again)
    on = Action(way_on(session), browser.edit_requested.emit)
    if way_out(session) and not to_unlock(error):
        return replace(notice, action=on, other=again)
    return replace(notice, other=on) if on.text else notice


def _own_by_http(base_url: str, error: errors.DataForceError) -> str:
    """The address by http of a server of this computer alone that did not show that it speaks TLS."""
    parts = url_parts(base_url)
    speaks = isinstance(error, errors.CertificateError | errors.ProxyLoginError) or (
        isinstance(error, errors.ServerAddressError) and error.suggested.startswith("https:")
    )
    own = parts.scheme == "https" and is_loopback(parts.hostname or "")
    return parts._replace(scheme="http").geturl() if own and not speaks else ""


class ServerForm(Struct, frozen=True):
    """What the person typed about a server. The key is shown nowhere, `repr` included.

    ``certificate``: files of what the server is shown; its password is None where the kept one is meant.
    """

    name: str
    base_url: str
    api_key: str
    allow_http: bool = False
    session_only: bool = False
    certificate: str = ""
    certificate_key_file: str = ""
    certificate_password: str | None = None
    color: str = ""

    def __repr__(self) -> str:
        return f"ServerForm({self.name!r}, {self.base_url!r})"

    def cleaned(self) -> "ServerForm":
        """Without the spaces and line breaks that come with a paste."""
        base_url = "".join(self.base_url.split()).rstrip("/")
        if base_url and "://" not in base_url:
            base_url = "https://" + base_url
        name = self.name.strip() or url_parts(base_url).hostname or base_url
        key = "".join(self.api_key.split())
        return replace(self, name=name, base_url=base_url, api_key=key)


class Connections:
    """Opens servers, saves them and forgets them. `key_entered` names one whose key is a new one."""

    def __init__(self, state: AppState, clients: Clients, browser: Browser) -> None:
        self._state, self._clients, self._credentials = state, clients, clients.credentials
        self._browser, self._rows = browser, browser.rows
        self.tasks, self.network = state.tasks, clients.network
        browser.reopen_requested.connect(self.reopen)
        clients.network.changed.connect(self._network_changed)
        clients.key_found.connect(self._take_over)
        self.key_entered: Event[[str]] = Event()
        self.forgotten: Event[[str]] = Event()  # the id of a server that was removed

    def start(self) -> None:
        """Open the server of last time, or the local registry."""
        wanted = self._state.settings.last_profile or LOCAL
        self.open(self._state.profile(wanted) or self._state.profiles()[0])

    def open(self, profile: Profile, place: Place | None = None) -> None:
        """A server, at a place of it, else at that of last time."""
        state = self._state
        self._leave(profile)
        state.session.wanted = place
        self._rows.recall()
        state.session_changed.emit()
        state.settings.last_profile = profile.id
        state.tasks.start(self._open(state.session), "open the connection")

    def _leave(self, profile: Profile) -> None:
        state = self._state
        self._rows.remember()
        self._rows.remember_soon()
        state.session = Session(profile)
        state.listing.clear()

    def close(self) -> None:
        """The window was closed: nothing is asked for it any more."""
        self._leave(self._state.session.profile)
        self._state.session_changed.emit()

    def follow(self, profile_id: str) -> None:
        """A server was changed, or removed, in another window."""
        state = self._state
        if state.session.profile.id == profile_id:
            self.open(state.profile(profile_id) or state.profiles()[0])
        else:
            state.session_changed.emit()

    def reopen(self) -> None:
        self.open(self._state.session.profile)

    def _network_changed(self) -> None:
        """Asked anew by the way of now, whether it could be reached by that of before or not."""
        if self._state.session.profile.id != LOCAL:
            self.reopen()

    def _take_over(self, profile_id: str) -> None:
        """A transfer found the local registry ended, and started it anew: the client of before is
        closed. In an outage whoever tries the server sees to it."""
        session = self._state.session
        if session.profile.id == profile_id and session.client and session.outage is None:
            session.client = self._clients.open[profile_id]

    async def _open(self, session: Session) -> None:
        state = self._state
        if session.remembered:
            await asyncio.sleep(PAINT_FIRST)
        try:
            client = await self._clients.client(session.profile)
            organizations = await client.organizations.list()
        except Exception as error:  # noqa: BLE001  shown in the window, with a way to try again
            if state.session is session:
                session.stage, session.error = Stage.FAILED, error
                session.problem = could_not_connect(session, self._browser)
                self._browser.failed.emit(session, error)
                if session.outage is not None:  # all that is known of the place, not its first rows
                    await self._rows.recall_place(session, session.place)
                state.session_changed.emit()  # the page says it, or a strip over the rows of last time
            return
        if state.session is not session:  # the person moved on meanwhile
            return
        session.client = client
        session.organizations = organizations
        session.stage, session.error = Stage.READY, None
        self._browser.enter()

    async def add(self, form: ServerForm, profile_id: str | None = None) -> Profile:
        """Check a server and its key, then save both: the key in the keyring, the rest in settings.

        `profile_id` names the connection to change, whose key an empty one means; without it a new one
        is made. Raises the client's errors, or CredentialsError when the keyring cannot take the key:
        nothing has been saved then.
        """
        scheme_typed, by_http = "://" in form.base_url, False
        form = form.cleaned()
        settings, credentials = self._state.settings, self._credentials
        before = [p for p in settings.profiles if p.id == profile_id]
        if profile_id and not form.api_key:
            form = await self._with_kept_key(form, profile_id, before)
        typed = form.certificate_password
        locked = bool(typed) if typed is not None else before != [] and before[0].certificate_locked
        profile = Profile(
            id=profile_id or str(uuid.uuid4()),
            name=form.name,
            base_url=form.base_url,
            allow_http=form.allow_http,
            certificate=form.certificate,
            certificate_key_file=form.certificate_key_file,
            color=form.color,
            certificate_locked=locked,
        )
        try:
            await self.check(form, profile)
        except (errors.APIConnectionError, errors.ServerAddressError) as error:
            known = bool(before) and origin(before[0].base_url) == origin(form.base_url)
            if scheme_typed or known or not (plain := _own_by_http(form.base_url, error)):
                raise
            form, profile.base_url, by_http = replace(form, base_url=plain), plain, True
            try:
                await self.check(form, profile)
            except (errors.APIConnectionError, errors.ServerAddressError):
                raise error from None
        place = origin(form.base_url)
        if before and origin(before[0].base_url) == place:
            profile.storage_hosts = before[0].storage_hosts
        secrets = {place: form.api_key}
        if form.certificate_password:
            secrets[CERTIFICATE] = form.certificate_password
        for what, secret in secrets.items():
            if form.session_only:
                credentials.remember(profile.id, what, secret)
            else:
                kind = CERTIFICATE_PASSWORD if what == CERTIFICATE else API_KEY
                await credentials.store(profile.id, what, secret, kind)
        others = [p for p in settings.profiles if p.id != profile.id]
        if before and origin(before[0].base_url) != place:  # the old address's key is of no use
            await credentials.delete(profile.id, origin(before[0].base_url))
        settings.profiles = [*others, profile]
        self._state.save_settings()
        if before:  # another account may see other things
            await self._rows.forget(profile.id)
        self._clients.drop(profile.id)
        self.key_entered.emit(profile.id)
        if by_http:
            told = tr(
                "{place} does not speak https, so the connection uses http and does not leave "
                "this computer.",
                place=url_parts(form.base_url).netloc,
            )
            self._state.notify(Notice(told, seconds=12, place=""))
        return profile

    async def _with_kept_key(
        self, form: ServerForm, profile_id: str, kept: list[Profile]
    ) -> ServerForm:
        """The stored key stays where it is: keyring or session."""
        place = (profile_id, origin(kept[0].base_url) if kept else "")
        if (key := await self._credentials.fetch(*place)) is None:
            raise CredentialsError(
                tr("No API key is stored for this server"),
                tr("Enter the key again."),
                session_only=False,
            )
        state = await self._credentials.state(*place)
        session_only = form.session_only or state.kind is KeyState.SESSION
        return replace(form, api_key=key, session_only=session_only)

    async def check(self, form: ServerForm, profile: Profile) -> int:
        """Ask the server for the account's organizations and return how many there are."""
        client_class, _ = client_parts()  # imported since the start opened its first connection
        client = client_class(
            base_url=form.base_url,
            api_key=form.api_key,
            allow_http=form.allow_http,
            network=await self._clients.network.of(profile, form.certificate_password),
        )
        async with client:
            await client.connection.check_key()  # alone: what is told is told of the key
            return len(await client.organizations.list())

    def forget(self, profile: Profile) -> None:
        """Remove a saved server and its key. Running transfers to it are cancelled by the person first."""
        state = self._state
        state.settings.profiles = [p for p in state.settings.profiles if p.id != profile.id]
        state.settings.remember_place(profile.id, "")
        state.save_settings()
        state.tasks.start(self._forget(profile), "remove the API key from the keyring")
        if state.session.profile.id == profile.id:
            self.open(state.profiles()[0])
        else:
            state.session_changed.emit()

    async def _forget(self, profile: Profile) -> None:
        self._clients.drop(profile.id)
        await self._rows.forget(profile.id)
        self.forgotten.emit(profile.id)
        certificate = [CERTIFICATE] if profile.certificate_locked else []
        for what in (origin(profile.base_url), *certificate):
            await self._credentials.delete(profile.id, what)
        self._state.notify(Notice(tr("{name} was removed", name=profile.name), seconds=6))
