"""Proxy scripts (PAC): read once an hour, asked once in some minutes for each host, and their answers."""

import contextlib
import re
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait

import httpx
from msgspec import Struct
from msgspec.structs import replace

from dfs_desktop.api.errors import ConfigurationError, DataForceError
from dfs_desktop.api.http.address import Address
from dfs_desktop.api.http.network import Network, Pin
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.proxy_question import Outcome, Question
from dfs_desktop.translation import sentences, tr

from .proxy_address import SCRIPT, Proxy, read_proxy
from .script_evaluation import evaluate
from .script_source import read_script, shown

READ_ANEW = 3600.0  # seconds after which the script is read again
ASKED_ANEW = 300.0  # seconds after which it is asked again for the same host
TRIED_ANEW = 5.0  # seconds after which a script that failed is
ABSENT = 300.0  # seconds for which another proxy is preferred to one that was not there
MOST_WAYS = 10  # of one answer
_TICK = 0.2  # seconds between two looks at the wish to stop
_KINDS = {
    "proxy": "http",
    "http": "http",
    "https": "https",
    "socks": "socks5h",  # as everywhere here; version 4 is not spoken
    "socks5": "socks5h",
}
Way = Proxy | None  # None is the direct way


def read_answer(answer: str, script: str) -> tuple[Way, ...]:
    """What an answer such as ``PROXY a:3128; SOCKS b:1080; DIRECT`` names, in its order, without what is
    not spoken or makes no sense; empty when nothing is left. An empty answer means the direct way."""
    ways: list[Way] = []
    entries = [each.strip() for each in re.split(r"[;,\r\n]", answer)]
    for entry in entries:
        kind, _, place = entry.partition(" ") if " " in entry else entry.partition("\t")
        if kind.lower() == "direct":
            ways.append(None)
        elif known := _KINDS.get(kind.lower()):
            with contextlib.suppress(ConfigurationError):
                place = re.sub(r"^\w+://", "", place.strip())
                ways.append(replace(read_proxy(SCRIPT, f"{known}://{place}"), script=script))
    if not any(entries):
        return (None,)
    return tuple(dict.fromkeys(ways))[:MOST_WAYS]


class _Kept(Struct):
    """What is known till a time: a value, or why there is none."""

    till: float
    value: Future[tuple[Way, ...]]


class ProxyScript:
    """One script, and what it said lately. Thread safe."""

    def __init__(self, address: str, network: Network) -> None:
        self._address, self._network = address, network
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._answers: dict[tuple[str, str, int | None], _Kept] = {}
        self._text, self._read = "", 0.0

    def ways(self, to: Address, check: Callable[[], None]) -> tuple[Way, ...]:
        """The ways to an address, the best first; at least one.

        APIConnectionError when the script cannot be read now, ConfigurationError when it fails.
        """
        asked = to.scheme, to.host.strip("[]").rstrip(".").lower(), to.port
        with self._lock:
            kept = self._answers.get(asked)
            if kept is None or kept.till < time.monotonic():
                kept = self._answers[asked] = _Kept(float("inf"), Future())
                threading.Thread(
                    target=self._ask, args=(asked, kept), name="dfs-proxy-script", daemon=True
                ).start()
        while not kept.value.done():
            check()
            wait([kept.value], _TICK)
        return kept.value.result()

    def _ask(self, asked: tuple[str, str, int | None], kept: _Kept) -> None:
        lasts = TRIED_ANEW
        try:
            ways = self._said(*asked)
            lasts = ASKED_ANEW
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            kept.value.set_exception(error)
        else:
            kept.value.set_result(ways)
        kept.till = time.monotonic() + lasts

    def _said(self, scheme: str, host: str, port: int | None) -> tuple[Way, ...]:
        # Never with a path or a query, of http neither: what is signed may stand there.
        place = f"[{host}]" if ":" in host else host
        url = f"{scheme}://{place}" + (f":{port}" if port is not None else "") + "/"
        with self._reading:  # one child at a time
            outcome = evaluate(Question(self._current_text(), url, host))
        script = shown(self._address)
        if (why := _complaint(outcome)) is None:
            if ways := read_answer(outcome.answer, script):
                return ways
            why = tr(
                "“{answer}” names no proxy that is spoken here (http, https, SOCKS 5)",
                answer=scrub(outcome.answer),
            )
        raise ConfigurationError(
            sentences(
                tr("The proxy script {address} gives no way to {host}: {reason}.",
                   address=script, host=host, reason=why),
                tr("Tell whoever runs your network, or choose another way in the window "
                   "(Preferences › Network)."),
            ),
            title=tr("The proxy script fails"),
        )  # fmt: skip

    def _current_text(self) -> str:
        """The script; the one before as long as it cannot be read anew."""
        if not self._read or time.monotonic() - self._read > READ_ANEW:
            try:
                self._text = read_script(self._address, self._network)
            except DataForceError:
                if not self._read:
                    raise
            self._read = time.monotonic()
        return self._text


def _complaint(outcome: Outcome) -> str | None:
    if outcome.missing:
        return tr("it has no function FindProxyForURL")
    if outcome.line:
        return tr("line {line}: {reason}", line=outcome.line, reason=scrub(outcome.complaint))
    return scrub(outcome.complaint) if outcome.complaint else None


_scripts: dict[tuple[str, str, tuple[Pin, ...], int], ProxyScript] = {}
_absent: dict[tuple[str, str], float] = {}  # when they were not there
_lock = threading.Lock()


def script_of(address: str, network: Network) -> ProxyScript:
    """The script of an address, shared by all that go by it in this process."""
    key = address, network.authorities, network.pins, network.edition
    with _lock:
        if key not in _scripts:
            for old in [each for each in _scripts if each[3] < network.edition]:
                del _scripts[old]
            _scripts[key] = ProxyScript(address, replace(network, own=None))
        return _scripts[key]


def is_not_there(error: Exception) -> bool:
    """Whether no connection was made, for another reason than encryption."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return False
        cause = cause.__cause__ or cause.__context__
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)


def note_absence(proxy: Proxy) -> None:
    """Nobody accepts connections there."""
    _absent[proxy.scheme, proxy.place] = time.monotonic()


def is_there(way: Way) -> bool:
    """False for some minutes after nobody accepted connections there."""
    if way is None:
        return True
    noted = _absent.get((way.scheme, way.place))
    return noted is None or time.monotonic() - noted > ABSENT
