"""The connection to a server tried step by step: what is wrong, and what to do."""

import argparse
import asyncio
import os
from contextlib import aclosing
from typing import Any

from msgspec.structs import replace

from dfs_desktop.api import ConfigurationError, Network
from dfs_desktop.api.doctor import Finding, Verdict, as_text, examine, in_terminal
from dfs_desktop.api.http.address import from_environment
from dfs_desktop.artifact import visible
from dfs_desktop.credentials import CredentialsError
from dfs_desktop.settings import LOCAL
from dfs_desktop.translation import tr
from dfs_desktop.workspace.registry.clients import origin

from .references import Words
from .servers import Servers
from .terminal import say, say_json


def doctor(options: argparse.Namespace, _words: Words, servers: Servers) -> int:
    """The exit code is 1 when a step came to a fault."""
    address, key, more = _patient(options.server, servers)
    if not options.json:
        say(visible(address))
    findings = asyncio.run(_try(address, key, more, aloud=not options.json))
    if options.json:
        say_json({"server": address, "findings": findings})
    return int(any(each.verdict is Verdict.FAULT for each in findings))


def _patient(word: str, servers: Servers) -> tuple[str, str | None, dict[str, Any]]:
    """Address, key, and what else is known of the server that was named, or else of the default one."""
    profile = (servers.named(word) or servers.at(word)) if word else servers.default
    if profile is None:
        if word and "." not in word and ":" not in word:  # the word of no address
            raise ConfigurationError(
                tr("No server named “{word}” is saved", word=visible(word)),
                tr("`dfs-desktop ls --servers` lists them."),
            )
        known, given = from_environment(None, None, os.environ)
        address = (word if "://" in word else f"https://{word}") if word else known
        keyless = tr("DFS_BASE_URL and DFS_API_KEY name no key for it")
        more = {"network": servers.access(None)[1], "keyless": keyless}
        return address, given if origin(address) == origin(known) else None, more
    if profile.id == LOCAL:
        local = servers.local()
        return local.url, local.api_key, {}
    key, network, keyless = None, Network(), tr("No key is stored for this server")
    try:
        key, network = servers.access(profile)
    except CredentialsError as error:
        keyless = f"{error.title}. {error.detail}"
    more = {
        "network": network,
        "allow_http": profile.allow_http,
        "approved_storage": tuple(profile.storage_hosts),
        "keyless": keyless,
    }
    return profile.base_url, key, more


async def _try(
    address: str, key: str | None, more: dict[str, Any], *, aloud: bool
) -> list[Finding]:
    findings = []
    async with aclosing(examine(address, key, **more)) as steps:
        async for each in steps:
            finding = replace(each, advice=in_terminal(each.advice))
            findings.append(finding)
            if aloud:
                say(visible(as_text("", [finding]).strip("\n"), multiline=True))
    return findings
