"""Decide which query runs next: bounded, in turn between clients, and the slow ones last."""

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from kg.errors import BusyError
from kg.executors.limits import Limits

Asked = TypeVar("Asked")

_REMEMBERED: Final = 4096  # texts of slow queries
_FORGOTTEN: Final = 60.0  # seconds after which one may try again as if it were not known


@dataclass(frozen=True)
class Waiting(Generic[Asked]):
    """Hold a query that waits: who asks it, what names its text, since when, and how it begins."""

    asked: Asked
    client: str
    digest: str
    since: float
    text: str = ""
    number: int = 0  # of the request, which an answer must name


@dataclass
class Admission(Generic[Asked]):
    """Keep the queries that wait, and count those that run, by client.

    A text that was demoted before is slow, whoever asks it: it runs among the demoted at once,
    and takes no place of a query that may be fast.
    """

    limits: Limits
    _queues: "OrderedDict[str, deque[Waiting[Asked]]]" = field(default_factory=OrderedDict)
    _slow: "OrderedDict[str, float]" = field(default_factory=OrderedDict)
    _running: "Counter[str]" = field(default_factory=Counter)
    _waiting: int = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return self._waiting

    def offer(self, waiting: Waiting[Asked]) -> Waiting[Asked] | None:
        """Let a query wait; return the one that waits no longer, to make room for it.

        When all places are taken, the client with most of them gives up its last (Suter et al.,
        "Design Considerations for Supporting TCP with Per-flow Queueing", IEEE INFOCOM 1998:
        longest queue drop), so that none can keep out another one.

        Raises:
            BusyError: as many wait as may, and this client has most of them.
        """
        dropped = None
        if self._waiting >= self.limits.queue:
            longest = max(self._queues.values(), key=len)
            if len(longest) <= len(self._queues.get(waiting.client, ())) + 1:
                raise BusyError("too many queries wait")
            dropped = longest[-1]
            self._remove(dropped.client, dropped)
        self._queues.setdefault(waiting.client, deque()).append(waiting)
        self._waiting += 1
        return dropped

    def take(self, now: float, *, fresh: bool, behind: bool) -> tuple[Waiting[Asked], bool] | None:
        """Return the next query and whether it is slow, if any can run.

        *fresh* says that there is a place for one that is not known to be slow, *behind* that
        there is one among the demoted. The client that was served longest ago comes first.
        """
        for client, queue in self._queues.items():
            if self._running[client] >= self.limits.per_client:
                continue
            for waiting in queue:
                slow = self.is_slow(waiting.digest, now)
                if behind if slow else fresh:
                    self._remove(client, waiting)
                    if client in self._queues:
                        self._queues.move_to_end(client)
                    self._running[client] += 1
                    return waiting, slow
        return None

    def done(self, client: str) -> None:
        """Count a query of *client* no longer as running."""
        self._running[client] -= 1
        if self._running[client] <= 0:
            del self._running[client]

    def withdraw(self, asked: Asked) -> bool:
        """Forget a query that waits; return whether it did."""
        for client, queue in self._queues.items():
            for waiting in queue:
                if waiting.asked is asked:
                    self._remove(client, waiting)
                    return True
        return False

    def impatient(self, now: float) -> list[Waiting[Asked]]:
        """Return, and forget, the queries that have waited too long."""
        late = [
            waiting
            for queue in self._queues.values()
            for waiting in queue
            if now - waiting.since > self.limits.patience
        ]
        for waiting in late:
            self._remove(waiting.client, waiting)
        return late

    def remember_slow(self, digest: str, now: float) -> None:
        """Know the text with *digest* as slow."""
        self._slow[digest] = now
        self._slow.move_to_end(digest)
        if len(self._slow) > _REMEMBERED:
            self._slow.popitem(last=False)

    def is_slow(self, digest: str, now: float) -> bool:
        """Return whether the text with *digest* was slow not long ago."""
        since = self._slow.get(digest)
        return since is not None and now - since < _FORGOTTEN

    def _remove(self, client: str, waiting: Waiting[Asked]) -> None:
        queue = self._queues[client]
        queue.remove(waiting)
        self._waiting -= 1
        if not queue:
            del self._queues[client]
