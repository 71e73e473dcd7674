"""Lines to copy that list and fetch artifacts: Python with our client, and curl.

They run as pasted. A key stands in them only where the caller gives one: that of the local registry.
"""

import json
import shlex
from typing import Any
from urllib.parse import urlunsplit

import msgspec

from dfs_desktop.artifact.documents.interface import Interface
from dfs_desktop.artifact.documents.sample_values import sample_request
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.translation import tr

from .names import safe_name

MAX_BODY = 20_000  # characters of an example body


class Address(msgspec.Struct, frozen=True):
    """Where an artifact stands; `route` is the path of its download, as the server has it."""

    base_url: str
    organization_id: str
    orbit_id: str
    collection_id: str
    artifact_id: str
    file_name: str
    route: str = ""
    api_key: str = ""  # of the local registry; another server's is asked for
    allow_http: bool = False


class Library(msgspec.Struct, frozen=True):
    """Where the client library is: a Python that has it, and what pip installs it from."""

    python: str
    source: str


_ASK = """os.environ.get("DFS_API_KEY") or getpass("API key: ")"""


def python_snippet(address: Address, library: Library) -> str:
    """Lines of Python that download the artifact."""
    return _script(
        address,
        library,
        f"model = dfs.model_artifacts.get({address.artifact_id!r})",
        "print(model.model_name, model.size, model.metrics)",
        f"dfs.model_artifacts.download(model.id, {safe_name(address.file_name)!r})",
    )


def listing_snippet(address: Address, library: Library) -> str:
    """Lines of Python that list what is in the place."""
    return _script(
        address,
        library,
        "for artifact in dfs.model_artifacts.list():",
        "    print(artifact.model_name, artifact.metrics)",
    )


def _script(address: Address, library: Library, *lines: str) -> str:
    """Where the library is, the client that stands in the place, and what it does."""
    places = {
        "organization": address.organization_id,
        "orbit": address.orbit_id,
        "collection": address.collection_id,
    }
    key = repr(address.api_key) if address.api_key else _ASK
    has_it = [f"#     {_comment(library.python)}", tr("# Elsewhere, install it first:")]
    written = [
        tr("# Needs the client library of DFS Desktop. This Python has it:")
        if library.python
        else tr("# Needs the client library of DFS Desktop. Install it first:"),
        *(has_it if library.python else []),
        f"#     python -m pip install {_comment(library.source)}",
        *([] if address.api_key else ["import os", "from getpass import getpass", ""]),
        "from dfs_desktop.api import DataForceClient",
        "",
        "dfs = DataForceClient(",
        f"    base_url={_plain_url(address.base_url)!r},",
        f"    api_key={key},",
        *(["    allow_http=True,"] if address.allow_http else []),
        *(f"    {name}={value!r}," for name, value in places.items() if value),
        ")",
        *lines,
    ]
    return "".join(f"{line}\n" for line in written)


def curl_snippet(address: Address) -> str:
    """A pipe for a POSIX shell: asks for a short-lived address, then fetches what is there.

    Key and address reach curl through its standard input, written by a builtin of the shell and by
    Python: command lines can be read by everybody on the machine. ``json.dumps`` quotes the address
    in a way that curl's configuration understands, whatever a server answers.
    """
    route = address.route or (
        f"/v1/organizations/{address.organization_id}/orbits/{address.orbit_id}"
        f"/collections/{address.collection_id}/artifacts/{address.artifact_id}/download-url"
    )
    url = _plain_url(address.base_url).rstrip("/") + route
    read = "import json,sys; print('url = ' + json.dumps(json.load(sys.stdin)['url']))"
    curl = "curl --globoff --proto =https,http --config -"
    return "\n".join(
        [
            f"DFS_API_KEY={_shell(address.api_key)}"
            if address.api_key
            else tr("# Put your key into DFS_API_KEY first; it is not written here."),
            """printf 'header = "Authorization: Bearer %s"\\n' "$DFS_API_KEY" \\""",
            f"  | {curl} -fsS --url {_shell(url)} \\",
            f'  | python3 -c "{read}" \\',
            f"  | {curl} -fSL --output {_shell('./' + safe_name(address.file_name))}",
            "",
        ]
    )


def request_snippet(interface: Interface, dtypes: dict[str, Any] | None = None) -> str:
    """The body of a call to a deployment of this model, as indented JSON."""
    body = sample_request(interface, dtypes)
    text = json.dumps(body, indent=2, ensure_ascii=False)
    if len(text) > MAX_BODY:
        text = json.dumps({"inputs": dict.fromkeys(body["inputs"])}, indent=2, ensure_ascii=False)
    return text[:MAX_BODY] + "\n"


def _plain_url(url: str) -> str:
    """The address without what somebody may have put into it: names, keys, queries."""
    parts = url_parts(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _shell(text: str) -> str:
    return shlex.quote(_comment(text))


def _comment(text: str) -> str:
    """A path fit for one line: nothing of it becomes code."""
    return "".join(each if each.isprintable() else "?" for each in text)
