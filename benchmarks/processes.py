"""Read what a process and those it started have used, from ``/proc`` (Linux, proc(5))."""

import os
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Return the fields of a process from its parent on; its name may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1:]
    except OSError:
        return []


def family(root: int) -> list[int]:
    """Return *root* and all that descend from it."""
    parents = {
        int(path.name): int(fields[0])
        for path in Path("/proc").iterdir()
        if path.name.isdecimal() and (fields := _stat(int(path.name)))
    }
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(root: int) -> float:
    """Return the time on processors that *root* and its descendants have had, ended ones too."""
    return (
        sum(sum(map(int, fields[10:14])) for pid in family(root) if (fields := _stat(pid))) / _TICKS
    )


def resident_bytes(root: int) -> int:
    """Return the memory of *root* and its descendants, shared pages divided among them."""
    return sum(map(_proportional, family(root)))


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
