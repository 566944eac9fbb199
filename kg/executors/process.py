"""Ask the system what Python has no word for: to end with the parent, to yield, to be bounded."""

import contextlib
import ctypes
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)
LEAVE: Final = signal.SIGRTMIN  # to a keeper and its servers: end in good order, others serve now
_CPUCLOCK_SCHED: Final = 2  # the kernel's name for processor time, in the lowest bits of a clock
_M_TRIM_THRESHOLD: Final = -1  # mallopt(3)
_M_MMAP_THRESHOLD: Final = -3
_KEPT: Final = 32 * 1024 * 1024  # bytes, the most that glibc grants the second

_HANDLED: Final = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    LEAVE,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGCHLD,
)
_libc: Final = ctypes.CDLL(None, use_errno=True)


def forked(run: Callable[[], None]) -> int:
    """Return the process of a child that does *run*, and ends with this one."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            end_with(parent)
            default_signals()
            run()
            status = 0
        except Exception:  # noqa: BLE001 (a child has nobody above it to raise to)
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def left_behind(run: Callable[[], None], keep: Collection[int]) -> None:
    """Let a child do *run* with the files *keep*, while this process goes on, or even ends.

    Nobody waits for it: this process does not hear of children.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.fork() != 0:
        return
    try:
        for entry in [each.name for each in Path("/proc/self/fd").iterdir()]:
            if int(entry) not in {0, 1, 2, *keep}:
                with contextlib.suppress(OSError):
                    os.close(int(entry))
        run()
    except Exception:  # noqa: BLE001, S110 (who was to be told is gone)
        pass
    finally:
        os._exit(0)


def end_with(parent: int) -> None:
    """Let the system kill this process when its *parent* ends, also if that was just now."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def processor_time(pid: int) -> float:
    """Return the seconds that all threads of *pid* have computed; 0 if it has ended."""
    try:
        return time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED)
    except OSError:
        return 0.0


def be_nice(pid: int, niceness: int) -> bool:
    """Let each thread of *pid* compute when others leave time for it; 19 is the nicest.

    Return whether that could be done: to be less nice than before takes a right (LimitNICE=0 of
    systemd, or CAP_SYS_NICE).
    """
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), niceness)
    except OSError:
        return False
    return True


def keep_freed_memory() -> None:
    """Let glibc keep what is freed for what comes next: each page it asks for anew is a fault."""
    with contextlib.suppress(AttributeError):  # another library
        _libc.mallopt(_M_MMAP_THRESHOLD, _KEPT)
        _libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)


def kill(pid: int) -> None:
    """End *pid* at once, if it has not ended yet."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def address_space() -> int:
    """Return the bytes of address space that this process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def bound_address_space(most: int) -> None:
    """Let whatever would make this process larger than *most* bytes fail."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def first_to_go() -> None:
    """Let the system take this process first when its memory runs out; leave no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def default_signals() -> None:
    """Undo what the parent does on signals."""
    signal.set_wakeup_fd(-1)
    for each in _HANDLED:
        signal.signal(each, signal.SIG_DFL)
