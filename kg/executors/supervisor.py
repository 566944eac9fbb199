"""Be the first process: start the keeper, start it again if it ends, switch to another release."""

import json
import logging
import os
import select
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.executors import process
from kg.executors.service import Service

_log: Final = logging.getLogger(__name__)
_SIGNALS: Final = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_SOON: Final = 1.0  # seconds: a keeper that ends earlier is not started again at once
_LAST: Final = 2.0  # seconds beyond the grace that answers get


@dataclass(eq=False)
class _Keeper:
    pid: int
    told: int  # a pipe from it
    born: float
    generation: int
    ready: bool = False
    deaf: int = 0  # how many of its servers accept no more connections


@dataclass
class Supervisor:
    """Keep *service* up; *note* is a file that says which process this is, and what it serves."""

    service: Service
    note: Path
    _now: _Keeper | None = None
    _next: _Keeper | None = None
    _old: list[_Keeper] = field(default_factory=list)
    _generation: int = 0
    _stopping: float | None = None
    _status: int = 0

    def run(self) -> int:
        """Serve until told to stop; return the status to exit with."""
        self._woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        self._now = self._start()
        self._tell(None)
        while self._keepers():
            pipes = [each.told for each in self._keepers()]
            readable, _, _ = select.select([self._woken, *pipes], [], [], self._timeout())
            if self._woken in readable:
                self._signalled(os.read(self._woken, 4096))
            for each in self._keepers():
                if each.told in readable:
                    self._heard(each, os.read(each.told, 1))
            self._hurry()
        self.note.unlink(missing_ok=True)
        return self._status

    def _keepers(self) -> list[_Keeper]:
        return [each for each in (self._now, self._next, *self._old) if each is not None]

    def _timeout(self) -> float | None:
        return None if self._stopping is None else max(0.05, self._stopping - time.monotonic())

    def _start(self) -> _Keeper:
        told, tell = os.pipe2(os.O_CLOEXEC)
        self._generation += 1
        generation = self._generation

        def say(word: bytes) -> None:
            os.write(tell, word)

        pid = process.forked(lambda: self.service.keep(generation, say))
        os.close(tell)
        return _Keeper(pid, told, time.monotonic(), generation)

    def _signalled(self, numbers: bytes) -> None:
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            self._stop()
        if signal.SIGHUP in numbers and self._stopping is None and self._next is None:
            _log.warning("a keeper of the new release is starting")
            self._next = self._start()
        if signal.SIGCHLD in numbers:
            self._reap()

    def _stop(self) -> None:
        if self._stopping is None:
            self._stopping = time.monotonic() + self.service.limits.grace + _LAST
            for each in self._keepers():
                os.kill(each.pid, signal.SIGTERM)

    def _hurry(self) -> None:
        if self._stopping is not None and time.monotonic() >= self._stopping:
            for each in self._keepers():
                process.kill(each.pid)

    def _heard(self, keeper: _Keeper, word: bytes) -> None:
        if word == b"L" and keeper is self._next and self._now is not None:
            os.kill(self._now.pid, signal.SIGUSR1)  # it leaves the journal
        if word == b"R":
            keeper.ready = True
            if keeper is self._next:
                self._switch(keeper)
            else:
                self._tell(None)
        if word == b"D":
            keeper.deaf += 1
            if keeper in self._old and keeper.deaf == self.service.servers:
                self._tell(None)

    def _switch(self, keeper: _Keeper) -> None:
        """Let the servers of *keeper* be the only ones that accept; then it is told to others."""
        old, self._now, self._next = self._now, keeper, None
        _log.warning("the new release is served")
        if old is None:
            self._tell(None)
        else:
            os.kill(old.pid, process.LEAVE)
            self._old.append(old)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for each in self._keepers():
                if each.pid == pid:
                    os.close(each.told)
                    self._ended(each, status)

    def _ended(self, keeper: _Keeper, status: int) -> None:
        if keeper in self._old:
            self._old.remove(keeper)
            self._tell(None)
        elif keeper is self._next:
            self._next = None
            _log.error("the new release cannot be served; the old one stays")
            self._tell("the new release cannot be served; the log says why")
            if self._now is not None:
                os.kill(self._now.pid, signal.SIGUSR2)
        elif self._stopping is not None:
            self._now = None
        elif self._generation == 1 and not keeper.ready:
            self._now, self._status = None, os.waitstatus_to_exitcode(status) or 1
        else:
            _log.error("the keeper ended (status %s) and is started again", status)
            if time.monotonic() - keeper.born < _SOON:
                time.sleep(_SOON / 2)
            self._now = self._start()

    def _tell(self, error: str | None) -> None:
        """Write the note, for ``drugkg reload``."""
        served = self._now.generation if self._now is not None and self._now.ready else 0
        text = json.dumps({"pid": os.getpid(), "generation": served, "error": error})
        fresh = self.note.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(self.note)
