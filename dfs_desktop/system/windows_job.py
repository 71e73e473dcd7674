"""On Windows a child belongs to a job: it ends with this process, and its memory has a limit."""

import ctypes
import logging
import subprocess
from typing import Any

_MOST_MEMORY = 4 * 1024**3
_LIMIT_PROCESS_MEMORY, _LIMIT_KILL_ON_CLOSE, _LIMIT_NO_DIALOG = 0x100, 0x2000, 0x400
_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation

log = logging.getLogger(__name__)


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_user_time", ctypes.c_int64),
        ("job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def confine(child: subprocess.Popen[bytes]) -> None:
    """Put the child into a job of its own; where that fails it runs without."""
    kernel: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = kernel.CreateJobObjectW(None, None)
    limits = _Limits(
        flags=_LIMIT_PROCESS_MEMORY | _LIMIT_KILL_ON_CLOSE | _LIMIT_NO_DIALOG,
        process_memory=_MOST_MEMORY,
    )
    set_limits, assign = kernel.SetInformationJobObject, kernel.AssignProcessToJobObject
    process = ctypes.c_void_p(int(child._handle))  # type: ignore[attr-defined, unused-ignore]
    size = ctypes.sizeof(limits)
    done = job and set_limits(ctypes.c_void_p(job), _EXTENDED_LIMITS, ctypes.byref(limits), size)
    if not (done and assign(ctypes.c_void_p(job), process)):
        log.warning("a child runs without a job object")
