"""Be an executor: take one request at a time from the keeper, and answer whoever sent it."""

import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final, cast

import pyoxigraph as ox

from kg.errors import KgError, TooManyRowsError, UnevaluableQueryError
from kg.executors import process, wire
from kg.executors.limits import Limits
from kg.executors.rows import counting
from kg.executors.sink import Sink
from kg.release import Manifest
from kg.stack import deepen, reserved
from kg.store import (
    Answer,
    Dataset,
    EmbeddedStore,
    GraphFormat,
    Kind,
    ResultFormat,
    Term,
)

_SLACK: Final = 256 * 1024 * 1024  # of address space that an allocator reserves and never uses


@dataclass
class Executor:
    """Evaluate requests on *engine*, which nobody changes, within *limits*."""

    engine: ox.Store
    manifest: Manifest
    limits: Limits
    write: Callable[[ox.Store, wire.Message], dict[str, object]] | None = None

    def run(self, control: socket.socket) -> None:
        """Take requests from *control* until it closes."""
        for each in (signal.SIGINT, signal.SIGTERM):  # a terminal sends them to all processes
            signal.signal(each, signal.SIG_IGN)
        gc.freeze()
        process.first_to_go()
        deepen()
        most = process.address_space() + _SLACK
        base = most + self.limits.memory
        while True:
            raw, files = wire.received(control)
            if not raw:
                return
            request = wire.unpacked(raw, files)
            process.bound_address_space(base + reserved(len(wire.body_of(request))))
            facts = self._answer(request)
            for file in files:
                os.close(file)
            if process.address_space() > most:  # it would leave the next query less than is due
                facts["grown"] = True
            control.send(wire.packed(wire.DONE, facts))

    def _answer(self, request: wire.Message) -> dict[str, object]:
        with socket.socket(fileno=os.dup(request.files[0])) as connection:
            started = time.perf_counter()
            number = request.header["number"]
            try:
                if request.header["op"] == "query":
                    return self._query(request, connection) | _since(started)
                assert self.write is not None  # noqa: S101
                return self.write(self.engine, request)
            except KgError as error:
                return self._failed(connection, error, number) | _since(started)
            except MemoryError:
                os.abort()
            except (BrokenPipeError, ConnectionResetError):
                return {"error": "gone"} | _since(started)
            except Exception as error:  # noqa: BLE001 (the engine's own kinds are not known)
                fault = UnevaluableQueryError(f"{type(error).__name__}: {error}")
                return self._failed(connection, fault, number) | _since(started)

    def _failed(self, connection: socket.socket, error: KgError, number: int) -> dict[str, object]:
        with contextlib.suppress(OSError):
            connection.send(wire.fault(error, number))
        return {"error": type(error).__name__}

    def _query(self, request: wire.Message, connection: socket.socket) -> dict[str, object]:
        sink = Sink(connection, self.limits.max_bytes, request.header["number"])
        store = _Sending(self.engine, self.manifest, sink, self.limits.max_rows)
        store.services = self.limits.services
        header = request.header
        store.query(
            wire.body_of(request).decode(errors="surrogatepass"),
            dataset=Dataset(_iris(header["default"]), _iris(header["named"])),
            solutions=_result_format(header["solutions"]),
            graph=_graph_format(header["graph"]),
            bindings={name: _term(parts) for name, parts in header["bindings"].items()},
        )
        facts: dict[str, object] = {} if store.rows is None else {"rows": store.rows()}
        sink.end(**facts)
        return facts | {"bytes": sink.length}


class _Sending(EmbeddedStore):
    """Answer into a sink."""

    def __init__(
        self, engine: ox.Store, manifest: Manifest, sink: Sink, max_rows: int | None
    ) -> None:
        super().__init__(engine, manifest)
        self._sink = sink
        self._max_rows = max_rows
        self.rows: Callable[[], int] | None = None
        self._triples = 0

    def _written(
        self, kind: Kind, form: ResultFormat | GraphFormat, write: Callable[[IO[bytes]], object]
    ) -> Answer:
        self._sink.describe(kind, form.media_type)
        output, rows = counting(self._sink, form.syntax, self._max_rows)
        self.rows = rows or self.rows
        write(cast("IO[bytes]", output))
        return Answer(kind, form.media_type, iter(()), None, None)

    def _each(self, triples: Iterable[ox.Triple]) -> Iterable[ox.Triple]:
        if self._max_rows is None:
            return triples
        self.rows = lambda: self._triples
        return self._counted(triples, self._max_rows)

    def _counted(self, triples: Iterable[ox.Triple], most: int) -> Iterator[ox.Triple]:
        for number, triple in enumerate(triples, 1):
            if number > most:
                raise TooManyRowsError(most)
            self._triples = number
            yield triple


def _since(started: float) -> dict[str, object]:
    return {"ms": round((time.perf_counter() - started) * 1000, 2)}


def _iris(names: list[str]) -> tuple[ox.NamedNode, ...]:
    return tuple(map(ox.NamedNode, names))


def _result_format(name: list[str] | None) -> ResultFormat | None:
    if name is None:
        return None
    syntax = ox.QueryResultsFormat.from_media_type(name[1])
    return None if syntax is None else ResultFormat(name[0], syntax)


def _graph_format(name: list[str] | None) -> GraphFormat | None:
    if name is None:
        return None
    syntax = ox.RdfFormat.from_media_type(name[1])
    return None if syntax is None else GraphFormat(name[0], syntax)


def format_name(form: ResultFormat | GraphFormat | None) -> list[str] | None:
    """Return *form* as the header of a request has it."""
    return None if form is None else [form.media_type, form.syntax.media_type]


def _term(parts: list[str | None]) -> Term:
    match parts:
        case [str(value)]:
            return ox.NamedNode(value)
        case [str(value), _, str(language)]:
            return ox.Literal(value, language=language)
        case [str(value), str(datatype), None]:
            return ox.Literal(value, datatype=ox.NamedNode(datatype))
    raise UnevaluableQueryError("a binding is no term")


def term_parts(term: Term) -> list[str | None]:
    """Return *term* as the header of a request has it."""
    if isinstance(term, ox.NamedNode):
        return [term.value]
    return [term.value, term.datatype.value, term.language]


def query_header(
    dataset: Dataset,
    solutions: ResultFormat | None,
    graph: GraphFormat | None,
    bindings: Mapping[str, Term] | None,
) -> dict[str, Any]:
    """Return what stands beside the text in a request to evaluate it."""
    return {
        "op": "query",
        "default": [iri.value for iri in dataset.default],
        "named": [iri.value for iri in dataset.named],
        "solutions": format_name(solutions),
        "graph": format_name(graph),
        "bindings": {name: term_parts(term) for name, term in (bindings or {}).items()},
    }
