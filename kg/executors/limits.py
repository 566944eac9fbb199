"""Say what one query may cost, and how many may run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bound time in seconds, memory and answers in bytes, and numbers of processes and queries."""

    deadline: float = 30.0
    memory: int = 512 * 1024 * 1024  # of address space beyond that of an idle executor
    max_bytes: int = 1024 * 1024 * 1024
    max_rows: int | None = None
    executors: int = 8  # queries in their first moments
    demoted: int = 4  # queries that run on after these
    per_client: int = 6  # queries of one client in their first moments
    queue: int = 64  # queries that wait
    patience: float = 5.0  # seconds that one waits
    demote_after: float = 0.05  # seconds of processor time
    slow: float = 1.0  # seconds from which a query stands in the log
    services: frozenset[str] = frozenset()  # addresses that SERVICE may name
    grace: float = 10.0  # seconds that running answers get when the service stops
