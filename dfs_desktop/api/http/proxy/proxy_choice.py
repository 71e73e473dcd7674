"""Which proxy a request goes through: the only reader of the proxy variables and of the system's.

Who names one, in this order: a proxy script of ours, a proxy of ours, the variables, the script that
the system is set to, the system's proxy.
"""

import os
import sys
import urllib.request
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from dfs_desktop.api.http.address import Address
from dfs_desktop.api.http.network import Network

from .no_proxy import is_exempt
from .proxy_address import OURS, SYSTEM, Proxy, read_proxy
from .proxy_script import is_not_there, is_there, note_absence, script_of
from .system_script import system_script

SYSTEM_HAS_PROXIES = sys.platform in ("win32", "darwin")
Check = Callable[[], None]


def never() -> None:
    """Nobody wishes to stop."""


def proxy_for(to: Address, network: Network, check: Check = never) -> Proxy | None:
    """The proxy on the way to an address; None for the direct way. A script may take seconds, in
    which ``check`` is called, and may raise.

    ConfigurationError when what names a proxy cannot be used; APIConnectionError when a script
    cannot be read just now.
    """
    if to.loopback:  # a proxy would get the key, and means another machine by this name
        return None
    if script := script_in_force(network):
        ways = script_of(script, network).ways(to, check)
        proxy = next(filter(is_there, ways), ways[0])
    elif network.proxy is None:
        proxy = _as_the_system_says(to)
    elif not network.proxy or is_exempt(network.exceptions, to.scheme, to.host, to.port):
        return None
    else:
        proxy = read_proxy(OURS, network.proxy)
    login = network.login(proxy.place) if proxy is not None else None
    if proxy is None or login is None:
        return proxy
    return replace(proxy, user=login.user, password=login.password)


def script_in_force(network: Network, *, lately: bool = False) -> str:
    """The address of the script that chooses the proxies; "" for none."""
    if network.script is not None:
        return network.script
    return "" if network.proxy is not None or _has_variables() else system_script(lately=lately)


def may_change(to: Address, network: Network) -> bool:
    """Whether the way to an address is chosen anew for each request, which a script may want."""
    return not to.loopback and bool(script_in_force(network))


def another_way(error: Exception, proxy: Proxy | None, to: Address, network: Network) -> bool:
    """Whether the same is to be tried once more, by the next way that a script named, since the proxy
    could not be reached. Nothing was sent."""
    if proxy is None or not proxy.script or not is_not_there(error):
        return False
    note_absence(proxy)
    return any(map(is_there, script_of(script_in_force(network), network).ways(to, never)))


def for_child(network: Network) -> Network:
    """The same without what no child process is to hold, and with what it cannot find out itself."""
    return replace(network, own=None, script=script_in_force(network, lately=True))


def _has_variables() -> bool:
    return any(_variable(os.environ, each)[1] for each in ("http", "https", "all"))


def _as_the_system_says(to: Address) -> Proxy | None:
    named = _from_environment(os.environ, to.scheme)
    if named is None and not _has_variables():
        named = _from_system(to.scheme, to.host)
    if named is None:
        return None
    _, exceptions = _variable(os.environ, "no")
    if is_exempt(exceptions, to.scheme, to.host, to.port):
        return None
    return read_proxy(*named)


def _variable(environment: Mapping[str, str], which: str) -> tuple[str, str]:
    """Name and value of a proxy variable; the one in small letters wins, also when it is empty."""
    for name in (f"{which}_proxy", f"{which.upper()}_PROXY"):
        if name in environment:
            return name, environment[name].strip().strip("\"'").strip()
    return "", ""


def _from_environment(environment: Mapping[str, str], scheme: str) -> tuple[str, str] | None:
    for which in (scheme, "all"):
        name, value = _variable(environment, which)
        if value:
            return name, value
        if name and which == scheme:
            return None  # set to nothing: no proxy for this scheme
    return None


def _from_system(scheme: str, host: str) -> tuple[str, str] | None:
    """What Windows or macOS is set to."""
    if not SYSTEM_HAS_PROXIES:
        return None
    try:
        found = urllib.request.getproxies()
        value = found.get(scheme) or found.get("all")
        if not value and found.get("socks"):
            value = "socks5h://" + found["socks"].split("://")[-1]
        exempt = bool(value) and urllib.request.proxy_bypass(host)
    except (OSError, ValueError):  # settings that its own reader cannot read
        return None
    return (SYSTEM, value) if value and not exempt else None
