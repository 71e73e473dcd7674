"""One connection tried from the address to a byte of a stored file, each step within its time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator

from msgspec import Struct

from dfs_desktop.api.blocking_job import BlockingJob
from dfs_desktop.api.client import AsyncDataForceClient
from dfs_desktop.api.errors import DataForceError
from dfs_desktop.api.http.address import read_address
from dfs_desktop.api.http.network import AS_THE_SYSTEM, Network
from dfs_desktop.api.http.proxy.proxy_choice import may_change, proxy_for, script_in_force
from dfs_desktop.api.http.proxy.script_source import shown
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.api.protocol.scope import Scope
from dfs_desktop.api.types import ModelArtifact, ModelArtifactStatus, Orbit
from dfs_desktop.artifact import ArtifactError
from dfs_desktop.translation import later, tr, trn

from .advice import ENTER_KEY, advice
from .connection_checks import Way, by_proxy, connect, encrypt, look_up_name
from .findings import TITLES, Finding, Verdict, fault, good, skipped, warning

STEP = 10.0  # seconds that a step may take
PLACES = 6  # organizations, and orbits of each, that are looked through for a file
CLOCK, TOO_FAR = 60.0, 600.0  # seconds that clocks may differ; stores refuse links at 900
_ALONE = frozenset(("clock",))  # what the steps behind it do not need, nor it those before
NOWHERE = Scope("", "", "")
_BELOW = {"name": look_up_name, "line": connect, "tls": encrypt}  # the server's interface
_NO_KEY = "dfs_none"  # nothing is asked for which it would be sent


async def examine(
    base_url: str,
    api_key: str | None,
    *,
    network: Network = AS_THE_SYSTEM,
    allow_http: bool = False,
    approved_storage: tuple[str, ...] = (),
    place: Scope = NOWHERE,
    keyless: str = "",
) -> AsyncGenerator[Finding, None]:
    """Findings as they come, one for each of ``TITLES``. Nothing on the server is changed.

    ``place``: where a stored file is looked for first. ``keyless``: why there is no key.
    """
    problem: Finding | None = None
    why = keyless or tr("There is no key to try")
    patient = _Examination(base_url, api_key, network, allow_http, approved_storage, place, why)
    async with contextlib.aclosing(patient):
        for step in TITLES:
            began = time.monotonic()
            if problem is not None and step not in _ALONE:
                yield skipped(step, tr("Not tried: “{step}” comes first", step=problem.title))
                continue
            finding = await patient.try_step(step)
            took = time.monotonic() - began if finding.verdict is not Verdict.SKIPPED else 0.0
            yield Finding(step, finding.verdict, finding.found, finding.advice, took)
            if finding.verdict is Verdict.FAULT and step not in _ALONE:
                problem = finding


class _Examination(Struct):
    """What the steps know of each other."""

    url: str
    key: str | None
    network: Network
    http: bool
    approved: tuple[str, ...]
    place: Scope
    keyless: str
    way: Way | None = None
    client: AsyncDataForceClient | None = None
    orbits: list[tuple[str, str]] = []

    async def aclose(self) -> None:
        """Close the connections."""
        if self.client is not None:
            await self.client.aclose()

    async def try_step(self, step: str) -> Finding:
        """The finding of one step, whatever happens in it; within its time."""
        try:
            async with asyncio.timeout(STEP):
                if (below := _BELOW.get(step)) is not None:
                    found: Finding = await BlockingJob(below, self._found_way).result()
                else:
                    found = await getattr(self, f"_try_{step}")()
                return found
        except TimeoutError:
            return fault(step, tr("No end within {seconds:.0f} seconds", seconds=STEP), tr(_SLOW))
        except (DataForceError, ArtifactError) as error:
            return fault(step, error.detail or error.title, advice(error, step))

    async def _try_address(self) -> Finding:
        address = read_address(self.url, allow_http=self.http)
        self.way = Way(address, None, self.network, STEP * 0.9)
        if address.scheme == "http" and not address.loopback:
            return warning("address", address.url, tr("Use https, if the server speaks it."))
        return good("address", address.url)

    @property
    def _found_way(self) -> Way:
        assert self.way is not None  # noqa: S101 - no step is tried without an address
        return self.way

    async def _try_proxy(self) -> Finding:
        to = self._found_way.to
        self.way = await BlockingJob(by_proxy, to, self.network, STEP * 0.9).result()
        proxy = self._found_way.proxy
        if proxy is None:
            if may_change(to, self.network):
                script = shown(script_in_force(self.network))
                by_script = tr("None: the proxy script {address} says so", address=script)
                return good("proxy", by_script)
            return good("proxy", tr("None: connected directly"))
        facts = {"proxy": proxy.in_words, "user": proxy.user, "source": proxy.named_by}
        if proxy.user:
            return good("proxy", tr("{proxy}, as {user}, set by {source}", **facts))
        return good("proxy", tr("{proxy}, set by {source}", **facts))

    async def _try_server(self) -> Finding:
        self.client = AsyncDataForceClient(
            self.url,
            self.key or _NO_KEY,
            timeout=STEP,
            allow_http=self.http,
            approved_storage=self.approved,
            network=self.network,
        )
        await self.client.connection.identify()
        return good("server", self.client.kind)

    async def _try_clock(self) -> Finding:
        if self.client is None or not self.client.generation:
            return skipped("clock", tr("Not tried: the server tells the time with its answers"))
        ahead = self.client.clock_ahead
        if abs(ahead) < CLOCK:
            within = trn(
                "As the server's, within {amount} second",
                "As the server's, within {amount} seconds",
                max(2, round(abs(ahead))),
            )
            return good("clock", within)
        minutes = round(abs(ahead) / 60)
        words = (
            trn(
                "This computer is {amount} minute behind the server",
                "This computer is {amount} minutes behind the server",
                minutes,
            )
            if ahead > 0
            else trn(
                "This computer is {amount} minute ahead of the server",
                "This computer is {amount} minutes ahead of the server",
                minutes,
            )
        )
        advice = tr(
            "Set the clock of this computer, or tell whoever runs the server that it is wrong."
        )
        return (fault if abs(ahead) > TOO_FAR else warning)("clock", words, advice)

    @property
    def _asked(self) -> AsyncDataForceClient:
        assert self.client is not None  # noqa: S101 - the step of the server was taken
        return self.client

    async def _try_key(self) -> Finding:
        if not self.key:
            return fault("key", self.keyless, tr(ENTER_KEY))
        await self._asked.connection.check_key()
        return good("key", tr("Accepted"))

    async def _try_rights(self) -> Finding:
        """What the account may do where it is looked first."""
        if not (organizations := await self._asked.organizations.list()):
            advice = tr("Ask somebody to take you into an organization.")
            return warning("rights", tr("This account belongs to no organization"), advice)
        wanted = self.place.organization
        home = next((each for each in organizations if each.id == wanted), organizations[0])
        orbits = await self._asked.orbits.list(organization_id=home.id)
        self.orbits = [(home.id, each.id) for each in orbits[:PLACES]]
        if not orbits:
            without = tr("“{organization}” has no orbit for you", organization=scrub(home.name))
            return warning("rights", without, tr("Ask its owner for one."))
        orbit = next((each for each in orbits if each.id == self.place.orbit), orbits[0])
        said = later("In “{organization}” as {role}") if home.role else later("In “{organization}”")
        inside = tr(said, organization=scrub(home.name), role=home.role)
        there = tr("in the orbit “{orbit}”: {rights}", orbit=scrub(orbit.name), rights=_may(orbit))
        return good("rights", f"{inside}; {there}")

    async def _try_storage(self) -> Finding:
        """A presigned link is asked for, and a byte fetched with it, as for a look inside."""
        if (found := await self._stored()) is None:
            return skipped("storage", tr("There is no stored file to try it with"))
        client, artifact = found
        link = await client.transfers.link(artifact)
        target = client._store.target(link)
        source = client.transfers.stored_file(artifact).source(client._store, lambda: link)
        try:
            await BlockingJob(source.read, 0, 1).result()
        finally:
            source.close()
        gave = tr(
            "{host} gave a byte of “{artifact}”",
            host=target.host,
            artifact=scrub(artifact.display_name),
        )
        proxy = await BlockingJob(proxy_for, target.address, self.network).result()
        if proxy is not None:
            gave = tr("{found}, through {proxy}", found=gave, proxy=proxy.in_words)
        return good("storage", gave)

    async def _stored(self) -> tuple[AsyncDataForceClient, ModelArtifact] | None:
        place = self.place
        first = [(place.organization, place.orbit)] if place.orbit else []
        for organization, orbit in dict.fromkeys([*first, *self.orbits]):
            client = self._asked.at(organization, orbit)
            async for page in client.model_artifacts.pages(whole_orbit=True):
                for each in page:
                    if each.status is ModelArtifactStatus.UPLOADED and each.size:
                        return client, each
                break  # one page is enough
        return None


def _may(orbit: Orbit) -> str:
    """`you may create, update and delete artifacts`, by what the server tells."""
    verbs = orbit.permissions.get("artifact", orbit.permissions.get("model"))
    told = [tr(said) for verb, said in _RIGHTS.items() if verb in (verbs or ())]
    if verbs is None and not orbit.permissions:
        return tr("you may do what the server lets you (it tells no rights)")
    if len(told) == len(_RIGHTS):
        return tr("you may create, update and delete artifacts")
    if not told:
        return tr("you may look only")
    return tr("this you may do with artifacts: {rights}", rights=", ".join(told))


_RIGHTS = {"create": later("create"), "update": later("update"), "delete": later("delete")}


_SLOW = later("Try again; if it stays so, ask who runs the network whether something holds it up.")
