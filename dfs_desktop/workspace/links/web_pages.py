"""The web pages of servers: which belongs to which API, and the link to an artifact there."""

from urllib.parse import quote

from dfs_desktop.settings import Profile
from dfs_desktop.text.url_parts import url_parts
from dfs_desktop.workspace.session import Place

# Servers whose web application is known.
_PAGES = {
    "api.luml.ai": "https://app.luml.ai",
    "api.dataforce.studio": "https://app.dataforce.studio",
}
_SERVICES = {"api", "app", "www", "registry", "web"}  # first labels that one site's hosts differ by


def key_of(profile: Profile) -> str:
    """Where the settings' layout keeps the web page of a server."""
    return f"web:{profile.id}"


def same_site(api: str, host: str) -> bool:
    """Whether a host may be the web application of an API's address: the same name, or beside it."""
    ours = (url_parts(api).hostname or "").lower()
    theirs = (url_parts(f"//{host}").hostname or "").lower()
    return bool(ours and theirs) and _site(ours) == _site(theirs)


def _site(host: str) -> str:
    first, _dot, rest = host.partition(".")
    return rest if first in _SERVICES and "." in rest else host


def web_page(profile: Profile, layout: dict[str, str]) -> str:
    """Scheme and host of a server's web application; empty while nobody knows it."""
    known = _PAGES.get((url_parts(profile.base_url).hostname or "").lower(), "")
    return known or layout.get(key_of(profile), "")


def link_to(page: str, place: Place, artifact: str, generation: str | None) -> str:
    """The address of an artifact's page, or of a collection's for an empty `artifact`."""
    noun = "models" if generation is not None and generation < "E" else "artifacts"
    parts = ["organization", place.organization, "orbit", place.orbit]
    parts += ["collection", place.collection]
    if artifact:
        parts += [noun, artifact]
    return "/".join([page.rstrip("/"), *(quote(part, safe="") for part in parts)])


def deployment_link(page: str, place: Place, deployment: str) -> str:
    """The address of an orbit's deployments with this one opened."""
    parts = ["organization", place.organization, "orbit", place.orbit, "deployments"]
    where = "/".join([page.rstrip("/"), *(quote(part, safe="") for part in parts)])
    return f"{where}?deployment={quote(deployment, safe='')}"
