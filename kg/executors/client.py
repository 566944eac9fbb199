"""Be a store whose queries are evaluated elsewhere, by processes that can be killed."""

import contextlib
import hashlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.change import commit
from kg.errors import LostQueryError, QueryTooLongError
from kg.executors import wire
from kg.executors.executor import query_header
from kg.executors.journal import Journal
from kg.executors.parts import Parts, next_message
from kg.release import Manifest
from kg.store import (
    EVERYTHING,
    LONGEST,
    Answer,
    Dataset,
    GraphFormat,
    NearStore,
    ResultFormat,
    Store,
    Term,
)

_TRIES: Final = 5  # for a query whose executor was killed by somebody else


@dataclass
class Asking:
    """Say who asks, for fairness between clients, and note what is worth logging."""

    client: str = ""
    notes: dict[str, object] = field(default_factory=dict)


ASKING: Final[ContextVar[Asking | None]] = ContextVar("asking", default=None)


class _Connection(socket.socket):
    """Close with the thread that it belongs to."""

    def __del__(self) -> None:
        self.close()


class ExecutorStore:
    """Answer queries by way of the keeper that listens at *address*.

    Patterns are looked up in *engine*, a copy of what the keeper holds. It reads the journal when
    *commits* says that there are more.
    """

    def __init__(  # noqa: PLR0913 (what the keeper knows, and how to reach it)
        self,
        address: Path,
        engine: ox.Store,
        manifest: Manifest,
        commits: Callable[[], int],
        journal: Journal | None = None,
        *,
        union: bool = True,
    ) -> None:
        self.manifest = manifest
        self._address = str(address)
        self._engine = engine
        self._local = NearStore(engine, manifest)
        self._commits = commits
        self._journal = journal
        self._union = union
        self._threads = threading.local()
        self._numbers = itertools.count(1)
        self._catching_up = threading.Lock()
        self._name = hashlib.sha256(repr(sorted(manifest.outputs.items())).encode()).hexdigest()[:8]

    @property
    def near(self) -> Store:
        """Return a store of the same data in this process, for what needs no bounds."""
        return self._local

    @property
    def is_as_released(self) -> bool:
        """Return whether nothing has been written since the release was opened."""
        return self._commits() == 0

    @property
    def version(self) -> str:
        """Return a name of the present state, another one after every commit."""
        return f"{self._name}-{self._catch_up()}"

    def query(  # noqa: D102 (the protocol says it)
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        if len(text) > LONGEST:
            raise QueryTooLongError(len(text), LONGEST)
        header = query_header(dataset, solutions, graph, bindings)
        body = text.encode(errors="surrogatepass")
        for _ in range(_TRIES - 1):
            with contextlib.suppress(LostQueryError):
                return self._answer(header, body)  # it changes nothing, so it may be asked again
        return self._answer(header, body)

    def quads(  # noqa: D102 (the protocol says it)
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        return self._local.quads(subject, predicate, value)

    def update(self, text: str, *, using: Dataset = EVERYTHING) -> None:  # noqa: D102
        if len(text) > LONGEST:
            raise QueryTooLongError(len(text), LONGEST)
        names = [[iri.value for iri in graphs] for graphs in (using.default, using.named)]
        header = {"op": "update", "default": names[0], "named": names[1]}
        self._write(header, text.encode(errors="surrogatepass"))

    def put_graph(  # noqa: D102
        self, graph: ox.NamedNode | None, content: bytes, syntax: ox.RdfFormat, *, merge: bool
    ) -> bool:
        name = graph.value if graph else None
        header = {"op": "put", "graph": name, "syntax": syntax.media_type, "merge": merge}
        return bool(self._write(header, content))

    def delete_graph(self, graph: ox.NamedNode | None) -> bool:  # noqa: D102
        return bool(self._write({"op": "delete", "graph": graph.value if graph else None}, b""))

    def has_graph(self, graph: ox.NamedNode | None) -> bool:  # noqa: D102
        self._catch_up()
        return graph is None or self._engine.contains_named_graph(graph)

    def _catch_up(self) -> int:
        """Make the changes in the copy that were committed meanwhile; return their number."""
        number = self._commits()
        journal = self._journal
        if journal is not None and journal.number < number:
            with self._catching_up:
                for change in journal.changes():
                    commit(self._engine, change, union=self._union)
                    if journal.number >= number:
                        break
        return number

    def _write(self, header: dict[str, Any], body: bytes) -> object:
        connection, message = self._asked(header, body)
        self._keep(connection, {})
        result = message.header.get("result")
        self._catch_up()
        return result

    def _answer(self, header: dict[str, Any], body: bytes) -> Answer:
        connection, message = self._asked(header, body)
        head = message.header
        if message.kind == wire.WHOLE:
            self._keep(connection, head)
            return Answer(
                head["kind"],
                head["media_type"],
                iter((message.body,)),
                len(message.body),
                head["sha256"],
            )
        parts = Parts(connection, message, self._keep)
        return Answer(head["kind"], head["media_type"], iter(parts), None, None, parts.close)

    def _asked(self, header: dict[str, Any], body: bytes) -> tuple[socket.socket, wire.Message]:
        """Ask, and return the connection and the first message of the answer.

        Raises:
            KgError: the answer is that there is none.
        """
        asking = ASKING.get() or Asking()
        digest = hashlib.sha256(body).hexdigest()[:12]
        _note("query", digest)
        connection = self._connection()
        number = next(self._numbers)
        request = {**header, "client": asking.client, "digest": digest, "number": number}
        try:
            wire.send_request(connection, request, body)
            message = next_message(connection, number)
        except OSError as error:
            connection.close()
            raise LostQueryError("the server is about to start again; ask again") from error
        if message.kind == wire.FAULT:
            self._keep(connection, {})
            wire.raise_fault(message.header)
        return connection, message

    def _keep(self, connection: socket.socket, facts: Mapping[str, object]) -> None:
        self._threads.kept = connection
        _note("rows", facts.get("rows"))

    def _connection(self) -> socket.socket:
        kept: socket.socket | None = getattr(self._threads, "kept", None)
        if kept is not None:
            self._threads.kept = None
            return kept
        connection = _Connection(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.connect(self._address)
        except OSError as error:
            connection.close()
            raise LostQueryError("the server is about to start again; ask again") from error
        return connection


def _note(name: str, value: object) -> None:
    asking = ASKING.get()
    if asking is not None and value is not None:
        asking.notes[name] = value
