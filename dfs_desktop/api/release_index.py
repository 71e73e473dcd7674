"""Asks PyPI for the newest release of this program; nothing is downloaded but a few words about it."""

import httpx
import msgspec
from msgspec import Struct
from packaging.version import Version

from dfs_desktop import __version__
from dfs_desktop.api.http.address import Secret, read_address
from dfs_desktop.api.http.network import Network
from dfs_desktop.api.http.registry_requests import Wire
from dfs_desktop.api.http.server_clock import Clock
from dfs_desktop.api.protocol.effects import Call
from dfs_desktop.translation import tr
from dfs_desktop.typed_decoding import prepared

from .async_requests import AsyncRequests
from .errors import UnexpectedAnswerError

SITE, PATH = "https://pypi.org", "/pypi/dfs-desktop/json"
SECONDS = 15.0  # of silence
_LONGEST = 64  # characters of a version


class _Info(Struct):
    version: str
    yanked: bool = False


class _Project(Struct):
    info: _Info


class _ShortWire(Wire):
    longest = 8 << 20  # the answer tells of every file of every release


async def newer_release(network: Network, site: str = SITE) -> str:
    """The version of the newest release, if it is newer than this program; else "".

    Errors of the library for a site that cannot be reached, or answers with something else.
    """
    wire = _ShortWire(read_address(site, allow_http=False), Secret(""), SECONDS, Clock(), network)
    requests = AsyncRequests(wire, None)
    try:
        status, _headers, body = await requests.send(Call("GET", PATH, bytes, keyless=True))
    except Exception as error:
        raise wire.failed(error) from error
    finally:
        await requests.aclose()
    if status == httpx.codes.NOT_FOUND:
        return ""  # there is no release yet
    try:
        info = msgspec.json.decode(body, type=prepared(_Project)).info
        found = Version(info.version[:_LONGEST])
    except (ValueError, RecursionError):
        found = None
    if status != httpx.codes.OK or found is None:
        raise UnexpectedAnswerError(
            tr("{host} did not answer with a list of releases.", host=wire.address.place)
        )
    # A trial version is offered to nobody.
    offered = not info.yanked and not found.is_prerelease and found > Version(__version__)
    return str(found) if offered else ""
