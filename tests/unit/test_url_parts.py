"""Addresses that nobody has checked are taken apart without an end of the program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs_desktop.api import BucketSecret
from dfs_desktop.api.http.proxy import script_source
from dfs_desktop.api.storage.presigned_urls import expires_at
from dfs_desktop.settings import Profile
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.workspace.links.web_pages import same_site, web_page
from dfs_desktop.workspace.registry.clients import origin
from dfs_desktop.workspace.registry.connections import ServerForm

NO_URLS = ("http://[", "https://[::1", "//[x]y/", "https://a\u2100b/", "https://]")


@given(st.text(alphabet="htps:/[]@.?#\u2100\u202e0 ", max_size=20))
def test_any_text_has_parts(text: str) -> None:
    assert isinstance(url_parts(text).netloc, str)


@pytest.mark.parametrize("text", NO_URLS)
def test_what_is_no_url_is_no_fault_where_it_is_shown_or_compared(text: str) -> None:
    assert repr(BucketSecret(id="1", endpoint=text))
    assert "://" in origin(text)
    assert ServerForm(name="", base_url=text, api_key="").cleaned().name
    assert not same_site(text, text)
    assert web_page(Profile(id="p", name="P", base_url=text), {}) == ""
    assert expires_at(text) is None
    assert script_source.shown(text) == ""
