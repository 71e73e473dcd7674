"""What the account may do in the open orbit, from the server's permissions; and why not."""

from dfs_desktop.api import Orbit, Organization
from dfs_desktop.translation import later, tr
from dfs_desktop.workspace.session import Session

_REFUSED = {
    "create": later("Your role in this orbit may look, but not upload. Ask an orbit admin."),
    "update": later("Your role in this orbit may not change artifacts. Ask an orbit admin."),
    "delete": later(
        "Orbit members cannot delete. Ask an orbit admin to do it, or to change your role."
    ),
}
AWAY = later("The server cannot be reached now. Try it when the connection is back.")


def refusal(session: Session, verb: str) -> str:
    """Why `create`, `update` or `delete` of artifacts would be refused; empty when it is allowed.

    Servers that tell no permissions are asked by trying: their 403 is shown as it comes. While the
    server is away, changes wait for it, and everything else is for later.
    """
    if session.outage is not None and verb != "update":
        return tr(AWAY)
    return orbit_refusal(session.orbit, verb)


def orbit_refusal(orbit: Orbit | None, verb: str) -> str:
    """The same for any orbit."""
    if orbit is None or orbit.permissions is None:
        return ""
    # The noun changed with the server's generation.
    verbs = orbit.permissions.get("artifact", orbit.permissions.get("model"))
    if verbs is None:
        return tr(_REFUSED[verb]) if orbit.permissions else ""
    return "" if verb in verbs else tr(_REFUSED[verb])


_PLACE_REFUSED = {
    "orbit": {
        "create": later("Your role in this organization may not create orbits. Ask its owner."),
        "update": later("Your role in this orbit may not change orbits. Ask an orbit admin."),
        "delete": later("Your role in this orbit may not delete orbits. Ask an orbit admin."),
    },
    "collection": {
        "create": later("Your role in this orbit may not create collections. Ask an orbit admin."),
        "update": later("Your role in this orbit may not change collections. Ask an orbit admin."),
        "delete": later("Your role in this orbit may not delete collections. Ask an orbit admin."),
    },
    "track": {
        "create": later("Your role in this orbit may not create tracks. Ask an orbit admin."),
        "update": later("Your role in this orbit may not change tracks. Ask an orbit admin."),
        "delete": later("Your role in this orbit may not delete tracks. Ask an orbit admin."),
    },
}


def place_refusal(session: Session, resource: str, verb: str) -> str:
    """Why a `collection`, a `track` or the open `orbit` cannot be made, changed or deleted; empty
    when it can, or when the server tells no permissions."""
    if session.outage is not None:
        return tr(AWAY)
    making = (resource, verb) == ("orbit", "create")  # a right in the organization
    return home_refusal(session.organization if making else session.orbit, resource, verb)


def home_refusal(home: Organization | Orbit | None, resource: str, verb: str) -> str:
    """The same for any organization, which holds orbits, or orbit, which holds the rest."""
    if home is None or not home.permissions or verb in home.permissions.get(resource, []):
        return ""
    return tr(_PLACE_REFUSED[resource][verb])
