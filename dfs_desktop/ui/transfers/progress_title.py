"""The title over transfers that are watched together: what they do, and how they ended."""

from collections.abc import Callable, Collection

from dfs_desktop.transfers.job import State
from dfs_desktop.translation import later, tr, trn
from dfs_desktop.workspace.transfers import job_words

LOST = {State.FAILED, State.CANCELLED}
_STANDING = {State.PAUSED, State.ATTENTION, State.DONE, *LOST}

_GOING = {
    "upload": later("Uploading {name}"),
    "download": later("Downloading {name}"),
    "copy": later("Copying {name}"),
    "repair": later("Repairing {name}"),
}
_DONE = {
    "upload": later("{name} uploaded"),
    "download": later("{name} downloaded"),
    "copy": later("{name} copied"),
    "repair": later("{name} repaired"),
}
_MANY_GOING: dict[str, Callable[[int], str]] = {
    "upload": lambda n: trn("Uploading {amount} artifact", "Uploading {amount} artifacts", n),
    "download": lambda n: trn("Downloading {amount} artifact", "Downloading {amount} artifacts", n),
    "copy": lambda n: trn("Copying {amount} artifact", "Copying {amount} artifacts", n),
    "repair": lambda n: trn("Repairing {amount} artifact", "Repairing {amount} artifacts", n),
}
_MANY_DONE: dict[str, Callable[[int], str]] = {
    "upload": lambda n: trn("{amount} artifact uploaded", "{amount} artifacts uploaded", n),
    "download": lambda n: trn("{amount} artifact downloaded", "{amount} artifacts downloaded", n),
    "copy": lambda n: trn("{amount} artifact copied", "{amount} artifacts copied", n),
    "repair": lambda n: trn("{amount} artifact repaired", "{amount} artifacts repaired", n),
}
_PARTLY_DONE: dict[str, Callable[[int, int], str]] = {
    "upload": lambda done, n: trn("{done} of {amount} artifact uploaded",
                                  "{done} of {amount} artifacts uploaded", n, done=done),
    "download": lambda done, n: trn("{done} of {amount} artifact downloaded",
                                    "{done} of {amount} artifacts downloaded", n, done=done),
    "copy": lambda done, n: trn("{done} of {amount} artifact copied",
                                "{done} of {amount} artifacts copied", n, done=done),
    "repair": lambda done, n: trn("{done} of {amount} artifact repaired",
                                  "{done} of {amount} artifacts repaired", n, done=done),
}  # fmt: skip
_MANY_FAILED: dict[str, Callable[[int], str]] = {
    "upload": lambda n: trn("{amount} artifact could not be uploaded",
                            "{amount} artifacts could not be uploaded", n),
    "download": lambda n: trn("{amount} artifact could not be downloaded",
                              "{amount} artifacts could not be downloaded", n),
    "copy": lambda n: trn("{amount} artifact could not be copied",
                          "{amount} artifacts could not be copied", n),
    "repair": lambda n: trn("{amount} artifact could not be repaired",
                            "{amount} artifacts could not be repaired", n),
}  # fmt: skip
_CANCELLED = {
    "upload": later("Upload cancelled"),
    "download": later("Download cancelled"),
    "copy": later("Copy cancelled"),
    "repair": later("Repair cancelled"),
}


def title(word: str, name: str, states: Collection[State]) -> str:
    """``word`` is that of the jobs; ``name`` that of a single one, "" where there are several."""
    amount, kinds = len(states), set(states)
    if kinds <= _STANDING and State.ATTENTION in kinds:
        if name:
            return tr("{name} waiting for you", name=name)
        return trn(
            "{amount} artifact waiting for you", "{amount} artifacts waiting for you", amount
        )
    if kinds <= _STANDING and State.PAUSED in kinds:
        if name:
            return tr("{name} paused", name=name)
        return trn("{amount} artifact paused", "{amount} artifacts paused", amount)
    if not all(state.ended for state in kinds):
        return tr(_GOING[word], name=name) if name else _MANY_GOING[word](amount)
    done = sum(state is State.DONE for state in states)
    if done and done == amount:
        return tr(_DONE[word], name=name) if name else _MANY_DONE[word](amount)
    if done:
        return _PARTLY_DONE[word](done, amount)
    if State.FAILED in kinds:
        return tr(job_words.STUCK[word], name=name) if name else _MANY_FAILED[word](amount)
    return tr(_CANCELLED[word])
