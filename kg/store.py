"""Answer SPARQL queries over one release; the only module that opens a store to be asked."""

import gzip
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Final, Literal, Protocol, TypeAlias, cast, runtime_checkable

import pyoxigraph as ox

from kg import release, syntax
from kg.errors import (
    MalformedQueryError,
    NoReleaseError,
    QueryTooLongError,
    UnevaluableQueryError,
    WrongFormError,
)
from kg.evaluation import BASE as BASE  # noqa: PLC0414 (others import it from here)
from kg.evaluation import evaluate
from kg.release import Manifest
from kg.sparql import malformed, refuse_service
from kg.spool import Spool
from kg.stack import with_stack_for
from kg.tokens import refuse_depth

Kind: TypeAlias = Literal["solutions", "boolean", "graph"]
Mode: TypeAlias = Literal["auto", "memory", "disk"]  # or the address of an engine elsewhere
Term: TypeAlias = ox.NamedNode | ox.Literal

_FITS_IN_MEMORY: Final = 200_000  # quads
LONGEST: Final = 1_000_000  # characters of a query; see kg/stack.py
_UNION: Final = "INSERT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"


@dataclass(frozen=True)
class ResultFormat:
    """Pair a media type with the syntax of solutions that the engine writes for it."""

    media_type: str
    syntax: ox.QueryResultsFormat


@dataclass(frozen=True)
class GraphFormat:
    """Pair a media type with the syntax of graphs that the engine writes for it."""

    media_type: str
    syntax: ox.RdfFormat


@dataclass(frozen=True)
class Dataset:
    """Select graphs for one query; none at all selects the union of all beside each of them.

    Source: SPARQL 1.1 Protocol §2.1.4; what is selected here overrides ``FROM`` in the query.
    """

    default: tuple[ox.NamedNode, ...] = ()
    named: tuple[ox.NamedNode, ...] = ()


EVERYTHING: Final = Dataset()


def _nothing() -> None:
    """Hold nothing open."""


@dataclass(frozen=True)
class Answer:
    """Hold an answer as bytes to be sent; ``close`` it if ``chunks`` is not read to its end.

    One without a length is still being made: ``chunks`` raises CutAnswerError if that fails.
    """

    kind: Kind
    media_type: str
    chunks: Iterator[bytes]
    length: int | None
    sha256: str | None
    close: Callable[[], None] = _nothing
    rewritten: tuple[str, ...] = ()  # how the query was put before it was evaluated


class Store(Protocol):
    """Answer questions about one release."""

    @property
    def manifest(self) -> Manifest:
        """Return what the release holds and was made from."""

    def query(
        self,
        text: str,
        *,
        dataset: Dataset = EVERYTHING,
        solutions: ResultFormat | None = None,
        graph: GraphFormat | None = None,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer *text* in the format for the kind of answer it has.

        Raises:
            MalformedQueryError: *text* is not a query.
            QueryTooDeepError: it nests deeper than the engine can be trusted with.
            QueryTooLongError: it is longer than the engine can be trusted with.
            ServiceRefusedError: it asks another endpoint.
            UnevaluableQueryError: it has no answer.
            WrongFormError: no format was given for the kind of its answer.
        """

    def quads(
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        """Return the quads of the named graphs that fit the pattern."""


@runtime_checkable
class WritableStore(Store, Protocol):
    """Answer questions about a graph that may be changed, one write at a time.

    A write is made whole or not at all, and has been made when its method returns.
    """

    @property
    def version(self) -> str:
        """Return a short name of the present state; it changes with every write."""

    def update(self, text: str, *, using: Dataset = EVERYTHING) -> None:
        """Make the SPARQL update *text*, whose ``WHERE`` reads *using* if that is given.

        Raises:
            KgError: the errors of `kg.writing.update_change`, or a graph may not be changed.
        """

    def put_graph(
        self, graph: ox.NamedNode | None, content: bytes, syntax: ox.RdfFormat, *, merge: bool
    ) -> bool:
        """Put *content* in the place of what *graph* holds, or *merge* it; return if it is new.

        None is the default graph.

        Raises:
            MalformedDocumentError: *content* does not parse.
            WriteRefusedError: the graph may not be changed.
        """

    def delete_graph(self, graph: ox.NamedNode | None) -> bool:
        """Delete *graph*; return whether there was one.

        Raises:
            WriteRefusedError: the graph may not be changed.
        """

    def has_graph(self, graph: ox.NamedNode | None) -> bool:
        """Return whether there is *graph*; there always is a default graph."""


class EmbeddedStore:
    """Answer from an Oxigraph database in this process.

    The engine's own union of graphs is not used: it ignores ``FROM`` and repeats a triple that
    stands in two graphs. Its default graph holds the union instead, each triple once.
    """

    services: Collection[str] = ()  # addresses that SERVICE may name
    is_as_released = True

    def __init__(self, engine: ox.Store, manifest: Manifest) -> None:
        self._engine = engine
        self.manifest = manifest

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
        refuse_service(text, self.services)
        refuse_depth(text)
        selected = dataset != EVERYTHING
        asked, bindings = _inlined(text, bindings or {})

        def answer() -> Answer:
            found = evaluate(
                self._engine,
                asked,
                default=dataset.default if selected else None,
                named=dataset.named if selected else None,
                bindings=bindings,
            )
            if isinstance(found, ox.QueryTriples):
                if graph is None:
                    raise WrongFormError("graph")
                return self._written(
                    "graph", graph, partial(syntax.write, self._each(found), syntax=graph.syntax)
                )
            kind: Kind = "boolean" if isinstance(found, ox.QueryBoolean) else "solutions"
            if solutions is None:
                raise WrongFormError(kind)
            return self._written(kind, solutions, partial(found.serialize, format=solutions.syntax))

        with engine_errors(text):
            return with_stack_for(text, answer)

    def _written(
        self, kind: Kind, form: ResultFormat | GraphFormat, write: Callable[..., object]
    ) -> Answer:
        return written(kind, form, write)

    def _each(self, triples: Iterable[ox.Triple]) -> Iterable[ox.Triple]:
        return triples

    def quads(  # noqa: D102 (the protocol says it)
        self,
        subject: ox.NamedNode | None = None,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[ox.Quad]:
        for quad in self._engine.quads_for_pattern(subject, predicate, value):
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                yield quad


class NearStore(EmbeddedStore):
    """Answer what is known to be short, and so needs no room on disk."""

    def _written(
        self, kind: Kind, form: ResultFormat | GraphFormat, write: Callable[..., object]
    ) -> Answer:
        if kind == "graph":
            return super()._written(kind, form, write)
        content = cast("bytes", write())
        digest = hashlib.sha256(content).hexdigest()
        return Answer(kind, form.media_type, iter((content,)), len(content), digest)


def open_store(directory: Path, mode: Mode | str = "auto") -> Store:
    """Open the release in *directory*, in memory if it is small unless *mode* says where.

    An address such as sparql+http://host:8890/ as *mode* opens an engine elsewhere instead.

    Raises:
        AddressError: *mode* is an address that cannot be read.
        NoReleaseError: *directory* holds no release.
    """
    if ":" in mode:
        from kg import engines  # noqa: PLC0415 (it imports this module)

        return engines.open_engine(mode)
    return EmbeddedStore(*open_engine(directory, cast("Mode", mode)))


def open_engine(
    directory: Path, mode: Mode = "auto", *, union: bool = True
) -> tuple[ox.Store, Manifest]:
    """Return the quads of the release in *directory* and what is said of them.

    Without *union* the default graph stays empty, and the quads are in memory.

    Raises:
        NoReleaseError: *directory* holds no release.
    """
    manifest = Manifest.read(directory)
    small = manifest.quads <= _FITS_IN_MEMORY
    try:
        if mode == "memory" or not union or (mode == "auto" and small):
            engine = ox.Store()
            text = gzip.decompress((directory / release.QUADS).read_bytes())
            engine.bulk_load(text, format=ox.RdfFormat.N_QUADS)
            if union and sum(manifest.graphs.values()) == manifest.quads:
                engine.bulk_load(_union_of(text), format=ox.RdfFormat.N_TRIPLES)
            elif union:
                add_union(engine)
        else:
            engine = ox.Store.read_only(str(directory / release.DATABASE))
            if not _has_union(engine):
                raise NoReleaseError(directory)
    except (OSError, EOFError, ValueError, SyntaxError) as error:
        raise NoReleaseError(directory) from error
    return engine, manifest


def _union_of(quads: bytes) -> bytes:
    """Return each triple of the canonical N-Quads *quads* once, as N-Triples.

    There the graph is an IRI, so the last space but one stands before it.
    """
    lines = dict.fromkeys(line.rsplit(b" ", 2)[0] for line in quads.splitlines())
    return b"".join(line + b" .\n" for line in lines)


def _inlined(text: str, bindings: Mapping[str, Term]) -> tuple[str, Mapping[str, Term]]:
    """Return *text* with the values of *bindings* in it where that can be, and those that are left.

    Bound by the engine, a value does not reach sub-selects, which are then drawn up for everything.
    """
    if not bindings:
        return text, bindings
    from kg.engines.question import Question  # noqa: PLC0415 (it imports this module)

    inlined = Question.read(text).inlined(bindings)
    return (text, bindings) if inlined is None else (inlined, {})


def add_union(engine: ox.Store) -> None:
    """Put the union of the named graphs of *engine* into its default graph."""
    engine.update(_UNION)


def _has_union(engine: ox.Store) -> bool:
    return any(True for _ in engine.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def written(
    kind: Kind, form: ResultFormat | GraphFormat, write: Callable[[IO[bytes]], object]
) -> Answer:
    """Return what *write* writes in *form*, whole, as an answer of *kind*."""
    spool = Spool()
    try:
        write(cast("IO[bytes]", spool))
    except BaseException:
        spool.close()
        raise
    return Answer(kind, form.media_type, spool.chunks(), spool.length, spool.sha256(), spool.close)


@contextmanager
def engine_errors(text: str) -> Iterator[None]:
    """Turn what the engine raises about *text* into errors of ours."""
    try:
        yield
    except SyntaxError as error:
        raise malformed(text, str(error)) from error
    except UnicodeEncodeError as error:
        raise MalformedQueryError("the text holds code points that are not characters") from error
    except RuntimeError as error:
        raise UnevaluableQueryError(str(error)) from error
