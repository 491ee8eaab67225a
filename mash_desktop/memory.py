"""What the program asks of the system for its own memory, so that little of a case is left where it lay.

On Linux Python and the C library are told to overwrite what they free; that has to be said before a process
starts, so the program starts itself anew, once. Elsewhere nothing is asked, and freed memory keeps its words
until it is used again. The measured difference is in the threat model.
"""

from __future__ import annotations

import os
import sys

_ASKED = {
    # Python's own pool hands freed memory on as it is; the C library's takes one more word.
    "PYTHONMALLOC": "malloc",
    # Overwritten when freed, and not first put aside for the thread, where it is not.
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0",
}
_STARTED = "MASH_STARTED_ANEW"
_PR_SET_DUMPABLE = 4


def overwrite_what_is_freed() -> None:
    """Start this program anew with that asked for, unless it has been. Before anything secret is there."""
    if sys.platform != "linux":
        return
    if os.environ.pop(_STARTED, None):
        # Not for programs that are started from here.
        for name in _ASKED:
            os.environ.pop(name, None)
        return
    sys.stdout.flush()
    os.execve(sys.executable, sys.orig_argv, {**os.environ, **_ASKED, _STARTED: "1"})


def write_no_dump() -> None:
    """A crash leaves no copy of the memory on the disk, and no other program of this person reads it."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
