"""What a pasted text refers to, in all the forms that people and programs write it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.__main__ import LINKS, _wishes
from dfs_desktop.settings import Profile
from dfs_desktop.ui.platform.single_instance import Wish
from dfs_desktop.workspace.links.references import (
    SCHEMES,
    ContentHash,
    Files,
    Identifier,
    Link,
    OtherPage,
    on_disk,
    parse,
)
from dfs_desktop.workspace.links.web_pages import link_to, same_site, web_page
from dfs_desktop.workspace.session import Place

ORGANIZATION, ORBIT = "0199c455-21ec-7c74-8efe-41470e29bae5", "0199c455-21ed-7aba-9fe5-5231611220de"
COLLECTION, ARTIFACT = (
    "0199c455-21ee-74c6-b747-19a82f1a1e75",
    "0199c455-21ee-74c6-b747-19a82f1a1e67",
)
ROUTE = f"/organization/{ORGANIZATION}/orbit/{ORBIT}/collection/{COLLECTION}"
PLACE = Place(ORGANIZATION, ORBIT, COLLECTION)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def test_the_schemes_of_the_command_line_are_those_that_are_understood() -> None:
    assert set(LINKS) == {*SCHEMES, "http", "https"}


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_the_command_line_takes_paths_file_urls_links_ids_and_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a b.fnnx"
    assert _wishes([str(path), path.as_uri()], upload=True) == (Wish(path, upload=True),) * 2
    link = f"luml://app.luml.ai{ROUTE}"
    assert _wishes([link, str(path)], upload=False) == (Wish(link=link), Wish(path))
    assert _wishes([], upload=False) == ()
    assert _wishes([], upload=True) == (Wish(upload=True),)
    for words in (ARTIFACT, HASH, HASH[:12], f"sha256:{HASH}"):
        assert _wishes([words], upload=False) == (Wish(link=words),)
    monkeypatch.chdir(tmp_path)
    Path(HASH).touch()
    assert _wishes([HASH], upload=False) == (Wish(tmp_path / HASH),), "the file of this name"
    for wish in (Wish(), Wish(link=link), Wish(upload=True)):
        assert Wish.read(wish.message()) == wish
    path.touch()
    for wish in (Wish(path), Wish(path, upload=True)):
        assert Wish.read(wish.message()) == wish


@pytest.mark.parametrize(
    ("text", "place", "artifact"),
    [
        (f"https://app.luml.ai{ROUTE}/artifacts/{ARTIFACT}", PLACE, ARTIFACT),
        (f"  <https://app.luml.ai{ROUTE}/artifacts/{ARTIFACT}/card?tab=1#x>\n", PLACE, ARTIFACT),
        (f"HTTPS://App.LUML.ai:443{ROUTE}/models/{ARTIFACT}/experiment-snapshot", PLACE, ARTIFACT),
        (f"https://app.luml.ai{ROUTE}/compare?models=a,b", PLACE, ""),
        (f"https://h/base/#{ROUTE}", PLACE, ""),
        (f"https://h/organization/{ORGANIZATION}/orbits", Place(ORGANIZATION), ""),
        (f"https://h/organization/{ORGANIZATION}/orbit/{ORBIT}/secrets", Place(ORGANIZATION, ORBIT), ""),
        (f"luml://app.luml.ai{ROUTE}/artifacts/{ARTIFACT}", PLACE, ARTIFACT),
        (f"luml-desktop:/{ROUTE}", PLACE, ""),
        (
            f"http://127.0.0.1:8000/v1/organizations/{ORGANIZATION}/orbits/{ORBIT}/collections/"
            f"{COLLECTION}/artifacts/{ARTIFACT}/download-url",
            PLACE,
            ARTIFACT,
        ),
    ],
)  # fmt: skip
def test_links_of_every_form_lead_to_their_place(text: str, place: Place, artifact: str) -> None:
    found = parse(text)
    assert isinstance(found, Link), found
    assert (found.place, found.artifact) == (place, artifact)


@given(st.sampled_from(["A", "D", "E", "G"]), st.booleans())
def test_a_link_that_is_copied_leads_back(generation: str, artifact: bool) -> None:
    key = ARTIFACT if artifact else ""
    found = parse(link_to("https://app.luml.ai", PLACE, key, generation))
    assert found == Link("app.luml.ai", PLACE, key, "https")


@given(st.text(max_size=100))
def test_any_text_is_understood_or_left_alone(text: str) -> None:
    for windows in (False, True):
        parse(text, windows=windows)


@given(
    st.sampled_from(["https://", "luml:", "file:", "~", "\\\\", "C:\\", "'"]), st.text(max_size=60)
)
def test_what_only_begins_like_a_reference_does_no_harm(beginning: str, rest: str) -> None:
    for windows in (False, True):
        parse(beginning + rest, windows=windows)


def test_ids_hashes_and_other_pages_are_told_apart() -> None:
    assert parse(f'"{ARTIFACT.upper()}"') == Identifier(ARTIFACT)
    assert parse(f"sha256:{HASH.upper()}") == ContentHash(HASH)
    assert parse(f"{HASH}  models/resnet.fnnx\n") == ContentHash(HASH), "as sha256sum writes it"
    assert parse(HASH[:12]) == ContentHash(HASH[:12])
    assert parse("https://example.org/x") == OtherPage("example.org")
    for words in ("", "resnet", "best model of may", "beef", "tag:prod", "https://[bad", "e.g. ~"):
        assert not isinstance(parse(words), Link | Identifier | ContentHash), words


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_paths_are_found_however_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    models = [tmp_path / name for name in ("a model's (1).fnnx", "ü %41#?.fnnx", "plain.fnnx")]
    for each in models:
        each.write_bytes(b"x")
    odd = str(models[0])
    for text in (
        odd,
        f'"{odd}"',
        shlex.quote(odd),
        odd.replace(" ", "\\ ").replace("'", "\\'").replace("(", "\\("),
        models[0].as_uri(),
        models[0].as_uri().replace("file://", "file:"),
        f"file://localhost{models[0].as_uri()[7:]}",
        "~/a model's (1).fnnx",
        "~\\a model's (1).fnnx",
        "$HOME/a model's (1).fnnx",
    ):
        found = parse(text)
        assert isinstance(found, Files), text
        assert on_disk(found) == ([models[0]], []), text
    many = parse("\r\n".join([odd, "", models[1].as_uri(), f"'{models[2]}'"]))
    assert isinstance(many, Files)
    assert on_disk(many) == (models, [])
    line = parse(" ".join(shlex.quote(str(each)) for each in models[:2]))
    assert isinstance(line, Files)
    assert on_disk(line) == (models[:2], []), "as a terminal gives what is dropped on it"
    gone = parse("/not/there.fnnx\n" + odd)
    assert isinstance(gone, Files)
    assert on_disk(gone) == ([models[0]], ["/not/there.fnnx"])


def test_paths_of_windows_are_read_on_both_systems() -> None:
    text = r"C:\Users\Ada\my model.fnnx"
    here = parse(f'"{text}"', windows=True)
    assert isinstance(here, Files)
    assert here.paths[0].candidates == (Path(text),)
    there = parse(text, windows=False)
    assert isinstance(there, Files)
    assert there.paths[0].candidates == (Path("/mnt/c/Users/Ada/my model.fnnx"),)
    share = parse(r"\\server\share\m.fnnx", windows=True)
    assert isinstance(share, Files)


def test_a_web_page_is_taken_only_from_beside_the_server() -> None:
    assert same_site("https://api.models.example.com", "models.example.com")
    assert same_site("https://api.models.example.com", "app.models.example.com")
    assert same_site("https://10.0.0.7:8000", "10.0.0.7")
    for host in ("evil.com", "api.models.example.com.evil.com", "example.com", ""):
        assert not same_site("https://api.models.example.com", host), host
    assert not same_site("https://api.uk", "evil.uk")
    luml = Profile(id="1", name="LUML", base_url="https://api.luml.ai")
    assert web_page(luml, {"web:1": "https://evil.com"}) == "https://app.luml.ai"
    own = Profile(id="2", name="Own", base_url="https://api.example.com")
    assert web_page(own, {}) == ""
