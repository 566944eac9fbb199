"""Keep the store: fork executors and servers, hand out queries, end what takes too long, write."""

import errno
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from kg.errors import BusyError, WritesOffError
from kg.executors import process, wire
from kg.executors.admission import Admission, Waiting
from kg.executors.commits import Commits
from kg.executors.counters import Counters
from kg.executors.limits import Limits
from kg.executors.overseer import TICK, Overseer
from kg.executors.pool import SPARE, Asker, Pool, Worker

_HAND: Final = (signal.SIGUSR1, signal.SIGUSR2)  # over the journal, and take it back
_SLOW_TICK: Final = 0.05
_START: Final = 200  # characters of a query in the log


@dataclass
class Keeper:
    """Run the loop of the one process that holds the store."""

    limits: Limits
    listening: socket.socket
    pool: Pool
    counters: Counters
    commits: Commits
    servers: int
    serve: Callable[[int, "Keeper"], int]  # forks the server of that number; returns its process
    log: Callable[[dict[str, Any]], None]
    ready: Callable[[], None]
    slot: int = 0  # of the counters
    _askers: dict[int, Asker] = field(default_factory=dict)
    _stopping: float | None = None
    _children: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.admission: Admission[Asker] = Admission(self.limits)
        self.overseer = Overseer(
            self.limits, self.pool, self.admission, self.counters, self.slot, self.log
        )
        self._selector = selectors.EpollSelector()
        self._woken, self._waker = socket.socketpair()

    def close(self) -> None:
        """Close, in a child, what is the keeper's own."""
        self._selector.close()
        for each in (self.listening, self._woken, self._waker):
            each.close()
        for asker in self._askers.values():
            asker.connection.close()
        for worker in self.pool.workers.values():
            worker.control.close()

    def run(self) -> None:
        """Serve until told to stop."""
        self._woken.settimeout(0)
        self._waker.settimeout(0)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for each in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, process.LEAVE, *_HAND):
            signal.signal(each, lambda *_: None)
        self._selector.register(self.listening, selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken, selectors.EVENT_READ, self._signalled)
        self.counters.set(self.slot, "commits", self.commits.number)
        self._fill()
        self._children = {self.serve(n, self): n for n in range(self.servers)}
        self.ready()
        while self._stopping is None or (self._children and time.monotonic() < self._stopping):
            for key, _ in self._selector.select(self._timeout()):
                key.data()
            self.overseer.look(time.monotonic())
            self._dispatch()
        for child in (*self._children, *self.pool.workers):
            process.kill(child)
        self.overseer.rest()

    def _timeout(self) -> float | None:
        if self._stopping is not None:
            return _SLOW_TICK
        running = self.pool.running()
        if any(not worker.demoted for worker in running):
            return TICK
        busy = running or len(self.admission) or not self.overseer.settled
        return _SLOW_TICK if busy else None

    # What comes in

    def _accept(self) -> None:
        try:
            connection, _ = self.listening.accept()
        except OSError:
            return
        connection.settimeout(None)  # the kernel's default too, which executors share
        asker = Asker(connection)
        self._askers[connection.fileno()] = asker
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._asked(asker))

    def _asked(self, asker: Asker) -> None:
        try:
            raw, files = wire.received_now(asker.connection)
        except BlockingIOError:
            return
        except OSError:
            raw, files = b"", []
        if not raw:
            self._left(asker)
            return
        asker.request = (raw, files)
        message = wire.unpacked(raw, files)
        header, text = message.header, message.body[:_START].decode(errors="replace")
        waiting = Waiting(
            asker, header["client"], header["digest"], time.monotonic(), text, header["number"]
        )
        try:
            if header["op"] == "query":
                dropped = self.admission.offer(waiting)
                self.overseer.count("queries")
                if dropped is not None:
                    self.overseer.refuse(dropped, BusyError("too many queries wait"))
            else:
                self.commits.offer(waiting)
                self.overseer.count("updates")
        except (BusyError, WritesOffError) as error:
            self.overseer.refuse(waiting, error)

    def _left(self, asker: Asker) -> None:
        """Stop what *asker* wanted; it has closed its connection."""
        if asker.request is not None and not self.admission.withdraw(asker):
            self.commits.withdraw(asker)
        asker.forget()
        for worker in self.pool.running():
            if worker.waiting is not None and worker.waiting.asked is asker and not worker.writing:
                worker.gone = True
                self.pool.end(worker)
        self._drop(asker)

    def _drop(self, asker: Asker) -> None:
        number = next((n for n, each in self._askers.items() if each is asker), None)
        if number is not None:
            self._selector.unregister(number)
            del self._askers[number]
        asker.connection.close()

    def _signalled(self) -> None:
        try:
            numbers = self._woken.recv(4096)
        except BlockingIOError:
            return
        if signal.SIGCHLD in numbers:
            self._reap()
        if signal.SIGUSR1 in numbers:
            for waiting in self.commits.hand_over():
                waiting.asked.forget()
                busy = BusyError("another release is about to be served")
                waiting.asked.say(wire.fault(busy, waiting.number))
        if signal.SIGUSR2 in numbers:
            self.commits.take_back()
        if process.LEAVE in numbers:
            self._stop(process.LEAVE)
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            self._stop(signal.SIGTERM)

    def _stop(self, how: signal.Signals) -> None:
        if self._stopping is None:
            self._stopping = time.monotonic() + self.limits.grace
        for child in self._children:
            os.kill(child, how)

    # What runs

    def _fill(self) -> None:
        while len(self.pool.idle) < SPARE and self.pool.fresh() < self.limits.executors:
            self.pool.idle.append(self._fork())

    def _fork(self) -> Worker:
        worker = self.pool.fork(self.close)
        self.overseer.count("forks")
        self._selector.register(
            worker.control, selectors.EVENT_READ, lambda: self._reported(worker)
        )
        return worker

    def _dispatch(self) -> None:
        now = time.monotonic()
        while True:
            fresh = bool(self.pool.idle) or self.pool.fresh() < self.limits.executors
            behind = self.pool.demoted() < self.limits.demoted
            found = self.admission.take(now, fresh=fresh, behind=behind) if fresh else None
            if found is None:
                break
            waiting, slow = found
            worker = self.pool.idle.pop() if self.pool.idle else self._fork()
            if slow:
                worker.demote()
                self.admission.done(waiting.client)
            self._begin(worker, waiting, now)
        write = self.commits.next()
        if write is not None:
            worker = self._fork()
            worker.writing = True
            self._begin(worker, write, now)
        if not len(self.admission):
            self._fill_one()

    def _fill_one(self) -> None:
        if len(self.pool.idle) < SPARE and self.pool.fresh() < self.limits.executors:
            self.pool.idle.append(self._fork())

    def _begin(self, worker: Worker, waiting: Waiting[Asker], now: float) -> None:
        try:
            worker.begin(waiting, now)
        except OSError as error:
            if error.errno not in {errno.EPIPE, errno.ECONNRESET}:
                raise
            # It was killed from outside while it was idle; its end is noticed by _reap.

    def _reported(self, worker: Worker) -> None:
        try:
            raw, files = wire.received_now(worker.control)
        except OSError:
            return
        if not raw:
            if worker in self.pool.idle:  # it ended: nothing may be handed to it any more
                self.pool.idle.remove(worker)
            self._selector.unregister(worker.control)
            worker.control.close()
            return
        facts = wire.unpacked(raw, files).header
        self._finished(worker, facts)
        stale = worker.version != self.pool.version
        spent = worker.gone or worker.writing or stale or "grown" in facts
        # What a new one reads first is copied for it: one that is done is worth keeping.
        if spent or not worker.refresh() or len(self.pool.idle) >= self.limits.executors:
            self.pool.end(worker)  # gone: it was killed just when it was done
        else:
            self.pool.idle.append(worker)

    def _finished(self, worker: Worker, facts: dict[str, Any]) -> None:
        if worker.writing:
            assert worker.waiting is not None  # noqa: S101
            self._wrote(worker.waiting, facts)
            worker.waiting = None
        else:
            self.overseer.finished(worker, facts)

    def _wrote(self, waiting: Waiting[Asker], facts: dict[str, Any]) -> None:
        changed = self.commits.finish(facts)
        if changed:
            self.pool.renew()
            self._fill_one()
            self.counters.set(self.slot, "commits", self.commits.number)
        if "error" not in facts:
            waiting.asked.say(wire.packed(wire.RESULT, {**facts, "number": waiting.number}))

    def _reap(self) -> None:
        """Notice every child that has ended, whoever ended it."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._children:
                self._serve_again(pid)
            elif worker := self.pool.workers.pop(pid, None):
                self._buried(worker, status)

    def _buried(self, worker: Worker, status: int) -> None:
        if worker in self.pool.idle:
            self.pool.idle.remove(worker)
        if worker.waiting is not None:
            self._drain(worker)
        if worker.control.fileno() >= 0:
            self._selector.unregister(worker.control)
            worker.control.close()
        if worker.writing and worker.waiting is not None:
            self.commits.abandon()
        self.overseer.bury(worker, status)

    def _drain(self, worker: Worker) -> None:
        """Read what an executor reported just before it ended."""
        try:
            raw, files = wire.received_now(worker.control)
        except OSError:
            return
        if raw:
            self._finished(worker, wire.unpacked(raw, files).header)

    def _serve_again(self, pid: int) -> None:
        number = self._children.pop(pid)
        if self._stopping is None:
            self._children[self.serve(number, self)] = number
