"""Gather what was measured, and give it back as ratios with their spread."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple


class Case(NamedTuple):
    """Name what was measured: one line of the table."""

    data: str
    mix: str
    connections: int  # 0: one request at a time, each on a connection of its own


class Spread(NamedTuple):
    """Hold the median of some rounds and the least and greatest of them."""

    median: float
    least: float
    greatest: float


@dataclass
class Results:
    """Hold one number for each case, server and round, by measure; more is better or less is."""

    rates: dict[tuple[Case, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: dict[tuple[Case, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    p99: dict[tuple[Case, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    started: dict[tuple[str, str], float] = field(default_factory=dict)  # seconds
    memory: dict[tuple[str, str], int] = field(default_factory=dict)  # bytes
    notes: list[str] = field(default_factory=list)

    def add(self, case: Case, server: str, rate: float, cpu: float = 0, p99: float = 0) -> None:
        """Take what one round reached: answers a second, and milliseconds."""
        self.rates[case, server].append(rate)
        self.cpu[case, server].append(cpu)
        self.p99[case, server].append(p99)

    def cases(self) -> list[Case]:
        """Return every case, in the order measured."""
        return list(dict.fromkeys(case for case, _ in self.rates))

    def servers(self) -> list[str]:
        """Return every server, in the order measured."""
        return list(dict.fromkeys(server for _, server in self.rates))

    def ratio(self, case: Case, ours: str, theirs: str) -> Spread | None:
        """Return how many times the rate of *theirs* that of *ours* is, round by round."""
        pairs = zip(
            self.rates.get((case, ours), []), self.rates.get((case, theirs), []), strict=False
        )
        return spread(mine / other for mine, other in pairs if other)


def spread(values: Iterable[float]) -> Spread | None:
    """Return median, least and greatest of *values*, or None of none."""
    found = list(values)
    return Spread(median(found), min(found), max(found)) if found else None
