"""Watch what runs: demote and end what takes too long, and say how each query ended."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from kg.errors import BusyError, DeadlineError, KgError, LostQueryError, TooMuchMemoryError
from kg.executors import wire
from kg.executors.admission import Admission, Waiting
from kg.executors.counters import Counters
from kg.executors.limits import Limits
from kg.executors.pool import NEXT, Asker, Pool, Worker

TICK: Final = 0.005  # seconds between two looks
_YIELD_AFTER: Final = 0.005  # seconds of processor time
_STARVED: Final = 1.0  # seconds after which one gives up its place though it hardly computed
_PENALTY: Final = 1.0  # seconds before a refused slow query is told so: it would come back at once

COUNTERS: Final = (
    "queries",
    "updates",
    "demoted",
    "refused",
    "deadline",
    "memory",
    "lost",
    "failed",
    "slow",
    "forks",
    "commits",
    "running",
    "behind",
    "waiting",
)


@dataclass
class Overseer:
    """Look at the queries that run and that wait, and count in *slot* of *counters*."""

    limits: Limits
    pool: Pool
    admission: Admission[Asker]
    counters: Counters
    slot: int
    log: Callable[[dict[str, Any]], None]
    penalties: list[tuple[float, Waiting[Asker], KgError]] = field(default_factory=list)
    settled: bool = True  # nothing ran, and nothing waited, at the last look
    _looked: float = 0.0

    def count(self, name: str) -> None:
        """Count one more of *name*."""
        self.counters.add(self.slot, name)

    def refuse(self, waiting: Waiting[Asker], error: KgError) -> None:
        """Tell who waits that nothing comes, and why."""
        self.count("refused")
        waiting.asked.forget()
        waiting.asked.say(wire.fault(error, waiting.number))

    def look(self, now: float) -> None:
        """Demote and end what has run for too long, and refuse what has waited for too long."""
        if now - self._looked < TICK:
            return
        self._looked = now
        for worker in self.pool.running():
            self._look_at(worker, now)
        for late in self.admission.impatient(now):
            self.refuse(late, BusyError("too many queries run", 2))
        due = [each for each in self.penalties if each[0] <= now]
        self.penalties = [each for each in self.penalties if each[0] > now]
        for _, waiting, error in due:
            waiting.asked.say(wire.fault(error, waiting.number))
        running, behind = len(self.pool.running()), self.pool.demoted()
        self.settled = not (running or behind or len(self.admission) or self.penalties)
        self.counters.set(self.slot, "running", running)
        self.counters.set(self.slot, "behind", behind)
        self.counters.set(self.slot, "waiting", len(self.admission))

    def rest(self) -> None:
        """Let the gauges show that nothing runs."""
        for gauge in ("running", "behind", "waiting", "commits"):
            self.counters.set(self.slot, gauge, 0)

    def finished(self, worker: Worker, facts: dict[str, Any]) -> None:
        """Count, and log if it was slow, a query that *worker* is done with."""
        waiting = worker.waiting
        assert waiting is not None  # noqa: S101
        worker.waiting = None
        self._leave(worker, waiting)
        if "error" in facts:
            self.count("failed")
        seconds = time.monotonic() - worker.started
        if seconds >= self.limits.slow:
            self.count("slow")
            self.log(_row("slow query", waiting, seconds) | facts)

    def bury(self, worker: Worker, status: int) -> None:
        """Say why there is no answer to the query of *worker*, whose process has ended."""
        waiting = worker.waiting
        if waiting is None:
            return
        worker.waiting = None
        if not worker.writing:
            self._leave(worker, waiting)
        if worker.gone:
            return
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT:
            self.count("memory")
            error: KgError = TooMuchMemoryError(self.limits.memory)
        else:
            self.count("lost")
            error = LostQueryError("the process of this query ended; ask again")
        waiting.asked.say(wire.fault(error, waiting.number))
        self._log_end(worker, waiting, error)

    def _leave(self, worker: Worker, waiting: Waiting[Asker]) -> None:
        if not worker.demoted:
            self.admission.done(waiting.client)

    def _look_at(self, worker: Worker, now: float) -> None:
        waiting = worker.waiting
        if waiting is None or worker.gone:
            return
        seconds = now - worker.started
        if seconds >= self.limits.deadline:
            self.count("deadline")
            error = DeadlineError(self.limits.deadline)
            worker.gone = True
            self.pool.end(worker)
            waiting.asked.say(wire.fault(error, waiting.number))
            self._log_end(worker, waiting, error)
        elif not (worker.demoted or worker.writing):
            used = worker.used()
            if used >= _YIELD_AFTER:
                worker.yield_to_others(NEXT)
            has_room = self.pool.demoted() < self.limits.demoted
            if used >= self.limits.demote_after:
                self.admission.remember_slow(waiting.digest, now)
                self._demote(worker, waiting, now, has_room=has_room)
            elif seconds >= _STARVED and has_room:  # its text is not to blame
                self._demote(worker, waiting, now, has_room=True)

    def _demote(
        self, worker: Worker, waiting: Waiting[Asker], now: float, *, has_room: bool
    ) -> None:
        if has_room:
            worker.demote()
            self.admission.done(waiting.client)
            self.count("demoted")
            return
        self.count("refused")
        worker.gone = True
        self.pool.end(worker)
        busy = BusyError(f"{self.limits.demoted} long queries run already", 5)
        self.penalties.append((now + _PENALTY, waiting, busy))

    def _log_end(self, worker: Worker, waiting: Waiting[Asker], error: KgError) -> None:
        seconds = time.monotonic() - worker.started
        self.log(_row("query ended", waiting, seconds) | {"error": str(error)})


def _row(event: str, waiting: Waiting[Asker], seconds: float) -> dict[str, Any]:
    return {
        "event": event,
        "query": waiting.digest,
        "client": waiting.client,
        "ms": round(seconds * 1000),
        "text": waiting.text,
    }
