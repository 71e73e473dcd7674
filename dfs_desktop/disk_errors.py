"""What an error of the operating system means to a person: the reason, the place, and what to do."""

import errno
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from dfs_desktop.translation import later, tr

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ASK = later("Ask for the rights, or choose another place.")
_REASONS: dict[int, tuple[str, str]] = {
    **dict.fromkeys(_FULL, (later("the disk is full"), later("Free some space, then try again."))),
    errno.EROFS: (
        later("the disk is read-only"),
        later("Choose another folder, or make the disk writable."),
    ),
    errno.EACCES: (later("you have no permission"), _ASK),
    errno.EPERM: (later("this is not permitted"), _ASK),
    errno.ENOENT: (later("it does not exist"), later("Look whether it was moved or renamed.")),
    errno.ENOTDIR: (later("a part of its path is a file"), later("Choose another folder.")),
    errno.EISDIR: (later("it is a folder"), later("Choose a file.")),
    errno.EEXIST: (
        later("something else has its name"),
        later("Move that away, or choose another place."),
    ),
    errno.EFBIG: (
        later("the file is larger than this disk can hold"),
        later("Choose another disk."),
    ),
    errno.ENAMETOOLONG: (later("its name is too long"), later("Give it a shorter name.")),
    errno.ELOOP: (
        later("it is a link that leads nowhere"),
        later("Remove the link, or choose another place."),
    ),
    errno.EMFILE: (later("too many files are open"), later("Close some windows, then try again.")),
    errno.EIO: (later("the disk reports a fault"), later("Check the disk, then try again.")),
    errno.ENODEV: (later("the disk was removed"), later("Bring it back, then try again.")),
    errno.EBUSY: (later("another program uses it"), later("Close that program, then try again.")),
}
_PROBE = 4096  # bytes; a full disk still takes the names of empty files


def reason(error: Exception) -> str:
    """Why it failed, as the end of a sentence without a full stop; of others what they say."""
    if not isinstance(error, OSError):
        return str(error)
    if error.errno in _REASONS:
        return tr(_REASONS[error.errno][0])
    text = error.strerror or str(error) or type(error).__name__
    return text.rstrip(".")


def advice(error: OSError) -> str:
    """A sentence that says what to do."""
    known = _REASONS.get(error.errno or 0)
    return tr(known[1]) if known else tr("Try again, or choose another place.")


def explain(error: OSError, what: str = "") -> str:
    """What failed, where, why and what to do; ``what`` opens the sentence ("… cannot be read")."""
    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    why = reason(error)
    opening = f"{what}{where}: {why}" if what else f"{why[:1].upper()}{why[1:]}{where}"
    return f"{opening}. {advice(error)}"


def is_folder(path: Path) -> bool:
    """Whether a folder is there; also where nobody may look, the answer is no and never an error."""
    return stat.S_ISDIR(_mode(path))


def is_file(path: Path) -> bool:
    """Whether an ordinary file is there; as `is_folder`."""
    return stat.S_ISREG(_mode(path))


def is_there(path: Path) -> bool:
    """Whether anything is there; as `is_folder`."""
    return bool(_mode(path))


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def unwritable(folders: Iterable[Path]) -> dict[Path, OSError]:
    """Try to write a small file into each folder, making it where it is missing; what failed."""
    found = {}
    for folder in folders:
        probe = folder / f".probe-{secrets.token_hex(4)}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                if os.write(handle, bytes(_PROBE)) < _PROBE:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
            finally:
                os.close(handle)
                probe.unlink()
        except OSError as error:
            found[folder] = error
    return found
