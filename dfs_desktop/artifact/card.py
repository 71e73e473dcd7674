"""Model and dataset cards: the HTML page in a zip file, taken out within limits."""

import re
from typing import Literal

import msgspec

from dfs_desktop.artifact.archive.zip_files import zip_entries, zip_read
from dfs_desktop.translation import tr

from .artifact_reader import OpenArtifact
from .errors import ArtifactError
from .names import shortened

PAGE = "index.html"
MAX_PAGE = 8 * 1024 * 1024
_SCRIPT = re.compile("<script", re.IGNORECASE)
_CARD = re.compile(r"meta_artifacts/[^/]+/(model|dataset)_card\.zip")
_ELSEWHERE = re.compile(
    r"""(?:src|href)\s{0,9}=\s{0,9}["']?\s{0,9}(?:https?:)?//([^/"'\s<>:?#]{1,253})""",
    re.IGNORECASE,
)

CardKind = Literal["model", "dataset", "unknown"]


class Card(msgspec.Struct, frozen=True):
    """Where a card lies in an artifact."""

    member: str
    kind: CardKind


class Page(msgspec.Struct, frozen=True):
    """The page of a card; `scripts` and `hosts` are what to warn of before a browser opens it.

    `hosts` are the computers that the page names in its addresses, at most a hundred.
    """

    html: str
    scripts: bool
    hosts: tuple[str, ...]


def find_cards(artifact: OpenArtifact) -> list[Card]:
    """The cards of an artifact, by the names of their members; nothing is read."""
    cards = []
    for member in artifact.members():
        if match := _CARD.fullmatch(member.name):
            cards.append(Card(member.name, "model" if match[1] == "model" else "dataset"))
        elif member.name == "card.zip":
            cards.append(Card(member.name, "unknown"))
    return cards


def read_card(artifact: OpenArtifact, card: Card) -> Page:
    """The page of a card, at most 8 MiB; ArtifactError when there is none."""
    source = artifact.slice(card.member)
    pages = [entry for entry in zip_entries(source) if f"/{entry.name}".endswith(f"/{PAGE}")]
    if not pages:
        raise ArtifactError(
            tr("The card cannot be shown"),
            tr("{file} holds no {page}. Build it again.", file=shortened(card.member), page=PAGE),
        )
    entry = min(pages, key=lambda each: (each.name.count("/"), len(each.name)))
    html = zip_read(source, entry, MAX_PAGE).decode("utf-8", "replace")
    hosts = sorted({match[1].lower() for match in _ELSEWHERE.finditer(html)})
    return Page(html, _SCRIPT.search(html) is not None, tuple(hosts[:100]))
