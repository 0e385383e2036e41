"""What only Linux offers to keep hold of processes; elsewhere these say False and the callers' other means remain."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> bool:
    """Have the kernel kill this process when the thread that started it ends."""
    return _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> bool:
    """Become the parent of every descendant that loses its own, so that it can still be found and ended."""
    return _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def yield_to_others(niceness: int) -> bool:
    """Let the sessions of others go first: where the kernel groups processes by session, the niceness of a process
    counts inside of its own alone. Only the leader of a session should say so. Without rights the kernel takes one
    such wish in 100 ms: False says that it is to be asked again (sched(7), "The autogroup feature")."""
    try:
        Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def in_line(pid: int) -> float:
    """Seconds that the main thread of process ``pid`` could have run and had no processor (the second figure of
    /proc/PID/schedstat, Documentation/scheduler/sched-stats.rst); 0.0 where that is not told."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        return int(ctypes.CDLL(None).prctl(option, value, 0, 0, 0)) == 0
    except (OSError, AttributeError):
        return False
