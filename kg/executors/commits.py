"""Take writes one by one: worked out by a child, kept in the journal, made by the keeper."""

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.change import Change, commit, refuse_protected
from kg.errors import BusyError, UnevaluableQueryError, WritesOffError
from kg.executors import wire
from kg.executors.admission import Waiting
from kg.executors.journal import Journal
from kg.executors.pool import Asker
from kg.stack import with_stack_for
from kg.store import engine_errors
from kg.writing import graph_change, removal, update_change

_MOST: Final = 64  # writes that wait


@dataclass
class Commits:
    """Hold the store, and the journal at *path* if the store may be written to.

    *union* says that the default graph is the union of the others; *kept* are the graphs that
    no write may touch.
    """

    engine: ox.Store
    path: Path | None
    union: bool
    kept: frozenset[str] = frozenset()
    journal: Journal | None = None
    number: int = 0
    _queue: "deque[Waiting[Asker]]" = field(default_factory=deque)
    _busy: bool = False
    _leaving: bool = False

    def open(self) -> None:
        """Wait for the journal, and make every change that it holds."""
        if self.path is None:
            return
        self.journal = Journal(self.path)
        for change in self.journal.changes():
            commit(self.engine, change, union=self.union)
        self.journal.cut()
        self.journal.compact()
        self.number = self.journal.number

    def offer(self, waiting: Waiting[Asker]) -> None:
        """Let a write wait for its turn.

        Raises:
            BusyError: too many wait, or another release is about to be served.
            WritesOffError: nothing can be written.
        """
        if self._leaving:
            raise BusyError("another release is about to be served")
        if self.journal is None:
            raise WritesOffError("this server was started without writing; it takes no updates")
        if len(self._queue) >= _MOST:
            raise BusyError("too many updates wait")
        self._queue.append(waiting)

    def withdraw(self, asker: Asker) -> None:
        """Forget what *asker* wants if it has not begun."""
        self._queue = deque(each for each in self._queue if each.asked is not asker)

    def next(self) -> Waiting[Asker] | None:
        """Return the write that begins now, if any can."""
        if self._busy or not self._queue or self.journal is None:
            return None
        self._busy = True
        return self._queue.popleft()

    def finish(self, facts: dict[str, object]) -> bool:
        """Make the change that a child has put in the journal; return whether there is one."""
        self._busy = False
        changed = bool(facts.get("changed")) and self.journal is not None
        if changed:
            assert self.journal is not None  # noqa: S101
            for change in self.journal.changes():
                commit(self.engine, change, union=self.union)
            self.number = self.journal.number
        self._let_go()
        return changed

    def abandon(self) -> None:
        """Forget the write whose child has ended before it was done."""
        self._busy = False
        if self.journal is not None:
            self.journal.cut()
        self._let_go()

    def hand_over(self) -> list[Waiting[Asker]]:
        """Leave the journal to another keeper as soon as no write is under way."""
        self._leaving = True
        waiting = list(self._queue)
        self._queue.clear()
        self._let_go()
        return waiting

    def take_back(self) -> None:
        """Write again: no other keeper came."""
        if self._leaving:
            self._leaving = False
            self.open()

    def _let_go(self) -> None:
        if self._leaving and not self._busy and self.journal is not None:
            self.journal.close()
            self.journal = None

    def write(self, engine: ox.Store, request: wire.Message) -> dict[str, object]:
        """Work out a write in a child, and put it in the journal.

        Raises:
            WriteRefusedError: it touches a graph that is kept as it is.
        """
        change, result = self._change(engine, request)
        refuse_protected(change, self.kept)
        if change and self.journal is not None:
            self.journal.append(change)
        return {"changed": bool(change), "result": result}

    def _change(self, engine: ox.Store, request: wire.Message) -> tuple[Change, bool | None]:
        header, body = request.header, wire.body_of(request)
        graph = ox.NamedNode(header["graph"]) if header.get("graph") else None
        match header["op"]:
            case "update":
                text = body.decode(errors="surrogatepass")
                ask = partial(
                    update_change,
                    engine,
                    text,
                    default=[ox.NamedNode(iri) for iri in header["default"]],
                    named=[ox.NamedNode(iri) for iri in header["named"]],
                    union=self.union,
                )
                with engine_errors(text):
                    return with_stack_for(text, ask), None
            case "put":
                new = graph is not None and not engine.contains_named_graph(graph)
                syntax = ox.RdfFormat.from_media_type(header["syntax"])
                assert syntax is not None  # noqa: S101 (it was written from one)
                merge = bool(header["merge"])
                return graph_change(engine, graph, body, syntax, merge=merge, union=self.union), new
            case "delete":
                there = graph is None or engine.contains_named_graph(graph)
                return removal(engine, graph, union=self.union), there
        raise UnevaluableQueryError("nobody knows how to do this")
