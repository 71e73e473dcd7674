"""The kinds of refusal of object stores, and what a person can do about each."""

import enum

from dfs_desktop.translation import later


class Meaning(enum.Enum):
    """Kinds of refusal; each value is what a person reads in English, without status and code."""

    LATER = later("The storage could not do this now")
    EXPIRED = later("The link to the storage has expired")
    SKEWED = later("The clocks of registry and storage disagree")
    UNSIGNED = later("The storage did not accept the link's signature")
    DENIED = later("The storage does not allow this")
    ABSENT = later("The file is missing in the storage, although its record exists")
    NO_BUCKET = later("The bucket of this orbit does not exist any more")
    NO_CONTAINER = later("The container of this orbit does not exist any more")
    FORGOTTEN = later("The storage has forgotten this upload")
    UNFIT = later("The storage does not have all the parts that it shall join")
    FULL = later("The storage is full")
    TOO_LARGE = later("The storage does not take files of this size")
    ARCHIVED = later("The file lies in an archive of the storage")
    ELSEWHERE = later("The storage sends us to another place, which is not followed")
    SIGN_IN = later(
        "A web page came instead of the storage's answer, as where a network wants a sign-in"
    )
    OTHER = later("The storage refused")


REMEDIES: dict[Meaning, str] = {
    Meaning.LATER: later("Try again a little later."),
    Meaning.EXPIRED: later("Start again."),
    Meaning.SKEWED: later("Ask whoever runs the registry to set its clock right."),
    Meaning.UNSIGNED: later(
        "Ask whoever runs the bucket to look at the access key that the registry has for it."
    ),
    Meaning.DENIED: later(
        "Ask whoever runs the bucket to look at the rights of the registry's key."
    ),
    Meaning.ABSENT: later("Whoever has the file can upload it again."),
    Meaning.NO_BUCKET: later("Ask an organization admin to give the orbit another bucket."),
    Meaning.NO_CONTAINER: later("Ask an organization admin to give the orbit another container."),
    Meaning.FORGOTTEN: later("Start again."),
    Meaning.UNFIT: later("Start again."),
    Meaning.FULL: later("Ask whoever runs the bucket to look at its quota."),
    Meaning.TOO_LARGE: later("Ask whoever runs the bucket to look at its limits."),
    Meaning.ARCHIVED: later("Ask whoever runs the bucket to restore it."),
    Meaning.SIGN_IN: later("Open any page in a web browser and sign in; then try again."),
    Meaning.ELSEWHERE: later(
        "Ask whoever runs the bucket to look at the address that the registry has for it."
    ),
}
