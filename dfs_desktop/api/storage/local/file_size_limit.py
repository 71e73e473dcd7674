"""Whether the format of a disk takes a file of this size."""

import contextlib
import ctypes
import errno
import os
import sys
from pathlib import Path

_FAT_LARGEST = 0xFFFFFFFF  # bytes


def is_too_large(descriptor: int, folder: Path, size: int) -> bool:
    """Whether a file in this folder, open as ``descriptor``, could never become so large.

    False where the disk does not say: then writing tells.
    """
    if size <= _FAT_LARGEST:  # the smallest limit of any format that is still in use
        return False
    if sys.platform == "win32":
        return _windows_format(folder).startswith("FAT")
    if sys.platform == "darwin":
        with contextlib.suppress(OSError, ValueError):
            bits = os.pathconf(folder, "PC_FILESIZEBITS")  # 33 for FAT
            if 0 < bits < 64 and size >= 1 << (bits - 1):
                return True
    # Elsewhere the number is not asked for: glibc says 32 for every format that it does not know,
    # among them memory disks, ZFS and network shares.
    try:  # Linux refuses places that lie behind the largest file of the format
        os.lseek(descriptor, size, os.SEEK_SET)
    except OSError as error:
        return error.errno in {errno.EINVAL, errno.EFBIG, errno.EOVERFLOW}
    os.lseek(descriptor, 0, os.SEEK_SET)
    return False


def _windows_format(folder: Path) -> str:
    """NTFS, exFAT, FAT32 …; empty when Windows does not say."""
    if sys.platform == "win32":
        root, name = ctypes.create_unicode_buffer(512), ctypes.create_unicode_buffer(64)
        ask = ctypes.windll.kernel32
        if ask.GetVolumePathNameW(str(folder), root, len(root)) and ask.GetVolumeInformationW(
            root.value, None, 0, None, None, None, name, len(name)
        ):
            return name.value
    return ""
