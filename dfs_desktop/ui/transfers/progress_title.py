"""The title over transfers that are watched together: what they do, and how they ended."""

from collections.abc import Collection

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
        return _going(word, name, amount)
    done = sum(state is State.DONE for state in states)
    if done and done == amount:
        return _done(word, name, amount)
    if done:
        return _partly_done(word, done, amount)
    return _failed(word, name, amount) if State.FAILED in kinds else tr(_CANCELLED[word])


def _going(word: str, name: str, amount: int) -> str:
    if name:
        return tr(_GOING[word], name=name)
    return {
        "upload": trn("Uploading {amount} artifact", "Uploading {amount} artifacts", amount),
        "download": trn("Downloading {amount} artifact", "Downloading {amount} artifacts", amount),
        "copy": trn("Copying {amount} artifact", "Copying {amount} artifacts", amount),
        "repair": trn("Repairing {amount} artifact", "Repairing {amount} artifacts", amount),
    }[word]


def _done(word: str, name: str, amount: int) -> str:
    if name:
        return tr(_DONE[word], name=name)
    return {
        "upload": trn("{amount} artifact uploaded", "{amount} artifacts uploaded", amount),
        "download": trn("{amount} artifact downloaded", "{amount} artifacts downloaded", amount),
        "copy": trn("{amount} artifact copied", "{amount} artifacts copied", amount),
        "repair": trn("{amount} artifact repaired", "{amount} artifacts repaired", amount),
    }[word]


def _partly_done(word: str, done: int, amount: int) -> str:
    return {
        "upload": trn("{done} of {amount} artifact uploaded",
                      "{done} of {amount} artifacts uploaded", amount, done=done),
        "download": trn("{done} of {amount} artifact downloaded",
                        "{done} of {amount} artifacts downloaded", amount, done=done),
        "copy": trn("{done} of {amount} artifact copied",
                    "{done} of {amount} artifacts copied", amount, done=done),
        "repair": trn("{done} of {amount} artifact repaired",
                      "{done} of {amount} artifacts repaired", amount, done=done),
    }[word]  # fmt: skip


def _failed(word: str, name: str, amount: int) -> str:
    if name:
        return tr(job_words.STUCK[word], name=name)
    return {
        "upload": trn("{amount} artifact could not be uploaded",
                      "{amount} artifacts could not be uploaded", amount),
        "download": trn("{amount} artifact could not be downloaded",
                        "{amount} artifacts could not be downloaded", amount),
        "copy": trn("{amount} artifact could not be copied",
                    "{amount} artifacts could not be copied", amount),
        "repair": trn("{amount} artifact could not be repaired",
                      "{amount} artifacts could not be repaired", amount),
    }[word]  # fmt: skip
