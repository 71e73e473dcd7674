"""The text of a proxy script: from a web address, directly and without a key, or from a file."""

import contextlib
import urllib.parse
import urllib.request
from pathlib import Path

import httpx

from dfs_desktop import disk_errors
from dfs_desktop.api.errors import APIConnectionError, ConfigurationError, DataForceError
from dfs_desktop.api.http.address import Address, read_address
from dfs_desktop.api.http.answer_limits import Body, Patience, bound_heads, head_came
from dfs_desktop.api.http.connection_errors import connection_error, is_fault
from dfs_desktop.api.http.network import Network
from dfs_desktop.api.http.scrubbing import scrub
from dfs_desktop.api.http.trusted_authorities import bare_context, tls_context
from dfs_desktop.text.decoding import decode_text
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.translation import later, sentences, tr

MOST = 1 << 20  # bytes of a script; browsers take as much
REDIRECTS = 5
SILENCE = 10.0  # seconds
_MOVED = frozenset((301, 302, 303, 307, 308))
TITLE = later("The proxy script cannot be read")
MEND = later("Correct its address, or choose another way, in the window (Preferences › Network).")


def shown(address: str) -> str:
    """The address of a script as it may be shown: no login, no query."""
    parts = url_parts(address)
    place = parts.netloc.rpartition("@")[2]
    return scrub(urllib.parse.urlunsplit((parts.scheme, place, parts.path, "", "")))


def script_address(typed: str) -> str:
    """The address of a script as people write it; a path of this computer becomes one as well.

    ConfigurationError for what leads to no script.
    """
    text = typed.strip().strip("\"'<>“”").strip()
    if text[:1] in ("/", "~") or text[1:3] in (":\\", ":/") or text.startswith("\\\\"):
        with contextlib.suppress(ValueError, RuntimeError):  # no home; not absolute
            return Path(text).expanduser().as_uri()
    try:
        parts = urllib.parse.urlsplit(text)
        known = parts.scheme in ("http", "https") and _server(text) is not None
        if known or (parts.scheme == "file" and parts.path.strip("/")):
            return text
    except (ValueError, DataForceError):
        pass
    raise ConfigurationError(
        sentences(
            tr("“{address}” is not the address of a proxy script.", address=scrub(text)),
            tr("It looks like http://wpad.example.com/proxy.pac, or is a file on this computer."),
        ),
        title=tr(TITLE),
    )


def read_script(address: str, network: Network) -> str:
    """The text. APIConnectionError when it cannot be had now, ConfigurationError when it never can."""
    address = script_address(address)
    try:
        data = _of_file(address) if address.startswith("file:") else _of_web(address, network)
    except DataForceError as error:
        kind = APIConnectionError if error.retryable else ConfigurationError
        where = tr("The proxy script {address} cannot be read.", address=shown(address))
        raise kind(sentences(where, error.detail, tr(MEND)), title=tr(TITLE)) from None
    found = decode_text(data, whole=True)
    return found.text if found is not None else data.decode("latin-1")


def _of_file(address: str) -> bytes:
    parts = urllib.parse.urlsplit(address)
    host = "" if parts.netloc.lower() in ("", "localhost") else f"//{parts.netloc}"
    path = Path(urllib.request.url2pathname(host + parts.path))
    try:
        if not path.is_file():
            raise ConfigurationError(tr("There is no such file."))
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise ConfigurationError(disk_errors.reason(error)) from None
    if len(data) > MOST:
        raise ConfigurationError(tr("It has more than {limit} MiB.", limit=MOST >> 20))
    return data


def _server(url: str) -> Address:
    """Of whom a web address asks. ConfigurationError for what cannot be asked."""
    parts = urllib.parse.urlsplit(url)
    netloc = parts.netloc.rpartition("@")[2]
    return read_address(f"{parts.scheme}://{netloc}", allow_http=True)


def _of_web(address: str, network: Network) -> bytes:
    patience = Patience(SILENCE, 0)
    for _ in range(REDIRECTS + 1):
        found = _ask(address, network, patience)
        if isinstance(found, bytes):
            return found
        following = urllib.parse.urljoin(address, found)
        if address.startswith("https:") and not following.startswith("https:"):
            raise ConfigurationError(tr("It sends us on to a place without encryption."))
        address = following
    raise ConfigurationError(tr("It sends us from one place to the next, without an end."))


def _ask(address: str, network: Network, patience: Patience) -> bytes | str:
    """The script, or the address at which it is now."""
    server = _server(address)
    parts = urllib.parse.urlsplit(address)
    target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    url = httpx.URL(server.url + target)
    verify = (
        tls_context(network, server.host, server.port) if url.scheme == "https" else bare_context()
    )
    connection = httpx.HTTPTransport(verify=verify, trust_env=False)
    bound_heads(connection)
    timeout = httpx.Timeout(max(0.1, min(SILENCE, patience.left()))).as_dict()
    headers = {"Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close"}
    request = httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})
    with contextlib.closing(connection):
        try:
            with contextlib.closing(connection.handle_request(request)) as answer:
                return _read(answer, server, patience)
        except Exception as error:
            if isinstance(error, DataForceError) or not is_fault(error, None):
                raise
            raise connection_error(error, server, None, network, typed=False) from None


def _read(answer: httpx.Response, server: Address, patience: Patience) -> bytes | str:
    head_came(answer)
    if answer.status_code in _MOVED and (there := answer.headers.get("location", "")):
        return str(there)
    if answer.status_code != httpx.codes.OK:
        kind = APIConnectionError if answer.is_server_error else ConfigurationError
        status = answer.status_code
        raise kind(tr("{host} answered with status {status}.", host=server.place, status=status))
    body = Body(answer, server.place, MOST, cut=False)
    for chunk in answer.iter_raw(body.bite):
        patience.came(len(chunk))
        body.take(chunk)
        patience.check()
    return body.whole()
